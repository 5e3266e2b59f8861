// A clock that stands still until it is advanced, for demonstrations and tests: 60 working days in seconds. It goes from one due thing to the
// next of everybody who keeps time by it, so that whatever is done is done at its own instant; the programs run the same code by the real clock.

/** A program that works by a clock. */
export interface TimeKeeper {
  /** When it has something to do next, undefined: nothing. */
  readonly nextDue: () => Promise<Date | undefined>;
  /** Does all that is due; how much that was. */
  readonly work: () => Promise<number>;
}

export interface VirtualClock {
  readonly now: () => Date;
  join(keeper: TimeKeeper): void;
  /** Everything due until then is done, in the order of time; how much that was. */
  advanceTo(instant: Date): Promise<number>;
  /** To the next due thing of anybody; undefined when there is none until `limit`, and time stays. */
  advanceToNext(limit: Date): Promise<Date | undefined>;
}

export function createVirtualClock(start: Date): VirtualClock {
  let time = start;
  const keepers: TimeKeeper[] = [];
  /** One's work may make work for another at the same instant. */
  const settle = async (): Promise<number> => {
    let total = 0;
    for (let done = 1; done > 0; total += done) {
      done = 0;
      for (const keeper of keepers) done += await keeper.work();
    }
    return total;
  };
  const nextOf = async (): Promise<Date | undefined> => {
    const dues = (await Promise.all(keepers.map((keeper) => keeper.nextDue()))).filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : new Date(Math.min(...dues.map((due) => due.getTime())));
  };
  /** To the next due thing and what is done then. */
  const step = async (limit: Date): Promise<{ readonly at: Date; readonly done: number } | undefined> => {
    const next = await nextOf();
    if (next === undefined || next > limit) return undefined;
    if (next > time) time = next;
    return { at: next, done: await settle() };
  };
  return {
    now: () => time,
    join: (keeper) => { keepers.push(keeper); },
    advanceTo: async (instant) => {
      if (instant < time) throw new Error('time does not go back');
      let total = await settle();
      for (let made = await step(instant); made !== undefined; made = await step(instant)) total += made.done;
      time = instant;
      return total;
    },
    advanceToNext: async (limit) => (await step(limit))?.at,
  };
}
