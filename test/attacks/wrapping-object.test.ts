// Attack: the signed content moves into an Object of the signature, where the reference still finds it, and the attacker's takes its place
// (Somorovsky et al. 2012, "Object" variants; CVE-2011-1411 OpenSAML, CVE-2012-5664 and many more).
import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, bare, enveloped, evil, itWith, openStage, partOf, swap, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const inObject = (xml: string, markup: string): string => xml.replace('</Signature></CKy_Dvi>', () => `<Object>${markup}</Object></Signature></CKy_Dvi>`);
const exclusive = '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></Transform>';
const byId = stage.dossier({ envelope: swap('<NoiDung>', '<NoiDung Id="content">'), spec: { references: [{ uri: '#content', transforms: exclusive, form: { exclusive: true } }] } });
const moved = inObject(evil(byId).replace(' Id="content"', ''), partOf(byId, 'NoiDung').replace('<NoiDung', '<NoiDung xmlns=""'));

describe('signed content in an Object of the signature', () => {
  itWith('xmlsec1', 'lives: another engine holds it for good after the move', () => {
    expect(moved).toContain(attackersName);
    expect([byId, moved].map((xml) => xmlsec1(stage.pki, xml, { idOf: ['NoiDung', 'http://www.w3.org/2000/09/xmldsig#:Object'] }))).toEqual([true, true]);
  });

  it('does not count for the dossier when a reference names it', () => {
    expect([byId, moved].map((xml) => stage.verified(xml))).toEqual(['REFERENCE_PARTIAL', 'SIGNATURE_FORMAT']);
  });

  it('does not make true what stands in its place', () => {
    const honest = stage.dossier();
    expect(stage.verified(honest)).toBe('verified');
    expect(stage.judged(inObject(evil(honest), partOf(honest, 'NoiDung')))).toBe('SIGNATURE_FORMAT');
    expect(stage.judged(inObject(evil(honest), foreign(partOf(honest, 'NoiDung'))))).toBe('HASH_FAILURE');
    expect(stage.judged(inObject(evil(honest), bare(honest)))).toBe('SIGNATURE_MISPLACED');
  });

  it('is no help beside a reference to the whole: the second reference vouches for nothing', () => {
    const kept = `<Object Id="kept">${foreign(honestPart())}</Object>`;
    const both = stage.dossier({ spec: { references: [{ uri: '', transforms: enveloped }, { uri: '#kept' }], objects: kept } });
    expect(stage.judged(both)).toBe('accepted');
    expect(stage.judged(evil(both).replace(/<Object Id="kept">.*<\/Object>/, () => kept))).toBe('HASH_FAILURE');
  });

  it('is refused where it looks like a dossier, and never read where it does not', () => {
    const written = evil(bare(stage.dossier({ spec: 'unsigned' })));
    expect(stage.judged(stage.dossier({ spec: { objects: `<Object>${written}</Object>` } }))).toBe('SIGNATURE_FORMAT');
    const verdict = stage.verdict(stage.dossier({ spec: { objects: `<Object>${foreign(partOf(written, 'NoiDung'))}</Object>` } }));
    expect(verdict.outcome).toBe('accepted');
    expect(JSON.stringify({ ...verdict, findings: [] })).not.toContain(attackersName);
  });
});

/** The same names in a namespace of the attacker's. */
function foreign(markup: string): string {
  return markup.replace(/<(\/?)(\w+)/g, '<$1q:$2').replace('<q:NoiDung', '<q:NoiDung xmlns:q="urn:attacker"');
}

function honestPart(): string {
  return partOf(stage.dossier({ spec: 'unsigned' }), 'NoiDung');
}
