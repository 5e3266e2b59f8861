// Passing over long runs of character data by `skip.wat`, through a window of the document that is copied into the kernel's memory. Every octet
// is copied at most once in a pass, however often the pass stops, so the work stays linear.
import { startKernel } from './kernel.ts';
import { kernelCode } from './skip-code.ts';

const WINDOW = 32 * 1024;
/** The kernel leaves fewer octets than this at the end of a window. */
const STEP = 16;

interface Functions {
  readonly skip: (at: number, end: number) => number;
}

const kernel = startKernel<Functions>(kernelCode);
const memory = new Uint8Array(kernel.memory.buffer);

/** The pass whose window the kernel's memory holds. Two documents are never read at once, but one pass may begin within another. */
let holder = -1;
let passes = 0;

export class Skipper {
  readonly #bytes: Buffer;
  readonly #pass: number;
  #start = 0;
  #end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    passes += 1;
    this.#pass = passes;
  }

  /** No octet in [at, result) has a class in `textClass`; the octet at the result has one, or fewer than 16 octets are left. */
  skip(at: number): number {
    const { length } = this.#bytes;
    for (let from = at; ;) {
      if (from > length - STEP) return from;
      if (holder !== this.#pass || from < this.#start || from > this.#end - STEP) this.#load(from);
      from = this.#start + kernel.skip(from - this.#start, this.#end - this.#start);
      if (from <= this.#end - STEP) return from;
    }
  }

  #load(from: number): void {
    holder = this.#pass;
    this.#start = from;
    this.#end = Math.min(from + WINDOW, this.#bytes.length);
    memory.set(this.#bytes.subarray(from, this.#end));
  }
}
