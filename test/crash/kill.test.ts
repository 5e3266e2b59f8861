// Guarantee: kill -9 of the gateway at any moment loses no receipt that a client ever got and delivers nothing as two dossiers.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { openProgramStage } from '../support/program-stage.ts';
import type { ProgramStage } from '../support/program-stage.ts';
import type { Caller } from '../support/site.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const perRound = 40;
let stage: ProgramStage;

beforeAll(async () => {
  stage = await openProgramStage();
});

afterAll(() => stage.close());

/** Sends everything, each once; gives the receipts that arrived before the connection or the gateway went away. */
async function sendUntilDead(caller: Caller, dossiers: readonly Buffer[], received: (bytes: Buffer, receipt: Buffer) => void): Promise<void> {
  await Promise.all(
    dossiers.map(async (bytes) => {
      const answer = await caller.post('/v1/dossiers', bytes).catch(() => undefined);
      if (answer?.status === 201 || answer?.status === 200) received(bytes, answer.body);
    }),
  );
}

it('every receipt that a client ever got resolves to the same bytes after kill -9, and each dossier is one', async () => {
  const { backend, databaseUrl, pki } = stage;
  const identity = identityOf(pki.employer);
  const all: Buffer[] = [];
  const receipts = new Map<Buffer, Buffer>();
  for (let round = 0; round < rounds; round += 1) {
    const program = await stage.startGateway();
    const caller = stage.ivanAt(program);
    const dossiers: Buffer[] = [];
    for (let index = 0; index < perRound; index += 1) dossiers.push(await signedDossier(identity, { mark: `${round}/${index}`, unitCode: `TS${20000 + (index % 9)}` }));
    all.push(...dossiers);
    let count = 0;
    const killAfter = 1 + Math.floor(Math.random() * perRound * 0.8);
    const killed = new Promise<void>((resolve, reject) => {
      void sendUntilDead(caller, dossiers, (bytes, receipt) => {
        receipts.set(bytes, receipt);
        count += 1;
        if (count === killAfter) program.end('SIGKILL').then(resolve, reject);
      }).then(() => { if (count < killAfter) program.end('SIGKILL').then(resolve, reject); });
    });
    await killed;
    caller.close();
  }
  expect(receipts.size).toBeGreaterThan(0);

  const program = await stage.startGateway();
  const caller = stage.ivanAt(program);
  for (const bytes of all) {
    const first = receipts.get(bytes);
    const answer = await caller.post('/v1/dossiers', bytes);
    expect([200, 201]).toContain(answer.status);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const byDigest = await caller.get(`/v1/dossiers/${digest}`);
    expect(byDigest.body.equals(answer.body)).toBe(true);
    if (first !== undefined) expect([answer.status, answer.body.equals(first)]).toEqual([200, true]);
  }
  await stage.releaseLeases();
  await stage.allAnswered();
  caller.close();
  await program.end('SIGTERM');
  const stored = (await backend.dossiers()).map(({ digest }) => digest);
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toHaveLength(all.length);
  expect(await audit(databaseUrl)).toMatchObject({ submissions: all.length, accepted: all.length, results: all.length });
}, 300_000);

it('a worker killed between deliver and record delivers again, and the backend sees one dossier', async () => {
  const { backend, database, databaseUrl, pki } = stage;
  // Held by this session's advisory lock, the statement that records a delivery waits: the process is killed in just that moment.
  await database.query(`CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$`);
  await database.query(`CREATE TRIGGER wait_for_test BEFORE UPDATE ON delivery FOR EACH ROW WHEN (NEW.state = 'delivered' AND OLD.state = 'waiting') EXECUTE FUNCTION wait_for_test()`);
  const holder = database.source.createQueryRunner();
  await holder.query('SELECT pg_advisory_lock(4711)');
  const bytes = await signedDossier(identityOf(pki.employer), { mark: 'giữa chừng' });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const timesPut = async (): Promise<number> => (await backend.dossiers()).find((row) => row.digest === digest)?.timesPut ?? 0;

  const first = await stage.startGateway();
  const caller = stage.ivanAt(first);
  expect((await caller.post('/v1/dossiers', bytes)).status).toBe(201);
  await until('the backend has it', async () => (await timesPut()) === 1);
  await until('the record waits', async () => (await database.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0);
  await first.end('SIGKILL');
  caller.close();
  // The dead process's session only notices when its statement ends; its transaction is then rolled back.
  await holder.query('SELECT pg_advisory_unlock(4711)');
  await holder.release();
  await database.query('DROP TRIGGER wait_for_test ON delivery');

  await stage.releaseLeases();
  const second = await stage.startGateway();
  await until('answered', async () => (await database.query(`SELECT 1 FROM result t JOIN submission s ON s.id = t.submission_id WHERE s.digest = $1`, [digest])).length === 1);
  await second.end('SIGTERM');
  expect(await timesPut()).toBe(2);
  expect((await backend.dossiers()).filter((row) => row.digest === digest)).toHaveLength(1);
  expect(await audit(databaseUrl)).toMatchObject({ otherRuleSets: 0 });
}, 300_000);
