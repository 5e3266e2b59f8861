// The operator's calls over the ledger of outages: open one, end it, correct what was said of it, and report what was filed on paper meanwhile.
import type { RequestHandler } from 'express';

import type { Issue } from '../../receipts/issue.ts';
import type { Issuer } from '../../receipts/receipt.ts';
import { correctOutage, endOutage, openOutage } from '../../outages/ledger.ts';
import type { By } from '../../outages/ledger.ts';
import { reportPaper } from '../../outages/units.ts';
import { isKnownAgency } from '../../standard/agencies.ts';
import { memberOf, oneOf, optionalMemberOf, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import type { Standard } from '../../standard/tables.ts';
import { formatInstant, parseInstant } from '../../standard/time.ts';
import type { Database } from '../../store/database.ts';
import { outageScopes } from '../../store/outages.ts';
import type { NewPaperFiling } from '../../store/paper-filings.ts';
import { describeOutage, unitFilingOf } from '../outages.ts';
import { operatorPost, optionalWordsOf, parameterOf, reading, wordsOf } from './operator.ts';
import type { OperatorAccess } from './operator.ts';

export interface OutageAccess extends OperatorAccess {
  readonly database: Database;
  readonly standard: Standard;
  readonly issue: Issue;
  readonly issuer: Issuer;
}

type OutageCall = 'openOutage' | 'endOutage' | 'correctOutage' | 'reportPaper';

/** By the name of the call in the interface description. */
export function outageHandlers(access: OutageAccess): Readonly<Record<OutageCall, RequestHandler>> {
  const { database, standard, issue, issuer, now } = access;
  const desk = { database, issue, issuer, terms: standard };
  const by = (actor: string): By => ({ actor, at: now() });
  const shown = async (which: string): Promise<object> => describeOutage(database.query, which);
  return {
    openOutage: operatorPost(access, async (actor, _request, json) => ({ status: 201, body: await shown(await openOutage(desk, readOpened(json, access), by(actor))) })),
    endOutage: operatorPost(access, async (actor, request, json) => {
      const which = parameterOf(request, 'reference');
      await endOutage(desk, which, reading(json, ['endedAt'], () => instantOf(memberOf(json, 'endedAt'))), by(actor));
      return { body: await shown(which) };
    }),
    correctOutage: operatorPost(access, async (actor, request, json) => {
      const which = parameterOf(request, 'reference');
      await correctOutage(desk, which, readCorrected(json), by(actor));
      return { body: await shown(which) };
    }),
    reportPaper: operatorPost(access, async (actor, request, json) => {
      const { filing, isNew, isSent } = await reportPaper(desk, parameterOf(request, 'reference'), readPaper(json, access), by(actor));
      const { agency, unitCode, procedure, period, paperNumber, filedAt, reportedAt } = filing;
      return { status: isNew ? 201 : 200, body: { id: filing.id, agency, unitCode, procedure, period, paperNumber, filedAt: formatInstant(filedAt), reportedAt: formatInstant(reportedAt), isSent } };
    }),
  };
}

function readOpened(json: JsonValue, { now }: OutageAccess): Parameters<typeof openOutage>[1] {
  return reading(json, ['scope', 'agencies', 'ivan', 'causeVi', 'causeEn', 'startedAt'], () => {
    const [agencies, ivan, startedAt] = [optionalMemberOf(json, 'agencies'), optionalMemberOf(json, 'ivan'), optionalMemberOf(json, 'startedAt')];
    const scope = oneOf(memberOf(json, 'scope'), outageScopes);
    if ((scope === 'ivan') !== (ivan !== undefined)) throw new Error(`${json.at}/ivan: of scope ivan, and of no other`);
    return {
      scope,
      agencyPrefix: agencies === undefined ? '' : textOf(agencies, /^\d{1,5}$/),
      ivanCode: ivan === undefined ? null : textOf(ivan, /^\d{5}$/),
      causeVi: wordsUpTo600(json, 'causeVi'),
      causeEn: wordsUpTo600(json, 'causeEn'),
      startedAt: startedAt === undefined ? now() : instantOf(startedAt),
    };
  });
}

function readCorrected(json: JsonValue): Parameters<typeof correctOutage>[2] {
  return reading(json, ['causeVi', 'causeEn', 'startedAt', 'endedAt', 'reason'], () => {
    const [causeVi, causeEn, startedAt, endedAt] = [optionalWordsOf(json, 'causeVi'), optionalWordsOf(json, 'causeEn'), optionalMemberOf(json, 'startedAt'), optionalMemberOf(json, 'endedAt')];
    return {
      ...(causeVi === undefined ? {} : { causeVi: wordsUpTo600(json, 'causeVi') }),
      ...(causeEn === undefined ? {} : { causeEn: wordsUpTo600(json, 'causeEn') }),
      ...(startedAt === undefined ? {} : { startedAt: instantOf(startedAt) }),
      ...(endedAt === undefined ? {} : { endedAt: instantOf(endedAt) }),
      reason: wordsUpTo600(json, 'reason'),
    };
  });
}

function readPaper(json: JsonValue, { standard }: OutageAccess): Omit<NewPaperFiling, 'outageId' | 'reportedAt' | 'actor'> {
  return reading(json, ['agency', 'unitCode', 'procedure', 'period', 'paperNumber', 'filedAt'], () => {
    const agency = memberOf(json, 'agency');
    if (!isKnownAgency(standard.agencies, textOf(agency))) throw new Error(`${agency.at}: no such agency`);
    return {
      agency: textOf(agency), ...unitFilingOf(json), paperNumber: textOf(memberOf(json, 'paperNumber'), /^\S.{0,99}$/), filedAt: instantOf(memberOf(json, 'filedAt')),
    };
  });
}

export function wordsUpTo600(json: JsonValue, name: string): string {
  const words = wordsOf(json, name);
  if (words.length > 600) throw new Error(`${json.at}/${name}: longer than 600 characters`);
  return words;
}

function instantOf(json: JsonValue): Date {
  const at = parseInstant(textOf(json));
  if (at === undefined) throw new Error(`${json.at}: not an instant like 2026-11-23T08:00:00.000+07:00`);
  return at;
}
