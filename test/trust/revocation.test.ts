// Guarantee: nobody is trusted whom a usable revocation list does not clear at the instant. No list, a stale or a doubtful one is "not now".
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '../../src/errors/outcomes.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import { parseRevocationList } from '../../src/trust/crl.ts';
import { trustSigner, type Signer } from '../../src/trust/path.ts';
import { at, days, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, refusedWith, revoked, rsa, sha256, thrownBy, usage, x509, type Holder, type ListShape } from './support.ts';

let root: Holder;
let subordinate: Holder;
let leaf: Certificate;
let rootList: Buffer;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate, { serialNumber: 'ff01' });
  rootList = await makeList(root);
});

async function judge(...lists: readonly Uint8Array[]): Promise<() => Signer> {
  const material = await materialOf([root, subordinate], [rootList, ...lists]);
  return () => trustSigner(leaf, material, at, 'signature');
}
const judgeWith = async (shape: ListShape): Promise<() => Signer> => judge(await makeList(subordinate, shape));

const notNow = (judgement: () => unknown, reason: RegExp): void => {
  const error = thrownBy(judgement);
  expect(error).toBeInstanceOf(Unavailable);
  expect(String(error)).toMatch(reason);
};
const NONE = /no usable revocation list or OCSP answer: CN=VNPT-CA/;

describe('a leaf', () => {
  it('that is on the list is refused, with the instant of revocation', async () => {
    const judgement = await judgeWith({ entries: [revoked(leaf, days(-2))] });
    expect(thrownBy(judgement)).toMatchObject({ findings: [{ code: 'REVOKED', params: { subject: leaf.commonName, revokedAt: days(-2).toISOString() } }] });
  });

  it('revoked at the very instant is refused', async () => {
    expect(refusedWith(await judgeWith({ entries: [revoked(leaf, at)] }))).toEqual(['REVOKED']);
  });

  it('revoked later was not revoked yet', async () => {
    expect((await judgeWith({ entries: [revoked(leaf, days(0.5))] }))().certificate).toBe(leaf);
  });

  it('that is revoked is so on every path, though another path leaves it open', async () => {
    const { name, keys } = subordinate;
    const silent = await issue(root, { ca: true, subject: name, keys, usages: [usage.keyCertSign] });
    const material = await materialOf([root, subordinate, silent], [rootList, await makeList(subordinate, { entries: [revoked(leaf, days(-2))] })]);
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature'))).toEqual(['REVOKED']);
  });

  it('on hold is refused', async () => {
    expect(refusedWith(await judgeWith({ entries: [revoked(leaf, days(-2), { reason: x509.X509CrlReason.certificateHold })] }))).toEqual(['REVOKED']);
  });

  it('whose hold was lifted is not', async () => {
    expect((await judgeWith({ entries: [revoked(leaf, days(-2), { reason: x509.X509CrlReason.removeFromCRL })] }))().certificate).toBe(leaf);
  });

  it('is not confused with another of the same authority, nor with the same serial number of another', async () => {
    const neighbour = await makeLeaf(subordinate);
    const lists = [await makeList(root, { entries: [revoked(leaf, days(-2))] }), await makeList(subordinate, { entries: [revoked(neighbour, days(-2))] })];
    const material = await materialOf([root, subordinate], lists);
    expect(trustSigner(leaf, material, at, 'signature').certificate).toBe(leaf);
  });
});

describe('an intermediate', () => {
  it('that is revoked breaks the path', async () => {
    const judgement = await judge(await makeList(root, { thisUpdate: days(-0.5), entries: [revoked(subordinate.certificate, days(-2))] }), await makeList(subordinate));
    expect(refusedWith(judgement)).toEqual([`CHAIN_CONSTRAINTS_FAILURE revocationDate = ${days(-2).toISOString()}, reasonCode = unspecified (${subordinate.certificate.subject})`]);
  });

  it('needs a list of its own issuer', async () => {
    const material = await materialOf([root, subordinate], [await makeList(subordinate)]);
    notNow(() => trustSigner(leaf, material, at, 'signature'), /no usable revocation list or OCSP answer: CN=Vietnam National Root CA/);
  });

  it('that is revoked on one path does not close another', async () => {
    const other = await makeRoot('Other Root');
    const crossed = await issue(other, { ca: true, subject: subordinate.name, keys: subordinate.keys });
    const revoking = await makeList(root, { entries: [revoked(subordinate.certificate, days(-2))] });
    const holders = [root, other, subordinate, crossed];
    const material = await materialOf(holders, [revoking, await makeList(other), await makeList(subordinate)]);
    expect(trustSigner(leaf, material, at, 'signature').path).toEqual([leaf, crossed.certificate, other.certificate]);
    const open = await materialOf(holders, [revoking, await makeList(subordinate)]);
    notNow(() => trustSigner(leaf, open, at, 'signature'), /Other Root/);
  });
});

