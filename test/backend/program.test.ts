// Guarantee: as a program the backend starts with sound settings only, says where it listens, keeps what it received through kill -9, and
// ends with exit code 0 when told to.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';

import { ConfigurationProblems, readSettings } from '../../src/backend/config.ts';
import type { Environment } from '../../src/backend/config.ts';
import { ensureDevelopmentPki } from '../../src/development/pki-folder.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { packageFile } from '../../src/paths.ts';
import { readSigned } from './feed.ts';
import { bookLines, call, makeBookDossier, makeDossier, makeSite, put, sha256, signedReceipt } from './support.ts';
import type { Site } from './support.ts';

let folder: string;
let pki: DevelopmentPki;
let sound: Environment;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ivan-backend-program-'));
  site = await makeSite();
  pki = await ensureDevelopmentPki(join(folder, 'pki'), new Date());
  const inPki = (name: string): string => join(folder, 'pki', name);
  const url = new URL(site.database.url('backend'));
  await writeFile(join(folder, 'password'), `${url.password}\n`);
  url.password = '';
  sound = {
    BACKEND_LISTEN_PORT: '0',
    BACKEND_DATABASE_URL: url.href,
    BACKEND_DATABASE_PASSWORD_FILE: join(folder, 'password'),
    BACKEND_TLS_CERTIFICATE_FILE: inPki('agency-tls.chain.pem'),
    BACKEND_TLS_KEY_FILE: inPki('agency-tls.key'),
    BACKEND_CLIENT_CA_FILE: inPki('trust/root.pem'),
    BACKEND_SIGNING_CERTIFICATE_FILE: inPki('agency-signing.chain.pem'),
    BACKEND_SIGNING_KEY_FILE: inPki('agency-signing.key'),
    BACKEND_TRUST_FOLDER: inPki('trust'),
    BACKEND_GATEWAY_CERTIFICATES: inPki('gateway-signing.pem'),
    BACKEND_PROCESSING_MS: '0',
  };
});

afterAll(async () => {
  await site.end();
  await rm(folder, { recursive: true, force: true });
});

function problemsOf(environment: Environment): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationProblems) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  test('that are sound are taken, with the defaults of what is left out', () => {
    const settings = readSettings({ ...sound, BACKEND_LISTEN_PORT: undefined, BACKEND_PROCESSING_MS: undefined, PATH: '/bin' });
    expect([settings.host, settings.port, settings.processingMs, settings.clientCertificates]).toEqual(['127.0.0.1', 9443, 2_000, undefined]);
    expect([...settings.gatewayCertificates]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(settings.database.password).toBe(new URL(site.database.url('x')).password);
  });

  test('may name several gateways and several clients', () => {
    const path = (name: string): string => join(folder, 'pki', name);
    const two = `${path('gateway-signing.chain.pem')}, ${path('gateway-client.pem')}`;
    const settings = readSettings({ ...sound, BACKEND_GATEWAY_CERTIFICATES: two, BACKEND_CLIENT_CERTIFICATES: path('gateway-client.chain.pem') });
    expect([settings.gatewayCertificates.size, settings.clientCertificates?.size]).toEqual([2, 1]);
  });

  test('that are missing are all named', () => {
    expect(problemsOf({}).map((problem) => problem.split(':')[0])).toEqual([
      'BACKEND_TLS_CERTIFICATE_FILE', 'BACKEND_TLS_KEY_FILE', 'BACKEND_SIGNING_CERTIFICATE_FILE', 'BACKEND_SIGNING_KEY_FILE', 'BACKEND_DATABASE_URL',
      'BACKEND_CLIENT_CA_FILE', 'BACKEND_TRUST_FOLDER', 'BACKEND_GATEWAY_CERTIFICATES',
    ]);
  });

  test.each<[name: string, value: string, problem: RegExp]>([
    ['BACKEND_PROCESING_MS', '1', /no such setting/],
    ['BACKEND_LISTEN_PORT', '65536', /whole number/],
    ['BACKEND_PROCESSING_MS', '2s', /whole number/],
    ['BACKEND_LISTEN_HOST', '', /is missing/],
    ['BACKEND_DATABASE_URL', 'mysql://secret@x', /^BACKEND_DATABASE_URL: must be a postgres:\/\/ URL$/],
    ['BACKEND_DATABASE_PASSWORD_FILE', '/nowhere', /ENOENT.*nowhere/],
    ['BACKEND_TLS_CERTIFICATE_FILE', '/nowhere', /ENOENT/],
    ['BACKEND_CLIENT_CERTIFICATES', '/nowhere', /ENOENT/],
    ['BACKEND_TRUST_FOLDER', '/nowhere', /ENOENT/],
    ['BACKEND_PACE', 'quick', /compressed or calendar/],
    ['BACKEND_SCENARIO', 'lazy=1', /there is no fault lazy: slow, other-dossier/],
    ['BACKEND_SCENARIO', 'slow=2', /slow: must be a share from 0 to 1/],
    ['BACKEND_SCENARIO', 'revoked', /revoked needs BACKEND_REVOKED_CERTIFICATE_FILE/],
  ])('%s=%s is a problem, and the value of no secret is told', (name, value, problem) => {
    expect(problemsOf({ ...sound, [name]: value })).toEqual([expect.stringMatching(problem)]);
  });

  test('that do not fit together are problems', () => {
    const path = (name: string): string => join(folder, 'pki', name);
    const problems = problemsOf({
      ...sound,
      BACKEND_SIGNING_KEY_FILE: path('agency-tls.key'),
      BACKEND_CLIENT_CA_FILE: path('agency-tls.key'),
      BACKEND_TRUST_FOLDER: path('.'),
      BACKEND_GATEWAY_CERTIFICATES: `${path('gateway-signing.pem')},${path('gateway-signing.key')}`,
    });
    const expected = ['SIGNING_KEY_FILE: the private key is not that of', 'CLIENT_CA_FILE: holds no certificate', 'TRUST_FOLDER: ', 'GATEWAY_CERTIFICATES: holds no certificate'];
    for (const text of expected) expect(problems).toContainEqual(expect.stringContaining(text));
  });
});

