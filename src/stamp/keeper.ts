// Sees to it that the log's newest checkpoint is stamped in every interval, and that no stamp ends before another covers it. Of any number of gateways on one
// database one asks at a time; whoever dies at it loses its lease by the clock, and what two should ask for all the same is kept once.
import type { Database } from '../store/database.ts';
import { endStampLease, findStampState, findUncovered, findUnstamped, insertStamp, isAnyStampEntering, RENEW_BEFORE_MS, takeStampLease } from '../store/stamps.ts';
import type { StampState } from '../store/stamps.ts';
import { digestOf } from '../trust/stamp-ends.ts';
import type { Authorities, Stamped } from './authorities.ts';

export interface StampKeeperSettings {
  readonly database: Database;
  readonly authorities: Authorities;
  /** Unlike every other process's. */
  readonly holder: string;
  readonly intervalMs: number;
  /** Longer than one round of questions to all authorities takes. */
  readonly leaseMs: number;
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface StampKeeper {
  /** Stamps the newest checkpoint, if one waits and the interval is over, and renews what ends soon. Gives how many stamps were kept. @throws when there was no stamp to be had. */
  work(): Promise<number>;
  /** As last seen. */
  readonly state: StampState;
}

/** Certificates last for months, and authorities that had nothing that lasts longer are not asked at every turn. */
const LOOK_FOR_ENDS_MS = 3_600_000;

export function createStampKeeper(settings: StampKeeperSettings, first: StampState): StampKeeper {
  const { database: { query }, holder, now, intervalMs, leaseMs } = settings;
  let state = first;
  let lookFrom = 0;
  const isDue = (): boolean => state.waitingSince !== null && (state.lastAt === null || Math.abs(now().getTime() - state.lastAt.getTime()) >= intervalMs);
  /** Of what waits for it one does its work at a time, the process's own rounds too. */
  const leased = async (step: () => Promise<number>): Promise<number> => {
    const from = now();
    if (!(await takeStampLease(query, holder, from, new Date(from.getTime() + leaseMs)))) return 0;
    try {
      return await step();
    } finally {
      await endStampLease(query, holder);
    }
  };
  /** Every stamp is in the log, or about to be: one stamp of its newest checkpoint covers all of them, but for those of a moment ago, which are looked at again. */
  const renewing = async (): Promise<number> => {
    if (now().getTime() < lookFrom) return 0;
    const isAnyEntering = await isAnyStampEntering(query);
    const ending = (): Promise<Date | undefined> => findUncovered(query, now(), new Date(now().getTime() + RENEW_BEFORE_MS));
    const isAny = (await ending()) !== undefined;
    if (isAny && (await findUnstamped(query)) === undefined) return 0;
    if (!isAnyEntering) lookFrom = now().getTime() + LOOK_FOR_ENDS_MS;
    return isAny ? leased(async () => renewAll(settings, await ending(), () => { lookFrom = now().getTime() + LOOK_FOR_ENDS_MS; })) : 0; // another may have been faster
  };
  const stamping = async (): Promise<number> => {
    state = await findStampState(query); // another may have been faster
    const stamped = isDue() ? await stampNewest(settings) : 0;
    if (stamped > 0) state = await findStampState(query);
    return stamped;
  };
  return {
    work: async () => {
      state = await findStampState(query);
      const renewed = await renewing();
      return renewed + (isDue() ? await leased(stamping) : 0);
    },
    get state() {
      return state;
    },
  };
}

async function stampNewest({ database: { query }, authorities }: StampKeeperSettings, objection?: (stamped: Stamped) => string | undefined): Promise<number> {
  const checkpoint = await findUnstamped(query);
  if (checkpoint === undefined) return 0;
  const octets = Buffer.from(checkpoint.note);
  return (await insertStamp(query, checkpoint.size, digestOf(octets), await authorities.stamp(octets, objection))) ? 1 : 0;
}

/** For authorities that have no certificate yet that lasts longer there is time, and everything else goes on. */
async function renewAll(settings: StampKeeperSettings, ending: Date | undefined, refused: () => void): Promise<number> {
  if (ending === undefined) return 0;
  const tooShort = ({ endsAt }: Stamped): string | undefined => (endsAt.getTime() - ending.getTime() < RENEW_BEFORE_MS ? `has no certificate that lasts longer than until ${endsAt.toISOString()}` : undefined);
  try {
    return await stampNewest(settings, tooShort);
  } catch (error) {
    refused();
    settings.log('time stamps not renewed', { endsAt: ending, reason: error instanceof Error ? error.message : String(error) });
    return 0;
  }
}
