// Everybody in this process who waits for a feed to go on, on one LISTEN connection. A notification says only that something is new: one
// statement then asks how far all the feeds have come that somebody waits for, and one more if it rang meanwhile; nobody polls. How many may wait
// is bounded; who has gone, or waited long enough, waits no more.
import { Unavailable } from '../errors/outcomes.ts';
import type { Database } from '../store/database.ts';
import { positionsOf } from '../store/feed-pages.ts';

export interface FeedWaiting {
  /**
   * A place to wait in for so many milliseconds; to be left.
   * @throws Unavailable when too many wait.
   */
  enter(caller: WaitingCaller, milliseconds: number): WaitingPlace;
  /** Ends all waiting, now and from now on. */
  close(): Promise<void>;
}

export interface WaitingCaller {
  /** Whose places these are: each may have only some of them. */
  readonly name: string;
  readonly hasCertificate: boolean;
}

export interface WaitingPlace {
  /** True once the feed has gone beyond the position; false when there is no time left to wait for it, or the place was left. */
  readonly beyond: (feed: string, position: number) => Promise<boolean>;
  readonly leave: () => void;
}

export interface WaitingBounds {
  readonly most: number;
  readonly mostOfOne: number;
}

interface Place {
  isOver: boolean;
  waiter: Waiter | undefined;
}

interface Waiter {
  readonly feed: string;
  readonly position: number;
  readonly resolve: (isBeyond: boolean) => void;
}

const usualBounds: WaitingBounds = { most: 2_000, mostOfOne: 32 };

export function watchFeeds(database: Database, bounds: WaitingBounds = usualBounds): FeedWaiting {
  const places = new Set<Place>();
  const taken = new Map<string, number>();
  const look = lookFor(database, places);
  const listener = database.listen('feed', look);
  let isOver = false;
  return {
    enter: ({ name, hasCertificate }, milliseconds) => {
      const own = taken.get(name) ?? 0;
      // Whoever shows no certificate does not take the last places from those who do.
      if (places.size >= (hasCertificate ? bounds.most : bounds.most / 2) || own >= bounds.mostOfOne) throw new Unavailable('WAITERS_FULL', { retryAfterSeconds: 10 });
      const place: Place = { isOver, waiter: undefined };
      places.add(place);
      taken.set(name, own + 1);
      const timer = setTimeout(end, milliseconds, place);
      return {
        beyond: (feed, position) => waitIn(place, feed, position, look),
        leave: () => {
          clearTimeout(timer);
          end(place);
          if (!places.delete(place)) return;
          const left = (taken.get(name) ?? 1) - 1;
          if (left === 0) taken.delete(name);
          else taken.set(name, left);
        },
      };
    },
    close: async () => {
      isOver = true;
      for (const place of places) end(place);
      await listener.close();
    },
  };
}

function end(place: Place): void {
  place.isOver = true;
  place.waiter?.resolve(false);
}

function waitIn(place: Place, feed: string, position: number, look: () => void): Promise<boolean> {
  if (place.isOver) return Promise.resolve(false);
  return new Promise((resolve) => {
    place.waiter = {
      feed,
      position,
      resolve: (isBeyond) => {
        place.waiter = undefined;
        resolve(isBeyond);
      },
    };
    look(); // what came after the feed was read rang before anybody waited here
  });
}

/** However often it is called, one statement at a time; what is called for during one is answered by the next. */
function lookFor(database: Database, places: ReadonlySet<Place>): () => void {
  let isLooking = false;
  let isAsked = false;
  const look = async (): Promise<void> => {
    isLooking = true;
    try {
      for (let waiters = waitersIn(places); isAsked && waiters.length > 0; waiters = waitersIn(places)) {
        isAsked = false;
        const positions = await positionsOf(database.query, [...new Set(waiters.map(({ feed }) => feed))]);
        for (const { feed, position, resolve } of waiters) if ((positions.get(feed) ?? 0) > position) resolve(true);
      }
    } finally {
      isLooking = false;
    }
  };
  return () => {
    isAsked = true;
    // Without the database nothing is seen; the connection's return rings again.
    if (!isLooking) void look().catch(() => undefined);
  };
}

function waitersIn(places: ReadonlySet<Place>): readonly Waiter[] {
  return [...places].flatMap(({ waiter }) => (waiter === undefined ? [] : [waiter]));
}
