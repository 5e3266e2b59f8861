// Attack: the base64 transform digests what a text decodes to, so that markup, attributes and element boundaries are outside of what is signed and
// text can move between elements (XML Signature §6.6.2 lets it take the string value of any node set).
import { afterAll, describe, expect, it } from '@jest/globals';

import { enveloped, itWith, openStage, swap, xmlsec1 } from './stage.ts';
import { createHash } from 'node:crypto';

const stage = await openStage();
afterAll(() => { stage.close(); });

const base64 = '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"></Transform>';
const digest = createHash('sha256').update(Buffer.from('VFMxMjM0NQ==', 'base64')).digest('base64');
/** A document of nothing but base64 text, its parts marked by elements. */
const text = '<Hoso><NoiDung>VFMxMjM0</NoiDung><CKy_Dvi/><Khac>NQ==</Khac></Hoso>';
const spec = { references: [{ uri: '', transforms: enveloped + base64 }], editSignedInfo: (xml: string) => xml.replace(/<DigestValue>[^<]*/, `<DigestValue>${digest}`) };

describe('a base64 transform', () => {
  itWith('xmlsec1', 'lives: text moves between elements and another engine holds it for good', async () => {
    const { signWith } = await import('../support/signer.ts');
    const signed = signWith(text, { identity: stage.employer, ...spec });
    const moved = swap('VFMxMjM0</NoiDung>', '</NoiDung>')(swap('<Khac>', '<Khac loai="kẻ gian">VFMxMjM0')(signed));
    expect([signed, moved].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, true]);
    expect([signed, moved].map((xml) => stage.verified(xml))).toEqual(['TRANSFORM_FORBIDDEN', 'TRANSFORM_FORBIDDEN']);
  });

  it.each([['after', enveloped + base64], ['before', base64 + enveloped], ['without', base64]])('%s the enveloped-signature transform is refused', (_where, transforms) => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect(stage.judged(stage.dossier({ spec: { references: [{ uri: '', transforms }] } }))).toBe('TRANSFORM_FORBIDDEN');
  });

  it('on the second reference is refused too', () => {
    expect(stage.judged(stage.dossier({ spec: { references: [{ uri: '' }, { uri: '#proid', transforms: base64 }] } }))).toBe('TRANSFORM_FORBIDDEN');
  });
});
