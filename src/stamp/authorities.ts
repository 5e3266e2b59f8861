// Octets → a time stamp that is believed already: the authorities are asked one after the other, one that keeps failing is left alone for a while, and
// nothing is given that the trust material of this moment does not accept and that does not say about this moment.
import { Breaker } from '../freshness/breaker.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { endOfStamp } from '../trust/stamp-ends.ts';
import { verifyTimeStamp } from '../trust/timestamp.ts';
import type { Post } from './post.ts';
import { nonceFrom, timeStampRequest } from './request.ts';
import { tokenIn } from './response.ts';

export interface Stamped {
  readonly token: Buffer;
  /** What the authority says. */
  readonly at: Date;
  /** Whose certificate signed it. */
  readonly tsa: string;
  /** Until then the token proves by itself. */
  readonly endsAt: Date;
  /** Of the trust material by which it was believed. */
  readonly trustDigest: string;
  /** By our clock. */
  readonly recordedAt: Date;
}

export interface AuthoritiesSettings {
  readonly urls: readonly URL[];
  readonly post: Post;
  readonly trust: () => TrustMaterial;
  /** What the trust material lacked can be fetched. */
  readonly missed: (error: unknown) => void;
  readonly now: () => Date;
  readonly random: () => number;
  /** Nobody can foresee them. */
  readonly randomOctets: (count: number) => Buffer;
}

export interface Authorities {
  /** `objection` says why a stamp is of no use, although it is good: then the next authority is asked. @throws Error that says what each answered. */
  stamp(octets: Buffer, objection?: (stamped: Stamped) => string | undefined): Promise<Stamped>;
  /** What the last try with each that failed ended with. */
  readonly failing: readonly string[];
}

const NONCE_OCTETS = 8;
/** How far an authority's clock and ours may be apart before one of them is wrong. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

export function createAuthorities(settings: AuthoritiesSettings): Authorities {
  const all = settings.urls.map((url) => ({ url, breaker: new Breaker(), failed: undefined as string | undefined }));
  return {
    stamp: async (octets, objection) => {
      const answers: string[] = [];
      for (const authority of all) {
        const { url, breaker } = authority;
        if (breaker.enter(settings.now()) !== undefined) {
          answers.push(`${url.host}: left alone for a while (${authority.failed ?? 'being tried'})`);
          continue;
        }
        try {
          const stamped = await askFor(octets, url, settings);
          breaker.succeed();
          authority.failed = undefined;
          const why = objection?.(stamped);
          if (why === undefined) return stamped;
          answers.push(`${url.host}: ${why}`);
        } catch (error) {
          breaker.fail(settings.now(), settings.random());
          authority.failed = error instanceof Error ? error.message : String(error);
          answers.push(`${url.host}: ${authority.failed}`);
        }
      }
      throw new Error(answers.join('; '));
    },
    get failing() {
      return all.flatMap(({ url, failed }) => (failed === undefined ? [] : [`${url.host}: ${failed}`]));
    },
  };
}

async function askFor(octets: Buffer, url: URL, { post, trust, missed, now, randomOctets }: AuthoritiesSettings): Promise<Stamped> {
  const asked = { octets, nonce: nonceFrom(randomOctets(NONCE_OCTETS)) };
  const token = tokenIn(await post(url, timeStampRequest(asked)), asked);
  const recordedAt = now();
  const material = trust();
  try {
    const stamp = verifyTimeStamp({ token, octets }, material, recordedAt);
    const { genTime: at, tsa: { commonName: tsa } } = stamp;
    if (Math.abs(at.getTime() - recordedAt.getTime()) > CLOCK_DIFFERENCE_MS) throw new Error(`says ${at.toISOString()} while it is ${recordedAt.toISOString()} here`);
    const endsAt = endOfStamp(stamp, token);
    if (endsAt <= recordedAt) throw new Error(`a stamp that ended at ${endsAt.toISOString()}`);
    return { token, at, tsa, endsAt, trustDigest: material.digest, recordedAt };
  } catch (error) {
    missed(error);
    throw error;
  }
}
