// Attack: a signed dossier is put whole into a dossier of the attacker's, so that its signature is still true of itself while the outer
// content is read (McIntosh and Austel 2005: simple ancestry context; Somorovsky et al., "On Breaking SAML", USENIX Security 2012).
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, bare, evil, itWith, openStage, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier({ envelope: (xml) => xml.replace('<Hoso ', '<Hoso Id="dossier" '), spec: { editSignedInfo: swap('URI=""', 'URI="#dossier"') } });
/** The whole signed element under a root of the attacker's, whose own content comes first. */
const byId = evil(honest).replace(' Id="dossier"', '').replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, () => `<CKy_Dvi>${bare(honest)}</CKy_Dvi>`);

describe('a signed dossier inside another', () => {
  itWith('xmlsec1', 'lives: another engine finds the inner signature true, though the root is the attacker’s', () => {
    expect(byId).toContain(attackersName);
    expect([honest, byId].map((xml) => xmlsec1(stage.pki, xml, { idOf: ['Hoso'] }))).toEqual([true, true]);
  });

  it('is refused where the root is named by Id, inside and alone', () => {
    expect([honest, byId].map((xml) => stage.verified(xml))).toEqual(['SIGNATURE_FORMAT', 'SIGNATURE_MISPLACED']);
  });

  it.each([
    ['in the signature’s slot', (outer: string, inner: string) => outer.replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, () => `<CKy_Dvi>${inner}</CKy_Dvi>`), 'SIGNATURE_MISPLACED'],
    ['beside the content', (outer: string, inner: string) => outer.replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, () => `${inner}<CKy_Dvi />`), 'SIGNATURE_MISPLACED'],
    ['in a file of the content', (outer: string, inner: string) => outer.replace('</FileToKhai>', () => `${inner}</FileToKhai>`), 'SIGNATURE_MISPLACED'],
    ['in the I-VAN’s slot, the other slot empty', (outer: string, inner: string) => outer.replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, () => `<CKy_Dvi /><CKy_iVan>${inner}</CKy_iVan>`), 'SIGNATURE_MISPLACED'],
  ])('is refused %s', (_where, wrap, code) => {
    const signed = stage.dossier();
    expect(stage.verified(signed)).toBe('verified');
    const wrapped = wrap(evil(signed), bare(signed));
    expect(stage.verified(wrapped)).toBe(code);
    expect(stage.judged(wrapped)).toMatch(new RegExp(`^${code}\\b`));
  });
});
