// The fast lane in WebAssembly: `plain.wat` reads a window of the document that is copied into its memory, and writes rows and edits there,
// which are copied out whenever it stops. It does what `plain.ts` does, in one memory of 320 KiB for documents of any length. Every octet is
// copied and read at most twice more than without it, so the work stays linear.
import { limits } from './faults.ts';
import { startKernel } from './kernel.ts';
import { readKnownTag } from './known-tag.ts';
import { laneCode } from './plain-code.ts';
import { readPlain } from './plain.ts';
import type { Reading } from './reading.ts';
import { NAMESPACE } from './tree.ts';

const LT = 0x3c;
const SLASH = 0x2f;

const WINDOW = 32 * 1024;
/** Where `plain.wat` has the window, the rows and the edits. */
const AT = 64;
const ROWS = 33_792 / 4;
const EDITS = 199_168 / 4;
/** Longer runs of text are left to `skip.wat`, unless the document ends in this window: to copy it into another memory would cost more. */
const LONG = 2048;
/** The way into the kernel and back is worth it when this many octets are read there; else it is not taken the next few times. */
const WORTH = 256;
const PATIENCE = 8;

interface Functions {
  readonly run: (at: number, end: number, delta: number, current: number, depth: number, first: number, nodes: number, named: number, long: number) => number;
}

const kernel = startKernel<Functions>(laneCode);
const memory = new Uint8Array(kernel.memory.buffer);
const cells = new Int32Array(kernel.memory.buffer);

/**
 * What the kernel leaves and is as quickly read here: end tags of elements that it knows nothing of, as they were opened before it was asked, and
 * start tags that were read before.
 */
function readAside(reading: Reading): boolean {
  const { bytes, nodes } = reading;
  if (nodes <= 0 || bytes[reading.at] !== LT) return false;
  if (bytes[reading.at + 1] !== SLASH) {
    if (reading.depth >= limits.depth || !readKnownTag(reading)) return false;
    reading.nodes -= 1;
    return true;
  }
  const from = reading.at;
  while (reading.nodes > 0 && reading.current !== -1 && bytes[reading.at] === LT && bytes[reading.at + 1] === SLASH && reading.closesHere()) reading.nodes -= 1;
  return reading.at > from;
}

/** For one pass: no two are made at the same time, as they write to the same memory. */
export class Lane {
  #start = 0;
  #end = 0;
  /** How often the kernel is still left out. */
  #without = 0;
  readonly #patience: number;

  constructor(patience = PATIENCE) {
    this.#patience = patience;
  }

  /** Reads on inside the root element and stops before the first token that is not plain. */
  read(reading: Reading): void {
    const { length } = reading.bytes;
    if (this.#without > 0) {
      this.#without -= 1;
      readPlain(reading);
      return;
    }
    const from = reading.at;
    while (reading.current !== -1 && reading.at < length - 3) {
      const { at } = reading;
      if (at >= this.#end) this.#load(reading.bytes, at);
      if (this.#run(reading)) {
        if (this.#end === length || reading.at === this.#start) break;
        this.#load(reading.bytes, reading.at);
      } else if (!readAside(reading)) break;
    }
    if (reading.at - from < WORTH) this.#without = this.#patience;
  }

  #load(bytes: Buffer, at: number): void {
    const isWhole = bytes.length <= WINDOW;
    this.#start = isWhole ? 0 : at;
    this.#end = isWhole ? bytes.length : Math.min(at + WINDOW, bytes.length);
    memory.set(isWhole ? bytes : bytes.subarray(at, this.#end), AT);
  }

  /** Did it stop because of the window's end? */
  #run(reading: Reading): boolean {
    const { count, current, depth, nodes } = reading;
    const delta = this.#start - AT;
    const isShort = kernel.run(reading.at - delta, this.#end - delta, delta, current, depth, count, nodes, reading.bindings.standard * NAMESPACE, this.#end === reading.bytes.length ? WINDOW : LONG);
    reading.at = (cells[0] as number) + delta;
    reading.nodes = cells[1] as number;
    reading.current = cells[2] as number;
    reading.depth = cells[3] as number;
    reading.take(cells, ROWS, (cells[4] as number) - count, EDITS, cells[5] as number);
    return isShort === 1;
  }
}
