// One revocation list, fetched again and again from one of its places ahead of its end. What fails is tried again slower and slower, and never
// takes anything away: the list at hand stays until a better one has come.
import type { Certificate } from '../trust/certificate.ts';
import type { RevocationList } from '../trust/crl.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { authorityKey, newestList, partOf, signersOf } from './authorities.ts';
import { jittered, retryDelay } from './breaker.ts';
import { isInForce, readFetchedList } from './fetched-list.ts';
import { Blocked, reasonOf } from './hosts.ts';
import type { Hosts } from './hosts.ts';
import type { Exchange } from './http.ts';
import { keepList } from './list-files.ts';
import type { Sources } from './sources.ts';

/** What is the same for all that is fetched. */
export interface JobSettings {
  readonly trust: () => TrustMaterial;
  readonly sources: () => Sources;
  readonly exchange: Exchange;
  readonly hosts: Hosts;
  /** Longest time between two looks at one list or answer. */
  readonly everyMs: number;
  readonly now: () => Date;
  /** Uniform in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface ListSettings extends JobSettings {
  /** Takes up what lies in `folder` now. */
  readonly takeUp: () => Promise<void>;
  /** Where fetched lists are kept. */
  readonly folder: string;
}

/** Something to be done again and again; `run` never rejects. */
export interface Job {
  readonly dueAt: Date;
  readonly isRunning: boolean;
  run(): Promise<void>;
}

export interface ListJob extends Job {
  /** Certificates of one authority. */
  readonly authorities: readonly Certificate[];
  /** Each has the same list. */
  readonly urls: readonly string[];
  readonly hasRun: boolean;
  readonly failures: number;
  readonly problem: string | undefined;
  /** Runs soon, if it has not just run and is not being left alone for its failures. */
  hasten(): void;
}

const LARGEST_LIST = 32 * 1024 * 1024;
const SHORTEST_INTERVAL_MS = 60_000;
/** No sender makes us fetch one list more often than this. */
const HASTEN_EVERY_MS = 30_000;

interface State {
  dueAt: Date;
  isRunning: boolean;
  failures: number;
  endedAt: Date | undefined;
  problem: string | undefined;
  etag: { readonly url: string; readonly etag: string; readonly fingerprint: string } | undefined;
}

export function createListJob(authorities: readonly Certificate[], urls: readonly string[], settings: ListSettings): ListJob {
  const { now, trust } = settings;
  const state: State = { dueAt: firstDue(newestList(authorities, trust()), settings), isRunning: false, failures: 0, endedAt: undefined, problem: undefined, etag: undefined };
  return {
    authorities,
    urls,
    get dueAt() { return state.dueAt; },
    get isRunning() { return state.isRunning; },
    get hasRun() { return state.endedAt !== undefined; },
    get failures() { return state.failures; },
    get problem() { return state.problem; },
    hasten: () => {
      const mayRun = state.failures === 0 && !state.isRunning && (state.endedAt === undefined || now().getTime() - state.endedAt.getTime() >= HASTEN_EVERY_MS);
      if (mayRun && state.dueAt > now()) state.dueAt = now();
    },
    run: async () => {
      state.isRunning = true;
      try {
        const list = await fetchAny(authorities, urls, state, settings);
        state.failures = 0;
        state.problem = undefined;
        state.dueAt = new Date(now().getTime() + intervalOf(list, authorities, settings));
      } catch (error) {
        postpone(authorities, state, error, settings);
      } finally {
        state.isRunning = false;
        state.endedAt = now();
      }
    },
  };
}

/** The first acceptable list of all places; the error names what each of them answered. */
async function fetchAny(authorities: readonly Certificate[], urls: readonly string[], state: State, settings: ListSettings): Promise<RevocationList> {
  const problems: unknown[] = [];
  for (const url of urls) {
    try {
      return await fetchFrom(url, authorities, state, settings);
    } catch (error) {
      problems.push(error);
    }
  }
  throw worst(problems);
}

/** `Blocked` only when nobody was asked: then the soonest of them. */
export function worst(problems: readonly unknown[]): Error {
  const tried = problems.filter((problem) => !(problem instanceof Blocked));
  if (tried.length > 0) return new Error(tried.map(reasonOf).join('; '));
  const [first] = problems.filter((problem) => problem instanceof Blocked).sort((a, b) => a.until.getTime() - b.until.getTime());
  return first ?? new Error('there is nobody to ask');
}

async function fetchFrom(url: string, authorities: readonly Certificate[], state: State, settings: ListSettings): Promise<RevocationList> {
  const { trust, takeUp, exchange, hosts, folder, now, log } = settings;
  const name = authorities[0]?.subjectDer ?? Buffer.alloc(0);
  const { etag } = state;
  const atHand = etag?.url === url ? trust().revocationLists.find(({ fingerprint }) => fingerprint === etag.fingerprint) : undefined;
  const list = await hosts.through(url, async () => {
    const got = await exchange({ url, mostBytes: LARGEST_LIST, ...(atHand === undefined || etag === undefined ? {} : { etag: etag.etag }) });
    const answered = got === undefined ? atHand : readFetchedList(got.bytes, name, trust(), now());
    if (answered === undefined || !isInForce(answered, now())) throw new Error('nothing newer than a list that is no longer in force');
    if (got !== undefined) state.etag = got.etag === undefined ? undefined : { url, etag: got.etag, fingerprint: answered.fingerprint };
    return answered;
  });
  const isNewest = (): boolean => newestList(signersOf(list, name, trust()), trust(), list)?.fingerprint === list.fingerprint;
  if (isNewest()) return list;
  const [signer] = signersOf(list, name, trust());
  if (signer === undefined) throw new Error('its authority is gone from the trust material');
  await keepList(folder, `${authorityKey(signer)} ${partOf(list)}`, list);
  await takeUp();
  if (!isNewest()) throw new Error('a fetched list was not taken up');
  log('revocation list fetched', { authority: list.issuer, url, number: list.number, thisUpdate: list.thisUpdate, nextUpdate: list.nextUpdate });
  return list;
}

function postpone(authorities: readonly Certificate[], state: State, error: unknown, { now, random, log }: ListSettings): void {
  state.problem = reasonOf(error).slice(0, 500);
  if (error instanceof Blocked) {
    state.dueAt = error.until;
    return;
  }
  state.failures += 1;
  const retryInMs = retryDelay(state.failures, random());
  state.dueAt = new Date(now().getTime() + retryInMs);
  if (Number.isInteger(Math.log2(state.failures))) log('revocation list not fetched', { authority: authorities[0]?.subject, reason: state.problem, failures: state.failures, retryInMs });
}

/** Half of the time the list has left, so that there is time for several tries. */
function intervalOf(list: RevocationList, authorities: readonly Certificate[], settings: ListSettings): number {
  const left = (list.nextUpdate?.getTime() ?? 0) - settings.now().getTime();
  const every = authorities.map((authority) => settings.sources().of(authority)?.everyMs).find((ms) => ms !== undefined) ?? settings.everyMs;
  return Math.max(SHORTEST_INTERVAL_MS, jittered(Math.min(every, left / 2), settings.random()));
}

/** At a start what is current waits, spread out: a restart must not ask every authority at once. */
function firstDue(list: RevocationList | undefined, { everyMs, now, random }: ListSettings): Date {
  const at = now();
  if (list?.nextUpdate === undefined || !isInForce(list, at)) return at;
  return new Date(at.getTime() + random() * Math.min(everyMs, (list.nextUpdate.getTime() - at.getTime()) / 2));
}
