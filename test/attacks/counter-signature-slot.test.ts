// Attack: the slot of the I-VAN's counter-signature is left out of what the unit signs, because it is filled later. So it is the one place of a dossier
// where anybody can put anything; nothing in it may be read as content, nor hide, replace or complete the unit's signature.
import { createHash } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { childNamed, childrenNamed, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { attackersName, bare, evil, honestName, openStage, partOf, signWith, swap, verifiedContent } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const hidden = (markup: string, xml = honest): string => xml.replace('</Hoso>', () => `<CKy_iVan>${markup}</CKy_iVan></Hoso>`);
const content = partOf(honest, 'NoiDung');

describe('what is put into the slot of the I-VAN', () => {
  it('lives: it is outside of what is signed, so that a dossier stays good when the slot is filled', () => {
    expect([stage.judged(honest), stage.verified(hidden(''))]).toEqual(['accepted', 'verified']);
  });

  it.each([
    ['another content', () => evil(content)],
    ['another dossier', () => evil(bare(stage.dossier({ spec: 'unsigned' })))],
    ['a field', () => `<TenDoiTuong>${attackersName}</TenDoiTuong>`],
    ['text', () => attackersName],
    ['comments and CDATA', () => `<!-- ${attackersName} --><![CDATA[<NoiDung>${attackersName}</NoiDung>]]>`],
    ['another signature of the unit', () => partOf(honest, 'Signature')],
    ['the slot again', () => `<CKy_iVan>${evil(content)}</CKy_iVan>`],
  ])('– %s – is never content', (_what, make) => {
    const verdict = stage.verdict(hidden(make()));
    expect(verdict.declared?.unitName).toBe(honestName);
    expect(JSON.stringify({ ...verdict, findings: [] })).not.toContain(attackersName);
    if (verdict.outcome === 'accepted') expect(verdict.dossier.files).toHaveLength(2);
  });

  it('does not sign for the unit', () => {
    expect(stage.judged(hidden(partOf(honest, 'Signature'), honest.replace(/<Signature.*<\/Signature>/, '')))).toMatch(/^SIGNATURE_MISSING/);
    expect(stage.judged(hidden(partOf(honest, 'CKy_Dvi'), honest.replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, '')))).toMatch(/^SIGNATURE_(?:MISSING|MISPLACED)/);
  });

  it('does not excuse a change outside of it', () => {
    expect(stage.judged(hidden('', evil(honest)))).toMatch(/^HASH_FAILURE/);
    expect(stage.judged(hidden(content, honest.replace(content, () => evil(content))))).toMatch(/^HASH_FAILURE/);
    expect(stage.judged(hidden(content, honest.replace(content, '')))).toMatch(/^HASH_FAILURE/);
  });

  it('is what stands there only: elsewhere, or by another name, a slot is a change of content', () => {
    const slot = `<CKy_iVan>${attackersName}</CKy_iVan>`;
    expect(stage.verified(honest.replace('</NoiDung>', () => `${slot}</NoiDung>`))).toBe('HASH_FAILURE');
    expect(stage.verified(honest.replace('</ThongTinDonVi>', () => `${slot}</ThongTinDonVi>`))).toBe('HASH_FAILURE');
    expect(stage.verified(swap('</Hoso>', `<CKY_IVAN>${attackersName}</CKY_IVAN></Hoso>`)(honest))).toBe('HASH_FAILURE');
    expect(stage.verified(swap('</Hoso>', `<CKy_iVan xmlns="urn:x">${attackersName}</CKy_iVan></Hoso>`)(honest))).toBe('HASH_FAILURE');
  });

  it('is no licence to take away what the unit signed with it', () => {
    const signed = stage.dossier({ envelope: swap('</Hoso>', '<CKy_iVan><x>ký trước</x></CKy_iVan></Hoso>') });
    expect(stage.verified(signed)).toBe('verified');
    expect(stage.verified(signed.replace('ký trước', 'ký sau'))).toBe('HASH_FAILURE');
  });

  it('is taken out of what is read, also where the unit signed over it', () => {
    const signed = stage.dossier({ envelope: swap('</Hoso>', `<CKy_iVan>${attackersName}</CKy_iVan></Hoso>`) });
    expect(stage.verified(signed)).toBe('verified');
    expect(childrenNamed(verifiedContent(signed).root, 'CKy_iVan').map(({ children }) => children.length)).toEqual([0]);
  });

  it('in a form inside is no slot', () => {
    expect(stage.judged(stage.dossier({ signedForm: swap('</D02-TS>', '<CKy_iVan></CKy_iVan></D02-TS>') }))).toMatch(/^HASH_FAILURE/);
  });
});

describe('a counter-signature', () => {
  const references = [{ uri: '' }, { uri: '#more' }];
  const objects = '<Object Id="more"><Value>a</Value></Object>';
  const countersigned = (xml: string): string => signWith(hidden('', xml).replace('<CKy_iVan></CKy_iVan>', '<CKy_iVan />'), { identity: stage.employer, slot: 'CKy_iVan', references, objects });

  /** Over the body alone, as one I-VAN signs: what is put beside it in the slot changes nothing of what it digests. */
  const overBody = (xml: string): string => {
    const document = parse(Buffer.from(xml));
    const digest = createHash('sha256').update(canonicalElement(document, pathTo(document.root, childNamed(document.root, 'NoiDung') ?? document.root), inclusiveForm)).digest('base64');
    const editSignedInfo = (signedInfo: string): string => signedInfo.replace(' URI=""', '').replace(/<Transforms>.*<\/Transforms>/, '').replace(/<DigestValue>[^<]*/, `<DigestValue>${digest}`);
    return signWith(hidden('', xml).replace('<CKy_iVan></CKy_iVan>', '<CKy_iVan />'), { identity: stage.employer, slot: 'CKy_iVan', editSignedInfo });
  };

  it('lives: over this dossier, or its body, it is good, and says no more', () => {
    expect(stage.judged(overBody(honest))).toBe('accepted');
    expect(stage.judged(countersigned(honest))).toBe('accepted');
  });

  it.each<[string, () => string]>([
    ['of another dossier', () => hidden(partOf(partOf(countersigned(stage.dossier({ variation: { period: '12/2026' } })), 'CKy_iVan'), 'Signature'))],
    ['with another beside it', () => countersigned(honest).replace('</CKy_iVan>', () => `${partOf(honest, 'Signature')}</CKy_iVan>`)],
    ['with content beside it', () => countersigned(honest).replace('</CKy_iVan>', () => `${evil(content)}</CKy_iVan>`)],
    ['over the body, with another beside it', () => overBody(honest).replace('</CKy_iVan>', () => `${partOf(honest, 'Signature')}</CKy_iVan>`)],
    ['over the body, with content beside it', () => overBody(honest).replace('</CKy_iVan>', () => `${evil(content)}</CKy_iVan>`)],
    ['with its Object changed', () => countersigned(honest).replace('<Value>a</Value>', '<Value>b</Value>')],
    ['with its value changed', () => countersigned(honest).replace(/(<CKy_iVan>.*<SignatureValue>)..../, '$1AAAA')],
  ])('%s is never passed over in silence', (_how, make) => {
    const judged = stage.judged(make());
    expect(judged).not.toBe('accepted');
    expect(judged).toMatch(/SIGNATURE_FORMAT|HASH_FAILURE|SIG_CRYPTO_FAILURE|SIGNATURE_MISPLACED|IVAN_SIGNATURE/);
  });
});
