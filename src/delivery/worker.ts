// Claim → hand over → record. At least once: what a killed worker had claimed is claimed again when its lease is over, and the receiver tells
// a repeat by the digest. Any number of workers in any number of processes share the work; limits and breakers hold over all of them.
import { randomUUID } from 'node:crypto';

import type { Database } from '../store/database.ts';
import { claimDeliveries } from '../store/deliveries.ts';
import type { Claim, Claimed } from '../store/deliveries.ts';
import { together } from '../store/together.ts';
import { roomOf } from './breaker.ts';
import { startHands } from './group.ts';
import type { Group, Held } from './group.ts';
import type { LaneTransport } from './hand-over.ts';
import { recordDone } from './outcome.ts';
import { createPaces } from './pace.ts';

export interface WorkerSettings {
  readonly database: Database;
  /** The name that its process holds, so that others see when it is gone; without one its leases end by time alone. */
  readonly holder?: string;
  /** Beginnings of the names of the lanes that this worker looks at. */
  readonly lanes: readonly string[];
  /** Asked at every claim, because lanes come and go; undefined: others serve that lane. */
  readonly transportFor: (lane: string) => LaneTransport | undefined;
  readonly now: () => Date;
  /** Uniform in [0, 1), for the jitter. */
  readonly random: () => number;
  /** Until when the agency owes its reception slip for what it was handed, and by which rule; undefined where none sets a time. */
  readonly slipDueOf: SlipDueOf;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export type SlipDueOf = (forwardedAt: Date) => { readonly arisenAt: Date; readonly dueAt: Date; readonly basis: string } | undefined;

export interface Worker {
  /** Claims of what is due as much as so many hands take and starts handing it over; gives the hands, which never reject. Throws `Unavailable` when the database is away. */
  start(most: number): Promise<readonly Promise<void>[]>;
}

const MOST_CLAIMED = 1_024;
const MOST_OCTETS_CLAIMED = 32 * 1024 * 1024;
const SHARES = 4; // of a fast receiver's hands: the next group is claimed, and the last recorded, while one is handed over
const GROUP_MS = 2_000; // in which all of a group is begun; it is meant to take a tenth of a second

export function createWorker(settings: WorkerSettings): Worker {
  const { database, lanes, transportFor, now } = settings;
  const worker = settings.holder ?? randomUUID();
  const paces = createPaces();
  const done = together({ work: (held: readonly Held[]) => recordDone(settings, held).then(() => held), mostTogether: MOST_CLAIMED, atOnce: 1, mostWaiting: Infinity, gathers: true });
  return {
    start: async (most) => {
      const at = now();
      const transports = new Map<string, LaneTransport>();
      const termsOf: Claim['termsOf'] = (lane) => {
        const transport = transportFor(lane.name);
        if (transport === undefined) return undefined;
        transports.set(lane.name, transport);
        const each = lane.failuresInARow > 0 ? 1 : paces.eachOf(lane.name);
        const hands = Math.min(most, each === 1 ? lane.mostAtOnce : Math.ceil(lane.mostAtOnce / SHARES));
        return { room: roomOf(lane, lane.mostAtOnce, at), hands, each, leaseMs: transport.leaseMs + GROUP_MS };
      };
      const claimed = await database.transaction((query) => claimDeliveries(query, { now: at, worker, most: MOST_CLAIMED, mostOctets: MOST_OCTETS_CLAIMED, mostHands: most, lanes, termsOf }));
      return groupsOf(database, claimed, transports, new Date(at.getTime() + GROUP_MS)).flatMap((group) => startHands({ ...settings, paces, done }, group));
    },
  };
}

/** What is handed over in the same way is loaded together, whatever its lanes. */
function groupsOf({ query }: Database, claimed: readonly Claimed[], transports: ReadonlyMap<string, LaneTransport>, until: Date): Group[] {
  const held = claimed.flatMap((claim): Held[] => {
    const transport = transports.get(claim.lane);
    return transport === undefined ? [] : [{ claimed: claim, transport }];
  });
  return groupedBy(held, ({ transport }) => transport.prepare).flatMap(([prepare, alike]) => {
    const prepared = prepare(query, alike.map((one) => one.claimed));
    prepared.catch(() => undefined); // each hand sees it
    return groupedBy(alike, (one) => one.claimed.lease).map(([, group]) => ({ held: group, prepared, until }));
  });
}

function groupedBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): [Key, Item[]][] {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}
