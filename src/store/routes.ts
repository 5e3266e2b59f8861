// Statements over the routes: which backend the dossiers of an agency go to. A change and an intake never pass each other unseen: intake holds
// the routes shared while it inserts deliveries, a change holds them alone and takes along what waits.
import type { Query } from './database.ts';
import { PAPER_LOCK } from './paper-filings.ts';

export interface RouteRow {
  /** Digits that an agency's code begins with; '' is every code. */
  readonly prefix: string;
  readonly backend: string;
  readonly changedAt: Date;
}

export interface RouteChange {
  readonly prefix: string;
  /** Null takes the prefix out. */
  readonly backend: string | null;
  readonly reason: string;
  readonly actor: string;
  readonly changedAt: Date;
}

const LOCK = '991, 5';

/** Until the transaction ends no route changes, and nobody reports paper or demands what follows it: which dossiers there are is known to both. */
export async function holdRoutes(query: Query): Promise<void> {
  await query(`SELECT pg_advisory_xact_lock_shared(${LOCK}), pg_advisory_xact_lock_shared(${PAPER_LOCK})`);
}

/** Until the transaction ends nobody else changes a route or inserts a delivery. */
export async function lockRoutes(query: Query): Promise<void> {
  await query(`SELECT pg_advisory_xact_lock(${LOCK})`);
}

export async function listRoutes(query: Query): Promise<RouteRow[]> {
  return query<RouteRow>('SELECT prefix, backend, changed_at AS "changedAt" FROM route ORDER BY prefix');
}

export async function listRouteChanges(query: Query): Promise<RouteChange[]> {
  return query<RouteChange>('SELECT prefix, backend, reason, actor, changed_at AS "changedAt" FROM route_change ORDER BY id DESC LIMIT 1000');
}

export async function insertRouteChange(query: Query, { prefix, backend, reason, actor, changedAt }: RouteChange): Promise<void> {
  await query('INSERT INTO route_change (prefix, backend, reason, actor, changed_at) VALUES ($1, $2, $3, $4, $5)', [prefix, backend, reason, actor, changedAt]);
}

/** What waits, or was given up, goes where its agency's dossiers go now; gives how many moved. What is under way is delivered where it goes. */
export async function moveToRoutes(query: Query, now: Date): Promise<number> {
  const moved = await query(
    `UPDATE delivery v SET lane = 'agency:' || backend_for(d.agency) FROM dossier d
     WHERE v.kind = 'dossier' AND d.submission_id = v.submission_id AND v.state IN ('waiting', 'dead') AND v.id NOT IN (SELECT delivery_id FROM delivery_claim WHERE until > $1)
       AND v.lane IS DISTINCT FROM 'agency:' || backend_for(d.agency) RETURNING v.id`,
    [now],
  );
  return moved.length;
}
