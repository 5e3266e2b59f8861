// Guarantee: a database that stands still with transactions open, and then goes on, never commits what a sender was told had failed as
// something else: whoever got 503 sends again and gets the one receipt there is, numbers have no gap, and nothing is there twice.
import { existsSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { startSiteOnOwnDatabase } from '../support/own-database.ts';
import type { SiteOnOwnDatabase } from '../support/own-database.ts';
import { identityOf } from '../support/pki.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let stand: SiteOnOwnDatabase;
let site: Site;

beforeAll(async () => {
  stand = await startSiteOnOwnDatabase();
  site = stand.site;
});

afterAll(() => stand.stop());

function dossier(mark: string, variation: Variation = {}): Promise<Buffer> {
  return signedDossier(identityOf(site.pki.employer), { mark, ...variation });
}

const query = <Row>(sql: string): Promise<Row[]> => site.gateway.database.query<Row>(sql);

/** The server's process and those that serve the gateway's connections; the parent is in the fourth field of the kernel's line. */
async function serverProcesses(): Promise<number[]> {
  const backends = (await query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'`)).map(({ pid }) => pid);
  const parents = backends.filter((pid) => existsSync(`/proc/${pid}/stat`)).map((pid) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1]));
  return [...new Set([...parents, ...backends])];
}

/** A transaction stands before its receipt is stored, or in its COMMIT, until the lock is given back; it has the log, so that the next one waits for it. */
const holdUp = (trigger: string): string => `
  CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4712); RETURN NEW; END $$;
  CREATE ${trigger} FOR EACH ROW EXECUTE FUNCTION hold_up();`;

const heldUp = (count: number) => async (): Promise<boolean> => (await query(`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('advisory', 'transactionid', 'tuple')`)).length === count;

it.each([
  ['mid-transaction', 'TRIGGER hold_up BEFORE INSERT ON receipt', '00102', '00103', 4],
  ['COMMIT', 'CONSTRAINT TRIGGER hold_up AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED', '07901', '04801', 8],
] as const)('a database stopped in %s, for longer than the gateway waits', async (where, trigger, agency, other, submissions) => {
  const before = await dossier(`trước ${where}`);
  const first = await site.ivan.post('/v1/dossiers', before);
  expect(first.status).toBe(201);
  await query(holdUp(trigger));
  const holder = site.gateway.database.source.createQueryRunner();
  await holder.query('SELECT pg_advisory_lock(4712)');

  const [one, two] = [await dossier(`một ${where}`, { agency }), await dossier(`hai ${where}`, { agency: other })];
  const waiting: Promise<Answer>[] = [site.ivan.post('/v1/dossiers', one)];
  await until('the first stands still', heldUp(1));
  waiting.push(site.ivan.post('/v1/dossiers', two));
  await until('the second stands still', heldUp(2));
  const pids = await serverProcesses();
  expect(pids.length).toBeGreaterThan(3);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const later = await dossier(`ba ${where}`, { agency });
  waiting.push(site.ivan.post('/v1/dossiers', later));
  const answers = await Promise.all(waiting).finally(() => { for (const pid of pids) process.kill(pid, 'SIGCONT'); });
  expect(answers.map(({ status, headers }) => [status, Number(headers['retry-after']) > 0])).toEqual(waiting.map(() => [503, true]));

  await holder.query('SELECT pg_advisory_unlock(4712)').catch(() => undefined);
  await holder.release().catch(() => undefined);
  await until('the database answers', () => query('SELECT 1').then(() => true, () => false));
  await query('DROP TRIGGER hold_up ON receipt; DROP FUNCTION hold_up()');
  for (const [bytes, number] of [[one, '00001/'], [two, '00001/'], [later, '00002/']] as const) {
    const answer = await until('an answer', async () => {
      const sent = await site.ivan.post('/v1/dossiers', bytes);
      return sent.status !== 503 && sent;
    });
    expect([200, 201]).toContain(answer.status);
    expect(answer.body.toString()).toContain(`<SO_HSO>${number}`);
    const again = await site.ivan.post('/v1/dossiers', bytes);
    expect([again.status, again.body.equals(answer.body)]).toEqual([200, true]);
  }
  const resent = await site.ivan.post('/v1/dossiers', before);
  expect([resent.status, resent.body.equals(first.body)]).toEqual([200, true]);
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions, accepted: submissions });
}, 120_000);
