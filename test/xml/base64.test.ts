// Guarantee: one text, one value; whatever is not base64 of RFC 4648 §4 (white space apart) is not decoded.
import { describe, expect, it } from '@jest/globals';

import { decodeBase64 } from '../../src/xml/base64.ts';

describe('base64', () => {
  it.each([
    ['', ''], ['AA==', '00'], ['AAA=', '0000'], ['AAAA', '000000'], ['/+8=', 'ffef'], ['SG9zbw==', '486f736f'],
    [' SG9z\r\nbw\t== ', '486f736f'], ['S G 9 z b w = =', '486f736f'], ['\n', ''],
  ])('%j is decoded', (text, hex) => {
    expect(decodeBase64(text)?.toString('hex')).toBe(hex);
  });

  it.each([
    ['A'], ['AA'], ['AAA'], ['AA='], ['AAAAA'], ['='], ['=='], ['===='], ['A==='], ['AA==AA=='], ['AA=A'], ['AAAA='], ['AAAA===='],
    ['AB=='], ['AAB='], ['/+9='], ['AA-_'], ['AAA!'], ['AAA\u00a0'], ['AAA\u0000'], ['AAAă'], ['AA&#13;'], ['\u{1f600}AA'], ['AAAA\u000bAAAA'], ['AAAA,AAAA'],
  ])('%j is not base64', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('reads back what Node writes, of every length', () => {
    for (let length = 0; length < 100; length += 1) {
      const octets = Buffer.from(Array.from({ length }, (_none, index) => (index * 37 + length) & 0xff));
      expect(decodeBase64(octets.toString('base64'))).toEqual(octets);
    }
  });
});
