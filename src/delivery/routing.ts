// The routes as they stand in the database: filled from the route file by the first start, changed by operators without a restart. What waits
// goes along with a change, in its transaction; each change is an audit event.
import { Problem } from '../errors/outcomes.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { setLane, tryLane } from '../store/lanes.ts';
import { insertRouteChange, listRoutes, lockRoutes, moveToRoutes } from '../store/routes.ts';
import type { RouteChange } from '../store/routes.ts';
import { checkRoutes, laneOf } from './routes.ts';
import type { Backends, Routes } from './routes.ts';
import type { RouteFile } from './routes-file.ts';

/**
 * Makes the lanes, and the routes where there are none. Gives what the file says otherwise than the database, whose word counts.
 * @throws Error when a route leads to a backend that the file does not have.
 */
export async function openRoutes(database: Database, { backends, routes }: RouteFile, now: Date): Promise<readonly string[]> {
  return database.transaction(async (query) => {
    await lockRoutes(query);
    for (const { name, mostAtOnce } of [...backends.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      await setLane(query, laneOf(name), mostAtOnce);
      await tryLane(query, laneOf(name), now); // whoever restarts a gateway has mended something
    }
    const standing = await routesIn(query);
    if (standing.size === 0) {
      for (const [prefix, backend] of routes) await writeChange(query, { prefix, backend, reason: 'GATEWAY_ROUTES_FILE', actor: 'gateway', changedAt: now });
      await moveToRoutes(query, now);
      return [];
    }
    checkRoutes(standing, backends);
    const shown = (prefix: string): string => (prefix === '' ? '*' : prefix);
    return [...new Set([...standing.keys(), ...routes.keys()])].filter((prefix) => standing.get(prefix) !== routes.get(prefix)).map((prefix) => `${shown(prefix)}: ${standing.get(prefix) ?? '–'}, not ${routes.get(prefix) ?? '–'}`);
  });
}

/** Gives how many deliveries moved. @throws Problem when the table would not be total, or the backend is not there. */
export async function changeRoute(database: Database, backends: Backends, change: RouteChange): Promise<number> {
  return database.transaction(async (query) => {
    await lockRoutes(query);
    const standing = new Map(await routesIn(query));
    if (change.backend !== null && !backends.has(change.backend)) throw new Problem('BACKEND_UNKNOWN', { reason: `${change.backend}; ${[...backends.keys()].join(', ')}` });
    if (change.backend === null && (change.prefix === '' || !standing.has(change.prefix))) throw new Problem('ROUTE_UNKNOWN', { reason: change.prefix === '' ? '*' : change.prefix });
    await writeChange(query, change);
    return moveToRoutes(query, change.changedAt);
  });
}

async function writeChange(query: Query, change: RouteChange): Promise<void> {
  await insertRouteChange(query, change);
  const { prefix, backend, reason, actor, changedAt } = change;
  await insertEvents(query, [{ at: changedAt, kind: 'route_changed', submissionId: null, detail: { prefix, backend, reason, actor } }]);
  await query("SELECT pg_notify('delivery', '')");
}

async function routesIn(query: Query): Promise<Routes> {
  return new Map((await listRoutes(query)).map(({ prefix, backend }) => [prefix, backend]));
}
