// Guarantee: what a sender sends along may complete a path and can do nothing else: it is no anchor, hides no path of ours, and costs a bounded
// amount of work. Hints say what is tried first, never what is tried.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts';
import { findPaths } from '../../src/trust/path-search.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { at, days, der, general, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, nameOf, refusedWith, revoked, rsa, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let subordinate: Holder;
let leaf: Certificate;
let lists: readonly Buffer[];

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate);
  lists = [await makeList(root), await makeList(subordinate)];
});

const sent = (...candidates: readonly Certificate[]) => ({ candidates, lists: [], responses: [] });
const NONE = ['NO_CERTIFICATE_CHAIN_FOUND'];

describe('a certificate sent along', () => {
  it('completes a path that our material does not', async () => {
    const material = await materialOf([root], lists);
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature'))).toEqual(NONE);
    expect(trustSigner(leaf, material, at, 'signature', sent(subordinate.certificate)).path).toEqual([leaf, subordinate.certificate, root.certificate]);
  });

  it('is no anchor, though it signed itself', async () => {
    const own = await makeRoot('Own Root');
    const material = await materialOf([root], lists);
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature', sent(own.certificate)))).toEqual(NONE);
    const under = await makeLeaf(own);
    expect(refusedWith(() => trustSigner(under, material, at, 'signature', sent(own.certificate)))).toEqual(NONE);
  });

  it.each<[string, Shape, string]>([
    ['expired', { notAfter: days(-1) }, `CHAIN_CONSTRAINTS_FAILURE notAfter = ${days(-1).toISOString()}`],
    ['without keyCertSign', { usages: [usage.cRLSign] }, 'CHAIN_CONSTRAINTS_FAILURE keyUsage ∌ keyCertSign'],
    ['with an unknown critical extension', { extensions: [new x509.Extension('1.2.3.4', true, Buffer.from('0500', 'hex'))] }, 'CHAIN_CONSTRAINTS_FAILURE critical = 1.2.3.4'],
  ])('must satisfy every constraint: one %s', async (_, shape, code) => {
    const bad = await makeSubordinate(root, 'VNPT-CA', { ...shape, keys: subordinate.keys });
    const material = await materialOf([root], lists);
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature', sent(bad.certificate)))).toEqual([`${code} (${bad.certificate.subject})`]);
  });

  it('must not be revoked, and its state must be known', async () => {
    const revoking = await materialOf([root], [await makeList(root, { entries: [revoked(subordinate.certificate, days(-2))] }), await makeList(subordinate)]);
    expect(refusedWith(() => trustSigner(leaf, revoking, at, 'signature', sent(subordinate.certificate))).join()).toContain('revocationDate');
    const silent = await materialOf([root], [await makeList(subordinate)]);
    expect(thrownBy(() => trustSigner(leaf, silent, at, 'signature', sent(subordinate.certificate)))).toMatchObject({ missing: [{ certificate: subordinate.certificate }] });
  });

  it('is no link if it is no authority, or has a key that only costs time', async () => {
    const unit = await issue(subordinate, {});
    const weak = await makeSubordinate(root, 'Weak', { keys: await makeKeys(rsa(1024)) });
    const material = await materialOf([root, subordinate], lists);
    for (const holder of [unit, weak]) {
      const under = await makeLeaf(holder);
      expect(refusedWith(() => trustSigner(under, material, at, 'signature', sent(holder.certificate)))).toEqual(NONE);
    }
  });

  it('that we have ourselves changes nothing', async () => {
    const material = await materialOf([root, subordinate], lists);
    const own = findPaths(leaf, material);
    expect(findPaths(leaf, material, [subordinate.certificate, root.certificate, leaf])).toBe(own);
  });

  it('comes after our own: a path over our material is taken before it', async () => {
    const other = await issue(root, { ca: true, subject: subordinate.name, keys: subordinate.keys });
    const material = await materialOf([root, subordinate], lists);
    for (const candidates of [[], [other.certificate]]) {
      expect(trustSigner(leaf, material, at, 'signature', { ...sent(...candidates) }).path[1]).toBe(subordinate.certificate);
    }
    expect(findPaths(leaf, material, [other.certificate]).paths).toHaveLength(2);
  });

  it('is used sixteen times at most, of which each counts once; an excess is refused', async () => {
    const material = await materialOf([root], lists);
    const chaff = await Promise.all(Array.from({ length: 16 }, (_, index) => makeRoot(`Chaff ${index}`).then(({ certificate }) => certificate)));
    const [first = leaf] = chaff;
    const { certificate } = subordinate;
    expect(findPaths(leaf, material, [...chaff.slice(1), certificate]).paths).toHaveLength(1);
    expect(findPaths(leaf, material, [...chaff, certificate]).paths).toEqual([]);
    expect(findPaths(leaf, material, [...Array<Certificate>(40).fill(first), certificate]).paths).toHaveLength(1);
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature', sent(...Array<Certificate>(65).fill(first)))).join()).toContain('CertificateValues, RevocationValues > 64');
  });

  it('in a maze is the sender’s fault and neither "not now" nor a way to hide our own path', async () => {
    const ring = await Promise.all([1, 2, 3, 4].map(async (index) => ({ name: nameOf(`Ring ${index}`), keys: await makeKeys() })));
    const maze = await Promise.all(ring.flatMap((issuer) => ring.filter((subject) => subject !== issuer).map((subject) => issue(issuer, { ca: true, subject: subject.name, keys: subject.keys }))));
    const candidates = maze.map(({ certificate }) => certificate);
    const [start = root] = ring as Holder[];
    const material = await materialOf([root, subordinate], lists);
    const lost = await makeLeaf(start);
    expect(refusedWith(() => trustSigner(lost, material, at, 'signature', sent(...candidates)))).toEqual(NONE);
    expect(trustSigner(leaf, material, at, 'signature', sent(...candidates)).path).toHaveLength(3);
  });
});

