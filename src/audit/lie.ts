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
