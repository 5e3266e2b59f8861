// The log as static resources, after C2SP tlog-tiles: tiles of 256 hashes, bundles of 256 entries, and their names. Pure.
import { HASH_OCTETS, innerHash } from './merkle.ts';
import type { Hash, Node } from './merkle.ts';

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const MOST_ENTRY_OCTETS = 0xffff;

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** Hashes, or entries, in it: from 1 to 256. */
  readonly width: number;
}

/** `<L>/<N>[.p/<W>]`, or `entries/<N>[.p/<W>]`. */
export function tilePath({ level, index, width }: Tile, kind: 'hashes' | 'entries' = 'hashes'): string {
  const groups = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const name = groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join('/');
  return `${kind === 'entries' ? 'entries' : String(level)}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const PATH = /^(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Undefined for what is not the one name of a tile. */
export function parseTilePath(path: string): (Tile & { readonly kind: 'hashes' | 'entries' }) | undefined {
  const [, level = '', name = '', partial] = PATH.exec(path) ?? [];
  if (level === '') return undefined;
  const kind = level === 'entries' ? 'entries' : 'hashes';
  const tile = { level: kind === 'entries' ? 0 : Number(level), index: Number(name.replaceAll(/[x/]/g, '')), width: partial === undefined ? TILE_WIDTH : Number(partial) };
  return tile.level <= 63 && tile.width <= TILE_WIDTH && tilePath(tile, kind) === path ? { ...tile, kind } : undefined;
}

/** As wide as the tile is in a tree of that size; 0 when it has none of it. */
export function widthIn(size: number, level: number, index: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH));
}

/** The tile in which a complete subtree is found, as a hash of its own or over several, in a tree of that size. */
export function tileOf({ level, index }: Node, size: number): Tile {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const first = index * 2 ** (level % TILE_HEIGHT);
  const tileIndex = Math.floor(first / TILE_WIDTH);
  return { level: tileLevel, index: tileIndex, width: widthIn(size, tileLevel, tileIndex) };
}

/** The hash of a complete subtree from the octets of its tile. @throws RangeError when the tile is too narrow. */
export function nodeIn({ level, index }: Node, tile: Uint8Array): Hash {
  const span = 2 ** (level % TILE_HEIGHT);
  const first = (index * span) % TILE_WIDTH;
  const hashes = Array.from({ length: span }, (_value, place) => Buffer.from(tile.subarray((first + place) * HASH_OCTETS, (first + place + 1) * HASH_OCTETS)));
  if (hashes.some(({ length }) => length !== HASH_OCTETS)) throw new RangeError(`the tile of node ${level}/${index} ends before it`);
  return halved(hashes);
}

function halved(hashes: readonly Hash[]): Hash {
  const [only] = hashes;
  if (only === undefined) throw new RangeError('nothing to hash');
  if (hashes.length === 1) return only;
  const middle = hashes.length / 2;
  return innerHash(halved(hashes.slice(0, middle)), halved(hashes.slice(middle)));
}

/** Entries, each with its length before it. @throws RangeError for one that is too long. */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => {
    if (entry.length > MOST_ENTRY_OCTETS) throw new RangeError(`an entry of ${entry.length} octets`);
    return [Buffer.from([entry.length >> 8, entry.length & 0xff]), entry];
  }));
}
