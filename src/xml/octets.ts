// Octets on their way out, mostly into a hash: long runs go as they stand in the received buffer, without being copied; short ones are
// gathered first, because a call costs more than the copy. What is handed on must be used at once: the room for short runs is used again.

export type OctetSink = (octets: Buffer) => void;

const ROOM = 32 * 1024;
/** Runs from this length on are handed on where they stand. */
const LONG = 4 * 1024;

const room = Buffer.allocUnsafeSlow(ROOM);
const roomView = new DataView(room.buffer, room.byteOffset, ROOM);

export class OctetWriter {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #sink: OctetSink;
  #gathered = 0;

  /** Writes runs of `bytes`, and text, to `sink`. One writer at a time. */
  constructor(bytes: Buffer, sink: OctetSink) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#sink = sink;
  }

  copy(start: number, end: number): void {
    const length = end - start;
    if (length >= LONG) {
      this.flush();
      this.#sink(this.#bytes.subarray(start, end));
      return;
    }
    if (this.#gathered + length > ROOM) this.flush();
    const view = this.#view;
    let to = this.#gathered;
    let from = start;
    for (; from + 4 <= end; from += 4, to += 4) roomView.setUint32(to, view.getUint32(from));
    for (; from < end; from += 1, to += 1) room[to] = this.#bytes[from] as number;
    this.#gathered = to;
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

  octets(octets: Buffer): void {
    if (this.#gathered + octets.length > ROOM) this.flush();
    if (octets.length > ROOM) {
      this.#sink(octets);
      return;
    }
    octets.copy(room, this.#gathered);
    this.#gathered += octets.length;
  }

  flush(): void {
    if (this.#gathered === 0) return;
    const length = this.#gathered;
    this.#gathered = 0;
    this.#sink(room.subarray(0, length));
  }
}
