// Delivery to agencies that fetch: the agency leases dossiers of its own lane, by the same claim as the workers', and says of each that it has it or
// will not have it. At least once: a lease that runs out is given again, and the agency tells a repeat by the digest. No breaker: who does not come
// is not called.
import { createHash } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import { takeMessages } from '../results/take.ts';
import type { ResultSettings } from '../results/take.ts';
import { claimDeliveries, loadDossiers, nextDeliveryDueAt } from '../store/deliveries.ts';
import type { Claim, HandOver } from '../store/deliveries.ts';
import { findGiven, findVerdict } from '../store/leases.ts';
import type { Given, MessageView } from '../store/leases.ts';
import { dossierPolicy } from './hand-over.ts';
import { recordDone, recordRejection } from './outcome.ts';
import type { Handed, Recording } from './outcome.ts';
import { laneOf } from './routes.ts';
import type { Backends } from './routes.ts';
import type { PullSettings } from './transport-settings.ts';

export interface PullSettingsOfDesk extends Recording, ResultSettings {
  readonly backends: Backends;
}

/** A backend that fetches. */
export interface Fetcher {
  readonly name: string;
  readonly transport: PullSettings;
}

export interface Leased {
  /** Null when there is nothing. */
  readonly until: Date | null;
  readonly dossiers: readonly HandOver[];
}

export interface PullDesk {
  /** Whose client certificate it is (SHA-256 fingerprint); undefined: no agency's. */
  fetcherOf(fingerprint: string): Fetcher | undefined;
  /** At most so many, at once or as soon as there are any within the wait; ends early with the signal. */
  lease(fetcher: Fetcher, most: number, waitMs: number, signal: AbortSignal): Promise<Leased>;
  /** The agency has it, now or before. Gives when it was first said. @throws Problem when it was not given to this agency. */
  acknowledge(fetcher: Fetcher, digest: string): Promise<Date>;
  /** The agency will not have it, or not yet. Gives whether it is given up. @throws Problem */
  reject(fetcher: Fetcher, digest: string, reason: string): Promise<{ readonly isDead: boolean }>;
  /** The agency says something, by one signed message: recorded, whatever is made of it. @throws Unavailable when it cannot be judged now. */
  take(fetcher: Fetcher, message: Buffer): Promise<MessageView>;
  /** Whoever waits is answered. */
  stop(): Promise<void>;
}

const BLOCKED_REST_MS = 500;
const LONGEST_REST_MS = 5_000;

export function openPullDesk(settings: PullSettingsOfDesk): PullDesk {
  const { database, backends } = settings;
  const fetchers = fetchersOf(backends);
  const waiting = new Set<() => void>();
  let isStopping = false;
  const ring = (): void => { for (const wake of waiting) wake(); };
  const listener = fetchers.size === 0 ? undefined : database.listen('delivery', ring);
  return {
    fetcherOf: (fingerprint) => fetchers.get(fingerprint),
    lease: async (fetcher, most, waitMs, signal) => {
      let isLate = waitMs === 0;
      signal.addEventListener('abort', ring);
      const timer = setTimeout(() => {
        isLate = true;
        ring();
      }, waitMs);
      try {
        // Nothing is claimed for who is gone.
        while (!signal.aborted && !isStopping) {
          const bell = hang(waiting); // before the look, so that nothing falls between
          try {
            const leased = await leaseOnce(settings, fetcher, most);
            if (leased.dossiers.length > 0 || isLate) return leased;
            await bell.rungWithin(await restOf(settings, fetcher));
          } finally {
            bell.end();
          }
        }
        return nothing;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', ring);
      }
    },
    acknowledge: (fetcher, digest) => acknowledge(settings, fetcher, digest),
    reject: (fetcher, digest, reason) => reject(settings, fetcher, digest, reason),
    take: (fetcher, message) => take(settings, fetcher, message),
    stop: async () => {
      isStopping = true;
      ring();
      await listener?.close();
    },
  };
}

const nothing: Leased = { until: null, dossiers: [] };

function fetchersOf(backends: Backends): ReadonlyMap<string, Fetcher> {
  const fetchers = new Map<string, Fetcher>();
  for (const { name, transport } of backends.values()) {
    if (transport?.kind === 'pull') for (const client of transport.clients) fetchers.set(client, { name, transport });
  }
  return fetchers;
}

/** The same after a restart and in every process: a lease is the agency's, whichever of them gave it. */
function holderOf({ name }: Fetcher): string {
  return `pull:${name}`;
}

