// The dossiers of the bench, accepted already: of 20 KB, of an I-VAN, of some thousand units and of four agencies. And what is recorded of them, which
// begins anew with every round: what intake left, and nothing of what is measured.
import type { Backend } from '../../../src/delivery/routes.ts';
import { laneOf } from '../../../src/delivery/routes.ts';
import { openRoutes } from '../../../src/delivery/routing.ts';
import type { Claimed } from '../../../src/store/deliveries.ts';
import type { Database, Query } from '../../../src/store/database.ts';
import { insertEvents } from '../../../src/store/events.ts';
import { arise, meet } from '../../../src/store/obligations.ts';

/** So many keys whose deliveries go one after the other. */
export const KEYS = 8_000;
const OCTETS = 20_000;
const MOST_AT_ONCE = 64;

/** Agency → backend. */
export const backends: ReadonlyMap<string, string> = new Map([['00101', 'bench1'], ['07901', 'bench2'], ['04801', 'bench3'], ['03101', 'bench4']]);
const agencies = [...backends.keys()];
/** Where everything goes that is not to be spread. */
export const ONE_BACKEND = 'bench1';

export async function makeDossiers(database: Database, most: number): Promise<void> {
  const backendNamed = (name: string): Backend => ({ name, url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: MOST_AT_ONCE, timeoutMs: 30_000 });
  const routes = new Map([['', ONE_BACKEND], ...[...backends].map(([agency, name]): [string, string] => [agency.slice(0, 3), name])]);
  await openRoutes(database, { backends: new Map([...backends.values()].map((name) => [name, backendNamed(name)])), routes }, new Date());
  await insertDossiers(database.query, most);
}

/** Random octets, so that they are stored as large as they are. */
async function insertDossiers(query: Query, most: number): Promise<void> {
  await query(`INSERT INTO trust_material (digest, body) VALUES (repeat('0', 64), '')`);
  for (let from = 1; from <= most; from += 1_000) {
    await query(
      `WITH n AS (SELECT n, (SELECT string_agg(sha256((n::text || '/' || p::text)::bytea), '') FROM generate_series(1, ${OCTETS} / 32) AS p) AS body FROM generate_series($1::int, $2::int) AS n),
       s AS (
         INSERT INTO submission (digest, sender, sender_facts, received_at, outcome, findings, transaction_code, rule_set_digest, trust_digest, content_digest, signatures, filed_before, body)
         SELECT encode(sha256(n::text::bytea), 'hex'), '00040', '{"kind":"ivan"}', now() - interval '1 minute', 'accepted', '[]', 'GW' || n, '', repeat('0', 64), encode(sha256(n::text::bytea), 'hex'), '[]', '[]', n.body FROM n ORDER BY n
         RETURNING id),
       r AS (INSERT INTO receipt (submission_id, body) SELECT id, convert_to(repeat('<BHXH/>', 300), 'UTF8') FROM s)
       INSERT INTO dossier (submission_id, agency, year, sequence, number, unit_code, unit_name, tax_code, procedure, period, due_at)
       SELECT id, a.agency, 2026, id, lpad(id::text, 5, '0') || '/2026/' || a.agency, 'TS' || lpad((id % ${KEYS})::text, 5, '0'), 'CÔNG TY', '0101300842', '600', '11/2026', now() + interval '7 days'
       FROM s, LATERAL (SELECT ($3::text[])[1 + id % cardinality($3::text[])] AS agency) a`,
      [from, Math.min(most, from + 999), agencies],
    );
  }
}

/** Nothing is recorded but what intake owes for them. */
export async function emptyRecords(database: Database, work: 'dossiers' | 'answered', jobs: number): Promise<void> {
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica'); // evidence is never emptied otherwise
    await query('TRUNCATE obligation, audit_event, feed_event, feed, agency_message, notice, notice_report, result, case_state, backend_feed CASCADE');
    const ids = await idsOf(query, jobs);
    const kinds = work === 'dossiers' ? (['forward'] as const) : (['forward', 'result'] as const);
    await arise(query, ids.flatMap((submissionId) => kinds.map((kind) => ({ submissionId, kind, arisenAt: new Date(), dueAt: new Date(Date.now() + 7_200_000), basis: 'bench' }))));
    await query('INSERT INTO backend_feed (backend, due_at) SELECT backend, now() FROM unnest($1::text[]) AS b (backend)', [[...backends.values()]]);
  });
}

