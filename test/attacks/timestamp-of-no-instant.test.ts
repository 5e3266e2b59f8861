// Attack: a time stamp of the future whose authority says that it may be off by a week, or by more than a clock can count. Its earliest instant
// lies in the past, and without a bound it would be believed today.
import { describe, expect, it } from '@jest/globals';

import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { at, days } from '../trust/support.ts';
import { makeSite, octets, timeStampRefusal, tokenOf } from '../support/xades.ts';

const site = await makeSite();
const verified = (genTime: Date, accuracy: number): (() => unknown) => () => verifyTimeStamp({ token: tokenOf(site.tsa, { genTime, accuracy }), octets }, site.material, at);
const WEEK_MS = 7 * 86_400_000;

describe('the accuracy of a time stamp', () => {
  it('lives: a second is believed', () => {
    expect(verified(at, 1_000)()).toMatchObject({ genTime: at, accuracyMs: 1_000 });
  });

  it('does not reach from the future into the present', () => {
    expect(timeStampRefusal(verified(days(5), 1_000))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
    expect(timeStampRefusal(verified(days(5), WEEK_MS))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
  });

  it('is refused where it makes an instant of none', () => {
    expect(timeStampRefusal(verified(at, WEEK_MS))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
  });
});
