// Guarantee: whoever is certified for something else signs no dossier and no time; whoever signs dossiers in the field is not refused for the
// purposes that issuers write into certificates.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Certificate } from '../../src/trust/certificate.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { trustSigner } from '../../src/trust/path.ts';
import type { Purpose } from '../../src/trust/purposes.ts';
import { at, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, oids, refusedWith, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let subordinate: Holder;
let material: TrustMaterial;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  material = await materialOf([root, subordinate]);
});

const eku = (list: readonly string[], critical = false): x509.Extension => new x509.ExtendedKeyUsageExtension([...list], critical);
const documents = { microsoft: '1.3.6.1.4.1.311.10.3.12', adobe: '1.2.840.113583.1.1.5', rfc9336: '1.3.6.1.5.5.7.3.36', any: '2.5.29.37.0' };
const code = '1.3.6.1.5.5.7.3.3';
const vendor = '1.3.6.1.4.1.30339.1.1.9';

function trusts(certificate: Certificate, purpose: Purpose, by: TrustMaterial = material): boolean {
  const judge = () => trustSigner(certificate, by, at, purpose);
  if (thrownBy(judge) === undefined) return true;
  expect(refusedWith(judge).join()).toMatch(/^CHAIN_CONSTRAINTS_FAILURE extKeyUsage = /);
  return false;
}
const withPurposes = (list: readonly string[], critical: boolean, shape: Shape = {}): Promise<Certificate> => makeLeaf(subordinate, { extensions: [eku(list, critical)], ...shape });

describe('a signer of dossiers', () => {
  it.each<[what: string, purposes: readonly string[], asHint: boolean, asRule: boolean]>([
    ['client', [oids.client], true, true],
    ['e-mail', [oids.mail], true, true],
    ['client and e-mail', [oids.client, oids.mail], true, true],
    ['Microsoft documents', [documents.microsoft], true, true],
    ['Adobe documents', [documents.adobe], true, true],
    ['documents by RFC 9336', [documents.rfc9336], true, true],
    ['anything', [documents.any], true, true],
    ['an arc of the issuer’s own', [vendor], true, false],
    ['an arc of its own and a server', [vendor, oids.server], true, false],
    ['server', [oids.server], false, false],
    ['time', [oids.time], false, false],
    ['OCSP', [oids.ocsp], false, false],
    ['code', [code], false, false],
    ['server and OCSP', [oids.server, oids.ocsp], false, false],
    ['server and e-mail', [oids.server, oids.mail], true, true],
    ['server and client', [oids.server, oids.client], true, true],
  ])('certified for %s', async (_, list, asHint, asRule) => {
    expect(trusts(await withPurposes(list, false), 'signature')).toBe(asHint);
    expect(trusts(await withPurposes(list, true), 'signature')).toBe(asRule);
  });

  it('is no TLS server: server and client in one, without nonRepudiation', async () => {
    for (const usages of [[usage.digitalSignature, usage.keyEncipherment], [usage.digitalSignature], 'absent'] as const) {
      expect(trusts(await withPurposes([oids.server, oids.client], false, { usages }), 'signature')).toBe(false);
    }
    expect(trusts(await withPurposes([oids.client], false, { usages: [usage.digitalSignature] }), 'signature')).toBe(true);
    expect(trusts(await withPurposes([oids.server, documents.adobe], false, { usages: [usage.digitalSignature] }), 'signature')).toBe(true);
  });
});

describe('a time-stamping authority', () => {
  it.each<[what: string, purposes: readonly string[], critical: boolean, trusted: boolean]>([
    ['time alone and critical', [oids.time], true, true],
    ['time, but not critical', [oids.time], false, false],
    ['time and something else', [oids.time, oids.mail], true, false],
    ['something else', [oids.mail], true, false],
    ['anything', [documents.any], true, false],
  ])('is certified for %s', async (_, list, critical, trusted) => {
    expect(trusts(await withPurposes(list, critical), 'timestamp')).toBe(trusted);
  });

  it('is certified for something at all', async () => {
    expect(trusts(await makeLeaf(subordinate), 'timestamp')).toBe(false);
  });

  it('may sign', async () => {
    const certificate = await withPurposes([oids.time], true, { usages: [usage.keyEncipherment] });
    expect(refusedWith(() => trustSigner(certificate, material, at, 'timestamp')).join()).toContain('keyUsage ∌ digitalSignature');
  });
});

describe('an authority', () => {
  const under = async (list: readonly string[], critical: boolean, purpose: Purpose): Promise<boolean> => {
    const bound = await makeSubordinate(root, 'Bound CA', { extensions: [eku(list, critical)] });
    const certificate = await makeLeaf(bound, purpose === 'timestamp' ? { extensions: [eku([oids.time], true)] } : {});
    return trusts(certificate, purpose, await materialOf([root, bound], [await makeList(root), await makeList(bound)]));
  };

  it.each<[what: string, purposes: readonly string[], signature: boolean, timestamp: boolean]>([
    ['servers', [oids.server], false, false],
    ['time', [oids.time], false, true],
    ['OCSP and e-mail', [oids.ocsp, oids.mail], true, false],
    ['clients', [oids.client], true, false],
    ['anything', [documents.any], true, true],
    ['an arc of its own', [vendor], true, true],
  ])('certified for %s binds what it certifies', async (_, list, signature, timestamp) => {
    expect([await under(list, false, 'signature'), await under(list, false, 'timestamp')]).toEqual([signature, timestamp]);
  });

  it('binds by an arc of its own only where it says so critically', async () => {
    expect(await under([vendor], true, 'signature')).toBe(false);
  });
});
