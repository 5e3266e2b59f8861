// Attack: a true signature is moved to a place where a careless verifier still finds it, or where removing it changes what is hashed, or a
// second one is put beside it, so that one is verified and the other believed (Somorovsky et al. 2012).
import { afterAll, describe, expect, it } from '@jest/globals';

import { itWith, openStage, partOf, signWith, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const before = (marker: string) => (xml: string, signature: string) => swap(marker, `${signature}${marker}`)(xml);

describe('a signature elsewhere', () => {
  const places: readonly (readonly [string, string, string])[] = [
    ['under the root', '</Hoso>', 'SIGNATURE_MISPLACED'],
    ['in the content', '</NoiDung>', 'SIGNATURE_MISPLACED'],
    ['in a file', '</FileToKhai>', 'SIGNATURE_MISPLACED'],
    ['in a field', '</TenDoiTuong>', 'SIGNATURE_MISPLACED'],
  ];

  itWith('xmlsec1', 'lives: another engine takes it from anywhere', () => {
    for (const [where, marker] of places) expect([where, xmlsec1(stage.pki, stage.dossier({ spec: { put: before(marker) } }))]).toEqual([where, true]);
  });

  it.each(places)('%s is refused', (_where, marker, code) => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect(stage.verified(stage.dossier({ spec: { put: before(marker) } }))).toBe(code);
  });

  it('moved after signing is refused', () => {
    const honest = stage.dossier();
    const signature = partOf(honest, 'Signature');
    expect(stage.verified(honest.replace(signature, '').replace('</Hoso>', () => `${signature}</Hoso>`))).toBe('SIGNATURE_MISPLACED');
    expect(stage.verified(honest.replace(signature, '').replace('</Hoso>', () => `<CKy_iVan>${signature}</CKy_iVan></Hoso>`))).toBe('SIGNATURE_MISSING');
    expect(stage.verified(honest.replace(signature, () => `<wrap xmlns="">${signature}</wrap>`))).toBe('SIGNATURE_MISPLACED');
  });

  it('and one in its place as well is refused, whichever is true', () => {
    const honest = stage.dossier();
    const signature = partOf(honest, 'Signature');
    expect(stage.verified(honest.replace('<NoiDung>', () => `<NoiDung>${signature}`))).toBe('SIGNATURE_MISPLACED');
    expect(stage.verified(honest.replace(signature, () => signature + signature))).toBe('SIGNATURE_MULTIPLE');
    expect(stage.verified(honest.replace('</Hoso>', () => `${partOf(honest, 'CKy_Dvi')}</Hoso>`))).toBe('SIGNATURE_MULTIPLE');
    expect(stage.verified(signWith(honest, { identity: stage.employer, put: before('</CKy_Dvi>') }))).toBe('SIGNATURE_MULTIPLE');
  });

  it('inside a signature is refused', () => {
    const honest = stage.dossier();
    expect(stage.verified(stage.dossier({ spec: { objects: `<Object>${partOf(honest, 'Signature')}</Object>` } }))).toBe('SIGNATURE_MISPLACED');
  });
});
