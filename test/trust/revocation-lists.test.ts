// Guarantee: a list speaks only for the certificates it covers, by its issuer's own key or a key of that name on the same path; another key's
// silence clears nobody whom it need not know.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseRevocationList, reasonName } from '../../src/trust/crl.ts';
import type { Certificate } from '../../src/trust/certificate.ts';
import { trustSigner, type Signer } from '../../src/trust/path.ts';
import { RevocationUnknown } from '../../src/trust/revocation.ts';
import { at as instant, days, der, general, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, nameOf, points, refusedWith, revoked, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let subordinate: Holder;
let leaf: Certificate;
let rootList: Buffer;

const uri = 'http://crl.example/users-7.crl';

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate, { extensions: [points('ldap://dir.example/cn=x', uri)] });
  rootList = await makeList(root);
});

const partition = (...fields: readonly Buffer[]): x509.Extension => new x509.Extension('2.5.29.28', true, der(0x30, ...fields));
const pointAt = (...names: readonly Buffer[]): Buffer => der(0xa0, der(0xa0, ...names));
const flag = (tag: number): Buffer => der(tag, Buffer.from([0xff]));

async function judge(certificate: Certificate, holders: readonly Holder[], lists: readonly Buffer[]): Promise<() => Signer> {
  const material = await materialOf(holders, lists);
  return () => trustSigner(certificate, material, instant, 'signature');
}
const stateOf = (judgement: () => Signer): string => {
  const error = thrownBy(judgement);
  if (error === undefined) return 'good';
  return error instanceof RevocationUnknown ? 'unknown' : refusedWith(judgement).join();
};

describe('a partitioned list', () => {
  it.each<[what: string, fields: readonly Buffer[], state: string]>([
    ['for users covers a leaf', [flag(0x81)], 'good'],
    ['for authorities does not', [flag(0x82)], 'unknown'],
    ['at a point that the certificate names covers it', [pointAt(general.uri(uri))], 'good'],
    ['at several points, one of which it names, covers it', [pointAt(general.uri('http://other.example/'), general.uri(uri))], 'good'],
    ['at a point in another scheme that it names covers it', [pointAt(general.uri('ldap://dir.example/cn=x'))], 'good'],
    ['at another point does not', [pointAt(general.uri('http://crl.example/users-8.crl'))], 'unknown'],
    ['at the same text as another kind of name does not', [pointAt(general.dns(uri))], 'unknown'],
    ['at a name relative to the issuer is not used', [der(0xa0, der(0xa1, Buffer.from('300806035504030c0141', 'hex')))], 'unknown'],
    ['for some reasons only is not used', [der(0x83, Buffer.from('0640', 'hex'))], 'unknown'],
    ['of other issuers is not used', [flag(0x84)], 'unknown'],
    ['for attributes is not used', [flag(0x85)], 'unknown'],
    ['for users and for authorities at once is not used', [flag(0x81), flag(0x82)], 'unknown'],
    ['that says nothing covers all', [], 'good'],
    ['with a flag that is neither true nor false is not used', [der(0x81, Buffer.from([1]))], 'unknown'],
  ])('%s', async (_, fields, state) => {
    const list = await makeList(subordinate, { extensions: [partition(...fields)] });
    expect(stateOf(await judge(leaf, [root, subordinate], [rootList, list]))).toBe(state);
  });

  it('is read the same when it is not critical', async () => {
    const extension = new x509.Extension('2.5.29.28', false, der(0x30, flag(0x82)));
    expect(parseRevocationList(await makeList(subordinate, { extensions: [extension] })).scope).toEqual({ of: 'authorities', points: undefined });
  });

  it('for authorities covers an authority, and one for users does not', async () => {
    const whole = await makeList(subordinate);
    expect(stateOf(await judge(leaf, [root, subordinate], [whole, await makeList(root, { extensions: [partition(flag(0x82))] })]))).toBe('good');
    expect(stateOf(await judge(leaf, [root, subordinate], [whole, await makeList(root, { extensions: [partition(flag(0x81))] })]))).toBe('unknown');
  });

  it('does not hide an older whole list, and a newer one of another partition clears nobody', async () => {
    const whole = await makeList(subordinate, { thisUpdate: days(-2), entries: [revoked(leaf, days(-3))] });
    const others = await makeList(subordinate, { thisUpdate: days(-1), extensions: [partition(flag(0x82))] });
    expect(stateOf(await judge(leaf, [root, subordinate], [rootList, whole, others]))).toBe('REVOKED');
  });

  it('is not found by a point that has reasons or another issuer for its list', async () => {
    const point = (...more: readonly Buffer[]): x509.Extension => new x509.Extension('2.5.29.31', false, der(0x30, der(0x30, pointAt(general.uri(uri)), ...more)));
    const list = await makeList(subordinate, { extensions: [partition(pointAt(general.uri(uri)))] });
    for (const [extension, state] of [[point(), 'good'], [point(der(0x81, Buffer.from('0640', 'hex'))), 'unknown'], [point(der(0xa2, general.directory(nameOf('Other')))), 'unknown']] as const) {
      expect(stateOf(await judge(await makeLeaf(subordinate, { extensions: [extension] }), [root, subordinate], [rootList, list]))).toBe(state);
    }
  });
});

describe('of lists issued at one instant', () => {
  it('the one with the higher number counts', async () => {
    const revoking = { entries: [revoked(leaf, days(-2))] };
    const state = async (numbers: readonly [clearing: number, revoking: number]) =>
      stateOf(await judge(leaf, [root, subordinate], [rootList, await makeList(subordinate, { number: numbers[0] }), await makeList(subordinate, { number: numbers[1], ...revoking })]));
    expect([await state([4, 5]), await state([5, 4])]).toEqual(['REVOKED', 'good']);
  });
});

