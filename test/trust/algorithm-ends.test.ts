// Guarantee: a time stamp is renewed before the first certificate or algorithm that it hangs on ends, and one whose algorithm had ended is believed no more.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { earliestEnd, knownStrengths, strengthsOf } from '../../src/trust/algorithm-ends.ts';
import { endOfStamp, pathEndOf, verifyStamp } from '../../src/trust/stamp-ends.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { issueAuthority, makeSite, octets, timeStampRefusal, tokenOf } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { at, rsa } from './support.ts';

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

it('is not believed once an algorithm of it had ended', () => {
  const claim = { token: tokenOf(site.tsa), octets };
  const ended = [...knownStrengths.filter(({ name }) => name !== 'ec'), { name: 'ec', through: at.getUTCFullYear() - 1, source: 'x' }];
  expect(verifyStamp(claim, site.material, at).stamp.genTime).toEqual(at);
  expect(timeStampRefusal(() => verifyStamp(claim, site.material, at, ended))).toBe('TIMESTAMP_INVALID TOKEN_ALGORITHM');
});
