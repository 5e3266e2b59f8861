// When the agency has something to do next, and doing whatever is due: the same for a clock that is advanced by hand and for the real one, on
// which a loop sleeps until then or until the bell. One round at a time; two processes on one database share the work.
import type { Office } from './office.ts';
import { nextCaseAt } from './case-store.ts';
import { makeNotice, nextNoticeAt } from './monthly.ts';
import { turn } from './turning.ts';

export interface Timetable {
  /** Does all that is due by now; how many moves that took. */
  readonly work: () => Promise<number>;
  readonly nextDue: () => Promise<Date | undefined>;
  /** Something new is due, perhaps at once. */
  readonly ring: () => void;
  /** Sleeps and works until stopped. */
  readonly start: (onFailure: (error: unknown) => void) => void;
  readonly stop: () => Promise<void>;
}

const LONGEST_SLEEP_MS = 30_000;
const REST_AFTER_FAILURE_MS = 1_000;
const LANES = 4;

/** `moved` is called after every move. */
export function createTimetable(office: Office, now: () => Date, moved: () => void): Timetable {
  let under: Promise<unknown> = Promise.resolve();
  let ring = (): void => undefined;
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted;
  let running: Promise<void> = Promise.resolve();
  const makeOne = async (): Promise<boolean> => {
    const made = !isOver() && ((await turn(office, now())) || (await makeNotice(office, now())));
    if (made) moved();
    return made;
  };
  const round = async (): Promise<number> => {
    // In turn where the order of the feed should be that of time; side by side where it is about speed.
    const lanes = Array.from({ length: office.pace.kind === 'calendar' ? 1 : LANES }, async () => {
      let moves = 0;
      while (await makeOne()) moves += 1;
      return moves;
    });
    return (await Promise.all(lanes)).reduce((sum, moves) => sum + moves, 0);
  };
  const work = (): Promise<number> => {
    const done = under.then(round);
    under = done.catch(() => undefined);
    return done;
  };
  const nextDue = async (): Promise<Date | undefined> => earlier(await nextCaseAt(office.store.query), await nextNoticeAt(office.store.query));
  const loop = async (onFailure: (error: unknown) => void): Promise<void> => {
    while (!isOver()) {
      const rung = new Promise<void>((resolve) => { ring = resolve; });
      let sleep = REST_AFTER_FAILURE_MS;
      try {
        await work();
        const next = await nextDue();
        sleep = next === undefined ? LONGEST_SLEEP_MS : Math.min(LONGEST_SLEEP_MS, Math.max(0, next.getTime() - now().getTime()));
      } catch (error) {
        onFailure(error);
      }
      if (!isOver()) await firstOf(rung, sleep);
    }
  };
  return {
    work,
    nextDue,
    ring: () => { ring(); },
    start: (onFailure) => { running = loop(onFailure); },
    stop: async () => {
      stopping.abort();
      ring();
      await running;
      await under;
    },
  };
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

async function firstOf(rung: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([rung, late]);
  clearTimeout(timer);
}
