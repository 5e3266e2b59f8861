// Bytes → TokenInfo (TSTInfo, RFC 3161 §2.4.2): what a time-stamp authority says about a digest. Strictly: version 1, a digest of SHA-2, no
// critical extension, nothing after the last field. Throws plain errors; `timestamp.ts` turns them into refusals.
import { hashOf } from './cms.ts';
import { booleanOf, checkDer, fieldsOf, integerOf, oidOf, readDer, tags, type Der } from './der.ts';
import { criticalOids, readExtensions } from './extensions.ts';

export interface TokenInfo {
  readonly imprintHash: string;
  readonly imprint: Buffer;
  readonly genTime: Date;
  /** How far off the instant may be, either way; 0 when nothing is said. */
  readonly accuracyMs: number;
  /** Lower-case hex. */
  readonly serialNumber: string;
}

const authorityTag = 0xa0;
const extensionsTag = 0xa1;
const millisTag = 0x80;
const microsTag = 0x81;

export function readTokenInfo(bytes: Buffer): TokenInfo {
  checkDer(bytes);
  const fields = fieldsOf(readDer(bytes));
  if (integerOf(fields.next()) !== '01') throw new Error('token of an unknown version');
  oidOf(fields.next());
  const imprint = fieldsOf(fields.next());
  const imprintHash = hashOf(imprint.next());
  const digest = imprint.next(tags.octetString).content;
  imprint.end();
  const serialNumber = integerOf(fields.next());
  const genTime = instantOf(fields.next(tags.generalizedTime));
  const accuracy = fields.optional(tags.sequence);
  const ordering = fields.optional(tags.boolean);
  if (ordering !== undefined) booleanOf(ordering);
  // Answers a request that nobody here made.
  fields.optional(tags.integer);
  fields.optional(authorityTag);
  const extensions = fields.optional(extensionsTag);
  fields.end();
  if (extensions !== undefined && criticalOids(readExtensions({ ...extensions, tag: tags.sequence })).length > 0) throw new Error('token with a critical extension');
  return { imprintHash, imprint: digest, genTime, accuracyMs: accuracy === undefined ? 0 : accuracyOf(accuracy), serialNumber };
}

function accuracyOf(element: Der): number {
  const fields = fieldsOf(element);
  const parts = [tags.integer, millisTag, microsTag].map((tag) => {
    const part = fields.optional(tag);
    return part === undefined ? 0 : Number.parseInt(integerOf(part, tag), 16);
  });
  fields.end();
  const [seconds = 0, millis = 0, micros = 0] = parts;
  if (millis > 999 || micros > 999) throw new Error('accuracy out of range');
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}

/** GeneralizedTime in UTC; RFC 3161 allows fractions of a second, without trailing zeros. More than milliseconds are cut off. */
function instantOf({ content }: Der): Date {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/.exec(content.toString('latin1'));
  if (match === null) throw new Error('time in a form that RFC 3161 does not allow');
  const [, year = '', month = '', day = '', hours = '', minutes = '', seconds = '', fraction = ''] = match;
  const iso = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== iso) throw new Error('time that does not exist');
  return instant;
}
