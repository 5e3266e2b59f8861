// What auditors look at: submissions as they stand in the store and in the log, and their documents octet for octet.
import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import type { EvidenceDesk } from '../../evidence/desk.ts';
import { erased } from '../../evidence/erase.ts';
import { formatInstant, parseInstant } from '../../standard/time.ts';
import { findDocument, listRecorded } from '../../store/auditor.ts';
import type { RecordedSubmission } from '../../store/auditor.ts';
import { findErasureOf, findErasures } from '../../store/erasure.ts';
import type { ErasureRow } from '../../store/erasure.ts';
import { parameterOf } from '../admin/operator.ts';
import { sendJson, sendXml } from '../respond.ts';
import { isErased } from '../status.ts';
import { auditorGet, sendContainer } from './access.ts';
import type { AuditorAccess, Look } from './access.ts';

const PAGE = 200;

export function auditorHandlers(access: AuditorAccess & { readonly evidence: EvidenceDesk }): Readonly<Record<'list' | 'show' | 'evidence', RequestHandler>> & { readonly document: (kind: 'body' | 'receipt' | 'result') => RequestHandler } {
  const { query } = access.database;
  const { evidence } = access;
  return {
    list: auditorGet(access, ['after', 'from', 'until'], async (_request, { after = '0', from, until }) => {
      const page = await listRecorded(query, { after: numberOf('after', after), from: instantOf('from', from), until: instantOf('until', until), most: PAGE });
      return answering(page.length > 0, { submissions: page.map(shown), next: page.length === PAGE ? (page.at(-1)?.id ?? null) : null });
    }),
    show: auditorGet(access, [], async (request) => {
      const found = await listRecorded(query, { digest: digestOf(parameterOf(request, 'digest')), most: PAGE });
      return found.length === 0 ? missing() : { ...answering(true, { submissions: found.map(shown), next: null }), ...oneOf(found) };
    }),
    evidence: auditorGet(access, [], async (request) => {
      const digest = digestOf(parameterOf(request, 'digest'));
      const [gone] = await findErasures(query, digest);
      if (gone !== undefined) return goneSince(gone);
      const found = await evidence.find(digest);
      if (found === undefined) return missing();
      const octets = await found.octets();
      return { found: true, answer: (response) => { sendContainer(response, digest.slice(0, 16), octets); } };
    }),
    document: (kind) => auditorGet(access, [], async (request) => {
      const found = await findDocument(query, parameterOf(request, 'id'), kind);
      const gone = found !== undefined && isErased(found) ? await findErasureOf(query, parameterOf(request, 'id')) : undefined;
      if (gone !== undefined) return { ...goneSince(gone), submissionId: gone.submissionId };
      return found === undefined ? missing() : { found: true, submissionId: parameterOf(request, 'id'), answer: (response) => { sendXml(response, 200, found); } };
    }),
  };
}

function answering(found: boolean, body: unknown): Look {
  return { found, answer: (response) => { sendJson(response, 200, body); } };
}

function missing(): Look {
  return { found: false, answer: (): never => { throw new Problem('NOT_FOUND'); } };
}

function goneSince(erasure: ErasureRow): Look {
  return { found: false, answer: (): never => { throw erased(erasure); } };
}

function oneOf([first, ...others]: readonly RecordedSubmission[]): Pick<Look, 'submissionId'> {
  return first === undefined || others.length > 0 ? {} : { submissionId: first.id };
}

function shown({ receivedAt, logPosition, ...rest }: RecordedSubmission): object {
  return { ...rest, receivedAt: formatInstant(receivedAt), logPosition: logPosition === null ? null : Number(logPosition) };
}

function digestOf(text: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new Problem('DIGEST_FORMAT');
  return text.toLowerCase();
}

function numberOf(name: string, text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new Problem('FIELD_INVALID', { reason: `?${name}` });
  return text;
}

function instantOf(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = parseInstant(text.replace(' ', '+'));
  if (at === undefined) throw new Problem('FIELD_INVALID', { reason: `?${name}` });
  return at;
}
