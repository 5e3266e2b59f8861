// A second reader of a list's entries, as plain as can be: every element an object, every value read, everything kept in a Map, and none of it
// shared with the reader under test. It is slow, and says what that one must say.

export interface WitnessedEntry {
  readonly date: Date;
  readonly reason: number | undefined;
}

export interface Witnessed {
  readonly entries: ReadonlyMap<string, WitnessedEntry>;
  /** Every serial number that is listed, whatever its reason. */
  readonly listed: ReadonlySet<string>;
  readonly critical: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const fail = (): never => {
  throw new Error('not as it must be');
};

/** @throws where the list is not one of entries in DER. */
export function witnessEntries(content: Buffer): Witnessed {
  const entries = new Map<string, WitnessedEntry>();
  const listed = new Set<string>();
  const critical = new Set<string>();
  for (const entry of elementsIn(content)) {
    const [serial, time, list, ...more] = elementsIn(expected(entry, 0x30));
    if (serial === undefined || time === undefined || more.length > 0) return fail();
    const [serialNumber, date] = [integer(expected(serial, 0x02)), instant(time)];
    const extensions = list === undefined ? new Map<string, { critical: boolean; value: Buffer }>() : extensionsIn(expected(list, 0x30));
    const reason = reasonIn(extensions.get('2.5.29.21')?.value);
    listed.add(serialNumber);
    for (const [oid, extension] of extensions) if (extension.critical && oid !== '2.5.29.21') critical.add(oid);
    const known = entries.get(serialNumber);
    if (reason !== 8 && (known === undefined || date < known.date)) entries.set(serialNumber, { date, reason });
  }
  return { entries, listed, critical: [...critical] };
}

function elementsIn(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const [tag = 0, first = -1] = rest;
    if ((tag & 0x1f) === 0x1f || first < 0) return fail();
    const size = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || size > 4 || rest.length < 2 + size) return fail();
    const length = size === 0 ? first : Number.parseInt(rest.subarray(2, 2 + size).toString('hex'), 16);
    if (size > 0 && (length < 0x80 || length < 256 ** (size - 1))) return fail();
    if (rest.length < 2 + size + length) return fail();
    elements.push({ tag, content: rest.subarray(2 + size, 2 + size + length) });
    rest = rest.subarray(2 + size + length);
  }
  return elements;
}

function expected({ tag, content }: Element, wanted: number): Buffer {
  return tag === wanted ? content : fail();
}

function integer(content: Buffer): string {
  const hex = content.toString('hex');
  if (hex === '' || !/^[0-7]/.test(hex) || /^00[0-7]/.test(hex)) return fail();
  return hex === '00' ? hex : hex.replace(/^00/, '');
}

function instant({ tag, content }: Element): Date {
  const text = content.toString('latin1');
  if (!(tag === 0x17 ? /^\d{12}Z$/ : tag === 0x18 ? /^\d{14}Z$/ : /^$/).test(text) || text === '') return fail();
  const digits = tag === 0x18 ? text : `${text < '5' ? '20' : '19'}${text}`;
  const iso = digits.replace(/^(.{4})(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const date = new Date(iso);
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date : fail();
}

function extensionsIn(content: Buffer): Map<string, { critical: boolean; value: Buffer }> {
  const extensions = new Map<string, { critical: boolean; value: Buffer }>();
  for (const extension of elementsIn(content)) {
    const fields = elementsIn(expected(extension, 0x30));
    const oid = objectIdentifier(expected(fields.shift() ?? fail(), 0x06));
    const flag = fields[0]?.tag === 0x01 ? fields.shift()?.content.toString('hex') : '00';
    const [value, ...more] = fields;
    if ((flag !== 'ff' && flag !== '00') || value === undefined || more.length > 0) return fail();
    if (extensions.has(oid) || extensions.size === 64) return fail();
    extensions.set(oid, { critical: flag === 'ff', value: expected(value, 0x04) });
  }
  return extensions;
}

function objectIdentifier(content: Buffer): string {
  const arcs = content.toString('hex').match(/(?:[89a-f].)*[0-7]./gy) ?? [];
  if (content.length === 0 || content.length > 64 || arcs.join('').length !== content.length * 2 || arcs.some((arc) => arc.startsWith('80'))) return fail();
  const numbers = arcs.map((arc) => [...Buffer.from(arc, 'hex')].reduce((sum, byte) => sum * 128n + BigInt(byte & 0x7f), 0n));
  const [first = 0n, ...others] = numbers;
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

function reasonIn(value: Buffer | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [reason, ...more] = elementsIn(value);
  return reason === undefined || more.length > 0 ? fail() : Number.parseInt(integer(expected(reason, 0x0a)), 16);
}
