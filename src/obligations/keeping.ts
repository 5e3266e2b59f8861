// Several that keep time, as one worker of a loop: each does a round, and as long as one of them did something there may be more.
export interface Keeper {
  readonly nextDue: () => Promise<Date | undefined>;
  readonly work: () => Promise<number>;
}

/** Work that is done already, as many promises as did something. @throws what the first to fail throws, after the others have had their round. */
export async function keep(keepers: readonly Keeper[]): Promise<readonly Promise<void>[]> {
  const rounds = await Promise.allSettled(keepers.map((keeper) => keeper.work()));
  const failed = rounds.find((round) => round.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return rounds.some((round) => round.status === 'fulfilled' && round.value > 0) ? [Promise.resolve()] : [];
}

export async function earliestDue(keepers: readonly Keeper[]): Promise<Date | null> {
  const dues = (await Promise.all(keepers.map((keeper) => keeper.nextDue()))).filter((due) => due !== undefined);
  return dues.length === 0 ? null : new Date(Math.min(...dues.map((due) => due.getTime())));
}

/** As one. */
export function asOne(keepers: readonly Keeper[]): Keeper {
  return { nextDue: async () => (await earliestDue(keepers)) ?? undefined, work: async () => (await keep(keepers)).length };
}
