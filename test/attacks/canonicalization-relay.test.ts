// Attack: markup that means one thing to the reader and canonicalizes to what was signed for another: xmlns="" put in or taken out between, prefixes
// bound anew, xml:base and xml:lang inherited, attributes by default from a DTD (Jensen et al. 2009; C14N 1.0 §4.7, C14N 1.1 §2.4).
import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalDocument, canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { childElements, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const canonical = (xml: string, exclusive = false): string => {
  const document = parse(Buffer.from(xml));
  return canonicalDocument(document, document.root, { ...inclusiveForm, exclusive }).toString();
};
const innerOf = (xml: string, version11 = false): string => {
  const document = parse(Buffer.from(xml));
  const [child] = childElements(document.root);
  if (child === undefined) throw new Error('no child');
  return canonicalElement(document, pathTo(document.root, child), { ...inclusiveForm, version11 }).toString();
};

describe('a namespace', () => {
  const honest = stage.dossier();

  it.each([
    ['undone for the content', '<NoiDung>', '<NoiDung xmlns="urn:x">'],
    ['put on the root', '<Hoso ', '<Hoso xmlns="urn:x" '],
    ['put on a field', '<MaSoThue>', '<MaSoThue xmlns="urn:x">'],
    ['declared unused on the root', '<Hoso ', '<Hoso xmlns:q="urn:x" '],
    ['bound anew on the root', 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', 'xmlns:xsi="urn:x"'],
    ['declared unused on a field', '<MaSoThue>', '<MaSoThue xmlns:q="urn:x">'],
  ])('%s after signing breaks the signature', (_how, from, to) => {
    expect(stage.judged(honest)).toBe('accepted');
    expect(stage.judged(swap(from, to)(honest))).toMatch(/^(?:SIG_CRYPTO_FAILURE|HASH_FAILURE|ENVELOPE_ROOT|SIGNATURE_MISPLACED)/);
  });

  it('undone where it is none already changes nothing, and nothing is read otherwise', () => {
    for (const [from, to] of [['<NoiDung>', '<NoiDung xmlns="">'], ['<MaSoThue>', '<MaSoThue xmlns="">']] as const) {
      const relayed = swap(from, to)(honest);
      expect(stage.judged(relayed)).toBe('accepted');
      expect(stage.verdict(relayed).declared).toEqual(stage.verdict(honest).declared);
    }
  });

  itWith('xmlsec1', 'undone where it is none is the same to another engine', () => {
    expect(xmlsec1(stage.pki, swap('<MaSoThue>', '<MaSoThue xmlns="">')(honest))).toBe(true);
  });

  it('is rendered anew wherever a name would else be read in another one', () => {
    // Each pair means two things, so no two of a pair may have the same octets.
    const pairs: readonly (readonly [string, string])[] = [
      ['<a xmlns="urn:x"><b/></a>', '<a xmlns="urn:x"><b xmlns=""/></a>'],
      ['<p:a xmlns:p="urn:x"><p:b/></p:a>', '<p:a xmlns:p="urn:x"><p:b xmlns:p="urn:y"/></p:a>'],
      ['<a xmlns:p="urn:x"><b><p:c/></b></a>', '<a xmlns:p="urn:x"><b xmlns:p="urn:y"><p:c/></b></a>'],
      ['<a xmlns="urn:x"><b xmlns=""><c/></b></a>', '<a xmlns="urn:x"><b xmlns=""><c xmlns="urn:x"/></b></a>'],
      ['<a xmlns:p="urn:x" p:v="1"/>', '<a xmlns:p="urn:y" p:v="1"/>'],
      ['<a v="1"/>', '<a xmlns:p="urn:y" p:v="1"/>'],
      ['<a xmlns:p="urn:1" xmlns:q="urn:2" p:v="1" q:v="2"/>', '<a xmlns:p="urn:2" xmlns:q="urn:1" p:v="1" q:v="2"/>'],
    ];
    for (const [one, other] of pairs) for (const exclusive of [false, true]) expect([one, canonical(one, exclusive) === canonical(other, exclusive)]).toEqual([one, false]);
  });

  it('hidden from the exclusive form by a prefix in a value still is a change where the form is inclusive', () => {
    const [one, other] = ['<a xmlns:p="urn:x" v="p:name"/>', '<a xmlns:p="urn:y" v="p:name"/>'];
    expect(canonical(one, true)).toBe(canonical(other, true));
    expect(canonical(one)).not.toBe(canonical(other));
    // Nothing of a dossier is read as a qualified name, but for xsi:nil and xsi:type, which the schema does not let be anything.
    const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    const transforms = `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform><Transform Algorithm="${exclusive}"></Transform>`;
    const signed = stage.dossier({ spec: { canonicalization: exclusive, form: { exclusive: true }, references: [{ uri: '', transforms, form: { exclusive: true } }] } });
    const rebound = swap('xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', 'xmlns:xsi="urn:x"')(signed);
    expect([signed, rebound].map((xml) => stage.judged(xml))).toEqual(['accepted', 'accepted']);
    expect(stage.verdict(rebound).declared).toEqual(stage.verdict(signed).declared);
  });

  it('may not be undone for a prefix, nor xml and xmlns bound anew', () => {
    for (const attributes of ['xmlns:xsi=""', 'xmlns:xml="urn:x"', 'xmlns:xmlns="urn:x"', 'xmlns:p="http://www.w3.org/XML/1998/namespace"', 'xmlns="http://www.w3.org/XML/1998/namespace"', 'xmlns:p="http://www.w3.org/2000/xmlns/"', 'xmlns="http://www.w3.org/2000/xmlns/"', 'xmlns:="urn:x"']) {
      expect([attributes, stage.judged(swap('<NoiDung>', `<NoiDung ${attributes}>`)(honest))]).toEqual([attributes, 'XML_MALFORMED']);
    }
  });
});

describe('xml attributes', () => {
  it('put on the root after signing break a signature, because SignedInfo and content inherit them', () => {
    const honest = stage.dossier();
    for (const attribute of ['xml:lang="en"', 'xml:base="http://attacker.example/"', 'xml:space="preserve"', 'xml:id="a"']) {
      expect([attribute, stage.verified(swap('<Hoso ', `<Hoso ${attribute} `)(honest))]).toEqual([attribute, 'SIG_CRYPTO_FAILURE']);
      expect([attribute, stage.verified(swap('<MaSoThue>', `<MaSoThue ${attribute}>`)(honest))]).toEqual([attribute, 'HASH_FAILURE']);
    }
  });

  it('are inherited by an apex, its own winning, and xml:id only where Canonical XML 1.0 says so', () => {
    const xml = '<a xml:lang="vi" xml:id="i"><b xml:lang="en"><c/></b></a>';
    expect(innerOf(xml)).toBe('<b xml:id="i" xml:lang="en"><c></c></b>');
    expect(innerOf(xml, true)).toBe('<b xml:lang="en"><c></c></b>');
  });
});

describe('a spelling', () => {
  it.each([
    ['a quote for another', 'Id="sigid"', "Id='sigid'"],
    ['an empty element for an end tag', '<TenIVAN>Công ty THái Sơn</TenIVAN>', '<TenIVAN>Công ty THái Sơn</TenIVAN  >'],
    ['a reference for a character', 'TS12345', '&#84;S12345'],
    ['CDATA for text', '>TS12345<', '><![CDATA[TS12345]]><'],
  ])('%s is the same document, and is read the same', (_how, from, to) => {
    const honest = stage.dossier();
    const respelled = swap(from, to)(honest);
    expect(stage.judged(respelled)).toBe('accepted');
    expect(stage.verdict(respelled).declared).toEqual(stage.verdict(honest).declared);
  });

  it.each([
    ['a character of another composition', 'Lê Thị Mẫu', 'Lê Thị Mẫu'.normalize('NFD')],
    ['a letter that looks like another', 'TS12345', 'ТS12345'],
    ['a no-break space', 'Lê Thị Mẫu', 'Lê\u00a0Thị Mẫu'],
    ['a carriage return that stays one', '>TS12345<', '>TS12345&#13;<'],
    ['a zero-width joiner', 'Lê Thị Mẫu', 'Lê Thị\u200d Mẫu'],
  ])('%s is not', (_how, from, to) => {
    expect(from).not.toBe(to);
    expect(stage.judged(swap(from, to)(stage.dossier()))).toMatch(/^HASH_FAILURE/);
  });
});
