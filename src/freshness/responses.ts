// OCSP answers about single certificates: asked for when a dossier could not be judged without, kept in memory, renewed while they are used.
// Bounded in every direction, because who sends dossiers decides which certificates are met: only certificates that a known authority signed,
// so many remembered, so many questions per authority and second.
import { randomBytes } from 'node:crypto';

import type { Certificate } from '../trust/certificate.ts';
import { ocspRequest } from '../trust/ocsp.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { authorityKey } from './authorities.ts';
import { Bucket, jittered, retryDelay } from './breaker.ts';
import { Blocked, reasonOf } from './hosts.ts';
import { worst } from './list-job.ts';
import type { Job, JobSettings } from './list-job.ts';
import { readOcspAnswer } from './ocsp.ts';
import type { OcspAnswer } from './ocsp.ts';

export interface Responses {
  readonly jobs: () => readonly Job[];
  /** Gives when to look again, or undefined when nobody can be asked. Only for a certificate that the issuer verifiably signed. */
  want(certificate: Certificate, issuer: Certificate): Date | undefined;
  /** What is at hand about these, in force; they are renewed for as long as they are asked for. */
  of(certificates: readonly Certificate[]): readonly OcspResponse[];
  status(): ResponsesStatus;
}

export interface ResponsesStatus {
  readonly remembered: number;
  readonly answered: number;
  /** Questions not asked because too many were wanted at once. */
  readonly refused: number;
}

interface Entry extends Job {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  answer: OcspAnswer | undefined;
  usedAt: Date;
  dueAt: Date;
  isRunning: boolean;
  failures: number;
}

export const LARGEST_RESPONSE = 64 * 1024;
const MOST_ENTRIES = 10_000;
const MOST_QUESTIONS_AT_ONCE = 60;
const QUESTIONS_PER_SECOND = 2;
const USED_RECENTLY_MS = 24 * 3_600_000;
const SHORTEST_INTERVAL_MS = 60_000;
const SOON_MS = 5_000;

export function createResponses(settings: JobSettings): Responses {
  const { now } = settings;
  const entries = new Map<string, Entry>();
  const buckets = new Map<string, Bucket>();
  let refused = 0;
  const bucketOf = (issuer: Certificate): Bucket => {
    const key = authorityKey(issuer);
    const bucket = buckets.get(key) ?? new Bucket(MOST_QUESTIONS_AT_ONCE, QUESTIONS_PER_SECOND, now());
    buckets.set(key, bucket);
    return bucket;
  };
  const soonest = (entry: Entry): Date => new Date(Math.max(entry.isRunning ? 0 : entry.dueAt.getTime(), now().getTime() + SOON_MS));
  return {
    jobs: () => [...entries].flatMap(([fingerprint, entry]) => {
      const isUsed = now().getTime() - entry.usedAt.getTime() < USED_RECENTLY_MS;
      if (!isUsed && !entry.isRunning) entries.delete(fingerprint);
      return isUsed ? [entry] : [];
    }),
    want: (certificate, issuer) => {
      if (respondersFor(certificate, issuer, settings).length === 0) return undefined;
      const known = entries.get(certificate.fingerprint);
      if (known !== undefined) {
        known.usedAt = now();
        return soonest(known);
      }
      if (!bucketOf(issuer).take(now())) {
        refused += 1;
        return new Date(now().getTime() + 1_000 * MOST_QUESTIONS_AT_ONCE / QUESTIONS_PER_SECOND);
      }
      const entry = createEntry(certificate, issuer, settings);
      entries.set(certificate.fingerprint, entry);
      forgetOldest(entries);
      return soonest(entry);
    },
    of: (certificates) => certificates.flatMap((certificate) => {
      const entry = entries.get(certificate.fingerprint);
      if (entry?.answer === undefined) return [];
      entry.usedAt = now();
      entries.delete(certificate.fingerprint);
      entries.set(certificate.fingerprint, entry);
      return entry.answer.until > now() ? [entry.answer.response] : [];
    }),
    status: () => ({ remembered: entries.size, answered: [...entries.values()].filter(({ answer }) => answer !== undefined && answer.until > now()).length, refused }),
  };
}

function createEntry(certificate: Certificate, issuer: Certificate, settings: JobSettings): Entry {
  const { now, random, log } = settings;
  const entry: Entry = {
    certificate, issuer, answer: undefined, usedAt: now(), dueAt: now(), isRunning: false, failures: 0,
    run: async () => {
      entry.isRunning = true;
      try {
        entry.answer = await askAll(entry, settings);
        entry.failures = 0;
        const left = entry.answer.until.getTime() - now().getTime();
        entry.dueAt = new Date(now().getTime() + Math.max(SHORTEST_INTERVAL_MS, jittered(Math.min(settings.everyMs, left / 2), random())));
      } catch (error) {
        if (error instanceof Blocked) {
          entry.dueAt = error.until;
          return;
        }
        entry.failures += 1;
        const retryInMs = retryDelay(entry.failures, random());
        entry.dueAt = new Date(now().getTime() + retryInMs);
        if (Number.isInteger(Math.log2(entry.failures))) log('OCSP not answered', { certificate: certificate.fingerprint, issuer: issuer.subject, reason: reasonOf(error), failures: entry.failures, retryInMs });
      } finally {
        entry.isRunning = false;
      }
    },
  };
  return entry;
}

async function askAll({ certificate, issuer, answer: known }: Entry, settings: JobSettings): Promise<OcspAnswer> {
  const { trust, exchange, hosts, now } = settings;
  const problems: unknown[] = [];
  for (const url of respondersFor(certificate, issuer, settings)) {
    try {
      return await hosts.through(url, async () => {
        const nonce = randomBytes(16);
        const got = await exchange({ url, mostBytes: LARGEST_RESPONSE, body: { type: 'application/ocsp-request', bytes: ocspRequest(certificate, issuer, nonce) } });
        const answer = readOcspAnswer(got?.bytes ?? Buffer.alloc(0), { certificate, issuer, nonce, at: now() }, trust());
        if (known !== undefined && answer.thisUpdate < known.thisUpdate) throw new Error('an answer older than the one at hand');
        return answer;
      });
    } catch (error) {
      problems.push(error);
    }
  }
  throw worst(problems);
}

/** The operator's, or those that the certificate names. */
function respondersFor(certificate: Certificate, issuer: Certificate, { sources }: Pick<JobSettings, 'sources'>): readonly string[] {
  return (sources().of(issuer)?.responders ?? certificate.ocspResponders).slice(0, 2);
}

function forgetOldest(entries: Map<string, Entry>): void {
  if (entries.size <= MOST_ENTRIES) return;
  const [oldest] = entries.keys();
  if (oldest !== undefined) entries.delete(oldest);
}
