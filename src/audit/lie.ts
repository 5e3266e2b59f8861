// What an audit finds when the store contradicts itself or the bytes it holds.

export class Lie extends Error {
  override readonly name = 'Lie';
  /** The row, e.g. `submission 17` or `counter 00101/2026`. */
  readonly where: string;

  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.where = where;
  }
}

export function checkThat(holds: boolean, where: string, what: string): asserts holds {
  if (!holds) throw new Lie(where, what);
}

/** Runs a step whose refusal means that stored bytes do not verify. */
export function checkVerifies<Value>(where: string, what: string, step: () => Value): Value {
  try {
    return step();
  } catch (error) {
    throw new Lie(where, `${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What becomes of a lie: it is thrown on, which ends the audit, or noted. */
export type Found = (lie: Lie) => void;

export const firstEnds: Found = (lie) => { throw lie; };

/** Runs a step; gives whether no lie was found in it. */
export async function attempt(found: Found, step: () => unknown): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!(error instanceof Lie)) throw error;
    found(error);
    return false;
  }
}
