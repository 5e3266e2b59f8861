// Delivery to agencies that fetch: the agency leases dossiers of its own lane, by the same claim as the workers', and says of each that it has it or
// will not have it. At least once: a lease that runs out is given again, and the agency tells a repeat by the digest. No breaker: who does not come
// is not called.
import { createHash } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import { takeMessages } from '../results/take.ts';
import type { ResultSettings } from '../results/take.ts';
import { claimDeliveries, loadDossiers, nextDeliveryDueAt } from '../store/deliveries.ts';
import type { Claim, Claimed, HandOver } from '../store/deliveries.ts';
import { findGiven, findVerdict, returnClaims, sizesOf } from '../store/leases.ts';
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
  readonly signers: ReadonlySet<string>;
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
  for (const { name, transport, answerSigners: signers } of backends.values()) {
    if (transport?.kind === 'pull') for (const client of transport.clients) fetchers.set(client, { name, transport, signers });
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
  const claim: Claim = { now: at, worker: holderOf(fetcher), most, lanes: [lane], termsOf: ({ name, mostAtOnce }) => (name === lane ? { room: mostAtOnce, leaseMs } : undefined) };
  const claimed = await database.transaction(async (query) => {
    const candidates = await claimDeliveries(query, claim);
    const fitting = thatFit(candidates, mostOctets, await sizesOf(query, candidates.map(({ id }) => id)));
    await returnClaims(query, candidates.slice(fitting.length).map(({ id }) => id), at);
    return fitting;
  });
  if (claimed.length === 0) return nothing;
  const loaded = await loadDossiers(database.query, claimed);
  const dossiers = claimed.flatMap(({ id }) => loaded.get(id) ?? []);
  return { until: new Date(at.getTime() + leaseMs), dossiers };
}

function thatFit(claimed: readonly Claimed[], mostOctets: number, sizes: ReadonlyMap<string, number>): readonly Claimed[] {
  let octets = 0;
  const tooMany = claimed.findIndex(({ id }, index) => {
    octets += sizes.get(id) ?? 0;
    return octets > mostOctets && index > 0;
  });
  return tooMany === -1 ? claimed : claimed.slice(0, tooMany);
}

/** What is due but was not claimed waits for an earlier one, for room on the lane, or for another call that claims at this moment. */
async function restOf({ database, now }: PullSettingsOfDesk, { name }: Fetcher): Promise<number> {
  const due = await nextDeliveryDueAt(database.query, [laneOf(name)]);
  const untilDue = due === null ? LONGEST_REST_MS : due.getTime() - now().getTime();
  return untilDue > 0 ? Math.min(LONGEST_REST_MS, untilDue) : BLOCKED_REST_MS;
}

async function acknowledge(settings: PullSettingsOfDesk, fetcher: Fetcher, digest: string): Promise<Date> {
  const given = await findOrThrow(settings, fetcher, digest);
  if (given.state === 'waiting' && given.claimedBy === holderOf(fetcher)) await recordDone(settings, [handed(fetcher, given)]);
  const after = given.state === 'delivered' ? given : await findOrThrow(settings, fetcher, digest);
  if (after.state !== 'delivered' || after.deliveredAt === null) throw new Problem('DOSSIER_NOT_LEASED');
  return after.deliveredAt;
}

async function reject(settings: PullSettingsOfDesk, fetcher: Fetcher, digest: string, reason: string): Promise<{ readonly isDead: boolean }> {
  const given = await findOrThrow(settings, fetcher, digest);
  if (given.state === 'waiting' && given.claimedBy === holderOf(fetcher)) {
    await recordRejection(settings, handed(fetcher, given), reason);
    return { isDead: (await findOrThrow(settings, fetcher, digest)).state === 'dead' };
  }
  // Said before, and the answer was lost.
  if (given.state !== 'delivered' && given.claimedBy === null && given.lastError === reason) return { isDead: given.state === 'dead' };
  throw new Problem('DOSSIER_NOT_LEASED');
}

async function take(settings: PullSettingsOfDesk, { name, signers }: Fetcher, message: Buffer): Promise<MessageView> {
  const taking = await takeMessages(settings, { backend: name, lane: laneOf(name), signers }, [{ position: null, body: message }], settings.now(), () => Promise.resolve(true));
  if (taking?.blocked !== undefined) throw taking.blocked;
  const view = await findVerdict(settings.database.query, name, createHash('sha256').update(message).digest('hex'));
  if (view === undefined) throw new Error('a message that was recorded is not there');
  return view;
}

function handed(fetcher: Fetcher, claimed: Given): Handed {
  return { claimed, transport: { policy: dossierPolicy }, worker: holderOf(fetcher) };
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
