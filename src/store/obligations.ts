// Statements over obligations: written when they arise, in the transaction of what makes them arise; met in the transaction of what meets them. Whether
// one lapsed is for the sweeper alone to say, once: what is met late is left for it to look at.
import type { Query } from './database.ts';
import type { NewEvent } from './events.ts';
import { insertRows } from './rows.ts';

export const obligationKinds = ['acknowledge', 'forward', 'slip', 'relay', 'return', 'result', 'resend', 'supplement', 'conclude'] as const;
/** `resend` and `supplement` are the sender's; the others are owed to it. */
export type ObligationKind = (typeof obligationKinds)[number];
export type DossierObligationKind = Exclude<ObligationKind, 'resend'>;

export interface NewObligation {
  readonly submissionId: string;
  readonly kind: DossierObligationKind;
  readonly arisenAt: Date;
  readonly dueAt: Date;
  /** The rule set, and the clock of it, that says so. */
  readonly basis: string;
  /** For what is met as it arises. */
  readonly metAt?: Date;
  /** When the sweeper has to look at it first: with a fifth of its time left, a result at once, unless said. */
  readonly lookAt?: Date;
}

export interface Met {
  readonly submissionId: string;
  /** What is relayed is met as it arises, and what is waited for is ended by what comes. */
  readonly kind: Exclude<DossierObligationKind, 'relay' | 'supplement' | 'conclude'>;
  readonly at: Date;
}

/** A dossier owes each kind once, except that every message of its agency is relayed: what is there already stays. */
export async function arise(query: Query, rows: readonly NewObligation[]): Promise<void> {
  if (rows.length === 0) return;
  await query(
    `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, due_at, basis, met_at, look_at)
     SELECT n.submission_id, n.kind, d.agency, n.arisen_at, n.due_at, n.due_at, n.basis, n.met_at, CASE WHEN n.met_at IS NULL THEN coalesce(n.look_at, CASE WHEN n.kind = 'result' THEN n.arisen_at ELSE n.due_at - (n.due_at - n.arisen_at) / 5 END) WHEN n.met_at > n.due_at THEN n.met_at END
     FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::timestamptz[]) AS n (submission_id, kind, arisen_at, due_at, basis, met_at, look_at)
     JOIN dossier d ON d.submission_id = n.submission_id ON CONFLICT DO NOTHING`,
    [
      rows.map(({ submissionId }) => submissionId), rows.map(({ kind }) => kind), rows.map(({ arisenAt }) => arisenAt),
      rows.map(({ dueAt }) => dueAt), rows.map(({ basis }) => basis), rows.map(({ metAt }) => metAt ?? null), rows.map(({ lookAt }) => lookAt ?? null),
    ],
    'obligations',
  );
}

/** Of what is met at that instant, after a date of it: that the latest such date lapsed is not written down. */
export function isUntold(metAt: string): string {
  return `NOT EXISTS (SELECT 1 FROM obligation_breach b WHERE b.obligation_id = o.id AND b.due_at >= CASE WHEN ${metAt} > o.due_at THEN o.due_at ELSE coalesce(o.promised_at, o.due_at) END)`;
}

/**
 * The first time counts. What is met before it was written, because two processes saw both ends of it, is written as met. Of each kind there is one,
 * which the index on them has to be told before it is used.
 */
export async function meet(query: Query, rows: readonly Met[]): Promise<void> {
  if (rows.length === 0) return;
  await query(
    `WITH m AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS m (submission_id, kind, at)),
     there AS MATERIALIZED (
       SELECT o.id, o.submission_id, o.kind, o.met_at, m.at FROM m JOIN obligation o ON o.submission_id = m.submission_id AND o.kind = m.kind AND o.kind NOT IN ('relay', 'supplement', 'conclude')),
     open AS (
       SELECT o.id, there.at FROM there JOIN obligation o ON o.id = there.id AND o.met_at IS NULL WHERE there.met_at IS NULL ORDER BY o.id FOR UPDATE OF o),
     met AS (UPDATE obligation o SET met_at = open.at, look_at = CASE WHEN open.at > coalesce(o.promised_at, o.due_at) AND (o.breached_at IS NULL OR ${isUntold('open.at')}) THEN open.at END FROM open WHERE o.id = open.id)
     INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, due_at, basis, met_at)
     SELECT m.submission_id, m.kind, d.agency, m.at, m.at, m.at, 'met-first', m.at FROM m JOIN dossier d ON d.submission_id = m.submission_id
     WHERE NOT EXISTS (SELECT 1 FROM there WHERE there.submission_id = m.submission_id AND there.kind = m.kind) ON CONFLICT DO NOTHING`,
    [rows.map(({ submissionId }) => submissionId), rows.map(({ kind }) => kind), rows.map(({ at }) => at)],
  );
}

