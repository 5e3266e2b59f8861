// Attack: PSS with other parameters than its identifier means – no salt, an odd salt, another mask hash – taken by verifiers that let the
// library find them out: weaker than what was audited, and one document with several verdicts (RFC 8017 §9.1; RFC 9231 §2.3.9-10).
import { constants, createPrivateKey, sign } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { descendants, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const method = 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1';

function salted(saltLength: number, hash = 'sha256'): string {
  const draft = stage.dossier({ spec: { method } });
  const document = parse(Buffer.from(draft));
  const signedInfo = [...descendants(document.root)].find(({ local }) => local === 'SignedInfo');
  if (signedInfo === undefined) throw new Error('no SignedInfo');
  const octets = canonicalElement(document, pathTo(document.root, signedInfo), inclusiveForm);
  const key = createPrivateKey(stage.employer.key.export({ type: 'pkcs8', format: 'pem' }));
  const value = sign(hash, octets, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  return draft.replace(/<SignatureValue>[^<]*/, `<SignatureValue>${value.toString('base64')}`);
}

describe('PSS', () => {
  it('lives: with a salt as long as the hash it is accepted', () => {
    expect(stage.judged(salted(32))).toBe('accepted');
  });

  it.each([0, 1, 20, 31, 33, 48, 64, 222])('with a salt of %i octets is refused', (length) => {
    expect(stage.judged(salted(length))).toBe('SIG_CRYPTO_FAILURE');
  });

  it.each(['sha384', 'sha512'])('made with %s under the name of SHA-256 is refused', (hash) => {
    expect(stage.judged(salted(32, hash))).toBe('SIG_CRYPTO_FAILURE');
  });

  it('under the name of PKCS#1 v1.5, and PKCS#1 v1.5 under the name of PSS, are refused', () => {
    const pkcs1 = stage.dossier();
    expect(stage.judged(pkcs1)).toBe('accepted');
    const rename = (from: string, to: string) => (xml: string): string => xml.replace(from, to);
    const [rsa, pss] = ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', method];
    expect([rename(rsa, pss)(pkcs1), rename(pss, rsa)(salted(32))].map((xml) => stage.judged(xml))).toEqual(['SIG_CRYPTO_FAILURE', 'SIG_CRYPTO_FAILURE']);
  });

  it.each(['http://www.w3.org/2007/05/xmldsig-more#rsa-pss', 'http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1', 'http://www.w3.org/2007/05/xmldsig-more#md5-rsa-MGF1'])('as %s, whose parameters the sender chooses or which is weak, is refused', (name) => {
    expect(stage.judged(stage.dossier({ spec: { method: name } }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });
});
