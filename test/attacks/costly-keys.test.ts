// Attack: keys that cost a hundred honest ones to verify with – RSA of 16,384 bits, an exponent of 64 – in certificates that come along as
// responders and list signers, times answers and lists in their names. Who may sign is asked first, with the authority's own key.
import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { parseRevocationList } from '../../src/trust/crl.ts';
import type { RevocationList } from '../../src/trust/crl.ts';
import { parseOcspResponse } from '../../src/trust/ocsp.ts';
import { trustSigner } from '../../src/trust/path.ts';
import type { Extra } from '../../src/trust/path.ts';
import { der, rsa } from '../trust/support.ts';
import { ocspAnswer } from './ocsp.ts';
import { makeKeys, openPaths } from './paths.ts';
import { openStage, outcomeOf } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const KEYS = 12;
const ANSWERS = 6;
const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const leaf = await paths.leaf(authority);
const trust = await paths.material([root, authority], [await paths.list(root), await paths.list(authority)]);

function costlyKey(odd: number): KeyObject {
  const modulus = Buffer.alloc(2048, 0xff).fill(odd * 2 + 1, 2047);
  return createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: Buffer.alloc(8, 0xff).toString('base64url') }, format: 'jwk' });
}
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** In milliseconds of this processor. */
function cost(run: () => void): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}

function judged(extra: Partial<Extra>): string {
  return outcomeOf(() => {
    trustSigner(leaf.certificate, trust, stage.now, 'signature', { candidates: [], lists: [], responses: [], ...extra });
    return 'trusted';
  });
}

const junk = Buffer.alloc(2048, 0x7f);
const one = cost(() => { for (let i = 0; i < 4; i += 1) verify('sha256', junk, costlyKey(100 + i), junk); }) / 4;

describe('certificates with costly keys', () => {
  it('are not tried on OCSP answers in their names', async () => {
    const strangers = await Promise.all(Array.from({ length: KEYS }, (_, index) => paths.leaf(root, { subject: [{ CN: ['OCSP'] }], publicKeyInfo: spki(costlyKey(index)) })));
    const [first] = strangers;
    const responses = Array.from({ length: ANSWERS }, (_, index) => parseOcspResponse(ocspAnswer({
      by: leaf, as: first?.certificate ?? leaf.certificate, about: leaf.certificate, issuer: authority.certificate, thisUpdate: paths.day(-1 - index), nextUpdate: paths.day(1), rsaSignature: junk,
    })));
    expect(judged({})).toBe('trusted');
    const spent = cost(() => { expect(judged({ candidates: strangers.map(({ certificate }) => certificate), responses })).toBe('trusted'); });
    expect(spent).toBeLessThan((KEYS * ANSWERS * one) / 4);
  });

  it('are not tried on lists in the authority’s name', async () => {
    const nobody = { name: authority.name, keys: await makeKeys(rsa(2048)) };
    const strangers = await Promise.all(Array.from({ length: KEYS }, (_, index) => paths.leaf(nobody, { subject: authority.name, publicKeyInfo: spki(costlyKey(index + 50)) })));
    const written = await Promise.all(Array.from({ length: ANSWERS }, (_, index) => paths.list(nobody, { number: index + 1 })));
    const lists = written.map(withJunk);
    const spent = cost(() => { expect(judged({ candidates: strangers.map(({ certificate }) => certificate), lists })).toBe('trusted'); });
    expect(spent).toBeLessThan((KEYS * ANSWERS * one) / 4);
  });
});

/** The list with a signature as long as the costly keys: a shorter one is refused without any work. */
function withJunk(list: Buffer): RevocationList {
  const { toBeSigned, algorithm } = parseRevocationList(list).signed;
  return parseRevocationList(der(0x30, toBeSigned.raw, algorithm.raw, der(0x03, Buffer.from([0]), junk)));
}