describe('hints', () => {
  /** AuthorityKeyIdentifier that names the issuer's certificate by its issuer and serial number. */
  const pointing = ({ certificate }: Holder): x509.Extension => {
    const issuer = der(0xa1, der(0xa4, certificate.issuerDer));
    return new x509.Extension('2.5.29.35', false, der(0x30, issuer, der(0x82, Buffer.from(certificate.serialNumber, 'hex'))));
  };

  it('by issuer and serial number say which of several certificates of one key is tried first', async () => {
    const { keys } = subordinate;
    const renewals = await Promise.all(['11', '12', '13'].map((serialNumber) => makeSubordinate(root, 'VNPT-CA', { keys, serialNumber })));
    const material = await materialOf([root, ...renewals], lists);
    for (const renewal of renewals) {
      const hinting = await makeLeaf(subordinate, { keyIdentifiers: false, extensions: [pointing(renewal)] });
      expect(findPaths(hinting, material).paths[0]?.[1]).toBe(renewal.certificate);
    }
  });

  it('that mislead hide nothing', async () => {
    const material = await materialOf([root, subordinate], lists);
    for (const extension of [pointing(await makeRoot('Other', { serialNumber: '21' })), new x509.Extension('2.5.29.35', false, der(0x30, der(0xa1, general.dns('x')), der(0x82, Buffer.from([1]))))]) {
      const misled = await makeLeaf(subordinate, { keyIdentifiers: false, extensions: [extension] });
      expect(trustSigner(misled, material, at, 'signature').path).toHaveLength(3);
    }
  });
});

describe('several anchors', () => {
  it('each end paths: one trusted itself ends the search, though it was cross-signed too', async () => {
    const other = await makeRoot('Other Root');
    const crossed = await issue(other, { ca: true, subject: root.name, keys: root.keys });
    const material = await materialOf([root, other, crossed, subordinate], [...lists, await makeList(other)]);
    const { paths } = findPaths(leaf, material);
    expect(paths.map((path) => path.at(-1))).toEqual([root.certificate, other.certificate]);
  });

  it('of two generations of one name and different keys lead by the key that signed', async () => {
    const next = await makeRoot();
    const under = await makeSubordinate(next);
    const material = await materialOf([root, next, subordinate, under], [...lists, await makeList(next), await makeList(under)]);
    expect(trustSigner(leaf, material, at, 'signature').path.at(-1)).toBe(root.certificate);
    expect(trustSigner(await makeLeaf(under), material, at, 'signature').path.at(-1)).toBe(next.certificate);
  });
});

describe('the memory of paths', () => {
  it('holds no instant: the same leaf is judged anew at each', async () => {
    const brief = await makeLeaf(subordinate, { notAfter: days(0.5) });
    const material = await materialOf([root, subordinate], lists);
    expect(trustSigner(brief, material, at, 'signature').at).toEqual(at);
    expect(refusedWith(() => trustSigner(brief, material, days(0.75), 'signature'))).toEqual(['EXPIRED']);
    expect(trustSigner(brief, material, at, 'signature').path).toHaveLength(3);
  });

  it('is the material’s own: what one leads to an anchor, another need not', async () => {
    const [with_, without] = [await materialOf([root, subordinate], lists), await materialOf([root], lists)];
    expect(findPaths(leaf, with_).paths).toHaveLength(1);
    expect(findPaths(leaf, without).paths).toEqual([]);
    expect(findPaths(parseCertificate(leaf.der), with_)).toBe(findPaths(leaf, with_));
  });

  it('tells what was sent along apart', async () => {
    const material = await materialOf([root], lists);
    expect(findPaths(leaf, material, [subordinate.certificate]).paths).toHaveLength(1);
    expect(findPaths(leaf, material).paths).toEqual([]);
  });
});
