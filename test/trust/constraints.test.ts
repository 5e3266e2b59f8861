// Guarantee: every certificate of a path satisfies every constraint at the instant. One defect each; without its check the test is red.
import { createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOfPath } from '../../src/trust/constraints.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { alternatives, at, days, der, ed25519, general, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, points, refusedWith, rsa, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let subordinate: Holder;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
});

const policyConstraints = (critical: boolean, content: string) => new x509.Extension('2.5.29.36', critical, der(0x30, Buffer.from(content, 'hex')));
const POLICY = 'CHAIN_CONSTRAINTS_FAILURE policyConstraints requireExplicitPolicy';
const unknownExtension = (critical: boolean) => new x509.Extension('1.2.3.4', critical, Buffer.from('0500', 'hex'));

async function judgeLeaf(shape: Shape): Promise<readonly string[]> {
  const [certificate, material] = [await makeLeaf(subordinate, shape), await materialOf([root, subordinate])];
  return codesOf(() => trustSigner(certificate, material, at, 'signature'));
}

async function judgeUnder(authority: Holder, ...others: Holder[]): Promise<readonly string[]> {
  const holders = [...others, authority];
  const [certificate, material] = [await makeLeaf(authority), await materialOf(holders, await Promise.all([root, subordinate, ...holders].map((holder) => makeList(holder))))];
  return codesOf(() => trustSigner(certificate, material, at, 'signature'));
}