let compiled: string;

beforeAll(async () => {
  compiled = join(folder, 'compiled');
  await transpile(packageFile('src'), compiled);
  await writeFile(join(compiled, 'package.json'), '{ "type": "module" }');
  for (const name of ['node_modules', 'schemas', 'src']) await symlink(packageFile(name), join(compiled, name));
});

const run = (environment: Environment): ChildProcess => spawn(process.execPath, [join(compiled, 'backend', 'main.js')], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });

/** The port it says it listens on. */
async function portOf({ stdout, stderr }: ChildProcess): Promise<number> {
  if (stdout === null || stderr === null) throw new Error('not piped');
  const errors = stderr.setEncoding('utf8').toArray();
  const line = await Promise.race([
    new Promise((resolve) => createInterface(stdout).once('line', resolve)),
    errors.then((texts) => { throw new Error(texts.join('')); }),
  ]);
  const { listening } = JSON.parse(String(line)) as { listening: string };
  expect(listening).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  return Number(new URL(listening).port);
}

const exitOf = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('exit', (code, signal) => { resolve(code ?? signal); }));

/** The URL of one more database. */
async function another(): Promise<string> {
  await site.database.createDatabase('killed');
  const url = new URL(site.database.url('killed'));
  url.password = '';
  return url.href;
}

describe('the program', () => {
  test('with unsound settings says every problem and exits with 1', async () => {
    const child = run({ ...sound, BACKEND_LISTEN_PORT: 'x', BACKEND_EXTRA: '1' });
    const said = (await child.stderr?.setEncoding('utf8').toArray())?.join('');
    expect(said).toBe('BACKEND_EXTRA: there is no such setting\nBACKEND_LISTEN_PORT: must be a whole number from 0 to 65535\n');
    expect(child.exitCode ?? (await exitOf(child))).toBe(1);
  });

  test('killed after it stored a dossier owes the answer, and gives it when started again; told to end, it ends', async () => {
    const dossier = await makeDossier(pki);
    const digest = sha256(dossier);
    const receipt = await signedReceipt(pki, dossier);
    const own = { pki };
    let child = run(sound);
    expect(await put(own, { port: await portOf(child) }, digest, dossier, receipt)).toMatchObject({ status: 202 });
    child.kill('SIGKILL');
    expect(await exitOf(child)).toBe('SIGKILL');

    child = run(sound);
    const port = await portOf(child);
    const first = await call(own, { port }, { path: `/dossiers/${digest}/result` });
    expect(first.status).toBe(200);
    expect(await put(own, { port }, digest, dossier, receipt)).toMatchObject({ status: 200, json: { state: 'answered' } });
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  });
});

describe('killed while it works', () => {
  test('five times within one dossier of process 320, it says everything once and in order', async () => {
    const dossier = await makeBookDossier(pki, { books: bookLines(12) });
    const digest = sha256(dossier);
    const environment = { ...sound, BACKEND_DATABASE_URL: await another(), BACKEND_PROCESSING_MS: '4000' };
    let child = run(environment);
    expect(await put({ pki }, { port: await portOf(child) }, digest, dossier, await signedReceipt(pki, dossier))).toMatchObject({ status: 202 });
    for (let kill = 0; kill < 5; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150 + 100 * kill)); // anywhere within its work
      child.kill('SIGKILL');
      expect(await exitOf(child)).toBe('SIGKILL');
      child = run(environment);
      await portOf(child);
    }
    child.kill('SIGKILL');
    await exitOf(child);
    child = run(environment);
    const port = await portOf(child);
    for (let status = 202; status === 202; status = (await call({ pki }, { port }, { path: `/dossiers/${digest}/result` })).status);
    const { messages } = (await call({ pki }, { port }, { path: '/messages' })).json as { messages: { position: number; body: string }[] };
    expect(messages.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const fields = messages.map(({ body }) => readSigned(Buffer.from(body, 'base64')));
    expect(fields.map(({ kind }) => kind)).toEqual(['TIEPNHAN_XULY', ...Array<string>(8).fill('BUOC_XULY'), 'KETQUA_XULY']);
    expect(fields.map(({ fields: { SO_THUTU } }) => SO_THUTU)).toEqual(messages.map(({ position }) => String(position)));
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  });
});

async function transpile(from: string, to: string): Promise<void> {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true, verbatimModuleSyntax: true };
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isDirectory()) await transpile(source, join(to, entry.name));
    else if (entry.name.endsWith('.ts')) await writeFile(join(to, entry.name.replace(/ts$/, 'js')), ts.transpileModule(await readFile(source, 'utf8'), { compilerOptions }).outputText);
  }
}
