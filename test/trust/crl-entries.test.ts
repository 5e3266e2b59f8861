// Guarantee: the one pass over a list's entries takes and refuses what a reader that reads everything takes and refuses, and an entry that is
// asked for says what it says there; whatever is changed in its octets, and in the lists that OpenSSL makes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readEntries } from '../../src/trust/crl-entries.ts';
import { parseRevocationList } from '../../src/trust/crl.ts';
import { itWith } from '../support/tools.ts';
import { witnessEntries } from './entries-witness.ts';
import { ascii, der } from './support.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const utc = (text: string): Buffer => der(0x17, ascii(text));
const entry = (serial: string, time: Buffer, ...extensions: readonly Buffer[]): Buffer =>
  der(0x30, der(0x02, hex(serial)), time, ...(extensions.length === 0 ? [] : [der(0x30, ...extensions)]));
const extension = (oid: string, value: string, critical = ''): Buffer => der(0x30, der(0x06, hex(oid)), hex(critical), der(0x04, hex(value)));
const reason = (value: number): Buffer => extension('551d15', `0a01${value.toString(16).padStart(2, '0')}`);
const ordinary = utc('260601000000Z');
const CRITICAL = '0101ff';

/** Reads content of a SEQUENCE, which may be longer than `der` makes it. */
const read = (content: Buffer) => readEntries({ tag: 0x30, content, raw: content });

