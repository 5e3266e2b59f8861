// Lets the other gateways on the database see that this one is there, and takes over what those had in hand who are not any more: what a killed
// process was handing over is handed over again within seconds. At least once, as always: the receiver tells a repeat by the digest or the event's id.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import type { Database } from '../store/database.ts';
import { endLeasesOfGone, holderName } from '../store/presence.ts';

export interface Presence {
  /** Under which this process takes leases. */
  readonly holder: string;
  /** To be called when nothing is under way any more. */
  stop(): Promise<void>;
}

const LOOK_MS = 2_000;

export async function startPresence(database: Database, log: (message: string, details: Readonly<Record<string, unknown>>) => void): Promise<Presence> {
  const holder = holderName(randomUUID());
  const held = await database.hold(holder);
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    const ended = await endLeasesOfGone(database.query, holder);
    if (ended === 0) return;
    log('a gateway is gone; what it had in hand is taken over', { leases: ended });
    await database.query("SELECT pg_notify('delivery', '')");
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(() => undefined); // the database is away: the next look will do
      await setTimeout(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    holder,
    stop: async () => {
      stopping.abort();
      await running;
      await held.close();
    },
  };
}
