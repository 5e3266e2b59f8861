// Attack: the CanonicalizationMethod of SignedInfo is what makes the octets that are verified: one that drops what the attacker wants to change, or
// that is changed after signing, must not be taken on his word (XML Signature §4.4.1 and §8.1.3; CVE-2017-11430 class).
import { afterAll, describe, expect, it } from '@jest/globals';

import { itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const inMethod = (inside: string) => (xml: string): string => xml.replace('</CanonicalizationMethod>', () => `${inside}</CanonicalizationMethod>`);

describe('the canonicalization of SignedInfo', () => {
  it.each([
    [inclusive, {}], [`${inclusive}#WithComments`, { comments: true }], [exclusive, { exclusive: true }], [`${exclusive}WithComments`, { exclusive: true, comments: true }],
    ['http://www.w3.org/2006/12/xml-c14n11', { version11: true }], ['http://www.w3.org/2006/12/xml-c14n11#WithComments', { version11: true, comments: true }],
  ])('lives: as %s, signed so, it is accepted', (canonicalization, form) => {
    expect(stage.judged(stage.dossier({ spec: { canonicalization, form } }))).toBe('accepted');
  });

  it('changed after signing breaks the signature: its name is among what is signed', () => {
    const honest = stage.dossier();
    for (const other of [exclusive, `${inclusive}#WithComments`, 'http://www.w3.org/2006/12/xml-c14n11']) expect([other, stage.judged(swap(inclusive, other)(honest))]).toEqual([other, 'SIG_CRYPTO_FAILURE']);
  });

  it.each(['', 'urn:x', 'http://www.w3.org/TR/1999/REC-xslt-19991116', 'http://www.w3.org/TR/1999/REC-xpath-19991116', 'http://www.w3.org/2000/09/xmldsig#base64', 'http://www.w3.org/2000/09/xmldsig#minimal', `${inclusive} `, inclusive.toUpperCase(), 'http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2010/xml-c14n2'])('as "%s" is refused', (canonicalization) => {
    expect(stage.judged(stage.dossier({ spec: { canonicalization } }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  it.each([
    ['an XPath', '<XPath>false()</XPath>'], ['a stylesheet', '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"></x:stylesheet>'],
    ['prefixes, of a form that has none', `<i:InclusiveNamespaces xmlns:i="${exclusive}" PrefixList="xsi"></i:InclusiveNamespaces>`],
  ])('with %s inside is refused', (_what, inside) => {
    expect(stage.judged(stage.dossier({ spec: { editSignedInfo: inMethod(inside) } }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  it('in the exclusive form may have one list of prefixes, of bounded length, and nothing else', () => {
    const list = (prefixes: string): string => `<i:InclusiveNamespaces xmlns:i="${exclusive}" PrefixList="${prefixes}"></i:InclusiveNamespaces>`;
    const judged = (inside: string, inclusivePrefixes: readonly string[] = []): string =>
      stage.verified(stage.dossier({ spec: { canonicalization: exclusive, form: { exclusive: true, inclusivePrefixes: new Set(inclusivePrefixes) }, editSignedInfo: inMethod(inside) } }));
    expect(judged(list('xsi xsd'), ['xsi', 'xsd'])).toBe('verified');
    expect(judged(list('#default'), [''])).toBe('verified');
    expect(judged(list('xsi'), [])).toBe('SIG_CRYPTO_FAILURE');
    expect(judged(list('xsi') + list('xsd'))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
    expect(judged(list(Array.from({ length: 1000 }, (_none, index) => `p${index}`).join(' ')))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
    expect(judged('<InclusiveNamespaces PrefixList="xsi"></InclusiveNamespaces>')).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  it('is made where SignedInfo stands: moved under other namespaces it is another text', () => {
    const honest = stage.dossier();
    expect(stage.judged(swap('<CKy_Dvi>', '<CKy_Dvi xmlns:q="urn:x">')(honest))).toMatch(/^(?:SIG_CRYPTO_FAILURE|HASH_FAILURE)/);
  });

  itWith('xmlsec1', 'is the same to another engine', () => {
    expect(xmlsec1(stage.pki, stage.dossier({ spec: { canonicalization: exclusive, form: { exclusive: true } } }))).toBe(true);
    expect(xmlsec1(stage.pki, swap(inclusive, exclusive)(stage.dossier()))).toBe(false);
  });
});
