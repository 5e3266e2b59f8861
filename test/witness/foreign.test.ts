// Guarantee: a witness that shares nothing with this program (Python, C2SP tlog-witness) takes what the gateway serves as it is, cosigns it, and its cosignature
// is taken and served; it refuses what a witness must refuse.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { growBy, secondReader, sizeOf, text } from '../log/followed.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { hasTool, itWith } from '../support/tools.ts';

const name = 'foreign.example/w2';
const seed = randomBytes(32).toString('hex');
const program = packageFile('test/witness/foreign.py');

describe('a foreign witness', () => {
  let site: Site;
  let witness: ChildProcess | undefined;
  let address: string;
  let logKey: string;
  let key: string;

  beforeAll(async () => {
    if (!hasTool('python3')) return;
    key = spawnSync('python3', [program, 'key', name, seed], { encoding: 'utf8' }).stdout.trim();
    const witnesses = join(mkdtempSync(join(tmpdir(), 'foreign-')), 'witnesses.txt');
    writeFileSync(witnesses, `${key}\n`);
    site = await startSite({ environment: { GATEWAY_LOG_WITNESSES_FILE: witnesses } });
    logKey = (await text(site.direct, '/v1/log/key')).trim();
    const running = spawn('python3', [program, 'serve', name, seed, logKey], { stdio: ['ignore', 'pipe', 'inherit'] });
    witness = running;
    const [line] = (await once(createInterface({ input: running.stdout }), 'line')) as [string];
    address = `http://127.0.0.1:${line.split(' ')[1] ?? ''}/add-checkpoint`;
    await growBy(site, 3);
  });
  afterAll(async () => {
    witness?.kill();
    await site.stop();
  });

  const consistency = (from: number): Promise<string> => text(site.direct, `/v1/log/consistency?from=${from}`);
  const sizeIn = (body: string): number => sizeOf(body.slice(body.indexOf('\n\n') + 2));
  async function ask(body: string): Promise<{ readonly status: number; readonly type: string | null; readonly said: string }> {
    const answer = await fetch(address, { method: 'POST', body });
    return { status: answer.status, type: answer.headers.get('content-type'), said: await answer.text() };
  }
  /** As the operator's two calls of curl do. */
  async function carry(from: number): Promise<number> {
    const body = await consistency(from);
    const { status, said } = await ask(body);
    expect(status).toBe(200);
    const taken = await site.direct.post(`/v1/log/cosignatures?size=${sizeIn(body)}`, said, { 'content-type': 'text/plain' });
    expect([taken.status, taken.body.toString('utf8').endsWith(said)]).toEqual([200, true]);
    return sizeIn(body);
  }

  itWith('python3', 'cosigns the log as it grows, and the gateway serves what it said', async () => {
    const first = await carry(0);
    const size = await growBy(site, 300);
    expect(await carry(first)).toBe(size);
    const note = await text(site.direct, '/v1/log/checkpoint?cosigned=1');
    expect([sizeOf(note), secondReader(note, 'note', logKey, key)]).toEqual([size, expect.stringMatching(/\nforeign\.example\/w2 at \d+\n$/)]);
  });

  itWith('python3', 'says what it saw last to who asks from elsewhere, and goes on from there', async () => {
    await growBy(site, 1);
    const { status, type, said } = await ask(await consistency(0));
    expect([status, type]).toEqual([409, 'text/x.tlog.size']);
    expect(await carry(Number(said))).toBeGreaterThan(Number(said));
  });

  itWith('python3', 'refuses a proof of something else, a checkpoint that the log did not sign, and another log’s', async () => {
    const last = Number((await ask(await consistency(0))).said);
    await growBy(site, 5);
    const body = await consistency(last);
    const [, hash = ''] = body.split('\n');
    const changed = `${hash.startsWith('A') ? 'B' : 'A'}${hash.slice(1)}`;
    expect((await ask(body.replace(hash, changed))).status).toBe(422);
    expect((await ask(body.replace(/\n(\d+)\n/, (_all, size: string) => `\n${Number(size) + 1}\n`))).status).toBe(403);
    expect((await ask(body.replaceAll('localhost/ivan-gateway', 'other.example/log'))).status).toBe(404);
    expect(await carry(last)).toBeGreaterThan(last);
  });
});
