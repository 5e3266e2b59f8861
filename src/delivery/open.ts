// Opens the routes, and starts what delivers to the backends and reads what they say.
import type { ResultSettings } from '../results/take.ts';
import { openFeeds } from '../store/backend-feeds.ts';
import { loadDossiers, nextDeliveryDueAt } from '../store/deliveries.ts';
import type { HandOver } from '../store/deliveries.ts';
import { declareBackends } from './backend-facts.ts';
import { startFeed } from './feed.ts';
import { dossierPolicy, preparing } from './hand-over.ts';
import type { LaneTransport } from './hand-over.ts';
import { httpsBackend } from './https.ts';
import type { ClientIdentity, HttpsBackend } from './https.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { natsStream } from './nats.ts';
import type { NatsStream } from './nats.ts';
import { streamKeeper } from './put-aside.ts';
import type { OwnStream } from './put-aside.ts';
import { backendOf, laneOf } from './routes.ts';
import type { Backends } from './routes.ts';
import type { RouteFile } from './routes-file.ts';
import { openRoutes } from './routing.ts';
import { createRest } from './rest.ts';
import type { Rest } from './rest.ts';
import { createWorker } from './worker.ts';
import type { SlipDueOf } from './worker.ts';

export interface DeliverySettings extends ResultSettings {
  readonly routes: RouteFile;
  /** The name that the process holds. */
  readonly holder: string;
  /** What the gateway shows to backends. */
  readonly identity: ClientIdentity;
  readonly slipDueOf: SlipDueOf;
  /** The largest dossier there may be. */
  readonly maxBodyBytes: number;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export const MOST_AT_ONCE = 64; // of one process; each may hold a whole dossier
const LEASE_MARGIN_MS = 30_000;

/** @throws Error when a route leads to a backend that is not there. */
export async function openDeliveries(given: DeliverySettings): Promise<Loop & Rest & { readonly backends: Backends }> {
  const { database, identity, now, log } = given;
  const { backends: declared, outdated } = await declareBackends(database, given.routes.backends, given.holder, now());
  for (const backend of outdated) log('the settings of a backend were replaced by newer ones, which count', { backend });
  const settings = { ...given, routes: { ...given.routes, backends: declared } };
  const { routes } = settings;
  for (const difference of await openRoutes(database, routes, now())) log('the routes in the database differ from the route file', { route: difference });
  const backends = new Map([...routes.backends].map(([name, backend]) => [name, httpsBackend(backend, identity)]));
  const backendNamed = (name: string): HttpsBackend => {
    const backend = backends.get(name);
    if (backend === undefined) throw new Error(`there is no backend ${name}`);
    return backend;
  };
  const streams = openStreams(settings);
  const prepare = preparing(loadDossiers, async (delivery: HandOver) => {
    const own = streams.get(backendOf(delivery.lane));
    await (own?.stream ?? backendNamed(backendOf(delivery.lane))).handOver(delivery);
    await own?.keeper.check(); // after it: only what counts now is delivered
  });
  // Who fetches is not delivered to.
  const pushed = [...routes.backends].filter(([, { transport }]) => transport?.kind !== 'pull');
  const transports = new Map(pushed.map(([name, { timeoutMs }]): [string, LaneTransport] => [laneOf(name), { kind: 'dossier', prepare, leaseMs: timeoutMs + LEASE_MARGIN_MS, policy: dossierPolicy }]));
  const lanes = [...transports.keys()]; // not those that agencies fetch from: a claim on them would find them locked
  const worker = createWorker({ ...settings, lanes, transportFor: (lane) => (streams.get(backendOf(lane))?.keeper.isReplaced() === true ? undefined : transports.get(lane)) });
  await openFeeds(database.query, [...routes.backends.keys()], now());
  const speaking = [...routes.backends.values()].filter(({ url }) => url !== '');
  const loops = [
    startLoop({ name: 'delivery', database, channel: 'delivery', worker, mostAtOnce: MOST_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, lanes), now, log }),
    ...speaking.map(({ name }) => startFeed({
      ...settings,
      speaker: { backend: name, lane: laneOf(name) },
      read: (after, most, waitSeconds, signal) => backendNamed(name).readMessages(after, most, waitSeconds, signal),
      report: (report) => backendNamed(name).report(report),
    })),
  ];
  const rest = createRest(database, lanes, new Map(speaking.map(({ name }) => [name, () => lastMessageOf(backendNamed(name))])), now);
  return {
    ...rest,
    backends: declared,
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      for (const backend of backends.values()) backend.close();
      for (const { stream } of streams.values()) await stream.close();
    },
  };
}

async function lastMessageOf(backend: HttpsBackend): Promise<number> {
  return (await backend.readMessages(0, 1, 0, new AbortController().signal)).end;
}

interface Streaming {
  readonly stream: NatsStream;
  readonly keeper: OwnStream;
}

/** By backend. One that cannot be opened now is opened by the first hand-over that can: a gateway starts without its receivers. */
function openStreams({ database, now, routes, identity, maxBodyBytes, log }: DeliverySettings): ReadonlyMap<string, Streaming> {
  const streams = new Map<string, Streaming>();
  for (const { name, timeoutMs, transport } of routes.backends.values()) {
    if (transport?.kind !== 'nats') continue;
    const keeper = streamKeeper({ database, now, log }, name, transport.servers);
    const stream = natsStream({ ...transport, name, timeoutMs, identity, maxBodyBytes, keeper, log });
    streams.set(name, { stream, keeper });
    void stream.open().catch((error: unknown) => { log('NATS is not ready', { backend: name, reason: error instanceof Error ? error.message : String(error) }); });
  }
  return streams;
}