describe('"not now", never a pass and never a refusal', () => {
  it('without any list', async () => {
    notNow(await judge(), NONE);
  });

  it('from the instant of nextUpdate on', async () => {
    notNow(await judgeWith({ nextUpdate: at }), /expired at 2026-06-15T03:00:00\.000Z: CN=VNPT-CA/);
  });

  it('even if a stale list names the certificate', async () => {
    notNow(await judgeWith({ nextUpdate: days(-0.5), entries: [revoked(leaf, days(-2))] }), /expired/);
  });

  it('with a list that another key signed', async () => {
    notNow(await judge(await makeList({ name: subordinate.name, keys: await makeKeys() })), NONE);
  });

  it('with a list of another name that the right key signed', async () => {
    notNow(await judge(await makeList({ name: root.name, keys: subordinate.keys })), NONE);
  });

  it('with a list of an authority that may not sign lists', async () => {
    const silent = await makeSubordinate(root, 'Silent', { usages: [usage.keyCertSign] });
    const [certificate, material] = [await makeLeaf(silent), await materialOf([root, silent])];
    notNow(() => trustSigner(certificate, material, at, 'signature'), /Silent/);
  });

  it('with a list signed with SHA-1', async () => {
    const keys = await makeKeys(rsa(2048, 'SHA-1'));
    const old = await makeRoot('MIC National Root CA', { keys });
    expect(parseRevocationList(await makeList(old)).unusable).toBe('signed with sha1WithRSAEncryption');
  });

  it('with a list issued after the certificate expired, which may have dropped it', async () => {
    const brief = await makeLeaf(subordinate, { notAfter: days(1) });
    const dropped = await materialOf([root, subordinate], [rootList, await makeList(subordinate, { thisUpdate: days(2), nextUpdate: days(4) })]);
    notNow(() => trustSigner(brief, dropped, at, 'signature'), NONE);
  });

  it('and the sender is told to wait minutes, not seconds', async () => {
    expect(thrownBy(await judge())).toMatchObject({ retryAfterSeconds: 300 });
  });
});

describe('a list that says what we do not understand is not used', () => {
  const extension = (oid: string, critical = true) => new x509.Extension(oid, critical, Buffer.from('0500', 'hex'));

  it.each([
    ['a partition (issuingDistributionPoint)', { extensions: [extension('2.5.29.28')] }],
    ['a delta', { extensions: [new x509.Extension('2.5.29.27', true, Buffer.from('020101', 'hex'))] }],
    ['an unknown critical extension', { extensions: [extension('1.2.3.4')] }],
    ['no nextUpdate', { nextUpdate: null }],
  ])('%s', async (_, shape: ListShape) => {
    notNow(await judgeWith(shape), NONE);
  });

  it('an unknown critical extension of any entry', async () => {
    const neighbour = await makeLeaf(subordinate);
    notNow(await judgeWith({ entries: [revoked(neighbour, days(-2), { extensions: [extension('2.5.29.29')] })] }), NONE);
  });

  it('but extensions that are not critical do no harm', async () => {
    const entries = [revoked(await makeLeaf(subordinate), days(-2), { extensions: [extension('1.2.3.4', false)] })];
    expect((await judgeWith({ extensions: [extension('1.2.3.4', false)], entries }))().certificate).toBe(leaf);
  });

  it('and an older usable list is used in its place', async () => {
    const usable = await makeList(subordinate, { thisUpdate: days(-2), entries: [revoked(leaf, days(-3))] });
    expect(refusedWith(await judge(await makeList(subordinate, { extensions: [extension('2.5.29.28')] }), usable))).toEqual(['REVOKED']);
  });
});

