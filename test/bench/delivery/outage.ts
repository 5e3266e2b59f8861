// What a receiver that is away costs the others: dossiers a second of two backends while a third hangs, against the same two while it answers; and
// how long intake's transaction takes while a backend is away, with its breaker open, failing and waited for, against while it is there.
import { performance } from 'node:perf_hooks';

import { dossierPolicy, preparing } from '../../../src/delivery/hand-over.ts';
import type { LaneTransport } from '../../../src/delivery/hand-over.ts';
import { startLoop } from '../../../src/delivery/loop.ts';
import { MOST_AT_ONCE } from '../../../src/delivery/open.ts';
import { openRoutes } from '../../../src/delivery/routing.ts';
import type { Backend } from '../../../src/delivery/routes.ts';
import { createWorker } from '../../../src/delivery/worker.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { loadDossiers, nextDeliveryDueAt } from '../../../src/store/deliveries.ts';
import type { HandOver } from '../../../src/store/deliveries.ts';
import { insertAccepted } from '../../support/accepted.ts';

const DOSSIERS = 200; // of each backend, a round
const INTAKES = 100;
const ROUNDS = 4; // of each kind, in turn
const LONGEST_ROUND_MS = 20_000;
const HANG_MS = 1_500;
const agencies = new Map([['alpha', '00101'], ['beta', '07901'], ['gamma', '04801']]);

export interface OutageCost {
  /** While it hangs against while it answers, medians: dossiers a second of the others, and milliseconds of one intake. */
  readonly throughput: readonly [number, number];
  readonly intakeMs: readonly [number, number];
}

export async function measureOutage(url: string): Promise<OutageCost> {
  const database = await openDatabase({ url, connections: 8 });
  const backends = new Map([...agencies.keys()].map((name): [string, Backend] => [name, { name, url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 8, timeoutMs: 30_000 }]));
  await openRoutes(database, { backends, routes: new Map([['', 'alpha'], ['079', 'beta'], ['048', 'gamma']]) }, new Date());
  const rates: [number[], number[]] = [[], []];
  const intakes: [number[], number[]] = [[], []];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const hangs = round % 2 === 0;
    const index = hangs ? 0 : 1;
    const { rate, intakeMs } = await measureRound(database, hangs);
    rates[index].push(rate);
    intakes[index].push(...intakeMs);
  }
  await database.close();
  return { throughput: [median(rates[0]), median(rates[1])], intakeMs: [median(intakes[0]), median(intakes[1])] };
}

async function measureRound(database: Database, hangs: boolean): Promise<{ rate: number; intakeMs: number[] }> {
  await database.query(`UPDATE lane SET failures_in_a_row = 0, open_until = NULL, times_opened = 0`);
  await database.query(`DELETE FROM delivery WHERE state = 'waiting'`);
  const handOver = async ({ lane }: HandOver): Promise<void> => {
    if (!hangs || lane !== 'agency:alpha') return;
    await new Promise((resolve) => setTimeout(resolve, HANG_MS));
    throw new Error('no answer');
  };
  const transport: LaneTransport = { kind: 'dossier', prepare: preparing(loadDossiers, handOver), leaseMs: 60_000, policy: dossierPolicy };
  const now = (): Date => new Date();
  const worker = createWorker({ database, lanes: ['agency:'], transportFor: () => transport, slipDueOf: () => undefined, now, random: Math.random, log: () => undefined });
  for (const agency of agencies.values()) await insertAccepted(database, Array.from({ length: DOSSIERS }, (_value, index) => ({ agency, unitCode: `TS${index}` })));
  const intakeMs: number[] = [];
  const began = performance.now();
  const loop = startLoop({ name: 'bench', database, channel: 'delivery', worker, mostAtOnce: MOST_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, ['agency:']), now, log: () => undefined });
  try {
    while ((await waitingElsewhere(database)) > 0) {
      if (performance.now() - began > LONGEST_ROUND_MS) throw new Error('the others’ dossiers were not delivered');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const rate = (2 * DOSSIERS * 1000) / (performance.now() - began);
    for (let dossier = 0; dossier < INTAKES; dossier += 1) {
      const from = performance.now();
      await insertAccepted(database, [{ unitCode: `TS${dossier}`, receivedAt: now() }]);
      intakeMs.push(performance.now() - from);
    }
    return { rate, intakeMs };
  } finally {
    await loop.stop();
  }
}

async function waitingElsewhere(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM delivery WHERE state = 'waiting' AND lane <> 'agency:alpha'`);
  return row?.count ?? 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
