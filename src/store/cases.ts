// Statements over where cases stand. A case's row is locked by whoever records something of it, several in the order of their submissions; a
// writer says how many messages it knew of, so that two never judge by the same past.
import type { Query } from './database.ts';

export interface CaseRow {
  readonly submissionId: string;
  readonly state: string;
  readonly stateNumber: number;
  readonly slipDueAt: Date | null;
  readonly promisedAt: Date | null;
  readonly apologies: number;
  readonly step: unknown;
  readonly supplementUntil: Date | null;
  /** Of the last message that was taken. */
  readonly changedAt: Date | null;
}

const columns = `c.state, c.state_number AS "stateNumber", c.slip_due_at AS "slipDueAt", c.promised_at AS "promisedAt", c.apologies, c.step, c.supplement_until AS "supplementUntil", c.changed_at AS "changedAt"`;

/** An accepted dossier, with what an agency's message about it is judged by. */
export interface CaseDossier {
  readonly submissionId: string;
  readonly digest: string;
  readonly transactionCode: string;
  readonly receivedAt: Date;
  readonly number: string;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly procedure: string;
  readonly dueAt: Date;
  readonly lane: string | null;
  /** Null while there was no message. */
  readonly standing: Omit<CaseRow, 'submissionId'> | null;
  readonly messages: number;
  /** SHA-256 of the agency's answer, where there was a result before messages were kept. */
  readonly answeredBefore: string | null;
}

export async function findCases(query: Query, digests: readonly string[]): Promise<CaseDossier[]> {
  const rows = await query<Omit<CaseDossier, 'standing'> & Omit<CaseRow, 'submissionId'> & { readonly state: string | null }>(
    `SELECT s.id AS "submissionId", s.digest, s.transaction_code AS "transactionCode", s.received_at AS "receivedAt", d.number, d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName",
            d.tax_code AS "taxCode", d.procedure, d.due_at AS "dueAt", v.lane, coalesce(c.messages, 0) AS messages, ${columns},
            (SELECT encode(sha256(t.agency_answer), 'hex') FROM result t WHERE t.submission_id = s.id AND NOT EXISTS (SELECT 1 FROM agency_message m WHERE m.submission_id = s.id AND m.kind = 'result' AND m.verdict = 'taken')) AS "answeredBefore"
     FROM submission s JOIN dossier d ON d.submission_id = s.id LEFT JOIN delivery v ON v.submission_id = s.id AND v.kind = 'dossier' LEFT JOIN case_state c ON c.submission_id = s.id
     WHERE s.digest = ANY ($1) AND s.outcome = 'accepted'`,
    [digests],
  );
  return rows.map(({ state, stateNumber, slipDueAt, promisedAt, apologies, step, supplementUntil, changedAt, ...dossier }) => ({
    ...dossier,
    standing: (state as string | null) === null ? null : { state, stateNumber, slipDueAt, promisedAt, apologies, step, supplementUntil, changedAt },
  }));
}

export interface CaseChange extends CaseRow {
  /** How many messages there were when it was judged, and are with those that are recorded now. */
  readonly messagesBefore: number;
  readonly messages: number;
  /** Issued now. */
  readonly notices: number;
}

/** Gives of each how many notices there are with those issued now; undefined when somebody else has recorded a message in between. */
export async function saveCases(query: Query, changes: readonly CaseChange[]): Promise<ReadonlyMap<string, number> | undefined> {
  if (changes.length === 0) return new Map();
  const rows = await query<{ submissionId: string; notices: number }>(
    `INSERT INTO case_state AS c (submission_id, state, state_number, slip_due_at, promised_at, apologies, step, supplement_until, changed_at, messages, notices)
     SELECT n.submission_id, n.state, n.state_number, n.slip_due_at, n.promised_at, n.apologies, n.step::jsonb, n.supplement_until, n.changed_at, n.messages, n.notices
     FROM unnest($1::bigint[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::int[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::int[], $11::int[])
       AS n (submission_id, state, state_number, slip_due_at, promised_at, apologies, step, supplement_until, changed_at, messages, notices)
     ORDER BY n.submission_id
     ON CONFLICT (submission_id) DO UPDATE SET state = EXCLUDED.state, state_number = EXCLUDED.state_number, slip_due_at = EXCLUDED.slip_due_at, promised_at = EXCLUDED.promised_at,
       apologies = EXCLUDED.apologies, step = EXCLUDED.step, supplement_until = EXCLUDED.supplement_until, changed_at = EXCLUDED.changed_at, messages = EXCLUDED.messages, notices = c.notices + EXCLUDED.notices
       WHERE c.messages = ($12::jsonb ->> c.submission_id::text)::int
     RETURNING submission_id AS "submissionId", notices`,
    [
      changes.map(({ submissionId }) => submissionId), changes.map(({ state }) => state), changes.map(({ stateNumber }) => stateNumber), changes.map(({ slipDueAt }) => slipDueAt),
      changes.map(({ promisedAt }) => promisedAt), changes.map(({ apologies }) => apologies), changes.map(({ step }) => (step === null ? null : JSON.stringify(step))),
      changes.map(({ supplementUntil }) => supplementUntil), changes.map(({ changedAt }) => changedAt), changes.map(({ messages }) => messages), changes.map(({ notices }) => notices),
      JSON.stringify(Object.fromEntries(changes.map(({ submissionId, messagesBefore }) => [submissionId, messagesBefore]))),
    ],
  );
  return rows.length === changes.length ? new Map(rows.map(({ submissionId, notices }) => [submissionId, notices])) : undefined;
}
