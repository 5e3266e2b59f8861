// The one transaction of intake. Locks are taken in one order (units, submissions by content, counters by agency and year, the log, then feeds), so that concurrent
// transactions of any number of processes rarely block each other; where idempotency keys make a circle, PostgreSQL breaks it and the
// recorder tries again. What a unit filed before is asked under its lock, so that no dossier slips past another that is accepted beside it.
import { loggedReceipt, loggedSubmission, RECEIPT, SUBMISSION } from '../receipts/log-entry.ts';
import { receiptXml } from '../receipts/receipt.ts';
import type { AcceptedFacts, ConflictFacts } from '../receipts/receipt.ts';
import { senderName } from '../standard/dossier.ts';
import { yearOf } from '../standard/time.ts';
import { endWaiting, openResults, runAnew } from '../store/completion.ts';
import type { Query } from '../store/database.ts';
import { findFiledBefore, insertDeclarations, lockUnits } from '../store/declarations.ts';
import type { ComparedDossier } from '../store/declarations.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { keepRevocationEvidence } from '../store/evidence.ts';
import { arise } from '../store/obligations.ts';
import { tieToPaper } from '../store/paper-filings.ts';
import { findFirst, findReceipt, insertDossiers, insertReceipts, insertSubmissions, takeNumbers } from '../store/submissions.ts';
import type { NewDossier, NewSubmission, StoredOutcome, StoredReceipt } from '../store/submissions.ts';
import { findGiven } from '../store/supplements.ts';
import { acceptedFacts, conflictFacts, contentDigestOf, receiptFacts, transactionCode } from './facts.ts';
import type { Judged } from './facts.ts';
import { comparedDossier, withFiledBefore } from './filed-before.ts';
import { obligationsOf } from './obligations.ts';
import type { Recorded, RecordSettings } from './record.ts';
import { senderFacts } from './sender-facts.ts';
import { withGiven } from './supplement.ts';

/** A submission with its row, and what only the transaction can know of it. */
interface Entry {
  readonly id: string;
  /** SHA-256 of the row. */
  readonly rowDigest: string;
  readonly judged: Judged;
  readonly outcome: StoredOutcome;
  readonly conflict?: ConflictFacts;
}

interface Numbered {
  readonly entry: Entry;
  readonly dossier: NewDossier | undefined;
  readonly accepted: AcceptedFacts | undefined;
}

/** Records all or none; the answers are in the order of `given`, no two of which share a declaration or batch unless they have the same content. */
export async function recordTogether(settings: RecordSettings, given: readonly Judged[]): Promise<Recorded[]> {
  return settings.database.transaction(async (query) => {
    // What does not need the answers before it is asked together with them.
    const [, batch] = await Promise.all([lockUnits(query, comparedOf(given).map(({ dossier }) => dossier.unit)), compare(query, given)]);
    // What has the same content keeps its order of arrival: the first is the one that is accepted.
    const sorted = batch.toSorted((a, b) => (lockKey(a) < lockKey(b) ? -1 : lockKey(a) > lockKey(b) ? 1 : 0));
    const position = new Map(batch.map((judged, index) => [judged, index]));
    // Numbers and deliveries follow the order of arrival, only the inserts that of their content.
    const [, entries] = await Promise.all([keepRevocationEvidence(query, batch.flatMap(({ evidence }) => evidence)), insertNew(query, sorted)]);
    entries.sort((a, b) => (position.get(a.judged) ?? 0) - (position.get(b.judged) ?? 0));
    const numbered = await number(query, settings, entries);
    const at = earliest(sorted);
    const [resent, { moved, receipts, save }] = await Promise.all([insertAccepted(query, settings, numbered, at), moveAndIssue(query, settings, numbered, at)]);
    const events = [...numbered.flatMap(({ entry, dossier }) => [eventOf(entry, dossier), ...supplementEvents(entry, dossier)]), ...resent, ...moved];
    const [, , found] = await Promise.all([save(), insertReceipts(query, receipts), answers(query, batch, entries, receipts), insertEvents(query, events)]);
    return found;
  });
}

