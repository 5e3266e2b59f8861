// The operator's calls over erasures: a finished dossier's data is erased by its digest, for a reason and on a legal basis; and what was erased so far.
import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { eraseDossier } from '../../evidence/erase.ts';
import { flagOf, optionalMemberOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import { formatInstant } from '../../standard/time.ts';
import type { Database } from '../../store/database.ts';
import { listErasures } from '../../store/erasure.ts';
import type { ErasureRow } from '../../store/erasure.ts';
import { readDigest } from '../status.ts';
import { operatorGet, operatorPost, reading, wordsOf } from './operator.ts';
import type { OperatorAccess } from './operator.ts';

export interface ErasureDesk extends OperatorAccess {
  readonly database: Database;
}

const PAGE = 200;

/** By the name of the call in the interface description. */
export function erasureHandlers(desk: ErasureDesk): Readonly<Record<'eraseDossier' | 'listErasures', RequestHandler>> {
  const { database, now } = desk;
  return {
    eraseDossier: operatorPost(desk, async (actor, request, json) => {
      const digest = readDigest(request);
      const { erasure, documents, conflicts } = await eraseDossier(database, digest, { ...readAsked(json), actor, erasedAt: now() });
      return { body: { ...describe(erasure), documents, conflicts } };
    }),
    listErasures: operatorGet(desk, ['after'], async (_request, { after = '0' }) => {
      if (!/^\d{1,18}$/.test(after)) throw new Problem('FIELD_INVALID', { reason: '?after' });
      const erasures = await listErasures(database.query, after, PAGE);
      return { body: { erasures: erasures.map(describe), next: erasures.length === PAGE ? (erasures.at(-1)?.id ?? null) : null } };
    }),
  };
}

function readAsked(json: JsonValue): { readonly reason: string; readonly legalBasis: string; readonly beforeRetention: boolean } {
  return reading(json, ['reason', 'legalBasis', 'beforeRetention'], () => {
    const before = optionalMemberOf(json, 'beforeRetention');
    return { reason: wordsOf(json, 'reason'), legalBasis: wordsOf(json, 'legalBasis'), beforeRetention: before !== undefined && flagOf(before) };
  });
}

function describe({ submissionId: submission, erasedAt, ...erasure }: ErasureRow): Record<string, unknown> {
  return { ...erasure, submission, erasedAt: formatInstant(erasedAt) };
}