/** What was forwarded is not there after all: it is owed again, until when it was owed at first. What had lapsed stays as it lapsed. */
export async function oweForwarding(query: Query, submissionIds: readonly string[], at: Date): Promise<void> {
  if (submissionIds.length === 0) return;
  await query(
    `UPDATE obligation SET met_at = NULL, warned_at = CASE WHEN breached_at IS NULL THEN NULL ELSE warned_at END, look_at = $2 WHERE id IN (
       SELECT id FROM obligation WHERE submission_id = ANY ($1) AND kind = 'forward' AND met_at IS NOT NULL AND basis <> 'met-first' ORDER BY id FOR UPDATE)`,
    [submissionIds, at],
  );
}

/** Of these dossiers, nothing is to be returned or supplemented any more of those that have their result. What had lapsed stays as it lapsed. */
export async function endReturns(query: Query, submissionIds: readonly string[], at: Date): Promise<void> {
  if (submissionIds.length === 0) return;
  await query(
    `UPDATE obligation SET met_at = $2, look_at = NULL WHERE id IN (
       SELECT id FROM obligation WHERE submission_id = ANY ($1) AND kind = 'return' AND met_at IS NULL AND due_at >= $2
         AND submission_id IN (SELECT submission_id FROM result) ORDER BY id FOR UPDATE)`,
    [submissionIds, at],
  );
}

export interface Obligation {
  readonly id: string;
  readonly submissionId: string | null;
  readonly paperFilingId: string | null;
  /** Of what was filed on paper; null for a dossier. */
  readonly paperUnitCode: string | null;
  readonly kind: ObligationKind;
  readonly agency: string;
  /** Of the dossier; null for what was filed on paper. */
  readonly sender: string | null;
  readonly arisenAt: Date;
  readonly firstDueAt: Date;
  readonly dueAt: Date;
  /** Of a result that an apology moved: what it was due at before the first of its term, which is what a breach is measured by. */
  readonly promisedAt: Date | null;
  readonly basis: string;
  readonly metAt: Date | null;
  readonly warnedAt: Date | null;
  readonly breachedAt: Date | null;
  /** The latest date of which it was said that it lapsed. */
  readonly lapsedDueAt: Date | null;
  /** Of a result: 1, and one more each time that it is due anew from a complete dossier. */
  readonly term: number;
  /** How often an apology moved it in its term, the agency's and the gateway's. */
  readonly apologies: number;
  /** A result whose agency waits for the unit, or did when it answered: its time stands still. */
  readonly awaitsUnit: boolean;
}

/** Whom an event about it concerns where it is no dossier's. */
export function unitOfPaper({ agency, paperUnitCode }: Pick<Obligation, 'agency' | 'paperUnitCode'>): Pick<NewEvent, 'unit'> {
  return paperUnitCode === null ? {} : { unit: { agency, unitCode: paperUnitCode, taxCode: '' } };
}

export const obligationColumns = `
  o.id, o.submission_id AS "submissionId", o.paper_filing_id AS "paperFilingId", o.kind, o.agency, o.arisen_at AS "arisenAt", o.first_due_at AS "firstDueAt", o.due_at AS "dueAt", o.promised_at AS "promisedAt", o.term, o.basis,
  (SELECT f.unit_code FROM paper_filing f WHERE f.id = o.paper_filing_id) AS "paperUnitCode", (SELECT sender FROM submission s WHERE s.id = o.submission_id) AS sender, o.met_at AS "metAt", o.warned_at AS "warnedAt", o.breached_at AS "breachedAt",
  CASE WHEN o.breached_at IS NOT NULL THEN (SELECT max(b.due_at) FROM obligation_breach b WHERE b.obligation_id = o.id) END AS "lapsedDueAt",
  (SELECT count(*)::int FROM obligation_move a WHERE a.obligation_id = o.id AND a.term = o.term AND a.reason IN ('apology', 'agency-apology')) AS apologies, o.awaits_unit AS "awaitsUnit"`;

