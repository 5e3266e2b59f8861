// Attack: a true signature of the same unit is cut out of one document and pasted into another: an old dossier's onto a new one, an inner
// form's onto the envelope, the envelope's onto a form. What would follow is that whoever has one dossier of a unit can write any other.
import { afterAll, describe, expect, it } from '@jest/globals';

import { openStage, partOf } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const signatureOf = (xml: string): string => partOf(xml, 'Signature');
const pasted = (xml: string, signature: string): string => xml.replace(/<Signature.*<\/Signature>/, () => signature);

describe('a signature from another document of the same unit', () => {
  const [one, other] = [stage.dossier(), stage.dossier({ variation: { period: '12/2026' } })];

  it('does not sign this one', () => {
    expect([one, other].map((xml) => stage.judged(xml))).toEqual(['accepted', 'accepted']);
    expect([pasted(one, signatureOf(other)), pasted(other, signatureOf(one))].map((xml) => stage.judged(xml))).toEqual(['HASH_FAILURE', 'HASH_FAILURE']);
  });

  it('does not even when its digest is replaced by the true one', () => {
    const digestOf = (xml: string): string => /<DigestValue>[^<]*/.exec(xml)?.[0] ?? '';
    expect(stage.judged(pasted(one, signatureOf(other).replace(digestOf(other), digestOf(one))))).toBe('SIG_CRYPTO_FAILURE');
  });

  it('of a form inside does not sign the envelope, nor the envelope’s a form', () => {
    expect(stage.judged(pasted(one, signatureOf(stage.form())))).toBe('HASH_FAILURE');
    expect(stage.judged(stage.dossier({ signedForm: (form) => pasted(form, signatureOf(one)) }))).toBe('HASH_FAILURE');
  });

  it('of a document of equal octets signs it: the signature is of what is signed, not of the sending', () => {
    expect(stage.judged(pasted(one, signatureOf(stage.dossier())))).toBe('accepted');
  });
});
