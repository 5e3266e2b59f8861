// Rows of evidence as facts that an entry of the log commits to: every column, documents by their SHA-256, times in seconds since 1970. What is null is left
// out, so that a column that is added later changes nothing about the rows before it.
import type { Query } from './database.ts';
import { receptionEvents } from './events.ts';

export interface LoggedRow {
  readonly subject: string;
  readonly facts: Readonly<Record<string, string>>;
}

interface Source {
  readonly from: string;
  readonly id: string;
  /** SQL of each fact, as text. */
  readonly facts: Readonly<Record<string, string>>;
  /** SQL: which of its rows are logged; absent: all. */
  readonly isLogged?: string;
}

const plain = (...columns: readonly string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `${column}::text`]));
const instants = (...columns: readonly string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `extract(epoch FROM ${column})::text`]));
const documents = (...columns: readonly string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `encode(sha256(${column}), 'hex')`]));

/** SQL: SHA-256, in hex, of a submission's row but its body, which `digest` is of. Evaluated as the row is inserted, too: nothing has to be read again. */
export const submissionDigest = digestOf({
  ...plain('id', 'digest', 'sender', 'sender_facts', 'key_scope', 'key', 'outcome', 'findings', 'transaction_code', 'rule_set_digest', 'trust_digest', 'conflicts_with', 'content_digest', 'signatures', 'registration', 'ivan_use', 'filed_before', 'supplements'),
  ...instants('received_at'),
});

/** By the kind of their entries. */
const sources: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['receipt', {
    from: 'receipt JOIN submission ON submission.id = receipt.submission_id', id: 'submission_id',
    facts: { ...plain('submission_id'), submission: submissionDigest, receipt: `encode(sha256(receipt.body), 'hex')` },
  }],
  ['result', { from: 'result', id: 'submission_id', facts: { ...plain('submission_id', 'code', 'unit_code', 'trust_digest'), ...instants('answered_at'), ...documents('agency_answer', 'body') } }],
  ['notice', { from: 'notice', id: 'id', facts: { ...plain('id', 'submission_id', 'number', 'agency', 'unit_code', 'tax_code', 'agency_message_id', 'kind', 'trust_digest'), ...instants('issued_at'), ...documents('body') } }],
  ['message', { from: 'agency_message', id: 'id', facts: { ...plain('id', 'backend', 'position', 'digest', 'trust_digest', 'verdict', 'reason', 'first_id', 'kind', 'submission_id', 'number', 'facts_id'), ...instants('received_at'), ...documents('body') } }],
  ['statement', { from: 'outage_statement', id: 'id', facts: { ...plain('id', 'outage_id', 'kind', 'cause_vi', 'cause_en', 'reason', 'actor'), ...instants('started_at', 'ended_at', 'issued_at'), ...documents('body') } }],
  ['form', {
    from: 'ivan_registration', id: 'id',
    facts: {
      ...plain('id', 'digest', 'ivan_code', 'sender_facts', 'outcome', 'form', 'declared', 'findings', 'signatures', 'facts', 'content_digest', 'transaction_code', 'rule_set_digest', 'trust_digest'),
      ...instants('received_at', 'forward_due_at', 'decision_due_at'), ...documents('receipt', 'body'),
    },
  }],
  ['decision', {
    from: 'ivan_registration_decision', id: 'registration_id',
    facts: { ...plain('registration_id', 'decision', 'reason', 'actor', 'effects', 'unit_tie', 'trust_digest'), ...instants('decided_at', 'effective_at', 'relay_due_at'), ...documents('notice') },
  }],
  ['stamp', { from: 'log_stamp', id: 'id', facts: { ...plain('id', 'size', 'digest', 'tsa', 'trust_digest'), ...instants('at', 'recorded_at', 'ends_at'), ...documents('token') } }],
  ['receipt-stamp', { from: 'receipt_stamp', id: 'id', facts: { ...plain('id', 'digest', 'tsa', 'trust_digest'), ...instants('at', 'recorded_at', 'ends_at'), ...documents('token') } }],
  ['event', { from: 'audit_event', id: 'id', facts: { ...plain('id', 'kind', 'submission_id', 'detail'), ...instants('at') }, isLogged: `kind NOT IN (${receptionEvents.map((kind) => `'${kind}'`).join(', ')})` }],
]);

/** Every kind of entry, the table whose rows it is of, the column of their ids, and SQL of which of them it is of. */
export const loggedTables: readonly (readonly [kind: string, table: string, id: string, isLogged: string])[] = [
  ['submission', 'submission', 'id', 'true'],
  ['registration', 'ivan_registration', 'id', 'true'],
  ...[...sources].map(([kind, { from, id, isLogged = 'true' }]): [string, string, string, string] => [kind, from.split(' ')[0] ?? from, id, isLogged]),
];

/** Those of one kind, in the order of their ids. @throws Error for a kind that nothing is of. */
export async function listLogged(query: Query, kind: string, subjects: readonly string[]): Promise<LoggedRow[]> {
  const source = sources.get(kind);
  if (source === undefined) throw new Error(`no rows are logged as ${kind}`);
  return query<LoggedRow>(`SELECT ${source.id}::text AS subject, ${objectOf(source.facts)} AS facts FROM ${source.from} WHERE ${source.id} = ANY ($1::bigint[]) ORDER BY ${source.id}`, [subjects]);
}

/** SQL of a jsonb object of facts, without those that are null. */
function objectOf(facts: Source['facts']): string {
  return `jsonb_strip_nulls(jsonb_build_object(${Object.entries(facts).map(([name, sql]) => `'${name}', ${sql}`).join(', ')}))`;
}

function digestOf(facts: Source['facts']): string {
  return `encode(sha256(convert_to(${objectOf(facts)}::text, 'UTF8')), 'hex')`;
}

/** What a submission, or a form, was received as; what its receipt says of it. */
export interface ReceivedRow {
  readonly subject: string;
  readonly digest: string;
  readonly size: number;
  readonly receivedAt: Date;
  readonly transactionCode: string;
  readonly sender: string;
  readonly kind: 'accepted' | 'refused' | 'conflict';
  readonly ruleSetDigest: string;
  readonly trustDigest: string;
  readonly dossierNumber: string | undefined;
}

const received = {
  submission: `SELECT s.id AS subject, s.digest, octet_length(s.body) AS size, s.received_at AS "receivedAt", s.transaction_code AS "transactionCode", s.sender, s.outcome AS kind, s.rule_set_digest AS "ruleSetDigest", s.trust_digest AS "trustDigest", d.number AS "dossierNumber"
               FROM submission s LEFT JOIN dossier d ON d.submission_id = s.id WHERE s.id = ANY ($1) ORDER BY s.id`,
  registration: `SELECT r.id AS subject, r.digest, octet_length(r.body) AS size, r.received_at AS "receivedAt", r.transaction_code AS "transactionCode", r.ivan_code AS sender, CASE r.outcome WHEN 'received' THEN 'accepted' ELSE r.outcome END AS kind,
                 r.rule_set_digest AS "ruleSetDigest", r.trust_digest AS "trustDigest", NULL AS "dossierNumber" FROM ivan_registration r WHERE r.id = ANY ($1) ORDER BY r.id`,
} as const;

/** In the order of their ids. */
export async function listReceived(query: Query, what: keyof typeof received, subjects: readonly string[]): Promise<ReceivedRow[]> {
  const rows = await query<Omit<ReceivedRow, 'dossierNumber'> & { dossierNumber: string | null }>(received[what], [subjects]);
  return rows.map((row) => ({ ...row, dossierNumber: row.dossierNumber ?? undefined }));
}
