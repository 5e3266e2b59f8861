// Guarantee: the receiver that the README shows is one: as a program of its own it takes what the gateway signed, and nothing else.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { packageRoot } from '../../src/paths.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, pkiFolder } from '../support/pki.ts';
import { receiverEnvironment } from '../support/receiver.ts';
import { callerTo, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const asJson = { 'content-type': 'application/json' };
let site: Site;
let folder: string;
let receiver: ChildProcess;
let url: string;
const said = { out: '', err: '' };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  return port;
}

beforeAll(async () => {
  site = await startSite({ environment: receiverEnvironment() });
  // Inside the package, so that `ivan-gateway/client` is this one.
  folder = mkdtempSync(join(packageRoot, 'dist', 'receiver-'));
  const [, program] = /```js\n(\/\/ receiver\.mjs[\s\S]*?)```/.exec(readFileSync(join(packageRoot, 'README.md'), 'utf8')) ?? [];
  writeFileSync(join(folder, 'receiver.mjs'), program ?? '');
  copyFileSync(join(pkiFolder(), 'agency-tls.chain.pem'), join(folder, 'tls.pem'));
  copyFileSync(join(pkiFolder(), 'agency-tls.key'), join(folder, 'tls.key'));
  writeFileSync(join(folder, 'gateway.pem'), (await site.direct.get('/v1/certificates/gateway')).body);
  const port = await freePort();
  url = `https://127.0.0.1:${port}/hook`;
  receiver = spawn(process.execPath, ['receiver.mjs'], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', HOOK: url, PORT: String(port) } });
  receiver.stdout?.on('data', (chunk: Buffer) => { said.out += chunk.toString(); });
  receiver.stderr?.on('data', (chunk: Buffer) => { said.err += chunk.toString(); });
  const probe = callerTo(`https://127.0.0.1:${port}`, site.pki);
  await until('it listens', () => probe.get('/hook').then(({ status }) => status === 401, () => false));
  probe.close();
});
afterAll(async () => {
  receiver.kill();
  await site.stop();
  rmSync(folder, { recursive: true });
});

it('a newcomer’s receiver is active at once and prints what happens to a dossier', async () => {
  const { state, test } = JSON.parse((await site.ivan.post('/v1/webhooks', JSON.stringify({ url }), asJson)).body.toString()) as { state: string; test: object };
  expect([state, test]).toEqual(['active', { delivered: true, status: 204, reason: null }]);
  await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: 'README' }));
  await until('it is printed', () => Promise.resolve(said.out.includes('accepted')));
  expect(said.out).toMatch(/^0 test .*\n1 accepted 00001\/2026\/00101 \{/);
  expect(said.err).toMatch(/not to be believed/);
});
