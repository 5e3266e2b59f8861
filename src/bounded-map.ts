// A Map that forgets what was used longest ago once it is full: for what is dear to compute and keyed by input.

export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #capacity: number;
  /** Asked for last; it need not be moved to the end again. */
  #latest: Key | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The remembered value, or the computed one; a computation that throws is not remembered. */
  getOrCompute(key: Key, compute: () => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      if (key !== this.#latest) {
        this.#entries.delete(key);
        this.#entries.set(key, known);
        this.#latest = key;
      }
      return known;
    }
    const value = compute();
    this.#entries.set(key, value);
    this.#latest = key;
    if (this.#entries.size > this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    return value;
  }
}