describe('of several lists', () => {
  it('the newest decides', async () => {
    const older = await makeList(subordinate, { thisUpdate: days(-3), entries: [revoked(leaf, days(-4), { reason: x509.X509CrlReason.certificateHold })] });
    const newer = await makeList(subordinate, { thisUpdate: days(-1), number: 9 });
    expect((await judge(older, newer))().revocation[0]).toMatchObject({ number: '09', thisUpdate: days(-1) });
    const revoking = await makeList(subordinate, { thisUpdate: days(-0.5), entries: [revoked(leaf, days(-4))] });
    expect(refusedWith(await judge(newer, revoking))).toEqual(['REVOKED']);
  });

  it('one newer than the instant is used too, and its dates decide', async () => {
    const later = { thisUpdate: days(3), nextUpdate: days(5) };
    expect((await judgeWith({ ...later, entries: [revoked(leaf, days(2))] }))().revocation[0]?.thisUpdate).toEqual(days(3));
    expect(refusedWith(await judgeWith({ ...later, entries: [revoked(leaf, days(-2))] }))).toEqual(['REVOKED']);
  });
});

it('the evidence says which list cleared each certificate but the anchor', async () => {
  const list = await makeList(subordinate, { number: 5 });
  const { revocation, path } = (await judge(list))();
  expect(revocation).toEqual([
    { kind: 'crl', certificate: leaf.fingerprint, issuer: subordinate.certificate.subject, signer: subordinate.certificate.fingerprint, number: '05', thisUpdate: days(-1), nextUpdate: days(1), digest: sha256(list) },
    { kind: 'crl', certificate: path[1]?.fingerprint, issuer: root.certificate.subject, signer: root.certificate.fingerprint, number: '01', thisUpdate: days(-1), nextUpdate: days(1), digest: sha256(rootList) },
  ]);
});

describe('reading a list', () => {
  it('takes reason and date of each entry', async () => {
    const list = parseRevocationList(await makeList(subordinate, { entries: [revoked(leaf, days(-2), { reason: x509.X509CrlReason.keyCompromise })] }));
    expect(['ff01', '00ff01', 'ff', 'FF01', ''].map((serialNumber) => list.entries.get(serialNumber))).toEqual([{ date: days(-2), reason: 1 }, undefined, undefined, undefined, undefined]);
  });

  it.each([[-2, -4], [-4, -2]])('counts a certificate listed twice from its first revocation (%d, %d)', async (one, other) => {
    const bytes = await makeList(subordinate, { entries: [{ serialNumber: '11', revocationDate: days(one) }, { serialNumber: '12', revocationDate: days(other) }] });
    bytes[bytes.indexOf(Buffer.from('020112', 'hex')) + 2] = 0x11;
    const { entries } = parseRevocationList(bytes);
    expect([entries.get('11'), entries.get('12')]).toEqual([{ date: days(-4), reason: undefined }, undefined]);
  });

  it.each([
    ['of an unknown version', '020101300a06', 2],
    ['with two different signature algorithms', '300a06082a8648ce3d040302', 11],
  ])('fails on one %s', async (_, pattern, offset) => {
    const bytes = await makeList(subordinate);
    const changed = bytes.indexOf(Buffer.from(pattern, 'hex')) + offset;
    bytes[changed] = (bytes[changed] ?? 0) + 1;
    expect(() => parseRevocationList(bytes)).toThrow(/version|algorithms/);
  });

  it('fails on any byte cut off or added, and never with a refusal: lists are our own material', async () => {
    const bytes = await makeList(subordinate, { entries: [revoked(leaf, days(-2))] });
    for (let length = 0; length < bytes.length; length++) {
      const error = thrownBy(() => parseRevocationList(bytes.subarray(0, length)));
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Refusal);
    }
    expect(() => parseRevocationList(Buffer.concat([bytes, Buffer.from([0])]))).toThrow();
  });
});