/** What each accepted dossier has: its row and delivery, what is compared later, and what is owed. Gives the events of papers that were waiting for it. Every statement is asked at once. */
async function insertAccepted(query: Query, { terms }: RecordSettings, numbered: readonly Numbered[], at: Date): Promise<NewEvent[]> {
  const dossiers = numbered.flatMap(({ dossier }) => (dossier === undefined ? [] : [dossier]));
  if (dossiers.length === 0) return [];
  // All that is to be computed first: nothing may fail between two statements that are under way.
  const declarations = numbered.flatMap(({ entry, dossier }) => declarationsOf(entry, dossier));
  const obligations = numbered.flatMap(({ entry, accepted }) => (accepted === undefined ? [] : obligationsOf(entry.id, entry.judged, accepted, terms)));
  const [, , , resent] = await Promise.all([
    insertDossiers(query, dossiers, at),
    insertDeclarations(query, declarations),
    arise(query, obligations),
    tieToPaper(query, dossiers.map(({ submissionId }) => submissionId), at),
    query("SELECT pg_notify('delivery', '')"),
  ]);
  return resent.map(({ paperFilingId, submissionId, agency, paperNumber }) => ({ at, kind: 'resend_met', submissionId, detail: { paperFiling: paperFilingId, agency, paperNumber } }));
}

interface Issued {
  /** Of cases that are complete now. */
  readonly moved: readonly NewEvent[];
  readonly receipts: readonly { submissionId: string; body: Buffer }[];
  /** Once. */
  readonly save: () => Promise<void>;
}

/** Each is in the log before its receipt is signed; the receipt proves it, and is in the log behind it. Others who enter wait until the transaction ends. */
async function moveAndIssue(query: Query, { enter, issue, issuer, terms }: RecordSettings, numbered: readonly Numbered[], at: Date): Promise<Issued> {
  const moved = await completeCases(query, numbered, terms);
  const all = numbered.map(({ entry: { id, rowDigest, judged, outcome, conflict }, accepted }) => ({ id, rowDigest, facts: receiptFacts(judged, outcome, accepted, conflict) }));
  const { proofs, save } = await enter(query, all.map(({ id, facts }) => ({ kind: SUBMISSION, subject: id, facts: loggedSubmission({ ...facts, dossierNumber: facts.accepted?.dossierNumber }) })), at);
  const receipts = await Promise.all(all.map(async ({ id, facts }, place) => ({ submissionId: id, body: await issue(receiptXml({ ...facts, logProof: proofs[place] ?? '' }, issuer)) })));
  return { moved, receipts, save: () => save(all.map(({ id, rowDigest }, place) => ({ kind: RECEIPT, subject: id, facts: loggedReceipt(id, rowDigest, receipts[place]?.body ?? Buffer.alloc(0)) }))) };
}

/** Holds what is accepted so far against what its unit filed before: what supplements a dossier first against who did so before. Under the units' locks. */
async function compare(query: Query, given: readonly Judged[]): Promise<readonly Judged[]> {
  const batch: Judged[] = [];
  for (const judged of given) batch.push(await held(query, judged));
  const asked = comparedOf(batch);
  const found = await findFiledBefore(query, asked.map(({ dossier }) => dossier));
  const answers = new Map(asked.map(({ judged }, index) => [judged, found[index] ?? []]));
  return batch.map((judged) => {
    const filedBefore = answers.get(judged);
    return filedBefore === undefined ? judged : { ...judged, filedBefore, verdict: withFiledBefore(judged.verdict, { filedBefore, supplements: judged.supplements }, judged.ruleSet) };
  });
}

function comparedOf(batch: readonly Judged[]): readonly { readonly judged: Judged; readonly dossier: ComparedDossier }[] {
  return batch.flatMap((judged) => {
    const dossier = comparedDossier(judged.verdict);
    return dossier === undefined ? [] : [{ judged, dossier }];
  });
}

