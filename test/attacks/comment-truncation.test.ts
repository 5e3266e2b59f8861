// Attack: a comment put into a signed text after signing is dropped by canonicalization; a reader that takes the first text node only then sees
// a shorter value – another tax code, another unit (CVE-2017-11427 python-saml, CVE-2017-11428 ruby-saml and others).
import { DOMParser } from '@xmldom/xmldom';
import { afterAll, describe, expect, it } from '@jest/globals';

import { itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

/** The employer may sign for its branch, and this dossier is the branch's. */
const honest = stage.dossier({ variation: { taxCode: '0101300842-001' } });
const attacked = swap('0101300842-001<', '0101300842<!-- -->-001<')(honest);

describe('a comment in a signed text', () => {
  it('lives: a reader of first text nodes sees another tax code', () => {
    const naive = new DOMParser().parseFromString(attacked, 'text/xml').getElementsByTagName('MaSoThue')[0]?.firstChild?.nodeValue;
    expect(naive).toBe('0101300842');
  });

  itWith('xmlsec1', 'lives: the signature stays true for another engine', () => {
    expect([honest, attacked].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, true]);
  });

  it('neither breaks the signature nor shortens the value', () => {
    for (const xml of [honest, attacked]) {
      const verdict = stage.verdict(xml);
      expect([verdict.outcome, verdict.declared?.taxCode]).toEqual(['accepted', '0101300842-001']);
    }
  });

  it.each([
    ['unit code', 'TS12345<', ['<!-- -->TS12345<', 'TS<!-- -->12345<', 'TS12345<!-- --><'], (declared: { unitCode: string }) => declared.unitCode, 'TS12345'],
    ['period', '11/2026<', ['11<!--2-->/2026<', '<!--12/2026-->11/2026<'], (declared: { period: string }) => declared.period, '11/2026'],
  ] as const)('in the %s leaves it whole wherever it stands', (_field, from, forms, read, whole) => {
    for (const form of forms) {
      const verdict = stage.verdict(swap(from, form)(stage.dossier()));
      expect([form, verdict.outcome, verdict.declared && read(verdict.declared)]).toEqual([form, 'accepted', whole]);
    }
  });

  it('and CDATA between pieces leave it whole too', () => {
    const verdict = stage.verdict(swap('TS12345<', 'TS<![CDATA[12]]><!-- -->&#51;45<')(stage.dossier()));
    expect([verdict.outcome, verdict.declared?.unitCode]).toEqual(['accepted', 'TS12345']);
  });

  it('cannot cut the base64 of a file', () => {
    const commented = stage.dossier().replace(/(<NoiDungFile>.{40})/, '$1<!-- -->');
    const [plain, split] = [stage.verdict(stage.dossier()), stage.verdict(commented)];
    expect(split.outcome).toBe('accepted');
    expect(split.declared?.files.map(({ size }) => size)).toEqual(plain.declared?.files.map(({ size }) => size));
  });
});
