// Opens the routes, and starts what delivers to the backends and asks them for results.
import { createAsking } from '../results/asking.ts';
import type { ResultSettings } from '../results/issue-result.ts';
import { loadDossiers, nextDeliveryDueAt } from '../store/deliveries.ts';
import type { HandOver } from '../store/deliveries.ts';
import { nextQuestionDueAt } from '../store/results.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { dossierPolicy, preparing } from './hand-over.ts';
import type { LaneTransport } from './hand-over.ts';
import { httpsBackend } from './https.ts';
import type { ClientIdentity, HttpsBackend } from './https.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { backendOf, laneOf } from './routes.ts';
import type { RouteFile } from './routes-file.ts';
import { openRoutes } from './routing.ts';
import { createWorker } from './worker.ts';

export interface DeliverySettings extends ResultSettings {
  readonly routes: RouteFile;
  /** What the gateway shows to backends. */
  readonly identity: ClientIdentity;
  readonly trust: () => TrustMaterial;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const DELIVERIES_AT_ONCE = 64; // of one process; each may hold a whole dossier
const QUESTIONS_AT_ONCE = 16;
const LEASE_MARGIN_MS = 30_000;

/** @throws Error when a route leads to a backend that is not there. */
export async function openDeliveries(settings: DeliverySettings): Promise<Loop> {
  const { database, routes, identity, now, log } = settings;
  for (const difference of await openRoutes(database, routes, now())) log('the routes in the database differ from the route file', { route: difference });
  const backends = new Map([...routes.backends].map(([name, backend]) => [name, httpsBackend(backend, identity)]));
  const backendNamed = (name: string): HttpsBackend => {
    const backend = backends.get(name);
    if (backend === undefined) throw new Error(`there is no backend ${name}`);
    return backend;
  };
  const prepare = preparing(loadDossiers, (delivery: HandOver) => backendNamed(backendOf(delivery.lane)).handOver(delivery));
  const transports = new Map([...routes.backends].map(([name, { timeoutMs }]): [string, LaneTransport] => [laneOf(name), { kind: 'dossier', prepare, leaseMs: timeoutMs + LEASE_MARGIN_MS, policy: dossierPolicy }]));
  const lanes = [laneOf('')];
  const worker = createWorker({ ...settings, lanes, transportFor: (lane) => transports.get(lane) });
  const asking = createAsking({
    ...settings,
    backends: routes.backends,
    ask: (name, digest) => backendNamed(name).askAnswer(digest),
  });
  const loops = [
    startLoop({ name: 'delivery', database, channel: 'delivery', worker, mostAtOnce: DELIVERIES_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, lanes), now, log }),
    startLoop({ name: 'results', database, channel: 'result', worker: asking, mostAtOnce: QUESTIONS_AT_ONCE, nextDueAt: () => nextQuestionDueAt(database.query), now, log }),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      for (const backend of backends.values()) backend.close();
    },
  };
}
