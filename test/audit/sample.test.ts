// Guarantee: the sample is what its published rule gives and nothing else: the same for whoever repeats it, without a favourite among the dossiers, and another
// one for another checkpoint or later value.
import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { drawSample, sampleSeed } from '../../src/audit/sample.ts';

const seed = sampleSeed('localhost/log\n10\nroot\n', Buffer.from('8f0c'));
const sha256 = (octets: Buffer | string): Buffer => createHash('sha256').update(octets).digest();

it('the seed is of the checkpoint and of the later value', () => {
  expect(seed.toString('hex')).toBe(sha256(`ivan-audit-sample/1\n${sha256('localhost/log\n10\nroot\n').toString('hex')}\n${sha256('8f0c').toString('hex')}\n`).toString('hex'));
  expect(sampleSeed('localhost/log\n11\nroot\n', Buffer.from('8f0c'))).not.toEqual(seed);
  expect(sampleSeed('localhost/log\n10\nroot\n', Buffer.from('8f0d'))).not.toEqual(seed);
});

describe('the draw', () => {
  it('is repeated from its description alone', () => {
    const places: bigint[] = [];
    for (let n = 0n; places.length < 50; n += 1n) {
      const value = sha256(Buffer.concat([seed, Buffer.from(n.toString(16).padStart(16, '0'), 'hex')])).readBigUInt64BE();
      if (value >= 2n ** 64n - (2n ** 64n % 1000n) || places.includes(value % 1000n)) continue;
      places.push(value % 1000n);
    }
    expect(drawSample(seed, 1000, 50)).toEqual(places.map(Number));
  });

  it('draws nothing twice, all where more is asked than there is, and nothing of nothing', () => {
    expect([...drawSample(seed, 20, 20)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_value, place) => place));
    expect(drawSample(seed, 5, 100)).toHaveLength(5);
    expect(drawSample(seed, 0, 10)).toEqual([]);
    expect(new Set(drawSample(seed, 100_000, 2_000)).size).toBe(2_000);
  });

  it('begins the same however many are asked', () => {
    expect(drawSample(seed, 1000, 100).slice(0, 10)).toEqual(drawSample(seed, 1000, 10));
  });

  it('has no favourites', () => {
    const drawn = new Array<number>(10).fill(0);
    for (let round = 0; round < 5_000; round += 1) for (const place of drawSample(sha256(String(round)), 10, 1)) drawn[place] = (drawn[place] ?? 0) + 1;
    const chiSquare = drawn.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(27.9); // one in a thousand, of 9 degrees; the rounds are always the same
  });
});
