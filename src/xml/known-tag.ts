// Start tags without prefixes that were read in full before: the programs that write documents declare namespaces with the same octets every
// time. What a tag says is kept beside its octets and put to use again where it means the same; `tag.ts` reads all others. What is kept is
// bounded, and a document is read the same, at the same cost in steps, whether a tag of it was known or not.
import { limits } from './faults.ts';
import type { Reading } from './reading.ts';
import { areOctets } from './runs.ts';
import type { StartTag } from './tag.ts';
import { NAMESPACE } from './tree.ts';

interface KnownTag {
  readonly octets: Buffer;
  /** Octets from the `<` to the end of the name. */
  readonly nameEnd: number;
  readonly declared: readonly { readonly prefix: string; readonly name: string; readonly isEffective: boolean }[];
  /** What the canonical forms write instead, if it is anything else. */
  readonly written: Buffer | undefined;
  readonly flags: number;
}

/** In octets. A power of two slots, each with room for one tag. */
const SHORTEST = 16;
const LONGEST = 512;
const SLOTS = 256;
/** Beyond so many namespace names in a document, limits are near. */
const FEW_NAMES = 1024;
const kept: (KnownTag | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);

/** Reads the tag at hand when it is known and means here what it meant. */
export function readKnownTag(reading: Reading): boolean {
  const { bytes, at, bindings, names, count } = reading;
  if (at + SHORTEST > bytes.length) return false;
  const known = kept[slotOf(bytes, at)];
  if (known === undefined || !areOctets(bytes, at, known.octets)) return false;
  const { declared, octets, written } = known;
  if (names.count > FEW_NAMES || bindings.size + declared.length > limits.namespaces) return false;
  const { steps } = bindings;
  for (const one of declared) {
    if ((names.numberOf(one.name) !== (bindings.lookUp(one.prefix) ?? 0)) !== one.isEffective) {
      bindings.steps = steps;
      return false;
    }
  }
  for (const one of declared) bindings.enterOne(count, one.prefix, names.numberOf(one.name));
  const end = at + octets.length;
  reading.again += octets.length;
  if (written !== undefined) reading.editTagAs(at, end, written);
  reading.open(at + known.nameEnd, end, bindings.standard * NAMESPACE + known.flags);
  return true;
}

/** Keeps a tag that has just been read, if what it says depends on nothing but itself and on which of its declarations change something. */
export function keepTag({ bytes, at, names }: Reading, tag: StartTag, written: string | undefined, flags: number): void {
  const { declarations, effective, attributes, prefix, end } = tag;
  if (end - at < SHORTEST || end - at > LONGEST) return;
  if (prefix !== '' || attributes.some((attribute) => attribute.prefix !== '') || declarations.some((one) => one.prefix === 'xml')) return;
  const declared = declarations.map((one) => ({ prefix: one.prefix, name: names.nameOf(one.namespace), isEffective: effective.includes(one) }));
  kept[slotOf(bytes, at)] = { octets: Buffer.from(bytes.subarray(at, end)), nameEnd: tag.nameEnd - at, declared, written: written === undefined ? undefined : Buffer.from(written), flags };
}

function slotOf(bytes: Buffer, at: number): number {
  return ((bytes[at + 1] as number) * 37 + (bytes[at + 2] as number) * 11 + (bytes[at + 4] as number) * 5 + (bytes[at + 8] as number) * 59 + (bytes[at + 12] as number) * 17) & (SLOTS - 1);
}
