// Guarantee: one text, one value; whatever is not base64 of RFC 4648 §4 (white space apart) is not decoded.
import { describe, expect, it } from '@jest/globals';

import { decodeBase64, decodeBase64Between, decodeBase64Octets } from '../../src/xml/base64.ts';
import { pick, randomFrom } from '../differential/random.ts';

describe('base64', () => {
  it.each([
    ['', ''], ['AA==', '00'], ['AAA=', '0000'], ['AAAA', '000000'], ['/+8=', 'ffef'], ['SG9zbw==', '486f736f'],
    [' SG9z\r\nbw\t== ', '486f736f'], ['S G 9 z b w = =', '486f736f'], ['\n', ''],
  ])('%j is decoded', (text, hex) => {
    expect(decodeBase64(text)?.toString('hex')).toBe(hex);
    expect(decodeBase64Octets(Buffer.from(text))?.toString('hex')).toBe(hex);
  });

  it.each([
    ['A'], ['AA'], ['AAA'], ['AA='], ['AAAAA'], ['='], ['=='], ['===='], ['A==='], ['AA==AA=='], ['AA=A'], ['AAAA='], ['AAAA===='],
    ['AB=='], ['AAB='], ['/+9='], ['AA-_'], ['AAA!'], ['AAA\u00a0'], ['AAA\u0000'], ['AAAă'], ['AA&#13;'], ['\u{1f600}AA'], ['AAAA\u000bAAAA'], ['AAAA,AAAA'],
  ])('%j is not base64', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
    expect(decodeBase64Octets(Buffer.from(text))).toBeUndefined();
  });

  it('reads back what Node writes, of every length', () => {
    for (let length = 0; length < 100; length += 1) {
      const octets = Buffer.from(Array.from({ length }, (_none, index) => (index * 37 + length) & 0xff));
      expect(decodeBase64(octets.toString('base64'))).toEqual(octets);
      expect(decodeBase64Octets(Buffer.from(octets.toString('base64')))).toEqual(octets);
    }
  });

  it.each([[2 ** 16], [2 ** 16 + 4], [3 * 2 ** 16]])('says of %i letters the same as of their text, whatever octet stands anywhere in them', (letters) => {
    const random = randomFrom(letters);
    const good = Buffer.from(Buffer.from(Array.from({ length: (letters / 4) * 3 - 1 }, () => random(256))).toString('base64'));
    expect(decodeBase64Octets(good)?.equals(decodeBase64(good.toString('latin1')) ?? Buffer.alloc(0))).toBe(true);
    for (let change = 0; change < 300; change += 1) {
      const changed = Buffer.from(good);
      const at = change % 3 === 0 ? letters - 1 - random(5) : random(letters);
      changed[at] = pick(random, [0x2d, 0x5f, 0x3d, 0x20, 0x0a, 0x2a, 0x00, 0xff, 0xc3, 0x41, 0x2b]);
      const expected = decodeBase64(changed.toString('latin1'));
      expect(decodeBase64Octets(changed)?.toString('latin1')).toBe(expected?.toString('latin1'));
    }
  });

  it('means the same of octets among others, without white space', () => {
    const between = (text: string): Buffer | undefined => decodeBase64Between(Buffer.from(`AAAA<${text}>AAAA`), 5, 5 + Buffer.byteLength(text));
    for (let length = 1; length < 300; length += 1) {
      const octets = Buffer.from(Array.from({ length }, (_none, index) => (index * 37 + length) & 0xff));
      expect(between(octets.toString('base64'))).toEqual(octets);
    }
    // Every octet in every place of a group, and of the last one, of each kind of padding.
    for (const text of ['AAAAAAAA', 'AAAAAAA=', 'AAAAAA==', '/+8=', 'AA==']) {
      for (let at = 0; at < text.length; at += 1) {
        for (let octet = 0; octet < 0x80; octet += 1) {
          const other = text.slice(0, at) + String.fromCharCode(octet) + text.slice(at + 1);
          expect(between(other)).toEqual(/[\t\n\r ]/.test(other) ? undefined : decodeBase64(other));
        }
      }
    }
    expect(decodeBase64Between(Buffer.from('AAAA'), 0, 8)).toBeUndefined();
    for (const text of ['', 'A', 'AA', 'AAA', 'AA=', 'AAAAA', '====', 'A===', 'AA==AA==', 'AAAA====', 'AAAă', 'AAé']) expect(between(text)).toBeUndefined();
  });
});
