// For units that could not file electronically: the certificate of an outage over their filing deadline, and what they filed on paper instead, which the
// agency reports (NĐ 164/2025/NĐ-CP Điều 12(7)). The electronic dossier that follows is tied to the paper one; neither number changes.
import { Problem } from '../errors/outcomes.ts';
import { outageCertificateXml } from '../receipts/outage.ts';
import { extendDeadline } from '../standard/obligations.ts';
import { endOfDay, formatInstant, formatIsoDay } from '../standard/time.ts';
import type { Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { findUnitCertificate, insertCertificates } from '../store/outage-moves.ts';
import { listUses } from '../store/uses.ts';
import { findPaperFiling, findSentSince, insertPaperFiling, lockPaper, tieToPaper } from '../store/paper-filings.ts';
import type { NewPaperFiling, PaperFiling } from '../store/paper-filings.ts';
import type { Outage } from '../store/outages.ts';
import { held } from './ledger.ts';
import type { By } from './ledger.ts';
import { demandResending } from './settle.ts';
import type { SettlingSettings } from './settle.ts';

export type UnitDesk = Omit<SettlingSettings, 'now'>;

export interface UnitDeadline {
  readonly agency: string;
  readonly unitCode: string;
  readonly procedure: string;
  readonly period: string;
  /** The last day for filing. */
  readonly day: Date;
}

/** The same question gets the same octets. */
export async function certifyUnit(desk: UnitDesk, which: string, asked: UnitDeadline, { actor, at }: By): Promise<Buffer> {
  const { agency, unitCode, procedure, period } = asked;
  const deadline = endOfDay(asked.day);
  const group = (desk.terms.procedureAt(procedure, deadline) ?? noProcedure(procedure)).group;
  return desk.database.transaction(async (query) => {
    const outage = await held(query, which);
    if (!fellInto(outage, deadline, asked.day, at) || !agency.startsWith(outage.agencyPrefix)) throw new Problem('OUTAGE_MISSES', { reference: outage.reference, deadline: formatInstant(deadline) });
    if (!(await concerns(query, outage, asked))) throw new Problem('OUTAGE_MISSES', { reference: outage.reference, deadline: formatInstant(deadline) });
    const question = { outageId: outage.id, agency, unitCode, procedure, period, deadline };
    const before = await findUnitCertificate(query, question);
    if (before !== undefined) return before;
    const { dueAt: extendedUntil, workingDays, basis } = extendDeadline(desk.terms, group, deadline, outage.endedAt);
    const facts = { ...outage, ...question, unitName: '', taxCode: '', dossier: undefined, isCollection: group === 'thu', extendedUntil, workingDays, basis, issuedAt: at };
    const body = await desk.issue(outageCertificateXml(facts, desk.issuer));
    const [certificate] = await insertCertificates(query, [{ ...question, moveId: null, submissionId: null, extendedUntil, basis, issuedAt: at, body }]);
    await insertEvents(query, [{ at, kind: 'outage_certified', submissionId: null, detail: { certificate: certificate ?? '', outage: outage.reference, agency, unitCode, procedure, period, deadline: deadline.toISOString(), extendedUntil: extendedUntil.toISOString(), actor } }]);
    return body;
  });
}

/** What befell one I-VAN kept only those from filing who used it then. */
async function concerns(query: Query, { ivanCode, startedAt, endedAt }: Outage, { agency, unitCode }: UnitDeadline): Promise<boolean> {
  if (ivanCode === null) return true;
  const uses = await listUses(query, { agency, unitCode, ivanCode });
  return uses.some((use) => (endedAt === null || use.beganAt <= endedAt) && (use.endedAt === null || use.endedAt > startedAt));
}

/** While it lasts: the filing day has come. Once it is over: it lasted until the deadline. */
function fellInto({ startedAt, endedAt }: Outage, deadline: Date, day: Date, now: Date): boolean {
  if (startedAt > deadline) return false;
  return endedAt === null ? formatIsoDay(day) <= formatIsoDay(now) : deadline <= endedAt;
}

function noProcedure(code: string): never {
  throw new Problem('ENTRY_UNKNOWN', { code, list: '/v1/procedures' });
}

/** Gives it, with the digest-less state of its electronic dossier: `sent` where that came already. The same report again changes nothing. */
export async function reportPaper(desk: UnitDesk, which: string, filed: Omit<NewPaperFiling, 'outageId' | 'reportedAt' | 'actor'>, { actor, at }: By): Promise<{ readonly filing: PaperFiling; readonly isNew: boolean; readonly isSent: boolean }> {
  if (desk.terms.procedureAt(filed.procedure, filed.filedAt) === undefined) noProcedure(filed.procedure);
  return desk.database.transaction(async (query) => {
    const outage = await held(query, which);
    if (filed.filedAt < outage.startedAt || filed.filedAt > at || !filed.agency.startsWith(outage.agencyPrefix)) throw new Problem('OUTAGE_MISSES', { reference: outage.reference, deadline: formatInstant(filed.filedAt) });
    await lockPaper(query);
    const filing = await insertPaperFiling(query, { ...filed, outageId: outage.id, reportedAt: at, actor });
    if (filing === undefined) return { filing: repeated(filed, outage.id, await findPaperFiling(query, filed.agency, filed.paperNumber)), isNew: false, isSent: false };
    const sent = await tieToPaper(query, await findSentSince(query, filing, outage.startedAt), at);
    const isSent = sent.some(({ paperFilingId }) => paperFilingId === filing.id);
    const demanded = isSent || outage.endedAt === null ? [] : await demandResending(desk.terms, query, [filing], outage.reference, at);
    const { agency, unitCode, procedure, period, paperNumber } = filing;
    await insertEvents(query, [
      { at, kind: 'paper_reported', submissionId: null, detail: { paperFiling: filing.id, outage: outage.reference, agency, unitCode, procedure, period, paperNumber, actor } },
      ...sent.map(({ paperFilingId, submissionId }) => ({ at, kind: 'resend_met' as const, submissionId, detail: { paperFiling: paperFilingId, agency, paperNumber } })),
      ...demanded,
    ]);
    return { filing, isNew: true, isSent };
  });
}

/** The number of another paper is no second report of this one. */
function repeated(filed: Omit<NewPaperFiling, 'outageId' | 'reportedAt' | 'actor'>, outageId: string, before: PaperFiling | undefined): PaperFiling {
  const isSame = before !== undefined && before.outageId === outageId && before.unitCode === filed.unitCode && before.procedure === filed.procedure && before.period === filed.period && before.filedAt.getTime() === filed.filedAt.getTime();
  if (!isSame) throw new Problem('PAPER_NUMBER_TAKEN', { number: filed.paperNumber });
  return before;
}
