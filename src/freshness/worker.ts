// The worker that keeps revocation data fresh: lists of every authority ahead of their end, OCSP answers for certificates that a dossier could
// not be judged without. It decides nothing about anybody: what it fetched is material for `trust/`, and what it could not fetch leaves the
// question open ("not now"). Nobody waits for it. Time and chance are arguments; `loop.ts` keeps it going.
import type { Certificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { authoritiesOf, isIssuedBy, issuerOf, newestList } from './authorities.ts';
import { isInForce } from './fetched-list.ts';
import { createHosts } from './hosts.ts';
import type { HostStatus } from './hosts.ts';
import { createExchange } from './http.ts';
import type { ExchangeSettings } from './http.ts';
import type { Job, ListSettings } from './list-job.ts';
import { createLists } from './lists.ts';
import type { AuthorityStatus, Lists } from './lists.ts';
import { createResponses } from './responses.ts';
import type { Responses, ResponsesStatus } from './responses.ts';
import { watchSources } from './sources.ts';
import type { Sources } from './sources.ts';

export interface FreshnessSettings extends Omit<ListSettings, 'sources' | 'exchange' | 'hosts'> {
  /** Where `revocation-sources.json` may lie. */
  readonly trustFolder: string;
  readonly timeoutMs: number;
  readonly resolve?: ExchangeSettings['resolve'];
}

export interface Freshness {
  /** A certificate whose revocation state is not known. Gives in how many seconds an answer may be there; never waits for it. */
  readonly want: (certificate: Certificate, issuer: Certificate) => number;
  /** Certificates met otherwise, such as the gateway's own: learns from them where lists are. */
  meet(certificate: Certificate): void;
  /** OCSP answers at hand about these, in force; they are renewed while they are asked for. */
  readonly responsesFor: (certificates: readonly Certificate[]) => readonly OcspResponse[];
  /** Starts what is due, within the bound of what may be under way; the promises never reject. */
  start(): readonly Promise<void>[];
  /** When something is due next; undefined when nothing is. */
  nextDueAt(): Date | undefined;
  /** Called when something became due earlier than `nextDueAt` said. */
  onHaste(ring: () => void): void;
  status(): FreshnessStatus;
  /** Ends what is under way. */
  stop(): void;
}

export interface FreshnessStatus {
  readonly authorities: readonly AuthorityStatus[];
  readonly responses: ResponsesStatus;
  readonly hosts: readonly HostStatus[];
}

const MOST_AT_ONCE = 8;
const SOON_MS = 5_000;
/** How long a sender is asked to wait when nothing can be fetched: somebody must act first. */
const LONGEST_WAIT_SECONDS = 300;

/** @throws Error when `revocation-sources.json` cannot be used. */
export async function createFreshness(settings: FreshnessSettings): Promise<Freshness> {
  const { trust, now, timeoutMs, resolve } = settings;
  const stopping = new AbortController();
  const sources = watchSources(settings.trustFolder, settings);
  const exchange = createExchange({ isListed: (url) => sources.current().isListed(url), timeoutMs, stopping: stopping.signal, ...(resolve === undefined ? {} : { resolve }) });
  const hosts = createHosts(settings);
  const parts = { ...settings, sources: sources.current, exchange, hosts };
  const lists = await createLists(parts);
  const responses = createResponses(parts);
  let followed: { readonly digest: string; readonly stamp: string } | undefined;
  let underWay = 0;
  let ring = (): void => undefined;

  const follow = (): void => {
    const before = followed;
    followed = { digest: trust().digest, stamp: sources.look() };
    if (followed.stamp !== before?.stamp) reportStrangers(sources.current(), settings);
    if (followed.stamp !== before?.stamp || followed.digest !== before.digest) lists.follow();
  };
  const open = (): readonly Job[] => [...lists.jobs(), ...responses.jobs()].filter(({ isRunning }) => !isRunning);
  const launch = async (job: Job): Promise<void> => {
    underWay += 1;
    await job.run();
    underWay -= 1;
  };
  follow();
  return {
    want: (certificate, issuer) => {
      follow();
      if (!isKnown(issuer, trust()) || !isIssuedBy(certificate, issuer)) return LONGEST_WAIT_SECONDS;
      lists.learn(certificate, issuer);
      const earliest = hasten(certificate, issuer, { lists, responses }, now());
      ring();
      return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil((earliest - now().getTime()) / 1000)));
    },
    meet: (certificate) => {
      const issuer = issuerOf(certificate, trust());
      if (issuer !== undefined) lists.learn(certificate, issuer);
      ring();
    },
    responsesFor: (certificates) => responses.of(certificates),
    start: () => {
      follow();
      const due = open().filter(({ dueAt }) => dueAt <= now()).sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
      return due.slice(0, Math.max(0, MOST_AT_ONCE - underWay)).map(launch);
    },
    nextDueAt: () => open().reduce<Date | undefined>((next, { dueAt }) => (next === undefined || dueAt < next ? dueAt : next), undefined),
    onHaste: (called) => { ring = called; },
    status: () => ({ authorities: lists.status(), responses: responses.status(), hosts: hosts.status() }),
    stop: () => { stopping.abort(); },
  };
}

/** Makes due what can answer for the certificate; gives when, in milliseconds of the clock, or Infinity when nothing can. */
function hasten(certificate: Certificate, issuer: Certificate, { lists, responses }: { readonly lists: Lists; readonly responses: Responses }, at: Date): number {
  const jobs = lists.about(certificate, issuer);
  for (const job of jobs) job.hasten();
  const byList = jobs.map(({ isRunning, dueAt }) => Math.max(isRunning ? 0 : dueAt.getTime(), at.getTime() + SOON_MS));
  // A list answers for everybody; single answers are for when it cannot be had, or has come and did not help.
  const byResponse = jobs.every(({ hasRun }) => hasRun) ? responses.want(certificate, issuer)?.getTime() : undefined;
  return Math.min(...byList, byResponse ?? Infinity);
}

function reportStrangers({ authorities }: Sources, { trust, log }: FreshnessSettings): void {
  const known = authoritiesOf(trust()).flatMap(({ fingerprint, subjectKeyIdentifier = '' }) => [fingerprint, subjectKeyIdentifier]);
  const strangers = authorities.filter((name) => !known.includes(name));
  if (strangers.length > 0) log('revocation sources name authorities that are not in the trust folder', { authorities: strangers });
}

/** The certificate itself must be of the material: who may name URLs is not for a sender to say. */
function isKnown(issuer: Certificate, material: TrustMaterial): boolean {
  return authoritiesOf(material).some(({ fingerprint }) => fingerprint === issuer.fingerprint);
}

/** A summary for whoever watches the gateway; of authorities, by their names, whose signers get "not now". */
export function revocationHealth(material: TrustMaterial, at: Date, freshness: Freshness | undefined): { authorities: number; stale: readonly string[]; failing: readonly string[] } {
  const authorities = authoritiesOf(material);
  const stale = authorities.filter((authority) => !isInForce(newestList([authority], material), at)).map(({ subject }) => subject);
  const failing = freshness?.status().authorities.filter(({ failures }) => failures > 0).map(({ authority }) => authority) ?? [];
  return { authorities: authorities.length, stale, failing };
}