describe('a list by another key of the issuer’s name', () => {
  /** A signer of lists that the subordinate certified, and no authority. */
  const delegate = (shape: Shape = {}, issuer: Pick<Holder, 'name' | 'keys'> = subordinate): Promise<Holder> =>
    issue(issuer, { subject: subordinate.name, usages: [usage.cRLSign], ...shape });
  /** The issuer's own list covers the delegate and not the leaf. */
  const about = 'http://crl.example/delegates.crl';
  const withPoint = (shape: Shape = {}): Shape => ({ ...shape, extensions: [points(about)] });
  const ownList = (entries: readonly x509.X509CrlEntryParams[] = []): Promise<Buffer> =>
    makeList(subordinate, { extensions: [partition(pointAt(general.uri(about)))], entries: [...entries] });

  it('clears when the key signs lists only, and its certificate is clear', async () => {
    const signer = await delegate(withPoint());
    const list = await makeList(signer);
    const judgement = await judge(leaf, [root, subordinate, signer], [rootList, await ownList(), list]);
    expect(judgement().revocation[0]).toMatchObject({ kind: 'crl', signer: signer.certificate.fingerprint, issuer: subordinate.certificate.subject });
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, await ownList(), await makeList(signer, { entries: [revoked(leaf, days(-2))] })]))).toBe('REVOKED');
  });

  it('may hang on an authority above', async () => {
    const signer = await delegate({}, root);
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, await makeList(signer)]))).toBe('good');
  });

  it('speaks not when its certificate is revoked or its state unknown', async () => {
    const signer = await delegate(withPoint());
    const list = await makeList(signer);
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, await ownList([revoked(signer.certificate, days(-2))]), list]))).toBe('unknown');
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, list]))).toBe('unknown');
  });

  it.each<[string, Shape]>([
    ['expired', { notAfter: days(-0.5) }],
    ['not valid yet', { notBefore: days(1) }],
    ['with an unknown critical extension', { extensions: [points(about), new x509.Extension('1.2.3.4', true, Buffer.from('0500', 'hex'))] }],
  ])('speaks not when its certificate is %s', async (_, shape) => {
    const signer = await delegate({ ...withPoint(), ...shape });
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, await ownList(), await makeList(signer)]))).toBe('unknown');
  });

  it('speaks not without cRLSign', async () => {
    const signer = await makeSubordinate(root, 'VNPT-CA', { usages: [usage.keyCertSign] });
    expect(stateOf(await judge(leaf, [root, subordinate, signer], [rootList, await makeList(signer, { entries: [revoked(leaf, days(-2))] })]))).toBe('unknown');
  });

  it('speaks not when nobody on the path certified it', async () => {
    const [stranger, keys] = [await makeRoot('Other Root'), await makeKeys()];
    for (const signer of [await delegate({}, stranger), await delegate({}, { name: subordinate.name, keys })]) {
      expect(stateOf(await judge(leaf, [root, stranger, subordinate, signer], [rootList, await makeList(stranger), await ownList(), await makeList(signer)]))).toBe('unknown');
    }
  });

  it('of a renewed authority does not clear what the old key certified, for it need not know it; but it revokes', async () => {
    const renewed = await makeSubordinate(root);
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, await makeList(renewed)]))).toBe('unknown');
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, await makeList(renewed, { entries: [revoked(leaf, days(-2))] })]))).toBe('REVOKED');
    const own = await makeList(subordinate, { thisUpdate: days(-2) });
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, own, await makeList(renewed, { entries: [revoked(leaf, days(-2))] })]))).toBe('REVOKED');
  });

  it('of a renewed authority clears whoever names that very list as its own', async () => {
    const renewed = await makeSubordinate(root);
    const listAt = (address: string) => makeList(renewed, { extensions: [partition(pointAt(general.uri(address)))] });
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, await listAt(uri)]))).toBe('good');
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, await listAt('http://crl.example/8.crl')]))).toBe('unknown');
  });

  it('does not hide a newer one of its own, nor a newer own list one of the delegate', async () => {
    const renewed = await makeSubordinate(root);
    const clearing = await makeList(subordinate, { thisUpdate: days(-0.5) });
    const older = await makeList(renewed, { thisUpdate: days(-3), entries: [revoked(leaf, days(-4))] });
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, clearing, older]))).toBe('REVOKED');
    expect(stateOf(await judge(leaf, [root, subordinate, renewed], [rootList, clearing, older, await makeList(renewed, { thisUpdate: days(-2) })]))).toBe('good');
  });
});

describe('reasons', () => {
  it.each([[undefined, 'unspecified'], [0, 'unspecified'], [1, 'keyCompromise'], [4, 'superseded'], [6, 'certificateHold'], [9, 'privilegeWithdrawn'], [10, 'aACompromise'], [7, 'reason 7'], [99, 'reason 99']])('%s is %s', (reason, words) => {
    expect(reasonName(reason)).toBe(words);
  });

  it('stand in the refusal', async () => {
    const entry = revoked(leaf, days(-2), { reason: x509.X509CrlReason.cessationOfOperation });
    const judgement = await judge(leaf, [root, subordinate], [rootList, await makeList(subordinate, { entries: [entry] })]);
    expect(thrownBy(judgement)).toMatchObject({ findings: [{ params: { reason: 'cessationOfOperation', revokedAt: days(-2).toISOString() } }] });
  });
});
