// What intake does not enter itself – events, answers, notices, results, statements – is entered into the log within a second, by whichever process comes first.
// A table of evidence says itself what has come into it, so nothing is forgotten; what waits and cannot be read goes on waiting, holds up nothing else, and is told of.
import type { Database } from '../store/database.ts';
import { isAnyWaitingForLog, listStillWaiting } from '../store/log.ts';
import type { WaitingRow } from '../store/log.ts';
import type { Enter } from './append.ts';
import { enterPage } from './waiting.ts';
import type { LeftRow } from './waiting.ts';

export interface KeeperSettings {
  readonly database: Database;
  readonly enter: Enter;
  readonly now: () => Date;
  /** Before each round. */
  readonly look?: () => Promise<void>;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface LogKeeper {
  /** Enters all that waits, that nobody else is entering, and that could be read when it was last tried. */
  work(): Promise<number>;
  readonly health: () => KeeperHealth;
  /** Ends after what is under way, with nothing left waiting where the database allows. */
  stop(): Promise<void>;
}

export interface KeeperHealth {
  /** Rows that wait and cannot be entered, and since when the first of them is known. */
  readonly stuck: number;
  readonly stuckSince: Date | undefined;
  /** Why nothing at all was entered in the last round. */
  readonly failing: string | undefined;
}

const EVERY_MS = 1_000;
const MOST_AT_ONCE = 500;
/** What could not be read is passed over until then: it may have taken as long as a statement may. */
const AGAIN_AFTER_MS = 60_000;
const MOST_NAMED = 5;

export function startLogKeeper(settings: KeeperSettings): LogKeeper {
  const stopping = new AbortController();
  const stuck = stuckRows(settings);
  let failing: string | undefined;
  const enterAll = async (): Promise<number> => {
    if (!(await isAnyWaitingForLog(settings.database.query))) return stuck.forget();
    let entered = 0;
    await stuck.passOver(async (passedOver) => {
      for (let more = MOST_AT_ONCE; more === MOST_AT_ONCE;) {
        const page = await enterPage(settings, MOST_AT_ONCE, passedOver());
        stuck.add(page.left);
        entered += page.entered;
        more = page.held;
      }
    });
    return entered;
  };
  const round = async (): Promise<void> => {
    try {
      await settings.look?.();
      await enterAll();
      failing = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== failing) settings.log('not entered into the log', { reason });
      failing = reason;
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await round();
      await rest(stopping.signal);
    }
    await round();
  })();
  return {
    work: enterAll,
    health: () => ({ ...stuck.health(), failing }),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

interface StuckRows {
  /** The work is given what not to try; now and then that is nothing, and what is then not stuck any more is forgotten. */
  passOver(work: (passedOver: () => readonly WaitingRow[]) => Promise<void>): Promise<void>;
  add(rows: readonly LeftRow[]): void;
  /** Nothing waits at all. */
  forget(): 0;
  readonly health: () => Omit<KeeperHealth, 'failing'>;
}

/** Which rows cannot be entered; the operator is told whenever they are others than before. */
function stuckRows({ database, now, log }: KeeperSettings): StuckRows {
  const known = new Map<string, LeftRow & { readonly since: Date }>();
  const tried = new Set<string>();
  let againAt = 0;
  let told = '';
  const tell = (): void => {
    const names = [...known.keys()].sort().join();
    if (names === told) return;
    told = names;
    if (known.size === 0) log('nothing waits any more that cannot be entered into the log', {});
    else log('rows wait that cannot be entered into the log', { rows: known.size, first: [...known.values()].slice(0, MOST_NAMED).map(({ kind, subject, reason }) => `${kind} ${subject}: ${reason}`) });
  };
  return {
    passOver: async (work) => {
      const isAgain = now().getTime() >= againAt;
      if (isAgain) {
        againAt = now().getTime() + AGAIN_AFTER_MS;
        tried.clear();
      }
      await work(() => [...known].flatMap(([name, row]) => (isAgain && !tried.has(name) ? [] : [row])));
      // Of those that were not come across, another process may hold some.
      const rest = [...known].filter(([name]) => isAgain && !tried.has(name));
      const waiting = new Set((rest.length === 0 ? [] : await listStillWaiting(database.query, rest.map(([, row]) => row))).map(nameOf));
      for (const [name] of rest) if (!waiting.has(name)) known.delete(name);
      tell();
    },
    add: (rows) => {
      for (const row of rows) {
        tried.add(nameOf(row));
        known.set(nameOf(row), { ...row, since: known.get(nameOf(row))?.since ?? now() });
      }
    },
    forget: () => {
      known.clear();
      tell();
      return 0;
    },
    health: () => ({ stuck: known.size, stuckSince: [...known.values()].map(({ since }) => since).sort((a, b) => a.getTime() - b.getTime())[0] }),
  };
}

function nameOf({ kind, subject }: WaitingRow): string {
  return `${kind} ${subject}`;
}

function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, EVERY_MS);
    signal.addEventListener('abort', done);
  });
}
