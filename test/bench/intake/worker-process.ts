// One process of a round: opens its intake, reads and – where judging is not measured – judges its dossiers beforehand, waits for the word, hands them in with so
// many under way at once, and tells how long each waited for its receipt. After that the keeper enters what waits.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

import type { Judged } from '../../../src/intake/facts.ts';
import type { Recorded } from '../../../src/intake/record.ts';
import type { IvanSender } from '../../../src/standard/dossier.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { openIntake } from './gateway.ts';
import { dossierFile } from './stage.ts';
import type { Task } from './rounds.ts';

const sender: IvanSender = { kind: 'ivan', code: '00040', contract: { state: 'active', from: new Date('2026-01-01T00:00:00+07:00'), until: new Date('2100-01-01T00:00:00+07:00') } };
const CONNECTIONS = 10; // as a gateway has

const task = JSON.parse(process.argv[2] ?? '') as Task;
const database = await openDatabase({ url: task.url, connections: CONNECTIONS });
const gateway = await openIntake(task.folder, database, task.way, CONNECTIONS);
const bodies = Array.from({ length: task.count }, (_value, index) => readFileSync(dossierFile(task.folder, task.first + index)));

/** What is done for each body when the word is given. */
async function ready(): Promise<(index: number) => Promise<Recorded>> {
  const submission = (index: number) => ({ bytes: bodies[index] ?? Buffer.alloc(0), sender, receivedAt: new Date(), key: undefined });
  if (task.work === 'received') {
    const receive = gateway.receiveBy(gateway.record);
    return (index) => receive(submission(index));
  }
  const judged: Judged[] = [];
  const judging = gateway.receiveBy((given) => {
    judged.push(given);
    return Promise.reject(new Error('judged'));
  });
  for (let index = 0; index < task.count; index += 1) await judging(submission(index)).catch(() => undefined);
  return (index) => {
    const given = judged[index];
    if (given === undefined) throw new Error('a dossier was not judged');
    return gateway.record({ ...given, receivedAt: new Date() });
  };
}

const take = await ready();

async function run(): Promise<void> {
  const latencies: number[] = [];
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < task.count) {
      const index = next;
      next += 1;
      const began = performance.now();
      const { outcome, isNew, digest } = await take(index);
      latencies.push(performance.now() - began);
      if (outcome !== 'accepted' || !isNew || digest !== createHash('sha256').update(bodies[index] ?? '').digest('hex')) throw new Error(`dossier ${index}: ${outcome}`);
    }
  };
  await Promise.all(Array.from({ length: task.senders }, send));
  process.send?.({ latencies });
}

async function end(): Promise<void> {
  await gateway.keeper?.stop();
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds: (user + system) / 1e6 }, () => process.exit(0));
}

let before = process.cpuUsage();
process.on('message', (word) => {
  if (word === 'go') {
    before = process.cpuUsage();
    void run();
  } else {
    void end();
  }
});
process.on('disconnect', () => process.exit(1));
process.on('unhandledRejection', (error) => { throw error; });
process.send?.('ready');
