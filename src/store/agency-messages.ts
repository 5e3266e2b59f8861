// Statements over the agencies' messages, which are only ever inserted: what came, what it says, and what was made of it; what comes again and again is counted.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export type MessageVerdict = 'taken' | 'repeated' | 'late' | 'contradicting' | 'rejected';

export interface AgencyMessageRow {
  readonly id: string;
  readonly backend: string;
  /** In the backend's feed; null for what came another way. */
  readonly position: number | null;
  readonly digest: string;
  /** Null: the very octets of the message `firstId`. */
  readonly body: Buffer | null;
  readonly receivedAt: Date;
  readonly trustDigest: string;
  readonly verdict: MessageVerdict;
  readonly reason: string | null;
  readonly firstId: string | null;
  /** Null where it is not believed, as what follows. */
  readonly kind: string | null;
  readonly submissionId: string | null;
  readonly number: number | null;
  readonly sense: string | null;
  readonly saidAt: Date | null;
  /** What the backend was given then; null for what came before that was recorded. */
  readonly factsId: string | null;
}

/** Ids for rows that name each other. */
export async function takeMessageIds(query: Query, count: number): Promise<string[]> {
  const rows = await query<{ id: string }>(`SELECT nextval(pg_get_serial_sequence('agency_message', 'id')) AS id FROM generate_series(1, $1)`, [count]);
  return rows.map(({ id }) => id);
}

export async function insertAgencyMessages(query: Query, rows: readonly AgencyMessageRow[]): Promise<void> {
  await insertRows(query, 'agency_message', rows.map((row) => ({
    id: row.id,
    backend: row.backend,
    position: row.position,
    digest: row.digest,
    body: row.body,
    received_at: row.receivedAt,
    trust_digest: row.trustDigest,
    verdict: row.verdict,
    reason: row.reason,
    first_id: row.firstId,
    kind: row.kind,
    submission_id: row.submissionId,
    number: row.number,
    sense: row.sense,
    said_at: row.saidAt,
    facts_id: row.factsId,
  })));
}

export interface EarlierMessage {
  readonly id: string;
  readonly submissionId: string;
  readonly kind: string;
  readonly number: number | null;
  readonly sense: string;
}

/** What was taken of these dossiers, or came late, the first one first. */
export function findEarlierMessages(query: Query, submissionIds: readonly string[]): Promise<EarlierMessage[]> {
  return query<EarlierMessage>(
    `SELECT id, submission_id AS "submissionId", kind, number, sense FROM agency_message WHERE submission_id = ANY ($1) AND verdict IN ('taken', 'late') ORDER BY id`,
    [submissionIds],
  );
}

/** Notices of no dossier that were taken and say the same. */
export function findSameNotices(query: Query, backend: string, senses: readonly string[]): Promise<{ readonly id: string; readonly sense: string }[]> {
  return query(`SELECT id, sense FROM agency_message WHERE backend = $1 AND kind = 'notice' AND verdict = 'taken' AND sense = ANY ($2)`, [backend, senses]);
}

/** One at a time may record notices of a sense; several in one order. They have no case whose row would be locked. */
export async function lockNotices(query: Query, senses: readonly string[]): Promise<void> {
  await query(`SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended('notice ' || sense, 0) AS key FROM unnest($1::text[]) AS s (sense) ORDER BY key) k`, [senses]);
}

/** What was made of octets that came before, and by what. */
export interface KeptMessage extends Pick<AgencyMessageRow, 'id' | 'digest' | 'verdict' | 'reason' | 'trustDigest' | 'factsId'> {
  readonly hasOctets: boolean;
}

/** By digest, of each thing that was made of them the first. */
export async function findKeptOctets(query: Query, backend: string, digests: readonly string[]): Promise<ReadonlyMap<string, readonly KeptMessage[]>> {
  const rows = await query<KeptMessage>(
    `SELECT DISTINCT ON (digest, verdict, reason, body IS NOT NULL) id, digest, verdict, reason, trust_digest AS "trustDigest", facts_id AS "factsId", body IS NOT NULL AS "hasOctets"
     FROM agency_message WHERE backend = $1 AND digest = ANY ($2) ORDER BY digest, verdict, reason, body IS NOT NULL, id`, [backend, digests]);
  const kept = new Map<string, KeptMessage[]>();
  for (const row of rows.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))) kept.set(row.digest, [...(kept.get(row.digest) ?? []), row]);
  return kept;
}

