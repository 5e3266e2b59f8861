// Octets from outside → the files of an ASiC-E container, or `Refusal` (CONTAINER_FORMAT, CONTAINER_ENTRY, CONTAINER_LIMIT). Every reader of ZIP must see the
// same files in it: entries follow one another without a gap, both headers of each agree, no name appears twice in any spelling of its letters, none leads
// elsewhere; nothing encrypted, nothing of ZIP64, no comment. Limits are looked at before anything is unpacked. Pure.
import { refuse } from '../../errors/outcomes.ts';
import type { ReasonCode } from '../../errors/reasons.ts';
import { contentOf } from './content.ts';
import { CONTAINER_TYPE, TYPE_FILE } from './write.ts';

/** By name, with `mimetype` and what is in META-INF. */
export interface Container {
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface ContainerLimits {
  readonly entries: number;
  /** In all, unpacked. */
  readonly octets: number;
  /** Unpacked octets for each packed one, of an entry that is larger than `free`. */
  readonly ratio: number;
}

export const containerLimits: ContainerLimits = { entries: 2_000, octets: 256 * 1024 * 1024, ratio: 200 };
const RATIO_FREE = 64 * 1024;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_OCTETS = 30;
const CENTRAL_OCTETS = 46;
const END_OCTETS = 22;
const STORED = 0;
const DEFLATED = 8;
const ESCAPED_TO_64 = 0xffff_ffff;
/** That a name is UTF-8, and how hard was compressed; no other flag says anything that a reader could not know. */
const HARMLESS_FLAGS = 0x0806;
/** Letters that mean the same on every file system; no dot at either end of a name, and so no way up or out. */
const NAME = /^(?=.{1,200}$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)*$/;

export function looksLikeContainer(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === LOCAL;
}

export function readContainer(bytes: Buffer, limits: ContainerLimits = containerLimits): Container {
  const { entries, end } = readDirectory(bytes, limits);
  checkNames(entries);
  checkSizes(entries, limits);
  const files = new Map<string, Buffer>();
  let at = 0;
  for (const entry of entries) {
    if (entry.at !== at) malformed('ZIP_STRUCTURE');
    const from = checkLocalHeader(bytes, entry, end);
    at = from + entry.packed;
    if (at > end) malformed('ZIP_STRUCTURE');
    files.set(entry.name, contentOf(bytes.subarray(from, at), entry.method === DEFLATED, entry) ?? unfit(entry.name, 'ZIP_CONTENT'));
  }
  if (at !== end) malformed('ZIP_STRUCTURE');
  checkType(entries, files);
  return { files };
}

interface Entry {
  readonly name: string;
  readonly nameOctets: Buffer;
  readonly flags: number;
  readonly method: number;
  /** Flags, method, time, check sum and sizes, as they stand in either header. */
  readonly said: Buffer;
  readonly checkSum: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

/** The entries of the central directory in the order in which their contents lie, and where the directory begins. */
function readDirectory(bytes: Buffer, { entries: most }: ContainerLimits): { readonly entries: readonly Entry[]; readonly end: number } {
  const tail = bytes.length - END_OCTETS;
  // A comment at the end is where a second directory could hide.
  if (tail < 0 || bytes.readUInt32LE(tail) !== END || bytes.readUInt16LE(tail + 20) !== 0) return malformed('ZIP_STRUCTURE');
  const [disk, directoryDisk, here, count] = [4, 6, 8, 10].map((offset) => bytes.readUInt16LE(tail + offset));
  const [length, end] = [bytes.readUInt32LE(tail + 12), bytes.readUInt32LE(tail + 16)];
  if (count === 0xffff || length === ESCAPED_TO_64 || end === ESCAPED_TO_64) return malformed('ZIP_64');
  if (disk !== 0 || directoryDisk !== 0 || here !== count || count === undefined || end + length !== tail) return malformed('ZIP_STRUCTURE');
  if (count > most) refuse('CONTAINER_LIMIT', { params: { limit: 'LIMIT_ENTRIES', maximum: most } });
  const entries: Entry[] = [];
  let at = end;
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(bytes, at, tail);
    entries.push(entry);
    at += CENTRAL_OCTETS + entry.nameOctets.length;
  }
  return at === tail ? { entries: entries.sort((a, b) => a.at - b.at), end } : malformed('ZIP_STRUCTURE');
}

function readEntry(bytes: Buffer, at: number, limit: number): Entry {
  if (at + CENTRAL_OCTETS > limit || bytes.readUInt32LE(at) !== CENTRAL) return malformed('ZIP_STRUCTURE');
  const nameEnd = at + CENTRAL_OCTETS + bytes.readUInt16LE(at + 28);
  if (nameEnd > limit) return malformed('ZIP_STRUCTURE');
  const nameOctets = bytes.subarray(at + CENTRAL_OCTETS, nameEnd);
  const name = nameOctets.toString('latin1');
  const [extra, comment, disk] = [30, 32, 34].map((offset) => bytes.readUInt16LE(at + offset));
  if (!NAME.test(name)) return unfit(name, 'ZIP_NAME');
  const [packed, size, begins] = [20, 24, 42].map((offset) => bytes.readUInt32LE(at + offset));
  if (packed === undefined || size === undefined || begins === undefined || [packed, size, begins].includes(ESCAPED_TO_64)) return unfit(name, 'ZIP_64');
  if (extra !== 0 || comment !== 0 || disk !== 0) return unfit(name, 'ZIP_STRUCTURE');
  const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
  if ((flags & ~HARMLESS_FLAGS) !== 0 || (method !== STORED && method !== DEFLATED) || (method === STORED && packed !== size)) return unfit(name, 'ZIP_METHOD');
  return { name, nameOctets, flags, method, said: bytes.subarray(at + 8, at + 28), checkSum: bytes.readUInt32LE(at + 16), packed, size, at: begins };
}

/** Where the content begins. */
function checkLocalHeader(bytes: Buffer, { name, nameOctets, said, at }: Entry, limit: number): number {
  const from = at + LOCAL_OCTETS + nameOctets.length;
  if (from > limit || bytes.readUInt32LE(at) !== LOCAL) return unfit(name, 'ZIP_STRUCTURE');
  const isSame = bytes.subarray(at + 6, at + 26).equals(said) && bytes.readUInt16LE(at + 26) === nameOctets.length && bytes.readUInt16LE(at + 28) === 0;
  return isSame && bytes.subarray(at + LOCAL_OCTETS, from).equals(nameOctets) ? from : unfit(name, 'ZIP_HEADERS_DIFFER');
}

/** Some file systems do not tell small letters from capitals, and none has a file and a folder of one name. */
function checkNames(entries: readonly Entry[]): void {
  const files = new Set<string>();
  for (const { name } of entries) {
    if (files.has(name.toLowerCase())) unfit(name, 'ZIP_NAME_REPEATED');
    files.add(name.toLowerCase());
  }
  for (const { name } of entries) {
    const parts = name.toLowerCase().split('/');
    if (parts.slice(1).some((_part, place) => files.has(parts.slice(0, place + 1).join('/')))) unfit(name, 'ZIP_NAME_REPEATED');
  }
}

function checkSizes(entries: readonly Entry[], { octets, ratio }: ContainerLimits): void {
  if (entries.reduce((sum, { size }) => sum + size, 0) > octets) refuse('CONTAINER_LIMIT', { params: { limit: 'LIMIT_OCTETS', maximum: octets } });
  const squeezed = entries.find(({ size, packed }) => size > RATIO_FREE && size > packed * ratio);
  if (squeezed !== undefined) refuse('CONTAINER_LIMIT', { place: { file: squeezed.name }, params: { limit: 'LIMIT_RATIO', maximum: ratio } });
}

function checkType([first]: readonly Entry[], files: ReadonlyMap<string, Buffer>): void {
  if (first?.name !== TYPE_FILE || first.method !== STORED || files.get(TYPE_FILE)?.toString('latin1') !== CONTAINER_TYPE) malformed('ZIP_MIMETYPE');
}

function malformed(reason: ReasonCode): never {
  return refuse('CONTAINER_FORMAT', { params: { reason } });
}

function unfit(name: string, reason: ReasonCode): never {
  return refuse('CONTAINER_ENTRY', { place: { file: name }, params: { name, reason } });
}
