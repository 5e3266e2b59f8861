// Attack: elements of the names that are read, in a namespace that the reader or the verifier does not look at: a hidden signature, or
// content that one finds by local name and the other by qualified name (Jensen et al., "The Curse of Namespaces in XML Signature", 2009).
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, evil, openStage, partOf, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const foreign = (markup: string, name: string): string => markup.replace(`<${name}>`, `<p:${name} xmlns:p="urn:attacker">`).replace(`</${name}>`, `</p:${name}>`);

describe('a name in a foreign namespace', () => {
  it('of content added beside the signed content breaks the signature', () => {
    expect(stage.judged(honest)).toBe('accepted');
    expect(stage.verified(honest.replace('<NoiDung>', () => `${foreign(evil(partOf(honest, 'NoiDung')), 'NoiDung')}<NoiDung>`))).toBe('HASH_FAILURE');
  });

  it('of content that was signed is not read as content', () => {
    const signed = stage.dossier({ envelope: (xml) => foreign(xml, 'NoiDung') });
    expect(stage.verified(signed)).toBe('verified');
    const verdict = stage.verdict(signed);
    expect([verdict.outcome, verdict.declared?.unitName, verdict.declared?.taxCode]).toEqual(['refused', '', '']);
  });

  it('of a field that was signed is not read as the field', () => {
    const signed = stage.dossier({ envelope: swap(/<TenDoiTuong>.*?<\/TenDoiTuong>/, `<p:TenDoiTuong xmlns:p="urn:attacker">${attackersName}</p:TenDoiTuong>`) });
    expect(stage.judged(signed)).toBe('ELEMENT_MISSING ELEMENT_UNKNOWN');
    expect(JSON.stringify(stage.verdict(signed).declared)).not.toContain(attackersName);
  });

  it('of the signature makes it none', () => {
    expect(stage.judged(honest.replace(/(<Signature[^>]*?) xmlns="[^"]*"/, '$1 xmlns="urn:attacker"'))).toBe('SIGNATURE_MISSING ELEMENT_UNKNOWN');
    expect(stage.judged(honest.replace(/(<Signature[^>]*?) xmlns="[^"]*"/, '$1'))).toMatch(/^SIGNATURE_MISSING(?: ELEMENT_UNKNOWN)+$/);
  });

  it('of a part of the signature is not that part', () => {
    const parts = ['SignedInfo', 'SignatureValue', 'CanonicalizationMethod', 'DigestMethod', 'DigestValue', 'Reference', 'SignatureMethod'];
    for (const part of parts) {
      const changed = swap(new RegExp(`<${part}(?: xmlns="[^"]*")?(?=[ >])`), `<${part} xmlns="urn:attacker"`)(honest);
      expect([part, stage.verified(changed)]).toEqual([part, 'SIGNATURE_FORMAT']);
    }
    // By a prefix, so that what is inside keeps its namespace.
    const prefixed = honest.replace('<Reference ', '<p:Reference xmlns:p="urn:attacker" ').replace('</Reference>', '</p:Reference>');
    expect(stage.verified(prefixed)).toBe('SIGNATURE_FORMAT');
    expect(stage.verified(swap('<Transform ', '<Transform xmlns="urn:attacker" ')(honest))).toBe('TRANSFORM_FORBIDDEN');
    expect(stage.verified(swap('<X509Certificate>', '<X509Certificate xmlns="urn:attacker">')(honest))).toBe('CERTIFICATE_MISSING');
  });

  it('of the root or of the slot makes it another document', () => {
    expect(stage.judged(stage.dossier({ envelope: swap('<Hoso ', '<Hoso xmlns="urn:attacker" '), spec: { put: (xml, signature) => xml.replace('<CKy_Dvi />', `<CKy_Dvi>${signature}</CKy_Dvi>`) } }))).toBe('ENVELOPE_ROOT');
    expect(stage.verified(stage.dossier({ envelope: swap('<CKy_Dvi />', '<CKy_Dvi xmlns="urn:attacker" />'), spec: { put: (xml, signature) => xml.replace('<CKy_Dvi xmlns="urn:attacker" />', `<CKy_Dvi xmlns="urn:attacker">${signature}</CKy_Dvi>`) } }))).toBe('SIGNATURE_MISPLACED');
  });
});
