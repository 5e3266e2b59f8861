// Guarantee: a database that comes back with less of the log than was committed is not gone on with: nothing is received, whoever watches is told why, a process
// that starts anew refuses, and no checkpoint is signed that another of the same log contradicts.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { openLogMemory } from '../../src/evidence/memory.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/database.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const file = join(mkdtempSync(join(tmpdir(), 'memory-')), 'log');
const environment = { GATEWAY_LOG_MEMORY_FILE: file };
let site: Site;
let database: Database;
let marks = 0;
let before: { size: string; edge: Buffer } | undefined;

const submit = async (): Promise<Answer> => site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: `lùi ${(marks += 1)}` }));
const head = async () => (await database.query<{ size: string; edge: Buffer }>('SELECT size, edge FROM log_head'))[0];
const keptSize = (): number => (existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[1]) : 0);

/** As a standby that took over without the last commits. */
async function setBack({ size, edge }: { size: string; edge: Buffer }): Promise<void> {
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query('DELETE FROM log_entry WHERE position >= $1', [size]);
    await query('DELETE FROM log_checkpoint WHERE size > $1', [size]);
    await query('UPDATE log_head SET size = $1, edge = $2', [size, edge]);
  });
}

beforeAll(async () => {
  site = await startSite({ environment });
  database = await openDatabase({ url: site.databaseUrl, connections: 2 });
  expect((await submit()).status).toBe(201);
  await until('all to be entered and kept', async () => (await database.query('SELECT 1 FROM log_waiting')).length === 0 && keptSize() === Number((await head())?.size));
  before = await head();
});
afterAll(async () => {
  await database.close();
  await site.stop();
});

it('nothing is received into a log that was set back, however little it lacks, and the reason is said', async () => {
  expect((await submit()).status).toBe(201);
  if (before !== undefined) await setBack(before);
  const refused = await submit();
  expectProblem(refused, 'UNAVAILABLE');
  expect(refused.body.toString()).toContain('set back');
  const health = await site.direct.get('/health/ready');
  expect([health.status, JSON.parse(health.body.toString())]).toEqual([503, expect.objectContaining({ ready: false, log: expect.objectContaining({ setBack: expect.stringMatching(/entries, and had \d+|no longer has a checkpoint of \d+/) as unknown }) as unknown })]);
  expect(site.log.filter(({ message }) => message.startsWith('the log was set back'))).toHaveLength(1);
  expect((await head())?.size).toBe(before?.size);
});

it('a process that starts anew refuses such a database, and takes one that has everything', async () => {
  const size = Number(before?.size);
  const [{ root } = { root: Buffer.alloc(0) }] = await database.query<{ root: Buffer }>('SELECT root FROM log_checkpoint WHERE size = $1', [size]);
  const open = (text: string): ReturnType<typeof openLogMemory> => {
    writeFileSync(file, text);
    return openLogMemory({ database, file, log: () => undefined });
  };
  await expect(open(`ivan-log-memory\n${size + 2}\n${root.toString('base64')}\n`)).rejects.toThrow(`no longer has a checkpoint of ${size + 2} entries`);
  await expect(open(`ivan-log-memory\n${size}\n${Buffer.alloc(32).toString('base64')}\n`)).rejects.toThrow(`has another root of ${size} entries`);
  await expect(open('')).rejects.toThrow('is none');
  expect((await open(`ivan-log-memory\n${size}\n${root.toString('base64')}\n`)).setBack).toBeUndefined();
});

it('a transaction that is rolled back is no set-back', async () => {
  const memory = await openLogMemory({ database, file: undefined, log: () => undefined });
  let size = Number(before?.size);
  const enter = memory.remembering((_query, records) => Promise.resolve({ save: () => Promise.resolve(), proofs: records.map(() => `c2sp.org/tlog-proof@v1\nindex 0\n\nlocalhost/log\n${size + records.length}\n${Buffer.alloc(32).toString('base64')}\n\n— x\n`) }));
  const once = (fails: boolean): Promise<unknown> => memory.database.transaction(async (query) => {
    await enter(query, [{ kind: 'event', subject: '1', facts: {} }], new Date());
    if (fails) throw new Error('rolled back');
  });
  await expect(once(true)).rejects.toThrow('rolled back');
  await once(false);
  await expect(once(false)).rejects.toThrow('LOG_SET_BACK');
  size += 1;
  await expect(once(false)).rejects.toThrow('LOG_SET_BACK'); // until somebody has decided
});

it('what is committed while the database is asked is no set-back', async () => {
  let meanwhile = (): Promise<unknown> => Promise.resolve();
  const slow: Database = {
    ...database,
    query: async (sql, parameters) => {
      const rows = await database.query(sql, parameters);
      await meanwhile();
      return rows as never;
    },
  };
  const memory = await openLogMemory({ database: slow, file: undefined, log: () => undefined });
  const size = Number((await head())?.size);
  const enter = memory.remembering(() => Promise.resolve({ save: () => Promise.resolve(), proofs: [`c2sp.org/tlog-proof@v1\nindex 0\n\nlocalhost/log\n${size + 1}\n${Buffer.alloc(32).toString('base64')}\n\n— x\n`] }));
  let isCommitted = false;
  meanwhile = async () => {
    meanwhile = () => Promise.resolve();
    await memory.database.transaction((query) => enter(query, [{ kind: 'event', subject: '1', facts: {} }], new Date(0)));
    isCommitted = true;
  };
  await memory.look();
  expect([isCommitted, memory.setBack]).toEqual([true, undefined]);
});
