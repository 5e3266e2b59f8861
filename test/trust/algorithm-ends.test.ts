// Guarantee: a time stamp is renewed before the first certificate or algorithm that it hangs on ends, and one whose algorithm had ended is believed no more.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { earliestEnd, knownStrengths, strengthsOf } from '../../src/trust/algorithm-ends.ts';
import { endOfStamp, pathEndOf, verifyStamp, verifyStampChain } from '../../src/trust/stamp-chain.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { issueAuthority, makeSite, octets, timeStampRefusal, tokenOf } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { at, days, rsa } from './support.ts';

let site: Site;
let rsaTsa: Site['tsa'];
beforeAll(async () => {
  site = await makeSite();
  rsaTsa = await issueAuthority(site.root, {}, rsa(2048));
});

describe('algorithms', () => {
  it('end with the year of the table, the first to end first; what is not in it is not believed', () => {
    expect(earliestEnd(['ec', 'sha256', 'rsa-2048']).toISOString()).toBe('2030-12-31T23:59:59.999Z');
    expect(earliestEnd(['ec', 'sha512']).toISOString()).toBe('2035-12-31T23:59:59.999Z');
    expect(earliestEnd(['sha256']).getUTCFullYear()).toBe(9999);
    expect(earliestEnd(['sha256', 'md5']).getTime()).toBe(0);
    expect([2048, 3071, 3072, 4096].map((keyBits) => strengthsOf({ keyType: 'rsa', keyBits })[0])).toEqual(['rsa-2048', 'rsa-2048', 'rsa-3072', 'rsa-3072']);
    expect(knownStrengths.filter(({ source }) => source === '')).toEqual([]);
  });
});

describe('a stamp', () => {
  it('ends with its certificates, or with its key or hash where those end first', () => {
    const token = tokenOf(rsaTsa);
    const stamp = verifyTimeStamp({ token, octets }, site.material, at);
    expect(endOfStamp(stamp, token)).toEqual(pathEndOf(stamp));
    const strengths = [...knownStrengths.filter(({ name }) => name !== 'sha256'), { name: 'sha256', through: at.getUTCFullYear(), source: 'x' }];
    expect(endOfStamp(stamp, token, strengths).getUTCFullYear()).toBe(at.getUTCFullYear());
    expect(endOfStamp(stamp, token, strengths) < pathEndOf(stamp)).toBe(true);
    expect(endOfStamp(stamp, token, strengths.filter(({ name }) => name !== 'rsa-2048')).getTime()).toBe(0);
  });
});

describe('a chain', () => {
  /** Octets of the next link that have the token among them, as the root of a log has. */
  const after = (...tokens: readonly Buffer[]): Buffer => Buffer.concat([octets, ...tokens]);
  const link = (token: Buffer, over: Buffer = octets) => ({ token, octets: over });
  const second = (first: Buffer, changes = {}) => link(tokenOf(rsaTsa, { octets: after(first), genTime: new Date(at.getTime() + 60_000), ...changes }), after(first));
  const later = new Date(at.getTime() + 120_000);

  it('is believed when each token was covered by the next', () => {
    const first = tokenOf(site.tsa);
    const next = second(first);
    const third = link(tokenOf(site.tsa, { octets: after(first, next.token), genTime: later, imprintHash: 'sha512', hash: 'sha512' }), after(first, next.token));
    expect(verifyStampChain([link(first), next, third], site.material, later).map(({ stamp }) => stamp.genTime)).toEqual([at, new Date(at.getTime() + 60_000), later]);
    expect(() => verifyStampChain([], site.material, later)).toThrow('no time stamp');
  });

  it('is refused with a link over other octets, or in another order', () => {
    const first = link(tokenOf(site.tsa));
    const next = second(first.token);
    const refused = (...links: readonly (typeof first)[]): string => timeStampRefusal(() => verifyStampChain(links, site.material, later));
    expect(refused(link(first.token, Buffer.from('other')), next)).toBe('TIMESTAMP_INVALID TOKEN_IMPRINT');
    expect(refused(first, link(next.token, after(Buffer.from('other'))))).toBe('TIMESTAMP_INVALID TOKEN_IMPRINT');
    expect(refused(second(first.token, { genTime: later }), second(first.token, { genTime: days(-1) }))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
  });

  it('is refused when one is older than what it covers, or came after the algorithm had ended', () => {
    const first = tokenOf(site.tsa);
    expect(timeStampRefusal(() => verifyStampChain([link(first), second(first, { genTime: days(-1) })], site.material, later))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
    const ended = [...knownStrengths.filter(({ name }) => name !== 'ec'), { name: 'ec', through: at.getUTCFullYear() - 1, source: 'x' }];
    expect(timeStampRefusal(() => verifyStampChain([link(first), second(first)], site.material, later, ended))).toBe('TIMESTAMP_INVALID TOKEN_ALGORITHM');
    expect(timeStampRefusal(() => verifyStamp(link(first), site.material, later, ended))).toBe('TIMESTAMP_INVALID TOKEN_ALGORITHM');
  });
});
