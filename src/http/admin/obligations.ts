// The operator's look at what is owed: what is about to lapse and what lapsed, and how each agency kept its times.
import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { ruleOf } from '../../standard/obligations.ts';
import type { ObligationTerms } from '../../standard/obligations.ts';
import { formatInstant } from '../../standard/time.ts';
import type { Database } from '../../store/database.ts';
import { listObligations, obligationStates, reportObligations } from '../../store/obligation-lists.ts';
import type { KeptClock, ListedObligation } from '../../store/obligation-lists.ts';
import { obligationKinds } from '../../store/obligations.ts';
import { operatorGet } from './operator.ts';
import type { Filters, OperatorAccess, Reply } from './operator.ts';

export interface ObligationDesk extends OperatorAccess {
  readonly database: Database;
  readonly standard: ObligationTerms;
}

const PAGE = 200;

/** By the name of the call in the interface description. */
export function obligationHandlers(desk: ObligationDesk): Readonly<Record<'listObligations' | 'reportObligations', RequestHandler>> {
  return {
    listObligations: operatorGet(desk, ['state', 'kind', 'agency', 'after'], (_request, wanted) => listed(desk, wanted)),
    reportObligations: operatorGet(desk, ['agency', 'from', 'until'], async (_request, { agency, from, until }) => {
      const now = desk.now();
      const kept = await reportObligations(desk.database.query, { agency: prefixOf(agency), from: dayOf('from', from), until: dayOf('until', until) }, now);
      return { body: { from, until, clocks: kept.map((row) => describeKept(desk.standard, row)) } };
    }),
  };
}

async function listed({ database, standard }: ObligationDesk, { state = 'near', kind, agency, after }: Filters): Promise<Reply> {
  const known = obligationStates.find((one) => one === state);
  if (known === undefined) throw new Problem('FIELD_INVALID', { reason: `?state=${obligationStates.join('|')}` });
  if (kind !== undefined && !obligationKinds.some((one) => one === kind)) throw new Problem('FIELD_INVALID', { reason: `?kind=${obligationKinds.join('|')}` });
  const page = await listObligations(database.query, { state: known, kind, agency: prefixOf(agency), after: after === undefined ? undefined : placeOf(after) }, PAGE);
  const last = page.at(-1);
  return { body: { obligations: page.map((row) => describe(standard, row)), next: page.length === PAGE && last !== undefined ? `${last.dueAt.getTime()}-${last.id}` : null } };
}

function placeOf(after: string): { readonly dueAt: Date; readonly id: string } {
  const [, at, id] = /^(\d{1,14})-(\d{1,18})$/.exec(after) ?? [];
  if (at === undefined || id === undefined) throw new Problem('FIELD_INVALID', { reason: '?after' });
  return { dueAt: new Date(Number(at)), id };
}

function prefixOf(agency: string | undefined): string | undefined {
  if (agency !== undefined && !/^\d{1,5}$/.test(agency)) throw new Problem('FIELD_INVALID', { reason: '?agency' });
  return agency;
}

function dayOf(name: string, text: string | undefined): Date {
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? `${text ?? ''}T00:00:00+07:00` : '');
  if (Number.isNaN(day.getTime())) throw new Problem('FIELD_INVALID', { reason: `?${name}` });
  return day;
}

function describe(terms: ObligationTerms, row: ListedObligation): Record<string, unknown> {
  const { nameVi, nameEn, owedBy, clause } = ruleOf(terms, row.kind);
  const when = (at: Date | null): string | null => at && formatInstant(at);
  return {
    id: row.id, kind: row.kind, nameVi, nameEn, owedBy, clause, agency: row.agency, unitCode: row.unitCode, digest: row.digest, dossierNumber: row.dossierNumber, paperNumber: row.paperNumber,
    arisenAt: formatInstant(row.arisenAt), firstDueAt: formatInstant(row.firstDueAt), dueAt: formatInstant(row.dueAt), promisedAt: when(row.promisedAt), basis: row.basis, metAt: when(row.metAt), warnedAt: when(row.warnedAt), breachedAt: when(row.breachedAt),
    lapses: row.lapses.map(({ dueAt, term, lapsedAt }) => ({ dueAt: formatInstant(new Date(dueAt)), term, lapsedAt: formatInstant(new Date(lapsedAt)) })),
    moved: { byAgency: row.movedByAgency, byGateway: row.movedByGateway, byOutage: row.movedByOutage, byCompletion: row.movedByCompletion },
  };
}

function describeKept(terms: ObligationTerms, row: KeptClock): Record<string, unknown> {
  // What is neither met nor missed yet says nothing of how it is kept.
  const decided = row.met + row.missed - Math.max(0, row.met - row.inTime);
  return { ...row, owedBy: ruleOf(terms, row.kind).owedBy, shareInTime: decided <= 0 ? null : Math.round((10_000 * row.inTime) / decided) / 10_000 };
}
