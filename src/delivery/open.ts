// Opens the routes, and starts what delivers to the backends and reads what they say.
import type { ResultSettings } from '../results/take.ts';
import { openFeeds } from '../store/backend-feeds.ts';
import { loadDossiers, nextDeliveryDueAt } from '../store/deliveries.ts';
import type { HandOver } from '../store/deliveries.ts';
import { startFeed } from './feed.ts';
import { dossierPolicy, preparing } from './hand-over.ts';
import type { LaneTransport } from './hand-over.ts';
import { httpsBackend } from './https.ts';
import type { ClientIdentity, HttpsBackend } from './https.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { backendOf, laneOf } from './routes.ts';
import type { RouteFile } from './routes-file.ts';
import { openRoutes } from './routing.ts';
import { createSettling } from './settling.ts';
import type { Settling } from './settling.ts';
import { createWorker } from './worker.ts';
import type { SlipDueOf } from './worker.ts';

export interface DeliverySettings extends ResultSettings {
  readonly routes: RouteFile;
  /** What the gateway shows to backends. */
  readonly identity: ClientIdentity;
  readonly slipDueOf: SlipDueOf;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const DELIVERIES_AT_ONCE = 64; // of one process; each may hold a whole dossier
const LEASE_MARGIN_MS = 30_000;

/** @throws Error when a route leads to a backend that is not there. */
export async function openDeliveries(settings: DeliverySettings): Promise<Loop & Settling> {
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
  await openFeeds(database.query, [...routes.backends.keys()], now());
  const loops = [
    startLoop({ name: 'delivery', database, channel: 'delivery', worker, mostAtOnce: DELIVERIES_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, lanes), now, log }),
    ...[...routes.backends.values()].map(({ name, answerSigners }) => startFeed({
      ...settings,
      speaker: { backend: name, lane: laneOf(name), signers: answerSigners },
      read: (after, most, waitSeconds, signal) => backendNamed(name).readMessages(after, most, waitSeconds, signal),
      report: (report) => backendNamed(name).report(report),
    })),
  ];
  const settling = createSettling(database, lanes, new Map([...backends].map(([name, backend]) => [name, () => lastMessageOf(backend)])), now);
  return {
    ...settling,
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      for (const backend of backends.values()) backend.close();
    },
  };
}

async function lastMessageOf(backend: HttpsBackend): Promise<number> {
  return (await backend.readMessages(0, 1, 0, new AbortController().signal)).end;
}