/** Of these messages, those of which one repeat is written down already. */
export async function findRepeated(query: Query, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await query<{ id: string }>(`SELECT DISTINCT first_id AS id FROM agency_message WHERE first_id = ANY ($1::bigint[]) AND verdict = 'repeated'`, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Said again, and no row of its own. */
export interface Repeat {
  /** The message on which it is counted. */
  readonly messageId: string;
  readonly position: number | null;
}

/** Takes the lock of each message's count, in the order of their ids. */
export async function countRepeats(query: Query, backend: string, repeats: readonly Repeat[], at: Date): Promise<void> {
  if (repeats.length === 0) return;
  await query(
    `INSERT INTO agency_message_repeat AS r (message_id, backend, times, positions, last_position, first_at, last_at)
     SELECT n.message_id, $1, count(*), count(n.position), max(n.position), $4, $4 FROM unnest($2::bigint[], $3::bigint[]) AS n (message_id, position) GROUP BY n.message_id ORDER BY n.message_id
     ON CONFLICT (message_id, backend) DO UPDATE SET times = r.times + excluded.times, positions = r.positions + excluded.positions, last_position = greatest(r.last_position, excluded.last_position), last_at = greatest(r.last_at, excluded.last_at)`,
    [backend, repeats.map(({ messageId }) => messageId), repeats.map(({ position }) => position), at],
  );
}

/** Of these agencies, those whose dossiers go elsewhere. */
export async function findForeignAgencies(query: Query, backend: string, agencies: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ agency: string }>('SELECT agency FROM unnest($2::text[]) AS a (agency) WHERE backend_for(agency) IS DISTINCT FROM $1', [backend, agencies]);
  return new Set(rows.map(({ agency }) => agency));
}

export interface ListedMessage extends Omit<AgencyMessageRow, 'body' | 'trustDigest' | 'sense' | 'submissionId'> {
  readonly size: number;
  readonly dossierNumber: string | null;
  readonly dossierDigest: string | null;
  /** How often it was said again without a row of its own. */
  readonly repeats: number;
  /** Of a notice to a unit: what its agency is told of it. */
  readonly reports: readonly { readonly what: 'delivered' | 'opened'; readonly how: string; readonly at: string; readonly toldAt: string | null }[];
}

export interface MessageFilter {
  readonly verdict?: string | undefined;
  readonly backend?: string | undefined;
  /** SHA-256 of the dossier. */
  readonly dossier?: string | undefined;
  readonly id?: string | undefined;
  /** Go on after this one. */
  readonly after?: string | undefined;
  readonly most: number;
}

export function listAgencyMessages(query: Query, { verdict, backend, dossier, id, after, most }: MessageFilter): Promise<ListedMessage[]> {
  return query<ListedMessage>(
    `SELECT m.id, m.backend, m.position::float8 AS position, m.digest, m.received_at AS "receivedAt", m.verdict, m.reason, m.first_id AS "firstId", m.kind, m.number, m.said_at AS "saidAt",
            octet_length(coalesce(m.body, f.body)) AS size, d.number AS "dossierNumber", s.digest AS "dossierDigest",
            coalesce((SELECT sum(r.times) FROM agency_message_repeat r WHERE r.message_id = m.id), 0)::float8 AS repeats,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('what', r.what, 'how', r.how, 'at', r.at, 'toldAt', r.told_at) ORDER BY r.what), '[]') FROM notice n JOIN notice_report r ON r.notice_id = n.id WHERE n.agency_message_id = m.id AND m.kind = 'notice') AS reports
     FROM agency_message m LEFT JOIN agency_message f ON f.id = m.first_id AND m.body IS NULL
     LEFT JOIN submission s ON s.id = m.submission_id LEFT JOIN dossier d ON d.submission_id = m.submission_id
     WHERE ($1::text IS NULL OR m.verdict = $1) AND ($2::text IS NULL OR m.backend = $2) AND ($3::text IS NULL OR s.digest = $3) AND ($4::bigint IS NULL OR m.id = $4) AND ($5::bigint IS NULL OR m.id > $5)
     ORDER BY m.id LIMIT $6`,
    [verdict ?? null, backend ?? null, dossier ?? null, id ?? null, after ?? null, most],
  );
}

export async function findMessageOctets(query: Query, id: string): Promise<Buffer | undefined> {
  const [found] = await query<{ body: Buffer }>('SELECT coalesce(m.body, f.body) AS body FROM agency_message m LEFT JOIN agency_message f ON f.id = m.first_id WHERE m.id = $1', [id]);
  return found?.body;
}
