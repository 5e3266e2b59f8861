// Asks the backends for the results of what they were handed, each dossier by itself, until they are there.
import { randomUUID } from 'node:crypto';

import { backoff } from '../delivery/breaker.ts';
import { laneOf } from '../delivery/routes.ts';
import type { Backends } from '../delivery/routes.ts';
import { postpone } from '../store/deliveries.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { claimQuestions } from '../store/results.ts';
import { Refusal } from '../errors/outcomes.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { readAnswer } from './answer.ts';
import { issueResult } from './issue-result.ts';
import type { ResultSettings } from './issue-result.ts';

export interface AskingSettings extends ResultSettings {
  readonly backends: Backends;
  readonly ask: (backend: string, digest: string) => Promise<{ answer: Buffer } | { retryAfterMs: number | undefined }>;
  readonly trust: () => TrustMaterial;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const LEASE_MS = 120_000;
const FIRST_ASK_MS = 500;
const SLOWEST_ASK_MS = 60_000;
const SLOWEST_POLITE_ASK_MS = 60 * 60_000;

/** Like a worker of deliveries. */
export function createAsking(settings: AskingSettings): { start(most: number): Promise<readonly Promise<void>[]> } {
  const worker = randomUUID();
  const byLane = new Map([...settings.backends.keys()].map((name) => [laneOf(name), name]));
  return {
    start: async (most) => {
      const now = settings.now();
      const claimed = await claimQuestions(settings.database.query, { now, until: new Date(now.getTime() + LEASE_MS), worker, most, backends: [...byLane.keys()] });
      return claimed.map((delivery) => ask(settings, worker, delivery, byLane.get(delivery.lane) ?? ''));
    },
  };
}

async function ask(settings: AskingSettings, worker: string, delivery: ClaimedDelivery, name: string): Promise<void> {
  const { database, now, random, log } = settings;
  try {
    const reply = await settings.ask(name, delivery.digest);
    const at = now();
    if ('answer' in reply) {
      const trust = settings.trust();
      const expected = { digest: delivery.digest, dossierNumber: delivery.dossierNumber, signers: settings.backends.get(name)?.answerSigners ?? new Set<string>() };
      await issueResult(settings, delivery, readAnswer(reply.answer, expected, trust, at), reply.answer, trust.digest, at);
      return;
    }
    const wait = Math.min(Math.max(reply.retryAfterMs ?? backoff(FIRST_ASK_MS, SLOWEST_ASK_MS, delivery.attempts, random()), FIRST_ASK_MS), SLOWEST_POLITE_ASK_MS);
    await postpone(database.query, delivery, worker, new Date(at.getTime() + wait), null, 0);
  } catch (error) {
    const at = now();
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500).toWellFormed();
    log('no result', { dossier: delivery.dossierNumber, backend: name, attempts: delivery.attempts, reason });
    await database.transaction(async (query) => {
      await postpone(query, delivery, worker, new Date(at.getTime() + backoff(FIRST_ASK_MS, SLOWEST_ASK_MS, delivery.attempts, random())), reason, 0);
      if (error instanceof Refusal && Number.isInteger(Math.log2(delivery.attempts))) await insertEvents(query, [{ at, kind: 'result_rejected', submissionId: delivery.submissionId, detail: { backend: name, attempts: delivery.attempts, reason } }]);
    }).catch((storing: unknown) => { log('not recorded', { reason: String(storing) }); });
  }
}