/** Locks what has to be looked at by now and nobody else looks at, the longest due first. */
export function claimToLookAt(query: Query, now: Date, most: number): Promise<Obligation[]> {
  return query<Obligation>(`SELECT ${obligationColumns} FROM obligation o WHERE o.look_at <= $1 ORDER BY o.look_at, o.id LIMIT $2 FOR UPDATE OF o SKIP LOCKED`, [now, most]);
}

export async function nextLookAt(query: Query): Promise<Date | null> {
  const [row] = await query<{ at: Date | null }>(`SELECT min(look_at) AS at FROM obligation WHERE look_at IS NOT NULL AND look_at < 'infinity'`);
  return row?.at ?? null;
}

export interface Looked {
  readonly id: string;
  readonly dueAt: Date;
  readonly promisedAt: Date | null;
  readonly warnedAt: Date | null;
  readonly breachedAt: Date | null;
  /** Null: never; 'infinity': when an outage has ended. */
  readonly lookAt: Date | 'infinity' | null;
}

export async function saveLooked(query: Query, rows: readonly Looked[]): Promise<void> {
  if (rows.length === 0) return;
  await query(
    `UPDATE obligation o SET due_at = l.due_at, promised_at = l.promised_at, warned_at = l.warned_at, breached_at = l.breached_at, look_at = l.look_at
     FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) AS l (id, due_at, promised_at, warned_at, breached_at, look_at) WHERE o.id = l.id`,
    [rows.map(({ id }) => id), rows.map(({ dueAt }) => dueAt), rows.map(({ promisedAt }) => promisedAt), rows.map(({ warnedAt }) => warnedAt), rows.map(({ breachedAt }) => breachedAt), rows.map(({ lookAt }) => lookAt)],
  );
}

export interface NewBreach {
  readonly obligationId: string;
  readonly dueAt: Date;
  readonly term: number;
}

/** Each date once. */
export async function insertBreaches(query: Query, rows: readonly NewBreach[], at: Date): Promise<void> {
  await insertRows(query, 'obligation_breach', rows.map(({ obligationId, dueAt, term }) => ({ obligation_id: obligationId, due_at: dueAt, term, breached_at: at })));
}

export interface NewMove {
  readonly obligationId: string;
  readonly fromDueAt: Date;
  readonly dueAt: Date;
  readonly reason: 'apology' | 'agency-apology' | 'outage' | 'completed';
  readonly basis: string;
  readonly outageId: string | null;
  readonly movedAt: Date;
  readonly notice: Buffer | null;
}

/** Gives the ids, in the order of the rows. */
export async function insertMoves(query: Query, moves: readonly NewMove[]): Promise<string[]> {
  const rows = moves.map((move) => ({
    obligation_id: move.obligationId, from_due_at: move.fromDueAt, due_at: move.dueAt, reason: move.reason, basis: move.basis, outage_id: move.outageId, moved_at: move.movedAt, notice: move.notice,
  }));
  const inserted = await insertRows<{ id: string; of: string }>(query, 'obligation_move', rows, 'RETURNING id, obligation_id AS of');
  const ids = new Map(inserted.map(({ id, of }) => [of, id]));
  return moves.map(({ obligationId }) => ids.get(obligationId) ?? '');
}

/** The agency's own apology: its date counts, and the gateway sends none of its own. False when the result is there, or the date is no later one. */
export async function moveByAgency(query: Query, submissionId: string, dueAt: Date, basis: string, at: Date): Promise<boolean> {
  const [open] = await query<Obligation>(`SELECT ${obligationColumns} FROM obligation o WHERE o.submission_id = $1 AND o.kind = 'result' AND o.met_at IS NULL FOR UPDATE OF o`, [submissionId]);
  if (open === undefined || dueAt <= open.dueAt) return false;
  await insertMoves(query, [{ obligationId: open.id, fromDueAt: open.dueAt, dueAt, reason: 'agency-apology', basis, outageId: null, movedAt: at, notice: null }]);
  await saveLooked(query, [{ id: open.id, dueAt, promisedAt: open.promisedAt ?? open.dueAt, warnedAt: null, breachedAt: open.breachedAt, lookAt: at }]);
  return true;
}
