// Which dossiers an auditor looks at, chosen so that nobody could choose them: by a seed made of a checkpoint that was published first, which fixes what is
// chosen from, and of a value that nobody knew then. Whoever has both repeats the choice with any program:
//   seed   = SHA-256 of `ivan-audit-sample/1` LF, the SHA-256 of the checkpoint's text (hex) LF, the SHA-256 of the later value (hex) LF
//   draw n = the first 8 octets, big-endian, of SHA-256(seed ‖ n as 8 octets, big-endian), n = 0, 1, 2 …
//   A draw that is not below the greatest multiple of the population's size that fits 2^64 is passed over, so that all are equally likely; else its
//   remainder by that size is a place in the population, in the order of the log; a place that was drawn before is passed over. Pure.
import { createHash } from 'node:crypto';

const TITLE = 'ivan-audit-sample/1';
const RANGE = 2n ** 64n;

/** `fixed`: what is signed of the checkpoint, its three lines and no signature, which could be made anew. */
export function sampleSeed(fixed: string, later: Buffer): Buffer {
  return createHash('sha256').update(`${TITLE}\n${hexOf(Buffer.from(fixed))}\n${hexOf(later)}\n`).digest();
}

/** Places from 0, in the order in which they are drawn; all of them where there are not so many. */
export function drawSample(seed: Buffer, population: number, count: number): readonly number[] {
  const drawn = new Set<number>();
  const limit = population === 0 ? 0n : RANGE - (RANGE % BigInt(population));
  const wanted = Math.min(count, population);
  for (let n = 0n; drawn.size < wanted; n += 1n) {
    const value = drawOf(seed, n);
    if (value < limit) drawn.add(Number(value % BigInt(population)));
  }
  return [...drawn];
}

function drawOf(seed: Buffer, n: bigint): bigint {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(n);
  return createHash('sha256').update(seed).update(place).digest().readBigUInt64BE();
}

function hexOf(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
