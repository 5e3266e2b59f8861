// Attack: a transform leaves out of the digest what the attacker wants to change: the signature then says nothing of it, and stays true
// (XML Signature best practices, W3C 2013 §2.1.3 and "see what is signed"; XPath also costs without bound, §2.1.2).
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, enveloped, evil, itWith, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const xpath = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const filter2 = 'http://www.w3.org/2002/06/xmldsig-filter2';
const transform = (algorithm: string, inside: string): string => `<Transform Algorithm="${algorithm}">${inside}</Transform>`;
/** Nothing is left of the document but the empty string, whatever it holds. */
const nothing = transform(xpath, '<XPath>false()</XPath>');
const emptyDigest = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** A unit's true signature with such a transform, as a signing program might be talked into making. */
const signed = stage.dossier({ spec: { references: [{ uri: '', transforms: enveloped + nothing }], editSignedInfo: (xml) => xml.replace(/<DigestValue>[^<]*/, `<DigestValue>${emptyDigest}`) } });

describe('an XPath transform', () => {
  itWith('xmlsec1', 'lives: content may change to anything and another engine holds it for good', () => {
    expect(evil(signed)).toContain(attackersName);
    expect([signed, evil(signed)].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, true]);
  });

  it('is refused, changed or not', () => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect([signed, evil(signed)].map((xml) => stage.judged(xml))).toEqual(['TRANSFORM_FORBIDDEN', 'TRANSFORM_FORBIDDEN']);
  });

  it.each([
    ['before the enveloped-signature transform', nothing + enveloped],
    ['alone', nothing],
    ['that only costs', enveloped + transform(xpath, '<XPath>count(//*|//@*|//namespace::*) &gt; count(//*[count(//*) &gt; 0])</XPath>')],
    ['that does what the enveloped-signature transform does', transform(xpath, '<XPath>not(ancestor-or-self::*[local-name()="Signature"])</XPath>')],
    ['of the second kind', enveloped + transform(filter2, `<XPath xmlns="${filter2}" Filter="subtract">/Hoso/NoiDung</XPath>`)],
    ['of XPointer', enveloped + transform('http://www.w3.org/2001/04/xmldsig-more/xptr', '<XPointer>/</XPointer>')],
    ['hidden in the enveloped-signature transform', transform('http://www.w3.org/2000/09/xmldsig#enveloped-signature', '<XPath>false()</XPath>')],
    ['hidden in a canonicalization', enveloped + transform('http://www.w3.org/TR/2001/REC-xml-c14n-20010315', '<XPath>false()</XPath>')],
  ])('%s is refused', (_how, transforms) => {
    expect(stage.judged(stage.dossier({ spec: { references: [{ uri: '', transforms }] } }))).toBe('TRANSFORM_FORBIDDEN');
  });

  it('on the second reference is refused too', () => {
    expect(stage.judged(stage.dossier({ spec: { references: [{ uri: '' }, { uri: '#proid' }] } }))).toBe('accepted');
    expect(stage.judged(stage.dossier({ spec: { references: [{ uri: '' }, { uri: '#proid', transforms: nothing }] } }))).toBe('TRANSFORM_FORBIDDEN');
  });
});