/** The codes of a refusal without the subject in brackets; empty when trusted. */
function codesOf(judge: () => unknown): readonly string[] {
  const error = thrownBy(judge);
  return error === undefined ? [] : refusedWith(() => { throw error as Error; }).map((text) => text.replace(/ \(.*/, ''));
}

describe('a leaf', () => {
  it.each<[what: string, shape: Shape, codes: readonly string[]]>([
    ['that expired', { notAfter: days(-1) }, ['EXPIRED']],
    ['in its last second', { notAfter: at }, []],
    ['that is not yet valid', { notBefore: days(1) }, ['NOT_YET_VALID']],
    ['in its first second', { notBefore: at }, []],
    ['that is an authority', { ca: true, usages: [usage.digitalSignature] }, ['CHAIN_CONSTRAINTS_FAILURE basicConstraints cA = TRUE']],
    ['for encryption only', { usages: [usage.keyEncipherment] }, ['CHAIN_CONSTRAINTS_FAILURE keyUsage ∌ digitalSignature, nonRepudiation']],
    ['for digital signature only', { usages: [usage.digitalSignature] }, []],
    ['for non-repudiation only', { usages: [usage.nonRepudiation] }, []],
    ['without key usage, which restricts nothing', { usages: 'absent' }, []],
    ['with an unknown critical extension', { extensions: [unknownExtension(true)] }, ['CHAIN_CONSTRAINTS_FAILURE critical = 1.2.3.4']],
    ['with an unknown extension that is not critical', { extensions: [unknownExtension(false)] }, []],
    ['meant for time stamps', { extensions: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.8'], true)] }, ['CHAIN_CONSTRAINTS_FAILURE extKeyUsage = 1.3.6.1.5.5.7.3.8']],
    ['meant for documents', { extensions: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.4.1.311.10.3.12'], true)] }, []],
    ['with several defects', { notAfter: days(-1), usages: [usage.keyEncipherment] }, ['EXPIRED', 'CHAIN_CONSTRAINTS_FAILURE keyUsage ∌ digitalSignature, nonRepudiation']],
  ])('%s', async (_, shape, codes) => {
    expect(await judgeLeaf(shape)).toEqual(codes);
  });

  it('of which the refusal says until when it was valid', async () => {
    const [certificate, material] = [await makeLeaf(subordinate, { notAfter: days(-1) }), await materialOf([root, subordinate])];
    expect(thrownBy(() => trustSigner(certificate, material, at, 'signature'))).toMatchObject({
      findings: [{ params: { subject: 'CÔNG TY "ABC", CHI NHÁNH 1', until: days(-1).toISOString() } }],
    });
  });
});

describe('an issuer', () => {
  it.each<[what: string, shape: Shape, codes: readonly string[]]>([
    ['that expired', { notAfter: days(-1) }, [`CHAIN_CONSTRAINTS_FAILURE notAfter = ${days(-1).toISOString()}`]],
    ['that is not yet valid', { notBefore: days(1) }, [`CHAIN_CONSTRAINTS_FAILURE notBefore = ${days(1).toISOString()}`]],
    ['without keyCertSign', { usages: [usage.cRLSign] }, ['CHAIN_CONSTRAINTS_FAILURE keyUsage ∌ keyCertSign']],
    ['without key usage, which restricts nothing', { usages: 'absent' }, []],
    ['with an unknown critical extension', { extensions: [unknownExtension(true)] }, ['CHAIN_CONSTRAINTS_FAILURE critical = 1.2.3.4']],
    ['that asks for a policy, which is not computed', { extensions: [policyConstraints(true, '800100')] }, [POLICY]],
    ['that asks for a policy without being critical', { extensions: [policyConstraints(false, '800100')] }, [POLICY]],
    ['that only bans mappings of policies, of which we ask none', { extensions: [policyConstraints(true, '810100')] }, []],
    ['that only bans anyPolicy', { extensions: [new x509.Extension('2.5.29.54', true, Buffer.from('020100', 'hex'))] }, []],
    ['that maps policies', { extensions: [new x509.Extension('2.5.29.33', true, Buffer.from('300c300a06032a030406032a0305', 'hex'))] }, []],
    ['with policies', { extensions: [new x509.Extension('2.5.29.32', true, Buffer.from('3007300506032a0304', 'hex'))] }, []],
    ['with a critical point of its lists', { extensions: [new x509.Extension('2.5.29.31', true, points('http://crl.example/1.crl').value)] }, []],
    ['with a critical alternative name', { extensions: [new x509.Extension('2.5.29.17', true, alternatives(general.mail('ca@example.vn')).value)] }, []],
  ])('%s', async (_, shape, codes) => {
    expect(await judgeUnder(await makeSubordinate(root, 'VNPT-CA', shape), root)).toEqual(codes);
    expect(await judgeUnder(await makeRoot('Other Root', shape))).toEqual(codes);
  });

  it('that is no authority is no issuer: the folder does not take it, nor does a leaf become one', async () => {
    const unit = await issue(subordinate, {});
    await expect(materialOf([root, subordinate, unit])).rejects.toThrow('not the certificate of an authority');
    const [certificate, material] = [await makeLeaf(unit), await materialOf([root, subordinate])];
    expect(codesOf(() => trustSigner(certificate, material, at, 'signature'))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });
});

it('a path through what is no authority is refused, even if one were built', async () => {
  const unit = await issue(subordinate, { usages: 'absent' });
  const findings = findingsOfPath([await makeLeaf(unit), unit.certificate, root.certificate], at, 'signature');
  expect(findings.map(({ params }) => params['reason'])).toEqual([`basicConstraints cA = FALSE (${unit.certificate.subject})`]);
});

describe('the length of a path', () => {
  it.each([
    ['is not exceeded by the leaf', 0, 1, []],
    ['is exceeded by one authority too many', 0, 2, ['CHAIN_CONSTRAINTS_FAILURE pathLenConstraint = 0']],
    ['is counted exactly', 1, 2, []],
  ])('%s', async (_, pathLength, count, codes) => {
    const chain = [await makeSubordinate(root, '1', { pathLength }), root];
    for (let index = 2; index <= count; index++) chain.unshift(await makeSubordinate(chain[0] ?? root, String(index)));
    const [last = root, ...others] = chain;
    expect(await judgeUnder(last, ...others)).toEqual(codes);
  });

  it('binds the anchor too', async () => {
    const strict = await makeRoot('Strict Root', { pathLength: 0 });
    expect(await judgeUnder(await makeSubordinate(strict), strict)).toEqual(['CHAIN_CONSTRAINTS_FAILURE pathLenConstraint = 0']);
  });

  it('does not count what an authority issued to itself', async () => {
    const strict = await makeRoot('Strict Root', { pathLength: 0 });
    const renewed = await issue(strict, { ca: true, subject: strict.name });
    expect(await judgeUnder(renewed, strict)).toEqual([]);
  });
});

describe('cryptography', () => {
  const weakKeyInfo = (publicKey: KeyObject): Buffer => Buffer.from(publicKey.export({ format: 'der', type: 'spki' }));

  it('a leaf or an issuer with RSA-1024 is refused', async () => {
    const keys = await makeKeys(rsa(1024));
    expect(await judgeLeaf({ keys })).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    expect(await judgeUnder(await makeSubordinate(root, 'Weak', { keys }), root)).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    expect(await judgeUnder(await makeRoot('Weak Root', { keys }))).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
  });

  it('RSA-2048 is not', async () => {
    const keys = await makeKeys(rsa(2048));
    expect(await judgeUnder(await makeSubordinate(root, 'Strong', { keys }), root)).toEqual([]);
  });

  it.each([
    ['a curve of 224 bits', () => generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey],
    ['a curve of another family', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey],
    ['a curve with explicit parameters', () => generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' }).publicKey],
    ['a key of another kind', () => generateKeyPairSync('ed25519').publicKey],
    ['a key of RSASSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
  ])('%s is refused', async (_, makeKey) => {
    expect(await judgeLeaf({ publicKeyInfo: weakKeyInfo(makeKey()) })).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
  });

  it('RSA with exponent 1 and RSA of more than 8192 bits are refused', async () => {
    const keyInfo = (bits: number, exponent: string): Buffer => {
      const jwk = { kty: 'RSA', n: Buffer.alloc(bits / 8, 0xff).toString('base64url'), e: Buffer.from(exponent, 'hex').toString('base64url') };
      return weakKeyInfo(createPublicKey({ key: jwk, format: 'jwk' }));
    };
    expect(await judgeLeaf({ publicKeyInfo: keyInfo(2048, '01') })).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    expect(await judgeLeaf({ publicKeyInfo: keyInfo(8200, '010001') })).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    expect(await judgeLeaf({ publicKeyInfo: keyInfo(2048, '010001') })).toEqual([]);
  });

  it('a leaf or a subordinate signed with SHA-1 is refused, an anchor’s SHA-1 signature over itself is not', async () => {
    const keys = await makeKeys(rsa(2048, 'SHA-1'));
    const old = await makeRoot('MIC National Root CA', { keys });
    const current = { ...old, keys: await toSha256(keys) };
    expect(await judgeUnder(await makeSubordinate(old), old)).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    const [weak, sound] = [await makeLeaf(old), await makeLeaf(current)];
    const material = await materialOf([old], [await makeList(current)]);
    expect(codesOf(() => trustSigner(weak, material, at, 'signature'))).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
    expect(codesOf(() => trustSigner(sound, material, at, 'signature'))).toEqual([]);
  });

  it('an algorithm nobody knows is refused by name, not as an unknown issuer', async () => {
    const certificate = await makeLeaf({ name: root.name, keys: await makeKeys(ed25519) });
    const material = await materialOf([root]);
    expect(codesOf(() => trustSigner(certificate, material, at, 'signature'))).toEqual(['CRYPTO_CONSTRAINTS_FAILURE']);
  });
});

/** webcrypto binds the hash to the key object: the same key, to sign with SHA-256. */
async function toSha256(keys: Holder['keys']): Promise<Holder['keys']> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const { subtle } = webcrypto;
  const [pkcs8, spki] = [await subtle.exportKey('pkcs8', keys.privateKey), await subtle.exportKey('spki', keys.publicKey)];
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}
