// Asking again, politely: after a lost connection or an answer that says "not now", with a wait that doubles and is never the same for two senders,
// and never sooner than Retry-After says. Safe for every call of the gateway, because the same bytes always get the same receipt.
import { setTimeout as sleepFor } from 'node:timers/promises';

import { ClientError } from './errors.ts';
import type { HttpAnswer } from './transport.ts';

/** Resolves after the milliseconds; rejects when the signal aborts. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export interface RetryOptions {
  /** The first included; 6. */
  readonly attempts?: number;
  /** Milliseconds; a Retry-After beyond it ends the attempts instead. One minute. */
  readonly longestWait?: number;
  readonly sleep?: Sleep;
  /** 0 to below 1. */
  readonly random?: () => number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly longestWait: number;
  readonly sleep: Sleep;
  readonly random: () => number;
}

const FIRST_WAIT_MS = 500;
/** What may pass by itself. 500: the gateway cannot say whether it recorded the bytes, and asks for them again. */
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export function retryPolicy({ attempts = 6, longestWait = 60_000, sleep = defaultSleep, random = Math.random }: RetryOptions): RetryPolicy {
  return { attempts, longestWait, sleep, random };
}

async function defaultSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal });
}

export function maySucceedLater(status: number): boolean {
  return passing.has(status);
}

/** The first answer that is not "not now"; else the last one, or the last failure to connect. */
export async function withRetries(policy: RetryPolicy, exchange: () => Promise<HttpAnswer>, signal?: AbortSignal): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await exchange().catch(onlyConnectionLoss);
    const wait = outcome instanceof ClientError || maySucceedLater(outcome.status) ? waitAfter(policy, attempt, outcome) : undefined;
    if (wait === undefined) {
      if (outcome instanceof ClientError) throw outcome;
      return outcome;
    }
    await pause(policy, wait, outcome.place, signal);
  }
}

/** Sleeps; throws STOPPED when the signal aborts. */
export async function pause({ sleep }: RetryPolicy, wait: number, place: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(wait, signal);
  } catch (error) {
    throw new ClientError('STOPPED', place, '', { cause: error });
  }
  if (signal?.aborted === true) throw new ClientError('STOPPED', place);
}

/** Doubling from half a second, somewhere between half of it and all of it. */
export function backoff({ random, longestWait }: RetryPolicy, attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), longestWait) * (0.5 + random() / 2);
}

/** Seconds to wait as the answer says: a number, or a time, which is compared with the answer's own Date. */
export function retryAfterOf({ headers }: HttpAnswer): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const seconds = Math.ceil((Date.parse(text) - Date.parse(headers.date ?? '')) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

function waitAfter(policy: RetryPolicy, attempt: number, outcome: HttpAnswer | ClientError): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  const asked = outcome instanceof ClientError ? undefined : retryAfterOf(outcome);
  if (asked === undefined) return backoff(policy, attempt);
  return asked * 1000 > policy.longestWait ? undefined : asked * 1000 + policy.random() * FIRST_WAIT_MS;
}

function onlyConnectionLoss(error: unknown): ClientError {
  if (error instanceof ClientError && error.code === 'UNREACHABLE') return error;
  throw error;
}