async function leaseOnce({ database, now }: PullSettingsOfDesk, fetcher: Fetcher, most: number): Promise<Leased> {
  const at = now();
  const { leaseMs, mostOctets } = fetcher.transport;
  const lane = laneOf(fetcher.name);
  // Names of lanes may begin like another's.
  const claim: Claim = { now: at, worker: holderOf(fetcher), most, mostOctets, lanes: [lane], termsOf: ({ name, mostAtOnce }) => (name === lane ? { room: mostAtOnce, hands: most, each: 1, leaseMs } : undefined) };
  const claimed = await database.transaction((query) => claimDeliveries(query, claim));
  if (claimed.length === 0) return nothing;
  const loaded = await loadDossiers(database.query, claimed);
  const dossiers = claimed.flatMap(({ id }) => loaded.get(id) ?? []);
  return { until: new Date(at.getTime() + leaseMs), dossiers };
}

/** What is due but was not claimed waits for an earlier one, for room on the lane, or for another call that claims at this moment. */
async function restOf({ database, now }: PullSettingsOfDesk, { name }: Fetcher): Promise<number> {
  const due = await nextDeliveryDueAt(database.query, [laneOf(name)]);
  const untilDue = due === null ? LONGEST_REST_MS : due.getTime() - now().getTime();
  return untilDue > 0 ? Math.min(LONGEST_REST_MS, untilDue) : BLOCKED_REST_MS;
}

async function acknowledge(settings: PullSettingsOfDesk, fetcher: Fetcher, digest: string): Promise<Date> {
  const given = await findOrThrow(settings, fetcher, digest);
  const claim = handed(fetcher, given);
  if (claim !== undefined) await recordDone(settings, [claim]);
  const after = given.state === 'delivered' ? given : await findOrThrow(settings, fetcher, digest);
  if (after.state !== 'delivered' || after.deliveredAt === null) throw new Problem('DOSSIER_NOT_LEASED');
  return after.deliveredAt;
}

async function reject(settings: PullSettingsOfDesk, fetcher: Fetcher, digest: string, reason: string): Promise<{ readonly isDead: boolean }> {
  const given = await findOrThrow(settings, fetcher, digest);
  const claim = handed(fetcher, given);
  if (claim !== undefined) {
    await recordRejection(settings, claim, reason);
    return { isDead: (await findOrThrow(settings, fetcher, digest)).state === 'dead' };
  }
  // Said before, and the answer was lost.
  if (given.state !== 'delivered' && given.claimedBy === null && given.lastError === reason) return { isDead: given.state === 'dead' };
  throw new Problem('DOSSIER_NOT_LEASED');
}

/** The same octets again are told from what stands there: nothing is verified or recorded for them, unless they were not believed. */
async function take(settings: PullSettingsOfDesk, { name }: Fetcher, message: Buffer): Promise<MessageView> {
  const digest = createHash('sha256').update(message).digest('hex');
  const before = await findVerdict(settings.database.query, name, digest);
  if (before !== undefined && before.verdict !== 'rejected') return { sha256: digest, verdict: 'repeated', reason: 'SAME' };
  const taking = await takeMessages(settings, { backend: name, lane: laneOf(name) }, [{ position: null, body: message }], settings.now(), () => Promise.resolve(true));
  if (taking?.blocked !== undefined) throw taking.blocked;
  const view = await findVerdict(settings.database.query, name, digest);
  if (view === undefined) throw new Error('a message that was recorded is not there');
  return view;
}

/** Undefined when it is not this agency's at the moment. */
function handed(fetcher: Fetcher, { lease, ...given }: Given): Handed | undefined {
  if (given.state !== 'waiting' || lease === null || given.claimedBy !== holderOf(fetcher)) return undefined;
  return { claimed: { ...given, lease }, transport: { policy: dossierPolicy } };
}

async function findOrThrow({ database }: PullSettingsOfDesk, { name }: Fetcher, digest: string): Promise<Given> {
  const given = await findGiven(database.query, laneOf(name), digest);
  if (given === undefined) throw new Problem('DOSSIER_UNKNOWN');
  return given;
}

interface Bell {
  /** Resolves at once if it has rung before. */
  readonly rungWithin: (ms: number) => Promise<void>;
  readonly end: () => void;
}

function hang(waiting: Set<() => void>): Bell {
  let resolve = (): void => undefined;
  const rung = new Promise<void>((done) => { resolve = done; });
  waiting.add(resolve);
  return {
    rungWithin: async (ms) => {
      const timer = setTimeout(resolve, ms);
      await rung;
      clearTimeout(timer);
    },
    end: () => { waiting.delete(resolve); },
  };
}
