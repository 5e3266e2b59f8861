// The one transaction of a batch: cursor, messages, cases, notices, results, and at the end the events. One statement for all rows of a table.
import type { ObligationTerms } from '../standard/obligations.ts';
import { formatInstant } from '../standard/time.ts';
import { countRepeats, findSameNotices, insertAgencyMessages, lockNotices } from '../store/agency-messages.ts';
import { saveCases } from '../store/cases.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import type { EventKind, NewEvent } from '../store/events.ts';
import { insertNotices } from '../store/notices.ts';
import type { NoticeRow } from '../store/notices.ts';
import { insertResults } from '../store/results.ts';
import { settleDeadLetters } from './answered.ts';
import type { Believed, JudgedBatch, JudgedMessage, Origin } from './judge.ts';
import type { Said } from './message.ts';
import { keepObligations } from './obligations.ts';

/** By the message's id. */
export interface SignedBatch {
  readonly notices: ReadonlyMap<string, { readonly form: string; readonly body: Buffer }>;
  readonly results: ReadonlyMap<string, Buffer>;
}

export interface Recording {
  readonly origin: Origin;
  readonly terms: ObligationTerms;
  readonly hold: (query: Query) => Promise<boolean>;
}

/** overtaken: somebody else recorded messages of the same cases; they are to be judged again. */
export type Recorded = 'recorded' | 'given-up' | 'overtaken';

/** Ends the transaction with nothing done. */
class Undone extends Error {
  readonly outcome: Exclude<Recorded, 'recorded'>;

  constructor(outcome: Exclude<Recorded, 'recorded'>) {
    super(outcome);
    this.outcome = outcome;
  }
}

export async function recordBatch(database: Database, batch: JudgedBatch, signed: SignedBatch, { origin, terms, hold }: Recording): Promise<Recorded> {
  try {
    await database.transaction(async (query) => {
      if (!(await hold(query))) throw new Undone('given-up');
      if (await areTold(query, origin.backend, batch.judged)) throw new Undone('overtaken');
      const noticesOf = countBySubmission(batch.judged, signed);
      const totals = await saveCases(query, batch.changes.map((change) => ({ ...change, notices: noticesOf.get(change.submissionId) ?? 0 })));
      if (totals === undefined) throw new Undone('overtaken');
      await insertAgencyMessages(query, batch.judged.map(({ row }) => row));
      await countRepeats(query, origin.backend, batch.repeats, origin.receivedAt);
      const links = await insertAllNotices(query, batch.judged, signed, origin, new Map([...totals].map(([submissionId, total]) => [submissionId, total - (noticesOf.get(submissionId) ?? 0)])));
      await insertResults(query, batch.judged.flatMap((judged) => resultRow(judged, signed, origin)));
      const moved = await keepObligations(query, batch, origin.receivedAt, terms);
      const settled = await settleDeadLetters(query, batch, origin.receivedAt, terms);
      await insertEvents(query, [...settled, ...batch.judged.flatMap((judged) => eventsOf(judged, links, origin.receivedAt)), ...moved]);
    });
    return 'recorded';
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    throw error;
  }
}

/** Whether somebody else has recorded one of the notices to units since this batch was judged; nobody else does until the transaction ends. */
async function areTold(query: Query, backend: string, judged: readonly JudgedMessage[]): Promise<boolean> {
  const senses = judged.flatMap(({ row: { verdict, kind, sense } }) => (verdict === 'taken' && kind === 'notice' && sense !== null ? [sense] : []));
  if (senses.length === 0) return false;
  await lockNotices(query, senses);
  return (await findSameNotices(query, backend, senses)).length > 0;
}

function countBySubmission(judged: readonly JudgedMessage[], { notices }: SignedBatch): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { row: { id, submissionId } } of judged) if (submissionId !== null && notices.has(id)) counts.set(submissionId, (counts.get(submissionId) ?? 0) + 1);
  return counts;
}

