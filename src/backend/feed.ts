// The feed that gateways read: messages after a position, at once when there are any, or as soon as there are within the wait. Woken by this
// process's own commits; what another process of the same database says is seen at the next look.
import type { Query } from './store.ts';
import { lastPosition, messagesAfter } from './message-store.ts';
import type { FeedMessage } from './message-store.ts';

export interface Feed {
  readonly read: (ask: FeedQuestion, signal: AbortSignal) => Promise<FeedPage>;
  /** New messages may be there. */
  readonly wake: () => void;
}

export interface FeedQuestion {
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
}

export interface FeedPage {
  readonly messages: readonly FeedMessage[];
  readonly end: number;
}

/** In bodies, so that a page with results of many documents stays a page. */
const MOST_OCTETS = 16 * 1024 * 1024;
const LOOK_MS = 500;

export function createFeed(query: Query): Feed {
  const waiting = new Set<() => void>();
  return {
    read: async ({ after, limit, waitMs }, signal) => {
      for (let left = waitMs; ; left -= LOOK_MS) {
        const bell = ring(waiting, Math.min(left, LOOK_MS)); // before the look, so that nothing falls between
        const messages = await messagesAfter(query, after, limit, MOST_OCTETS);
        if (messages.length === 0 && left > 0 && !signal.aborted) await bell.rung;
        bell.end();
        if (messages.length > 0 || left <= 0 || signal.aborted) return { messages, end: await lastPosition(query) };
      }
    },
    wake: () => {
      for (const resolve of waiting) resolve();
    },
  };
}

interface Bell {
  readonly rung: Promise<void>;
  readonly end: () => void;
}

function ring(waiting: Set<() => void>, ms: number): Bell {
  let resolve = (): void => undefined;
  const rung = new Promise<void>((done) => { resolve = done; });
  waiting.add(resolve);
  const timer = setTimeout(resolve, Math.max(0, ms));
  return {
    rung,
    end: () => {
      clearTimeout(timer);
      waiting.delete(resolve);
    },
  };
}