async function idsOf(query: Query, jobs: number): Promise<string[]> {
  return (await query<{ id: string }>('SELECT id FROM submission ORDER BY id LIMIT $1', [jobs])).map(({ id }) => id);
}

/** To one backend; those that are to be answered are spread over four by the gateway, whose feeds are several. */
export async function orderDeliveries(query: Query, work: 'dossiers' | 'answered', jobs: number, state: 'waiting' | 'delivered'): Promise<void> {
  const isSpread = work === 'answered' && state === 'waiting';
  await query(
    `INSERT INTO delivery (kind, lane, order_key, submission_id, octets, urgent_at, ordered_at, due_at, state, delivered_at)
     SELECT 'dossier', coalesce(b.lane, $4), d.agency || '/' || d.unit_code, d.submission_id, octet_length(s.body), d.due_at, s.received_at, s.received_at, $5, CASE WHEN $5 = 'delivered' THEN now() END
     FROM dossier d JOIN submission s ON s.id = d.submission_id LEFT JOIN unnest($2::text[], $3::text[]) AS b (agency, lane) ON b.agency = d.agency ORDER BY s.id LIMIT $1`,
    [jobs, isSpread ? agencies : [], isSpread ? [...backends.values()].map(laneOf) : [], laneOf(ONE_BACKEND), state],
  );
}

/** How many of the dossiers' deliveries, and of their results, were not recorded with their events in both feeds. */
export async function unrecorded(query: Query, work: 'dossiers' | 'answered', jobs: number): Promise<number> {
  const [row] = await query<{ forwarded: number; results: number; met: number; fed: number }>(
    `SELECT (SELECT count(*)::int FROM audit_event WHERE kind = 'delivered') AS forwarded, (SELECT count(*)::int FROM result) AS results,
            (SELECT count(*)::int FROM obligation WHERE kind IN ('forward', 'result') AND met_at IS NOT NULL) AS met, (SELECT count(*)::int FROM feed_event) AS fed`,
  );
  const { forwarded = 0, results = 0, met = 0, fed = 0 } = row ?? {};
  const [each, answers] = work === 'dossiers' ? [1, 0] : [2, jobs];
  return Math.abs(jobs - forwarded) + Math.abs(answers - results) + Math.abs(each * jobs - met) + Math.abs(2 * each * jobs - fed);
}

/** What a peer's job knows: which dossier it is. */
export function claimOf(submissionId: string): Claimed {
  return { id: submissionId, lease: '', hands: 1, lane: laneOf(ONE_BACKEND), kind: 'dossier', orderKey: '', attempts: 1, rejections: 0, submissionId, feed: null, position: null, subscription: null };
}

export function slipDueOf(at: Date): { readonly arisenAt: Date; readonly dueAt: Date; readonly basis: string } {
  return { arisenAt: at, dueAt: new Date(at.getTime() + 7_200_000), basis: 'bench' };
}

/** What the gateway records of dossiers that were delivered, but for the state of its own queue. The caller's transaction ends with it. */
export async function recordForwarded(query: Query, submissionIds: readonly string[]): Promise<void> {
  const at = new Date();
  await meet(query, submissionIds.map((submissionId) => ({ submissionId, kind: 'forward', at })));
  await arise(query, submissionIds.map((submissionId) => ({ submissionId, kind: 'slip', ...slipDueOf(at) })));
  await insertEvents(query, submissionIds.map((submissionId) => ({ at, kind: 'delivered', submissionId, detail: { lane: laneOf(ONE_BACKEND), attempts: 1 } })));
}
