// Many callers, few transactions: what arrives while a transaction runs goes together into the next one; nothing waits for a timer. An item
// that cannot be done does not take its neighbours with it.
import { Unavailable } from '../errors/outcomes.ts';

export interface TogetherSettings<Item, Value> {
  /** One transaction: does all or none, and answers in the order of the items. */
  readonly work: (items: readonly Item[]) => Promise<readonly Value[]>;
  readonly mostTogether: number;
  readonly atOnce: number;
  /** Begins when whatever else the process does at this moment is done, so that the first does not go alone. */
  readonly gathers?: boolean;
  /** More than these are `Unavailable`. */
  readonly mostWaiting: number;
  /** Octets of an item, of which so many go together; an item alone may be larger. */
  readonly weight?: { readonly of: (item: Item) => number; readonly most: number };
  /** Made anew for every transaction: says of each item, in order, whether it has to wait for the next one. Never of the first. */
  readonly postponing?: () => (item: Item) => boolean;
}

interface Waiting<Item, Value> {
  readonly item: Item;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

const TRIES_AFTER_LOST_RACE = 2;

/** The promise is kept or broken after its transaction has ended. */
export function together<Item, Value>(settings: TogetherSettings<Item, Value>): (item: Item) => Promise<Value> {
  const queue: Waiting<Item, Value>[] = [];
  let running = 0;
  const pump = (): void => {
    while (running < settings.atOnce && queue.length > 0) {
      running += 1;
      void doTogether(settings, nextBatch(settings, queue), TRIES_AFTER_LOST_RACE).finally(() => {
        running -= 1;
        pump();
      });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (queue.length >= settings.mostWaiting) {
        reject(new Unavailable('QUEUE_FULL'));
        return;
      }
      queue.push({ item, resolve, reject });
      if (settings.gathers !== true) pump();
      else if (queue.length === 1) setImmediate(pump);
    });
}

/** The first that wait, without those that are postponed: these come first in the next. */
function nextBatch<Item, Value>({ mostTogether, weight, postponing }: TogetherSettings<Item, Value>, queue: Waiting<Item, Value>[]): Waiting<Item, Value>[] {
  const isPostponed = postponing?.() ?? (() => false);
  const batch: Waiting<Item, Value>[] = [];
  const postponed: Waiting<Item, Value>[] = [];
  let weighs = 0;
  for (const waiting of queue) {
    const more = weight?.of(waiting.item) ?? 0;
    if (batch.length === mostTogether || (batch.length > 0 && weighs + more > (weight?.most ?? Infinity))) break;
    if (isPostponed(waiting.item)) {
      postponed.push(waiting);
    } else {
      weighs += more;
      batch.push(waiting);
    }
  }
  queue.splice(0, batch.length + postponed.length, ...postponed);
  return batch;
}

async function doTogether<Item, Value>(settings: TogetherSettings<Item, Value>, batch: readonly Waiting<Item, Value>[], triesLeft: number): Promise<void> {
  try {
    const values = await settings.work(batch.map(({ item }) => item));
    if (values.length !== batch.length) throw new Error(`${batch.length} items were done with ${values.length} answers`);
    values.forEach((value, index) => batch[index]?.resolve(value));
  } catch (error) {
    if (isLostRace(error) && triesLeft > 0) await doTogether(settings, batch, triesLeft - 1);
    else if (batch.length === 1 || error instanceof Unavailable) for (const { reject } of batch) reject(error);
    else for (const waiting of batch) await doTogether(settings, [waiting], TRIES_AFTER_LOST_RACE);
  }
}

/** PostgreSQL chose this transaction to end a deadlock or a serialization conflict: nothing of it is there, and it may be tried again. */
function isLostRace(error: unknown): boolean {
  const cause = error instanceof Unavailable ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('40');
}
