// Claim → deliver → record, then ask for the answer, until it is there. At least once: what a killed worker had claimed is claimed again when
// its lease is over, and the backend tells a repeat by the digest. Any number of workers in any number of processes share the work.
import { randomUUID } from 'node:crypto';

import { Refusal } from '../errors/outcomes.ts';
import { readAnswer } from '../results/answer.ts';
import { issueResult } from '../results/issue-result.ts';
import type { ResultSettings } from '../results/issue-result.ts';
import { claimDeliveries, findHandOver, markDelivered, postpone } from '../store/deliveries.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { Transport } from './https.ts';
import { backendFor } from './routes.ts';
import type { Backend, RouteTable } from './routes.ts';

export interface WorkerSettings extends ResultSettings {
  readonly routes: RouteTable;
  readonly transport: Transport;
  readonly trust: () => TrustMaterial;
  readonly now: () => Date;
  /** Uniform in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Worker {
  /** Claims at most so many of what is due and starts settling each; the promises never reject. Throws `Unavailable` when the database is away. */
  start(most: number): Promise<readonly Promise<void>[]>;
}

const LEASE_MS = 120_000; // longer than any one exchange with a backend may take
const FIRST_RETRY_MS = 500;
const SLOWEST_RETRY_MS = 10 * 60_000;
const FIRST_ASK_MS = 500;
const SLOWEST_ASK_MS = 60_000;
const SLOWEST_POLITE_ASK_MS = 60 * 60_000; // a backend may ask for more patience than we have by ourselves

export function createWorker(settings: WorkerSettings): Worker {
  const name = randomUUID();
  return {
    start: async (most) => {
      const now = settings.now();
      const claimed = await claimDeliveries(settings.database.query, { now, until: new Date(now.getTime() + LEASE_MS), worker: name, most });
      return claimed.map((delivery) => settle(settings, name, delivery));
    },
  };
}

/** Never throws for what a backend does: a failure is recorded and tried again later, slower each time. */
async function settle(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery): Promise<void> {
  const backend = backendFor(settings.routes, delivery.agency);
  try {
    if (delivery.state === 'waiting') await deliver(settings, worker, delivery, backend);
    else await ask(settings, worker, delivery, backend);
  } catch (error) {
    await recordFailure(settings, worker, delivery, backend, error);
  }
}

async function deliver(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, backend: Backend): Promise<void> {
  const { database, transport, now } = settings;
  await transport.deliver(backend, { digest: delivery.digest, ...(await findHandOver(database.query, delivery.submissionId)) });
  const at = now();
  await database.transaction(async (query) => {
    const isOurs = await markDelivered(query, delivery, worker, at, new Date(at.getTime() + FIRST_ASK_MS));
    if (isOurs) await insertEvents(query, [{ at, kind: 'delivered', submissionId: delivery.submissionId, detail: { backend: backend.name, attempts: delivery.attempts } }]);
  });
}

async function ask(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, backend: Backend): Promise<void> {
  const reply = await settings.transport.askAnswer(backend, delivery.digest);
  const at = settings.now();
  if ('answer' in reply) {
    const trust = settings.trust();
    const expected = { digest: delivery.digest, dossierNumber: delivery.dossierNumber, signers: backend.answerSigners };
    const answer = readAnswer(reply.answer, expected, trust, at);
    await issueResult(settings, delivery, answer, reply.answer, trust.digest, at);
    return;
  }
  const asked = reply.retryAfterMs ?? backoff(settings, FIRST_ASK_MS, SLOWEST_ASK_MS, delivery.attempts);
  const wait = Math.min(Math.max(asked, FIRST_ASK_MS), SLOWEST_POLITE_ASK_MS);
  await postpone(settings.database.query, delivery, worker, new Date(at.getTime() + wait), null);
}

async function recordFailure(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, backend: Backend, error: unknown): Promise<void> {
  const { database, now, log } = settings;
  const at = now();
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500).toWellFormed();
  const wait = backoff(settings, FIRST_RETRY_MS, SLOWEST_RETRY_MS, delivery.attempts);
  log('delivery failed', { dossier: delivery.dossierNumber, backend: backend.name, state: delivery.state, attempts: delivery.attempts, reason, retryInMs: wait });
  const kind = error instanceof Refusal ? 'result_rejected' : 'delivery_failed';
  try {
    await database.transaction(async (query) => {
      await postpone(query, delivery, worker, new Date(at.getTime() + wait), reason);
      // An event for the 1st, 2nd, 4th, 8th … failure: events are kept for ever, and a backend may be away for days.
      if (Number.isInteger(Math.log2(delivery.attempts))) await insertEvents(query, [{ at, kind, submissionId: delivery.submissionId, detail: { backend: backend.name, attempts: delivery.attempts, reason: reason } }]);
    });
  } catch (storing) {
    // The lease ends by itself, and the delivery is claimed again.
    log('delivery failure not recorded', { dossier: delivery.dossierNumber, reason: storing instanceof Error ? storing.message : String(storing) });
  }
}

/** Doubling from `first` to `slowest`, between half and all of it. */
function backoff({ random }: WorkerSettings, first: number, slowest: number, attempts: number): number {
  const full = Math.min(slowest, first * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full * (0.5 + random() / 2));
}
