// Octets on their way out, mostly into a hash: long runs go as they stand in the received buffer, without being copied; short ones are
// gathered first, because a call costs more than the copy. What is handed on must be used at once: the room for short runs is used again.

export type OctetSink = (octets: Buffer) => void;

const ROOM = 32 * 1024;
/** Runs from this length on are handed on where they stand, unless the whole document finds room here. */
const LONG = 4 * 1024;
/** Runs from this length on are copied by native code. */
const NATIVE = 512;
const BARE = 64;

/** A little more than is filled, because copies go by sixteens. */
const room = Buffer.allocUnsafeSlow(ROOM + 16);
const roomView = new DataView(room.buffer, room.byteOffset, ROOM + 16);

export class OctetWriter {
  readonly #bytes: Buffer;
  #view: DataView | undefined;
  readonly #sink: OctetSink;
  #gathered = 0;
  /** Octets copied without the view. */
  #bare = 0;

  /** Writes runs of `bytes`, and text, to `sink`. One writer at a time. */
  constructor(bytes: Buffer, sink: OctetSink) {
    this.#bytes = bytes;
    this.#sink = sink;
  }

  copy(start: number, end: number): void {
    if (end - start >= LONG && this.#bytes.length > ROOM) {
      this.flush();
      this.#sink(this.#bytes.subarray(start, end));
      return;
    }
    if (this.#gathered + end - start > ROOM) this.flush();
    if (end - start < NATIVE) this.#gathered = this.#copied(start, end, this.#gathered);
    else this.#gathered += this.#bytes.copy(room, this.#gathered, start, end);
  }

  /** The end of an element that was written as one tag: `></name>`, with the name of so many octets at `start`. */
  emptyEnd(start: number, length: number): void {
    if (this.#gathered + length + 4 > ROOM) this.flush();
    const at = this.#gathered;
    room[at] = 0x3e;
    room[at + 1] = 0x3c;
    room[at + 2] = 0x2f;
    const after = this.#copied(start, start + length, at + 3);
    room[after] = 0x3e;
    this.#gathered = after + 1;
  }

  octet(octet: number): void {
    if (this.#gathered === ROOM) this.flush();
    room[this.#gathered] = octet;
    this.#gathered += 1;
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.octet(text.charCodeAt(i));
  }

  text(text: string): void {
    if (text.length > LONG) {
      this.octets(Buffer.from(text));
      return;
    }
    if (this.#gathered + 3 * text.length > ROOM) this.flush();
    this.#gathered += room.write(text, this.#gathered);
  }

  /** Octets of another buffer. */
  octets(octets: Buffer, start = 0, end = octets.length): void {
    const length = end - start;
    if (this.#gathered + length > ROOM) this.flush();
    if (length > ROOM) this.#sink(octets.subarray(start, end));
    else if (length >= NATIVE) this.#gathered += octets.copy(room, this.#gathered, start, end);
    else {
      const to = this.#gathered;
      for (let i = 0; i < length; i += 1) room[to + i] = octets[start + i] as number;
      this.#gathered = to + length;
    }
  }

  /** Octets that are handed on where they stand. */
  straight(octets: Buffer): void {
    this.flush();
    this.#sink(octets);
  }

  flush(): void {
    if (this.#gathered > 0) this.#sink(this.rest());
  }

  /** What was gathered and not yet handed on: everything, in a small document. To be used at once too. */
  rest(): Buffer {
    const length = this.#gathered;
    this.#gathered = 0;
    return room.subarray(0, length);
  }

  /** Copies to the room at `to` and returns the offset after it. By sixteens, and so up to fifteen octets more, which are written over. */
  #copied(start: number, end: number, to: number): number {
    const shift = to - start;
    let from = start;
    // Made when so much was copied without it: it costs more than some short copies.
    if (this.#view === undefined && this.#bare < BARE) {
      this.#bare += end - start;
      for (; from < end; from += 1) room[from + shift] = this.#bytes[from] as number;
      return end + shift;
    }
    const view = (this.#view ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length));
    for (const last = Math.min(end, this.#bytes.length - 15); from < last; from += 16) {
      roomView.setInt32(from + shift, view.getInt32(from, true), true);
      roomView.setInt32(from + shift + 4, view.getInt32(from + 4, true), true);
      roomView.setInt32(from + shift + 8, view.getInt32(from + 8, true), true);
      roomView.setInt32(from + shift + 12, view.getInt32(from + 12, true), true);
    }
    for (; from < end; from += 1) room[from + shift] = this.#bytes[from] as number;
    return end + shift;
  }
}
