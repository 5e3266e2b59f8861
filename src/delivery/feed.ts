// Reads what one backend says: its feed, from where it was read to, by long poll. Of all gateway processes the one that holds the lease reads; when it
// is gone, another takes over where the store says. Nothing is skipped: a message that cannot be judged now holds up the feed until it can.
import { setTimeout } from 'node:timers/promises';

import { takeMessages } from '../results/take.ts';
import type { ResultSettings, Speaker } from '../results/take.ts';
import { feedFreeAt, leaseFeed, moveCursor, notePoll, postponeFeed, releaseFeed } from '../store/backend-feeds.ts';
import type { FeedLease } from '../store/backend-feeds.ts';
import { backoff } from './breaker.ts';
import type { MessagePage } from './https.ts';
import type { Loop } from './loop.ts';
import { reasonOf } from './reason.ts';
import { tellReports } from './reports.ts';
import type { ReportTransport } from './reports.ts';

export interface FeedSettings extends ResultSettings {
  readonly speaker: Speaker;
  /** The name that the process holds. */
  readonly holder: string;
  readonly read: (after: number, most: number, waitSeconds: number, signal: AbortSignal) => Promise<MessagePage>;
  readonly report: ReportTransport;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const MOST_AT_ONCE = 250;
const WAIT_SECONDS = 5;
/** Renewed with every poll, so that who is killed is soon replaced. One that takes longer may be doubted: the cursor then says whose word counts. */
const LEASE_MS = 20_000;
const LONGEST_REST_MS = 5_000;
const SHORTEST_POLL_MS = 200;
const FIRST_RETRY_MS = 250;
const SLOWEST_RETRY_MS = 30_000;

export function startFeed(settings: FeedSettings): Loop {
  const { speaker: { backend }, database, log } = settings;
  const reader = settings.holder;
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const rest = await round(settings, reader, stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) log('feed not read', { backend, reason: reasonOf(error) });
        return FIRST_RETRY_MS * 4; // the database is away, or we are at fault: the lease ends by itself
      });
      if (rest > 0) await setTimeout(rest, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await releaseFeed(database.query, backend, reader).catch(() => undefined);
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** One poll, and what it brought; gives how long to rest. */
async function round(settings: FeedSettings, reader: string, signal: AbortSignal): Promise<number> {
  const { speaker: { backend }, database: { query }, now } = settings;
  const asked = now();
  const lease = await leaseFeed(query, backend, reader, asked, new Date(asked.getTime() + LEASE_MS));
  if (lease === undefined) {
    const freeAt = await feedFreeAt(query, backend);
    return Math.min(LONGEST_REST_MS, Math.max(SHORTEST_POLL_MS, (freeAt?.getTime() ?? 0) - asked.getTime()));
  }
  await tellReports(settings, backend);
  const page = await settings.read(lease.after, MOST_AT_ONCE, WAIT_SECONDS, signal).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (signal.aborted) return 0;
  if (page instanceof Error) return waitAfter(settings, lease, reader, page);
  return take(settings, lease, reader, page, asked);
}

async function take(settings: FeedSettings, lease: FeedLease, reader: string, { messages, end }: MessagePage, asked: Date): Promise<number> {
  const { speaker, database: { query }, now } = settings;
  const at = now();
  // A backend that was set back (an old backup, say) would count its next messages where others were read: they must not be passed over in silence.
  if (end < lease.after) return waitAfter(settings, lease, reader, new Error(`the feed ends at ${end} and was read to ${lease.after}`));
  const gap = messages.findIndex(({ position }, index) => position !== lease.after + index + 1);
  if (gap !== -1) return waitAfter(settings, lease, reader, new Error(`the feed goes on at ${messages[gap]?.position ?? 0} after ${lease.after + gap}`));
  const taking = await takeMessages(settings, speaker, messages, at, (inside, taken) => moveCursor(inside, lease, reader, lease.after + taken));
  if (taking === undefined) return SHORTEST_POLL_MS; // another has the lease by now
  if (taking.blocked !== undefined) return waitAfter(settings, taking.taken > 0 ? { ...lease, failures: 0 } : lease, reader, taking.blocked);
  await notePoll(query, lease.backend, reader, end, at);
  // A backend that does not wait is not asked without end.
  return messages.length === 0 ? Math.max(0, SHORTEST_POLL_MS - (at.getTime() - asked.getTime())) : 0;
}

async function waitAfter({ database, now, random, log }: FeedSettings, { backend, failures, after }: FeedLease, reader: string, error: Error): Promise<number> {
  const wait = backoff(FIRST_RETRY_MS, SLOWEST_RETRY_MS, failures + 1, random());
  const reason = reasonOf(error);
  if (Number.isInteger(Math.log2(failures + 1))) log('feed not read', { backend, after, reason, failures: failures + 1, retryInMs: wait });
  await postponeFeed(database.query, backend, reader, new Date(now().getTime() + wait), reason);
  return wait;
}
