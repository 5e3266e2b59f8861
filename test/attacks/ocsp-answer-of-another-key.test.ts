// Attack: an OCSP answer "good" that is signed by whoever likes to: a stranger, the revoked unit itself, a sister authority's responder, one not
// certified for it, or about another certificate (RFC 6960 §4.2.2.2, §3.2; CVE-2015-1793 class of unchecked responders).
import { afterAll, describe, expect, it } from '@jest/globals';

import { parseOcspResponse } from '../../src/trust/ocsp.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { ocspAnswer } from './ocsp.ts';
import type { Answer } from './ocsp.ts';
import { makeKeys, openPaths, usage, x509 } from './paths.ts';
import { openStage, outcomeOf } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

/** With id-pkix-ocsp-nocheck, so that nothing but what the test changes is wrong with a responder. */
const purposes = (...oids: string[]): x509.Extension[] => [...(oids.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(oids, true)]), new x509.Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.from([5, 0]))];
const forOcsp = (): x509.Extension[] => purposes('1.3.6.1.5.5.7.3.9');
const responderShape = { usages: [usage.digitalSignature], subject: [{ CN: ['OCSP'] }] };
const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const sister = await paths.authority(root, 'CA 2');
const leaf = await paths.leaf(authority);
const other = await paths.leaf(authority);
const responder = await paths.leaf(authority, { ...responderShape, extensions: forOcsp() });
/** No list of the authority: only an OCSP answer can clear its leaves. */
const trust = await paths.material([root, authority, sister], [await paths.list(root)]);

const honest: Answer = { by: authority, as: authority.certificate, about: leaf.certificate, issuer: authority.certificate, thisUpdate: paths.day(-0.1), nextUpdate: paths.day(1) };
const judgedBy = (...answers: readonly Buffer[]): string => outcomeOf(() => {
  trustSigner(leaf.certificate, trust, stage.now, 'signature', { candidates: [], lists: [], responses: answers.map(parseOcspResponse) });
  return 'trusted';
});
const UNKNOWN = 'not now: REVOCATION_UNKNOWN';

describe('an OCSP answer', () => {
  it('lives: by the authority, or a responder of its own, it clears and revokes', () => {
    expect(judgedBy()).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer(honest))).toBe('trusted');
    expect(judgedBy(ocspAnswer({ ...honest, by: responder, as: responder.certificate, certificates: [responder.certificate] }))).toBe('trusted');
    expect(judgedBy(ocspAnswer({ ...honest, revokedAt: paths.day(-1) }))).toBe('REVOKED');
  });

  it('by a stranger’s key in the authority’s name says nothing', async () => {
    const stranger = { keys: await makeKeys() };
    expect(judgedBy(ocspAnswer({ ...honest, by: stranger }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, by: stranger, revokedAt: paths.day(-1) }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, by: stranger, certificates: [authority.certificate] }))).toBe(UNKNOWN);
  });

  it('by a stranger does not change what the authority’s says', async () => {
    const stranger = { keys: await makeKeys() };
    expect(judgedBy(ocspAnswer({ ...honest, by: stranger, thisUpdate: paths.day(0) }), ocspAnswer({ ...honest, revokedAt: paths.day(-1) }))).toBe('REVOKED');
    expect(judgedBy(ocspAnswer({ ...honest, by: stranger, thisUpdate: paths.day(0), revokedAt: paths.day(-1) }), ocspAnswer(honest))).toBe('trusted');
  });

  it('by the unit itself, another unit, or a sister authority says nothing', () => {
    for (const holder of [leaf, other, sister]) {
      expect(judgedBy(ocspAnswer({ ...honest, by: holder, as: holder.certificate, certificates: [holder.certificate] }))).toBe(UNKNOWN);
    }
  });

  it('by a responder of another authority, of the same name and a key of its own, says nothing', async () => {
    const ofSister = await paths.leaf(sister, { ...responderShape, extensions: forOcsp() });
    const impostor = { name: authority.name, keys: await makeKeys() };
    const ofImpostor = await paths.leaf(impostor, { ...responderShape, extensions: forOcsp() });
    for (const one of [ofSister, ofImpostor]) expect(judgedBy(ocspAnswer({ ...honest, by: one, as: one.certificate, certificates: [one.certificate] }))).toBe(UNKNOWN);
  });

  it.each([
    ['not certified for OCSP', { ...responderShape, extensions: purposes() }],
    ['certified for anything', { ...responderShape, extensions: purposes('2.5.29.37.0') }],
    ['certified for everything but OCSP', { ...responderShape, extensions: purposes('1.3.6.1.5.5.7.3.4') }],
    ['expired', { ...responderShape, extensions: forOcsp(), notAfter: paths.day(-1) }],
    ['of a usage that is no signature', { ...responderShape, usages: [usage.keyEncipherment], extensions: forOcsp() }],
  ])('by a responder %s says nothing', async (_how, shape) => {
    const one = await paths.leaf(authority, shape);
    expect(judgedBy(ocspAnswer({ ...honest, by: one, as: one.certificate, certificates: [one.certificate] }))).toBe(UNKNOWN);
  });

  it('about another certificate, or under another issuer, says nothing of this one', () => {
    expect(judgedBy(ocspAnswer({ ...honest, about: other.certificate }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, issuer: sister.certificate }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, keyOf: sister.certificate }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, issuer: sister.certificate, keyOf: authority.certificate }))).toBe(UNKNOWN);
    expect(judgedBy(ocspAnswer({ ...honest, by: sister, as: sister.certificate, issuer: sister.certificate, revokedAt: paths.day(-1) }))).toBe(UNKNOWN);
  });

  it('that knows nothing of the certificate clears nobody', () => {
    expect(judgedBy(ocspAnswer({ ...honest, unknown: true }))).toBe(UNKNOWN);
  });

  it('changed in one octet is none', () => {
    const answer = ocspAnswer({ ...honest, revokedAt: paths.day(-1) });
    const at = answer.indexOf(0xa1, answer.indexOf(Buffer.from(leaf.certificate.serialNumber, 'hex')));
    const changed = Buffer.from(answer);
    changed[at + 5] = 0x30 + (((changed[at + 5] ?? 0x30) - 0x30 + 1) % 10);
    expect(judgedBy(answer)).toBe('REVOKED');
    expect(judgedBy(changed)).toBe(UNKNOWN);
  });

  it('and an error in place of an answer are no answer', () => {
    for (const status of [1, 2, 3, 5, 6]) expect(() => parseOcspResponse(Buffer.from([0x30, 3, 0x0a, 1, status]))).toThrow(/responder answered/);
    expect(() => parseOcspResponse(Buffer.from([0x30, 3, 0x0a, 1, 0]))).toThrow();
  });
});
