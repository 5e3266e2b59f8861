// Reads distinguished names (RFC 5280 §4.1.2.4): the value of an attribute by its object identifier, and one line to show to people in the
// order of the encoding. Issuers are found by the raw bytes of their names; the text made here decides about the tax code, and, folded as
// RFC 5280 §7.1 wants it, about name constraints.
import { fieldsOf, oidOf, tags, type Der } from './der.ts';

export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

export const nameOids = { commonName: '2.5.4.3', emailAddress: '1.2.840.113549.1.9.1', userId: '0.9.2342.19200300.100.1.1' } as const;

const labels: ReadonlyMap<string, string> = new Map([
  [nameOids.commonName, 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'givenName'],
  ['2.5.4.97', 'organizationIdentifier'],
  [nameOids.userId, 'UID'],
  [nameOids.emailAddress, 'emailAddress'],
]);

const decoders: ReadonlyMap<number, (content: Buffer) => string> = new Map([
  [0x0c, (content) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)],
  [0x13, asciiOf],
  [0x14, (content) => content.toString('latin1')],
  [0x16, asciiOf],
  [0x1e, (content) => new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true }).decode(content)],
]);

export function readName(name: Der): readonly NameAttribute[] {
  return fieldsOf(name).rest().flatMap((set) => fieldsOf(set, tags.set).rest().map(attributeOf));
}

/** The sets of attributes of a name, each value folded for comparison: case, compatibility forms and runs of space do not count. */
export function foldedName(name: Der): readonly ReadonlySet<string>[] {
  return fieldsOf(name).rest().map((set) => new Set(fieldsOf(set, tags.set).rest().map(attributeOf).map(({ oid, value }) => `${oid}=${folded(value)}`)));
}

function folded(value: string): string {
  return value.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

export function valuesOf(name: readonly NameAttribute[], oid: string): readonly string[] {
  return name.filter((attribute) => attribute.oid === oid).map((attribute) => attribute.value);
}

/** One line after RFC 4514, except that attributes stay in the order of the certificate. */
export function displayName(name: readonly NameAttribute[]): string {
  return name.map(({ oid, value }) => `${labels.get(oid) ?? oid}=${value.replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')}`).join(', ');
}

function attributeOf(attribute: Der): NameAttribute {
  const fields = fieldsOf(attribute);
  const [oid, value] = [oidOf(fields.next()), textOf(fields.next())];
  fields.end();
  return { oid, value };
}

/** Control characters become U+FFFD: they are not allowed in the receipts that show these names, and a NUL must not end a tax code early. */
function textOf(value: Der): string {
  const decode = decoders.get(value.tag);
  return decode === undefined ? `#${value.raw.toString('hex')}` : decode(value.content).replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
}

function asciiOf(content: Buffer): string {
  if (content.some((byte) => byte > 0x7f)) throw new Error('a name holds a character outside its alphabet');
  return content.toString('latin1');
}