async function held(query: Query, judged: Judged): Promise<Judged> {
  const { verdict, supplements } = judged;
  if (verdict.outcome !== 'accepted' || supplements === null || supplements.dossier === null) return judged;
  const asked = { ...supplements, given: await findGiven(query, supplements.dossier, verdict.contentDigest) };
  return { ...judged, supplements: asked, verdict: withGiven(verdict, asked) };
}

function declarationsOf({ judged }: Entry, dossier: NewDossier | undefined): Parameters<typeof insertDeclarations>[1] {
  const compared = dossier && comparedDossier(judged.verdict);
  return compared === undefined ? [] : [{ submissionId: dossier?.submissionId ?? '', dossier: compared }];
}

function rowKey({ digest, sender }: Judged): string {
  return `${digest} ${senderName(sender)}`;
}

function lockKey(judged: Judged): string {
  return contentDigestOf(judged) ?? rowKey(judged);
}

function earliest(batch: readonly Judged[]): Date {
  return new Date(Math.min(...batch.map(({ receivedAt }) => receivedAt.getTime())));
}

/** Inserts what was never seen. What was passed over is a resend, or has the content or the key of other bytes: that one is inserted as a conflict. */
async function insertNew(query: Query, sorted: readonly Judged[]): Promise<Entry[]> {
  // A second copy in the same batch is a resend: were it offered too, its row could be inserted where the first copy's key is taken, under the first's receipt.
  const copies = new Set<string>();
  const firsts = sorted.filter((judged) => copies.size < copies.add(rowKey(judged)).size);
  const inserted = await insertSubmissions(query, firsts.map((judged) => rowOf(judged)));
  const rows = new Map(inserted.map((row) => [`${row.digest} ${row.sender}`, row]));
  const entries: Entry[] = [];
  for (const judged of firsts) {
    const row = rows.get(rowKey(judged));
    const entry = row === undefined ? await insertConflict(query, judged) : { id: row.id, rowDigest: row.rowDigest, judged, outcome: judged.verdict.outcome };
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function insertConflict(query: Query, judged: Judged): Promise<Entry | undefined> {
  const contentDigest = contentDigestOf(judged);
  const first = contentDigest === null ? undefined : await findFirst(query, contentDigest, judged.key);
  if (first === undefined || first.digest === judged.digest) return undefined;
  const [row] = await insertSubmissions(query, [{ ...rowOf(judged), keyScope: null, key: null, outcome: 'conflict', conflictsWith: first.id }]);
  return row && { id: row.id, rowDigest: row.rowDigest, judged, outcome: 'conflict', conflict: conflictFacts(first, contentDigest) };
}

function rowOf(judged: Judged): NewSubmission {
  // What was refused is corrected and may come again under its key.
  const key = judged.verdict.outcome === 'accepted' ? judged.key : undefined;
  return {
    digest: judged.digest,
    sender: senderName(judged.sender),
    senderFacts: senderFacts(judged.sender),
    keyScope: key?.scope ?? null,
    key: key?.value ?? null,
    receivedAt: judged.receivedAt,
    outcome: judged.verdict.outcome,
    findings: judged.verdict.findings,
    transactionCode: transactionCode(judged),
    ruleSetDigest: judged.ruleSetDigest,
    trustDigest: judged.trustDigest,
    contentDigest: contentDigestOf(judged),
    signatures: judged.verdict.signatures,
    registration: judged.registration,
    ivanUse: judged.ivanUse,
    filedBefore: judged.filedBefore,
    supplements: judged.supplements,
    conflictsWith: null,
    body: judged.bytes,
  };
}

/** Gives every accepted submission the next number of its agency and year (`NNNNN/YYYY/<agency>`). */
async function number(query: Query, { terms }: RecordSettings, entries: readonly Entry[]): Promise<Numbered[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries.filter(({ outcome }) => outcome === 'accepted')) {
    const series = `${agencyOf(entry)}/${yearOf(entry.judged.receivedAt)}`;
    groups.set(series, [...(groups.get(series) ?? []), entry]);
  }
  const sequences = new Map<Entry, number>();
  await Promise.all([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(async ([, members]) => {
    const [first] = members;
    if (first === undefined) return;
    const last = await takeNumbers(query, agencyOf(first), yearOf(first.judged.receivedAt), members.length);
    members.forEach((member, index) => sequences.set(member, last - members.length + 1 + index));
  }));
  return entries.map((entry) => numberedOf(entry, sequences.get(entry), terms));
}

function agencyOf({ judged: { verdict } }: Entry): string {
  return verdict.declared?.agency ?? '';
}

function numberedOf(entry: Entry, sequence: number | undefined, terms: RecordSettings['terms']): Numbered {
  const { verdict, receivedAt } = entry.judged;
  if (sequence === undefined || verdict.outcome !== 'accepted') return { entry, dossier: undefined, accepted: undefined };
  const { agency, unitCode, unitName, taxCode, procedure, period } = verdict.dossier;
  const accepted = acceptedFacts(verdict.dossier, receivedAt, sequence, terms.calendar);
  const { dossierNumber, dueAt, slipDueAt } = accepted;
  const urgentAt = slipDueAt < dueAt ? slipDueAt : dueAt;
  const year = yearOf(receivedAt);
  return { entry, accepted, dossier: { submissionId: entry.id, agency, year, sequence, number: dossierNumber, unitCode, unitName, taxCode, procedure, period, dueAt, urgentAt } };
}

function eventOf({ id, judged, outcome }: Entry, dossier: NewDossier | undefined): NewEvent {
  const detail = { digest: judged.digest, sender: senderName(judged.sender), number: dossier?.number ?? null, document: `/v1/dossiers/${judged.digest}` };
  return { at: judged.receivedAt, kind: `submission_${outcome}`, submissionId: id, detail };
}

/** The dossier that is supplemented hears of it, too. */
function supplementEvents({ judged: { digest, receivedAt, supplements } }: Entry, dossier: NewDossier | undefined): NewEvent[] {
  if (dossier === undefined || supplements === null || supplements.dossier === null) return [];
  return [{ at: receivedAt, kind: 'supplement_received', submissionId: supplements.dossier.submission, detail: { supplement: digest, number: dossier.number } }];
}

/** With the supplement the dossier is complete: what its case owes besides is due when the supplement's own result is. */
async function completeCases(query: Query, numbered: readonly Numbered[], terms: RecordSettings['terms']): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const { entry: { id, judged: { receivedAt, supplements } }, dossier } of numbered) {
    if (dossier === undefined || supplements === null || supplements.dossier === null) continue;
    await endWaiting(query, [supplements.dossier.submission], receivedAt);
    const open = await openResults(query, [supplements.dossier.submission], { awaiting: false });
    const basis = `${terms.ruleSetAt(receivedAt).id}: supplement ${dossier.number}`;
    events.push(...(await runAnew(query, open.filter(({ submissionId }) => submissionId !== id).map((result) => ({ open: result, dueAt: dossier.dueAt, basis })), receivedAt)));
  }
  return events;
}

/** What was recorded is at hand; only what had been before is asked for, for others wait for the log meanwhile. */
async function answers(query: Query, batch: readonly Judged[], entries: readonly Entry[], receipts: readonly { submissionId: string; body: Buffer }[]): Promise<Recorded[]> {
  const bodies = new Map(receipts.map(({ submissionId, body }) => [submissionId, body]));
  const recorded = new Map(entries.map(({ id, judged, outcome }): [Judged, StoredReceipt] => {
    const { digest, sender, receivedAt } = judged;
    return [judged, { id, digest, sender: senderName(sender), outcome, receivedAt, receipt: bodies.get(id) ?? Buffer.alloc(0) }];
  }));
  const found: Recorded[] = [];
  for (const judged of batch) {
    const stored = recorded.get(judged) ?? (await findReceipt(query, judged.digest, senderName(judged.sender)));
    if (stored === undefined) throw new Error('a submission was neither recorded nor found');
    found.push({ ...stored, isNew: recorded.has(judged), filedBefore: judged.filedBefore });
  }
  return found;
}
