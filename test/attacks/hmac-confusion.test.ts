// Attack: the method says HMAC and the "secret" is what everybody can read, the certificate's public key: a verifier that hands one key to
// either kind of method finds it true (CVE-2009-0217 for its truncation to few bits; the same confusion as JWT "alg", CVE-2015-9235).
import { createHmac, X509Certificate } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { descendants, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const { publicKey } = new X509Certificate(stage.employer.certificate);
const secrets: readonly (readonly [string, Buffer])[] = [
  ['the key in PEM', Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))],
  ['the key in DER', publicKey.export({ type: 'spki', format: 'der' })],
  ['the certificate', stage.employer.certificate],
  ['the modulus', Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url')],
  ['nothing', Buffer.alloc(0)],
];

function octetsOfSignedInfo(xml: string): Buffer {
  const document = parse(Buffer.from(xml));
  const signedInfo = [...descendants(document.root)].find(({ local }) => local === 'SignedInfo');
  if (signedInfo === undefined) throw new Error('no SignedInfo');
  return canonicalElement(document, pathTo(document.root, signedInfo), inclusiveForm);
}

function forged(secret: Buffer, bits?: number): string {
  const length = bits === undefined ? '' : `<HMACOutputLength>${bits}</HMACOutputLength>`;
  const draft = stage.dossier({ spec: { method: `${more}hmac-sha256`, editSignedInfo: (xml) => xml.replace('</SignatureMethod>', `${length}</SignatureMethod>`) } });
  const value = createHmac('sha256', secret).update(octetsOfSignedInfo(draft)).digest().subarray(0, bits === undefined ? 32 : bits / 8);
  return draft.replace(/<SignatureValue>[^<]*/, `<SignatureValue>${value.toString('base64')}`);
}

describe('an HMAC that anybody can make', () => {
  it('lives: the code that writes it writes a signature that is accepted when it is the unit’s', () => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
  });

  it.each(secrets)('with %s as its secret is refused', (_name, secret) => {
    expect(stage.judged(forged(secret))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  it.each([[8], [0]])('truncated to %i bits is refused', (bits) => {
    expect(stage.judged(forged(Buffer.alloc(1), bits))).toBe('SIGNATURE_FORMAT');
  });

  it.each(['http://www.w3.org/2000/09/xmldsig#hmac-sha1', `${more}hmac-md5`, `${more}hmac-sha384`, `${more}hmac-sha512`, `${more}hmac-ripemd160`, '', 'urn:none', 'none'])('as %s is refused', (method) => {
    expect(stage.verified(stage.dossier({ spec: { method } }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });
});