/** Gives, by the message's id, where its notice is to be had. `before`: how many a dossier had. */
async function insertAllNotices(query: Query, judged: readonly JudgedMessage[], { notices }: SignedBatch, { receivedAt, trustDigest }: Origin, before: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map(before);
  const issued = judged.flatMap(({ row: { id, submissionId }, believed }) => {
    const notice = notices.get(id);
    if (notice === undefined || believed === undefined) return [];
    const number = submissionId === null ? null : (numbers.get(submissionId) ?? 0) + 1;
    if (submissionId !== null && number !== null) numbers.set(submissionId, number);
    const row: NoticeRow = { submissionId, number, unit: unitOf(believed), agencyMessageId: id, kind: notice.form, issuedAt: receivedAt, trustDigest, body: notice.body };
    return [{ id, row, believed }];
  });
  if (issued.length === 0) return new Map();
  const ids = await insertNotices(query, issued.map(({ row }) => row));
  return new Map(issued.map(({ id, row, believed }, index) => [id, row.number === null ? `/v1/notices/${ids[index] ?? ''}` : `/v1/dossiers/${believed.dossier?.digest ?? ''}/notices/${row.number}`]));
}

function unitOf({ message: { about, said } }: Believed): NoticeRow['unit'] {
  return said.kind === 'notice' ? { agency: about.agency, unitCode: said.unitCode, taxCode: said.taxCode } : null;
}

function resultRow({ row, believed }: JudgedMessage, { results }: SignedBatch, { receivedAt, trustDigest }: Origin): Parameters<typeof insertResults>[1] {
  const body = results.get(row.id);
  if (body === undefined || believed?.dossier === undefined || believed.message.said.kind !== 'result') return [];
  const { code, unitCode } = believed.message.said;
  // A unit that has a code is not given another by an answer.
  return [{ submissionId: believed.dossier.submissionId, answeredAt: receivedAt, code, unitCode: believed.dossier.unitCode === '' ? unitCode : '', agencyAnswer: believed.octets, trustDigest, body }];
}

const kinds = { slip: 'slip_given', step: 'step_reported', supplement: 'supplement_requested', apology: 'apology_given', result: 'result_issued', notice: 'unit_notice_received' } as const satisfies Record<Said['kind'], EventKind>;
const flagged: ReadonlyMap<string, EventKind> = new Map([['contradicting', 'agency_message_contradicting'], ['late', 'agency_message_late'], ['rejected', 'agency_message_rejected']]);

/** What happened, for the sender; and what is odd, for the operator. A mere repeat is no event. */
function eventsOf({ row, believed }: JudgedMessage, links: ReadonlyMap<string, string>, at: Date): NewEvent[] {
  const events: NewEvent[] = [];
  const { id, submissionId, verdict, reason, backend } = row;
  if (believed?.isTold === true) {
    const { said, about, signer } = believed.message;
    const document = said.kind === 'result' ? `/v1/dossiers/${about.digest}/result` : links.get(id);
    const detail = { ...detailOf(said, signer), ...(said.kind === 'apology' && said.before < at ? { afterLapse: true } : {}), saidAt: formatInstant(about.at), ...(document === undefined ? {} : { document }) };
    const unit = unitOf(believed);
    events.push({ at, kind: kinds[said.kind], submissionId, detail, ...(unit === null ? {} : { unit }) });
  }
  const flag = flagged.get(verdict);
  if (flag !== undefined) events.push({ at, kind: flag, submissionId, detail: { message: id, backend, position: row.position, kind: row.kind, reason, first: row.firstId } });
  return events;
}

function detailOf(said: Said, signer: string): NewEvent['detail'] {
  switch (said.kind) {
    case 'slip':
      return { desk: said.desk, days: said.days, dueAt: formatInstant(said.dueAt) };
    case 'step':
      return { step: said.step, name: said.name, room: said.room, begunAt: formatInstant(said.receivedAt), endedAt: said.returnedAt === undefined ? null : formatInstant(said.returnedAt) };
    case 'supplement':
      return { reference: said.reference, until: formatInstant(said.until), items: said.items.length };
    case 'apology':
      return { time: said.time, before: formatInstant(said.before), dueAt: formatInstant(said.now), reason: said.reason };
    case 'result':
      return { code: said.code, signer };
    case 'notice':
      return { form: said.form, month: said.month, agencyUnit: said.unitCode };
  }
}
