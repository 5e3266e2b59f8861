// The ledger of outages (law-and-process §1.3): one is opened, ended and corrected by statements, each signed by the gateway as a document of its own and
// never changed. What its end does to deadlines is the settling's business.
import { Problem } from '../errors/outcomes.ts';
import type { Issue } from '../receipts/issue.ts';
import { outageStatementXml } from '../receipts/outage.ts';
import type { Issuer } from '../receipts/receipt.ts';
import { formatInstant, yearOf } from '../standard/time.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { findOutage, insertOutage, insertStatement } from '../store/outages.ts';
import type { NewOutage, NewStatement, Outage } from '../store/outages.ts';

export interface OutageDesk {
  readonly database: Database;
  readonly issue: Issue;
  readonly issuer: Issuer;
}

type Said = Pick<NewStatement, 'kind' | 'causeVi' | 'causeEn' | 'startedAt' | 'endedAt' | 'reason'>;

export interface By {
  readonly actor: string;
  readonly at: Date;
}

/** Gives its reference. */
export async function openOutage(desk: OutageDesk, opened: NewOutage & Pick<Said, 'causeVi' | 'causeEn' | 'startedAt'>, by: By): Promise<string> {
  return desk.database.transaction((query) => openOutageIn(desk, query, opened, by));
}

/** In a transaction that does more. */
export async function openOutageIn(desk: OutageDesk, query: Query, opened: Parameters<typeof openOutage>[1], by: By): Promise<string> {
  const { scope, agencyPrefix, ivanCode, causeVi, causeEn, startedAt } = opened;
  if (startedAt > by.at) throw new Problem('FIELD_INVALID', { reason: 'startedAt' });
  const outage = { ...(await insertOutage(query, opened, yearOf(startedAt), by.at)), scope, agencyPrefix, ivanCode };
  await state(desk, query, outage, { kind: 'began', causeVi, causeEn, startedAt, endedAt: null, reason: null }, by);
  return outage.reference;
}

export async function endOutage(desk: OutageDesk, which: string, endedAt: Date, by: By): Promise<void> {
  await desk.database.transaction(async (query) => {
    const outage = await held(query, which);
    if (outage.endedAt !== null) throw new Problem('OUTAGE_ENDED', { reference: outage.reference, at: formatInstant(outage.endedAt) });
    if (endedAt > by.at || endedAt <= outage.startedAt) throw new Problem('FIELD_INVALID', { reason: 'endedAt' });
    await state(desk, query, outage, { kind: 'ended', causeVi: outage.causeVi, causeEn: outage.causeEn, startedAt: outage.startedAt, endedAt, reason: null }, by);
  });
}

/** A deadline once moved stays moved; what falls into the outage only as corrected, be it where it was moved to, is moved besides. */
export async function correctOutage(desk: OutageDesk, which: string, corrected: Partial<Pick<Said, 'causeVi' | 'causeEn' | 'startedAt'>> & { readonly endedAt?: Date; readonly reason: string }, by: By): Promise<void> {
  await desk.database.transaction(async (query) => {
    const outage = await held(query, which);
    const { causeVi = outage.causeVi, causeEn = outage.causeEn, startedAt = outage.startedAt, endedAt = outage.endedAt, reason } = corrected;
    if (outage.endedAt === null && corrected.endedAt !== undefined) throw new Problem('FIELD_INVALID', { reason: 'endedAt' });
    if (startedAt > by.at || (endedAt !== null && (endedAt <= startedAt || endedAt > by.at))) throw new Problem('FIELD_INVALID', { reason: 'startedAt, endedAt' });
    await state(desk, query, outage, { kind: 'corrected', causeVi, causeEn, startedAt, endedAt, reason }, by);
  });
}

export async function held(query: Query, which: string): Promise<Outage> {
  return (await findOutage(query, which, true)) ?? unknown(which);
}

function unknown(which: string): never {
  throw new Problem('OUTAGE_UNKNOWN', { reference: which });
}

const kinds = { began: 'outage_began', ended: 'outage_ended', corrected: 'outage_corrected' } as const;

async function state({ issue, issuer }: OutageDesk, query: Query, outage: Pick<Outage, 'id' | 'reference' | 'scope' | 'agencyPrefix' | 'ivanCode'>, said: Said, { actor, at }: By): Promise<void> {
  const body = await issue(outageStatementXml({ ...outage, ...said, issuedAt: at }, issuer));
  const statement = await insertStatement(query, { ...said, outageId: outage.id, actor, issuedAt: at, body });
  await query("SELECT pg_notify('obligation', '')");
  const { reference, scope, agencyPrefix, ivanCode } = outage;
  const detail = { outage: reference, statement, scope, agencies: agencyPrefix, ivan: ivanCode, startedAt: said.startedAt.toISOString(), endedAt: said.endedAt && said.endedAt.toISOString(), reason: said.reason, actor };
  await insertEvents(query, [{ at, kind: kinds[said.kind], submissionId: null, detail }]);
}
