// Attack: octets that are one text to the verifier and another to the reader: UTF-7, UTF-16, overlong UTF-8, NUL, or a declaration that names an
// encoding the octets are not in (CVE-2008-2938 overlong forms; "XML encoding tricks" past filters, OWASP).
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const octets = (xml: string, from: string, to: Buffer): Buffer => {
  const bytes = Buffer.from(xml);
  const at = bytes.indexOf(from);
  if (at === -1) throw new Error('nothing to change');
  return Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + Buffer.byteLength(from))]);
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('an encoding', () => {
  it('lives: the same characters in UTF-8, with and without its mark, are accepted', () => {
    expect([honest, `\ufeff${honest}`].map((xml) => stage.judged(xml))).toEqual(['accepted', 'accepted']);
  });

  itWith('xmlsec1', 'lives: another engine takes the document in UTF-16 and UTF-8 for the same, so one signature would have two texts', () => {
    const ascii = stage.dossier({ envelope: (xml) => xml.replace(/[^\x20-\x7e]/g, 'x') });
    expect(xmlsec1(stage.pki, ascii)).toBe(true);
    expect(stage.judged(Buffer.from(`\ufeff${ascii.replace('utf-8', 'utf-16')}`, 'utf16le'))).toBe('XML_ENCODING');
  });

  it.each<[string, Buffer]>([
    ['UTF-16LE with its mark', Buffer.from(`\ufeff${honest}`, 'utf16le')],
    ['UTF-16BE with its mark', Buffer.from(`\ufeff${honest}`, 'utf16le').swap16()],
    ['UTF-16LE', Buffer.from(honest, 'utf16le')],
    ['UTF-16BE', Buffer.from(honest, 'utf16le').swap16()],
    ['UTF-32BE', Buffer.concat(Array.from(honest.slice(0, 400)).map((letter) => hex((letter.codePointAt(0) ?? 0).toString(16).padStart(8, '0'))))],
    ['EBCDIC', hex('4c6fa79493')],
    ['Latin-1', Buffer.from(honest, 'latin1')],
    ['UTF-8 with the mark of UTF-16 before it', Buffer.concat([hex('fffe'), Buffer.from(honest)])],
  ])('%s is refused', (_name, bytes) => {
    expect(stage.judged(bytes)).toMatch(/^(?:XML_ENCODING|XML_MALFORMED)$/);
  });

  it.each(['utf-7', 'UTF-16', 'UTF-16LE', 'ISO-8859-1', 'windows-1258', 'us-ascii', 'utf8', 'x-user-defined', 'UTF-8-MAC', 'ucs-4', 'cp037'])('declared as %s is refused, though the octets are UTF-8', (name) => {
    expect(stage.judged(swap('encoding="utf-8"', `encoding="${name}"`)(honest))).toBe('XML_ENCODING');
  });

  it('declared with more, less or else than XML 1.0 says is refused', () => {
    for (const declaration of ['<?xml version="1.1" encoding="utf-8"?>', '<?xml version="1.0" encoding="utf-8" encoding="utf-7"?>', '<?xml encoding="utf-8"?>', '<?xml version="1.0" encoding=""?>', '<?xml version="1.0" encoding=utf-8?>', '<?XML version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?><?xml version="1.0"?>']) {
      expect([declaration, stage.judged(swap('<?xml version="1.0" encoding="utf-8"?>', declaration)(honest))]).toEqual([declaration, expect.stringMatching(/^XML_(?:MALFORMED|PROCESSING_INSTRUCTION)$/)]);
    }
    expect(stage.judged(` ${honest}`)).toBe('XML_PROCESSING_INSTRUCTION');
  });

  it('of UTF-7 is no markup: what it spells stays text', () => {
    const written = stage.dossier({ envelope: swap('Lê Thị Mẫu', '+ADw-TenDoiTuong+AD4-') });
    expect(stage.judged(written)).toBe('accepted');
    expect(JSON.stringify(stage.verdict(written).declared)).not.toContain(attackersName);
  });
});

describe('octets that are not UTF-8', () => {
  it.each([
    ['an overlong <', 'c0bc'], ['a longer overlong <', 'e080bc'], ['the longest overlong <', 'f08080bc'], ['an overlong NUL', 'c080'], ['a surrogate half', 'eda080'], ['a pair of surrogates (CESU-8)', 'eda080edb080'],
    ['a lone continuation', '80'], ['a sequence cut short', 'e1bb'], ['a point beyond Unicode', 'f4908080'], ['five octets', 'f888808080'], ['FE', 'fe'], ['FF', 'ff'],
  ])('such as %s are refused in text, attribute, name and comment', (_name, text) => {
    for (const place of ['Lê Thị Mẫu', 'http://example.org/#signatureProperties', 'NguoiKy']) {
      expect([place, stage.judged(octets(honest, place, hex(text)))]).toEqual([place, 'XML_ENCODING']);
    }
    expect(stage.judged(octets(honest, '<NoiDung>', Buffer.concat([Buffer.from('<!--'), hex(text), Buffer.from('--><NoiDung>')])))).toBe('XML_ENCODING');
  });
});

describe('NUL and its like', () => {
  it.each([['NUL', '00'], ['a control', '01'], ['vertical tab', '0b'], ['escape', '1b'], ['U+FFFE', 'efbfbe'], ['U+FFFF', 'efbfbf']])('%s is refused wherever it stands', (_name, text) => {
    for (const place of ['Lê Thị Mẫu', 'http://example.org/#signatureProperties', 'sigid']) expect([place, stage.judged(octets(honest, place, hex(text)))]).toEqual([place, 'XML_MALFORMED']);
  });

  it.each(['&#0;', '&#x0;', '&#1;', '&#xB;', '&#xD800;', '&#xDFFF;', '&#xFFFE;', '&#xFFFF;', '&#x110000;', '&#99999999999999999999;', '&#x;', '&#;', '&#-1;', '&#x-1;', '&# 65;', '&#65', '&;', '&#X41;'])('the reference %s is refused', (reference) => {
    expect(stage.judged(swap('Lê Thị Mẫu', reference)(honest))).toMatch(/^XML_(?:MALFORMED|ENTITY)$/);
  });
});