/** The words of both readers about the same octets; the second one's serial numbers are asked of the first. */
function compare(content: Buffer): 'taken' | 'refused' {
  const witnessed = attempt(() => witnessEntries(content));
  const entries = attempt(() => read(content));
  if (witnessed === undefined || entries === undefined) {
    if (witnessed !== entries) throw new Error(`only one reader takes ${content.toString('hex')}`);
    return 'refused';
  }
  const told = new Map([...witnessed.listed].flatMap((serialNumber) => {
    const known = entries.get(serialNumber);
    return known === undefined ? [] : [[serialNumber, known]];
  }));
  expect(told).toEqual(witnessed.entries);
  expect(entries.critical).toEqual(witnessed.critical);
  return 'taken';
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Something of everything: signs and lengths of serial numbers, both times, reasons, invalidity dates, critical extensions, one listed twice. */
const varied = Buffer.concat([
  entry('11', ordinary),
  entry('00', utc('491231235959Z')),
  entry('00ff01', utc('500101000000Z'), reason(1)),
  entry(`54${'a7'.repeat(15)}`, der(0x18, ascii('20000229115959Z')), reason(6), extension('551d18', `180f${ascii('20260101000000Z').toString('hex')}`)),
  entry('11', utc('240229000000Z'), reason(4)),
  entry('12', ordinary, reason(8)),
  entry('12', utc('270101000000Z'), extension('551d15', '0a020080', CRITICAL)),
  entry('7f', ordinary, extension('2a0304', '', CRITICAL), extension('551d1d', '3000', '010100')),
  entry('80'.padStart(4, '0'), ordinary, extension('2a8648ce3d0403', '0500', CRITICAL), reason(0)),
]);

describe('each octet changed', () => {
  it('to another: both readers take the same and read the same', () => {
    const verdicts = { taken: 0, refused: 0 };
    for (let at = 0; at < varied.length; at++) {
      const byte = varied[at] ?? 0;
      for (const other of new Set([...Array(8).keys()].map((bit) => byte ^ (1 << bit)).concat(0, 0x7f, 0x80, 0x81, 0xff, 0x30, 0x39, (byte + 1) & 0xff, (byte + 255) & 0xff))) {
        const changed = Buffer.from(varied);
        changed[at] = other;
        verdicts[compare(changed)]++;
      }
    }
    expect(compare(varied)).toBe('taken');
    expect(verdicts.taken).toBeGreaterThan(1000);
    expect(verdicts.refused).toBeGreaterThan(1000);
  });

  it('left out, doubled, or the rest cut off: likewise', () => {
    const verdicts = { taken: 0, refused: 0 };
    for (let at = 0; at < varied.length; at++) {
      verdicts[compare(Buffer.concat([varied.subarray(0, at), varied.subarray(at + 1)]))]++;
      verdicts[compare(Buffer.concat([varied.subarray(0, at + 1), varied.subarray(at)]))]++;
      verdicts[compare(varied.subarray(0, at))]++;
    }
    expect(verdicts.taken).toBeGreaterThanOrEqual(9);
    expect(verdicts.refused).toBeGreaterThan(500);
  });
});

describe('no list is read', () => {
  it.each<[string, Buffer]>([
    ['an entry is no sequence', der(0x31, der(0x02, hex('11')), ordinary)],
    ['there is no serial number', der(0x30, der(0x04, hex('11')), ordinary)],
    ['the serial number is negative', entry('ff', ordinary)],
    ['the serial number is padded', entry('0011', ordinary)],
    ['the serial number is empty', entry('', ordinary)],
    ['there is no time', der(0x30, der(0x02, hex('1111111111111111111111111111111111')))],
    ['the time is none', entry('11', der(0x17, ascii('2606010000000')))],
    ['the day does not exist', entry('11', utc('260229000000Z'))],
    ['the century does not leap', entry('11', der(0x18, ascii('19000229000000Z')))],
    ['something follows the extensions', der(0x30, der(0x02, hex('11')), ordinary, der(0x30), der(0x05))],
    ['there is something else than extensions', der(0x30, der(0x02, hex('11')), ordinary, der(0x31))],
    ['an extension stands twice', entry('11', ordinary, reason(1), extension('551d18', ''), reason(1))],
    ['there are 65 extensions', entry('11', ordinary, ...[...Array(65).keys()].map((arc) => extension(`2a03${arc.toString(16).padStart(2, '0')}`, '')))],
    ['an object identifier is padded', entry('11', ordinary, extension('2a8004', ''))],
    ['a flag is neither true nor false', entry('11', ordinary, extension('2a03', '', '010101'))],
    ['an extension has more than a value', entry('11', ordinary, der(0x30, der(0x06, hex('2a03')), der(0x04), der(0x05)))],
    ['a reason is an integer', entry('11', ordinary, extension('551d15', '020101'))],
    ['a reason is padded', entry('11', ordinary, extension('551d15', '0a020001'))],
    ['a reason is negative', entry('11', ordinary, extension('551d15', '0a01ff'))],
    ['a reason is empty', entry('11', ordinary, extension('551d15', '0a00'))],
    ['something follows a reason', entry('11', ordinary, extension('551d15', '0a01010500'))],
  ])('in which %s, wherever it stands', (_, bad) => {
    expect(compare(bad)).toBe('refused');
    expect(compare(Buffer.concat([entry('21', ordinary), bad, entry('22', ordinary)]))).toBe('refused');
  });

  it('64 extensions are taken', () => {
    expect(compare(entry('11', ordinary, ...[...Array(64).keys()].map((arc) => extension(`2a03${arc.toString(16).padStart(2, '0')}`, ''))))).toBe('taken');
  });
});

describe('what is asked for', () => {
  it('is revoked from its first date, unless it was lifted there', () => {
    const { get } = read(varied);
    expect(get('11')).toEqual({ date: new Date('2024-02-29T00:00:00Z'), reason: 4 });
    expect(get('12')).toEqual({ date: new Date('2027-01-01T00:00:00Z'), reason: 128 });
    expect(read(entry('12', ordinary, reason(8))).get('12')).toBeUndefined();
  });

  it('is found among thousands, and nothing that is not listed', () => {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    const made = [...Array(6000).keys()].map((index) => ({ serial: `54${digest(`listed ${index}`).toString('hex', 0, 7)}`, year: 1990 + (index % 36), code: index % 6 }));
    const entries = read(Buffer.concat(made.map(({ serial, year, code }) => entry(serial, utc(`${String(year).slice(2)}0601000000Z`), reason(code)))));
    expect(made.filter(({ serial, year, code }) => {
      const found = entries.get(serial);
      return found?.date.getUTCFullYear() !== year || found.reason !== code;
    })).toEqual([]);
    expect(made.filter((_, index) => entries.get(`54${digest(`other ${index}`).toString('hex', 0, 7)}`) !== undefined)).toEqual([]);
  });

  it('is nothing in a list of nothing', () => {
    expect([readEntries(undefined).get('11'), read(Buffer.alloc(0)).get('11')]).toEqual([undefined, undefined]);
  });

  it('names no more than the first kinds of critical extensions, however many there are', () => {
    const many = [...Array(100).keys()].map((arc) => entry('11', ordinary, extension(`2a03${arc.toString(16).padStart(2, '0')}`, '', CRITICAL)));
    expect(read(Buffer.concat(many)).critical).toEqual([...Array(16).keys()].map((arc) => `1.2.3.${arc}`));
  });
});

describe('a list that OpenSSL made', () => {
  /** As in the data base of `openssl ca`: the reason's word with what follows it, and our number for it. */
  const kinds: readonly (readonly [word: string, reason: number | undefined])[] = [
    ['', undefined], [',keyCompromise', 1], [',superseded', 4], [',certificateHold', 6], [',cessationOfOperation', 5], [',affiliationChanged', 3], [',CACompromise', 2],
    [',keyTime,20250102030405Z', 1], [',CAkeyTime,20250102030405Z', 2], [',holdInstruction,holdInstructionReject', 6], [',removeFromCRL', undefined],
  ];

  itWith('openssl', 'has each of its entries, of every reason, with invalidity dates and hold instructions', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trust-entries-'));
    try {
      const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
      const made = [...Array(1100).keys()].map((index) => {
        const [word, code] = kinds[index % kinds.length] ?? ['', undefined];
        const serial = createHash('sha256').update(`${index}`).digest().toString('hex', 0, index % 19);
        return { serial: `${(index + 256).toString(16).padStart(4, '0')}${serial}`, time: `25${String(1 + (index % 12)).padStart(2, '0')}0${1 + (index % 9)}010203Z`, word, code };
      });
      writeFileSync(join(folder, 'index'), made.map(({ serial, time, word }) => `R\t300101000000Z\t${time}${word}\t${serial.toUpperCase()}\tunknown\t/CN=x\n`).join(''));
      writeFileSync(join(folder, 'ca.cnf'), '[ca]\ndefault_ca=x\n[x]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n');
      writeFileSync(join(folder, 'number'), '01\n');
      openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=x', '-days', '9');
      openssl('ca', '-gencrl', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-crldays', '9', '-out', 'list.pem');
      openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.der');
      const { entries, unusable } = parseRevocationList(readFileSync(join(folder, 'list.der')));
      expect(unusable).toBeUndefined();
      const told = made.map(({ serial }) => entries.get(serial));
      expect(told).toEqual(made.map(({ word, time, code }) => (word === ',removeFromCRL' ? undefined : { date: instant(time), reason: code })));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const instant = (time: string): Date => new Date(time.replace(/^(..)(..)(..)(..)(..)(..)Z$/, '20$1-$2-$3T$4:$5:$6Z'));
});
