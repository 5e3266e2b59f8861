// The program itself, as a process: its exit codes reach the shell, stdout carries the answer alone, and a signal stops it at once. Needs the build
// that `npm run test:run` makes first.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { digestOf } from '../../src/client/verify-message.ts';
import { packageFile } from '../../src/paths.ts';
import { json, startGateway, xml } from '../client/server.ts';
import type { FakeGateway } from '../client/server.ts';
import { createWorld, dossierOf, receiptFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let world: World;
let gateway: FakeGateway;
let folder: string;
/** Of the gateway's certificate. */
let fingerprint: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  world = await createWorld();
  fingerprint = digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0));
  gateway = await startGateway(world.pki);
  folder = await temporaryFolder();
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) writeFileSync(at(join('trust', name)), text);
  const dossier = await dossierOf(world);
  const receipt = await receiptFor(world, dossier);
  writeFileSync(at('hoso.xml'), dossier);
  writeFileSync(at('receipt.xml'), receipt);
  writeFileSync(at('changed.xml'), receipt.toString().replace('GD-1', 'GD-2'));
  gateway.answer(xml(201, receipt), json(202, { state: 'waiting' }, { 'Retry-After': '600' }));
});

afterAll(() => gateway.close());

async function ivan(words: readonly string[], interruptAt?: string): Promise<Run> {
  const child = spawn(process.execPath, [packageFile('dist', 'src', 'cli', 'ivan.js'), ...words]);
  let [out, err, interrupted] = ['', '', false];
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (interruptAt !== undefined && !interrupted && err.includes(interruptAt)) interrupted = child.kill('SIGINT');
  });
  const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => { resolve(code ?? -1); }));
  return { exitCode, out, err };
}

it('ends with the documented codes', async () => {
  const runs = await Promise.all([
    ivan(['verify', at('receipt.xml'), '--trust', at('trust'), '--json', '--fingerprint', fingerprint]),
    ivan(['verify', at('changed.xml'), '--trust', at('trust')]),
    ivan(['verify', at('receipt.xml')]),
    ivan(['--help']),
  ]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 1, 3, 0]);
  expect(JSON.parse(runs[0].out)).toMatchObject({ exitCode: 0, files: [{ verified: true }] });
});

it('stops following when it is interrupted, with the receipt on disk and code 2', async () => {
  const words = ['submit', at('hoso.xml'), '--url', gateway.url, '--ca', at('trust/root.pem'), '--follow', '--lang', 'en'];
  const run = await ivan(words, 'waiting to be passed');
  expect(run).toMatchObject({ exitCode: 2, err: expect.stringContaining('Stopped on request') });
  expect(run.err).toContain('Dossier number: 00001/2026/01903');
  expect(existsSync(at('hoso.receipt.xml'))).toBe(true);
});
