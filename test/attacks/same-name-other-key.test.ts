// Attack: an authority of the very name of a trusted one, with another key: whoever joins a path by name, or by the key identifier that the
// attacker writes himself, believes it (CVE-2020-0601 "CurveBall": joined by public key alone, with the attacker's own curve).
import { createPublicKey, webcrypto } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { makeKeys, openPaths, x509 } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const trust = await paths.material([root, authority]);

describe('an authority of the same name with another key', () => {
  it('lives: the true one’s leaf is accepted', async () => {
    expect(stage.judged(paths.signed(await paths.leaf(authority)), trust)).toBe('accepted');
  });

  it('is not the authority, shown or not', async () => {
    const impostor = { ...authority, keys: await makeKeys() };
    const forged = await paths.leaf(impostor);
    const shown = await paths.authority({ name: root.name, keys: impostor.keys }, 'CA', { keys: impostor.keys });
    expect(stage.judged(paths.signed(forged), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
    expect(stage.judged(paths.signed(forged, [shown, root]), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('is not the authority by its key identifier', async () => {
    const keys = await makeKeys();
    const extensions = [await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey), await x509.SubjectKeyIdentifierExtension.create(authority.keys.publicKey)];
    const shown = await paths.root('CA', { keys, keyIdentifiers: false, extensions });
    const forged = await paths.leaf({ name: authority.name, keys }, { keyIdentifiers: false, extensions });
    expect(stage.judged(paths.signed(forged, [shown]), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('is not the anchor when it signed itself', async () => {
    const self = await paths.root('Root');
    expect(stage.judged(paths.signed(await paths.leaf(self), [self]), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('is not the authority with the authority’s own point on a curve of the attacker’s', async () => {
    // CurveBall: Q is the authority's public key, the generator is chosen as Q itself, so that the private key is 1.
    const point = createPublicKey({ key: Buffer.from(await webcrypto.subtle.exportKey('spki', authority.keys.publicKey)), format: 'der', type: 'spki' }).export({ format: 'jwk' });
    const generator = Buffer.concat([Buffer.from([4]), Buffer.from(point.x ?? '', 'base64url'), Buffer.from(point.y ?? '', 'base64url')]);
    const spki = explicitCurve(generator);
    const shown = await paths.authority({ name: root.name, keys: await makeKeys() }, 'CA', { publicKeyInfo: spki });
    expect(shown.certificate.publicKey.asymmetricKeyType).toBe('ec');
    const forged = await paths.leaf({ name: authority.name, keys: await makeKeys() });
    expect(stage.judged(paths.signed(forged, [shown, root]), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
    // Even where an authority certified such a key, and an operator took it in, nothing below it is accepted.
    const certified = await paths.leaf(root, { publicKeyInfo: spki });
    expect(stage.judged(paths.signed(certified), trust)).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });
});

/** SubjectPublicKeyInfo of a point on P-256 with explicit parameters whose generator is the point itself. */
function explicitCurve(point: Buffer): Buffer {
  const tlv = (tag: number, ...contents: readonly Buffer[]): Buffer => {
    const content = Buffer.concat(contents);
    const length = content.length < 128 ? [content.length] : content.length < 256 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  const prime = hex('00ffffffff00000001000000000000000000000000ffffffffffffffffffffffff');
  const a = hex('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc');
  const b = hex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b');
  const order = hex('00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const field = tlv(0x30, tlv(6, hex('2a8648ce3d0101')), tlv(2, prime));
  const parameters = tlv(0x30, tlv(2, hex('01')), field, tlv(0x30, tlv(4, a), tlv(4, b)), tlv(4, point), tlv(2, order), tlv(2, hex('01')));
  return tlv(0x30, tlv(0x30, tlv(6, hex('2a8648ce3d0201')), parameters), tlv(3, Buffer.concat([Buffer.from([0]), point])));
}
