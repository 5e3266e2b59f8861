// What to do with the lock file that an earlier server left in the data folder: ask at the port that it names, with our password, which
// data is served there. Our data: the server is an orphan and is stopped. Nobody, or other data (the tree was copied, the pid went to
// another program): the file is stale and is removed. No answer: a clear error, because a second server on the same data would destroy it.
import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { codeOf, messageOf } from './error-codes.ts';
import { isAlive } from './folder-owner.ts';
import { type PidFile, bringDown, readPidFile } from './postmaster.ts';

const ANSWER_LIMIT_MS = 20_000;
const ONE_ANSWER_MS = 5_000;

/** Afterwards no server runs on the data, and no lock file is in the way of one. */
export async function takeOver(data: string, password: string): Promise<void> {
  const left = await readPidFile(data);
  if (left === undefined) return;
  if ((await isAlive(left.pid)) && (await isServing(data, left, password))) {
    await bringDown(left.pid, async () => !(await isAlive(left.pid)) || (await readPidFile(data)) === undefined);
  }
  await rm(join(data, 'postmaster.pid'), { force: true });
}

async function isServing(data: string, { pid, port }: PidFile, password: string): Promise<boolean> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  let reason = '';
  while (!limit.aborted) {
    const answer = await askForData(port, password);
    if ('data' in answer) return (await realpath(answer.data).catch(() => '')) === (await realpath(data));
    // 28P01: a server with another password. ECONNREFUSED: no server.
    if (answer.code === '28P01' || answer.code === '28000' || answer.code === 'ECONNREFUSED') return false;
    reason = answer.reason;
    await delay(200);
  }
  throw new Error(`Process ${pid} holds ${data} and does not answer on port ${port} (${reason}): stop it, then start again.`);
}

async function askForData(port: number, password: string): Promise<{ data: string } | { code: string; reason: string }> {
  const limits = { connectionTimeoutMillis: ONE_ANSWER_MS, query_timeout: ONE_ANSWER_MS };
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ...limits });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return { data: rows[0]?.data_directory ?? '' };
  } catch (error) {
    return { code: codeOf(error), reason: messageOf(error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
