// Guarantee: one judge. Of every committed dossier, and of every example of a rule, the bundle in a real browser and `ivan validate` offline say
// what the server's judge says: outcome, findings with their places and sentences, and the report of every signature.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { bundleJudge } from '../../src/browser/bundle.ts';
import { judgeOffline } from '../../src/intake/offline.ts';
import type { OfflineVerdict } from '../../src/intake/offline.ts';
import { packageFile } from '../../src/paths.ts';
import type { Sender } from '../../src/standard/dossier.ts';
import { restoreTrustMaterial, serializeTrustMaterial } from '../../src/trust/material.ts';
import { ivan } from '../cli/support.ts';
import { createStage, examplesReceivedAt, readExamples } from '../support/examples.ts';
import type { Stage } from '../support/examples.ts';
import { hasTool, itWith } from '../support/tools.ts';
import { senderOf } from '../vectors/catalogue.ts';
import type { VectorFile } from '../vectors/catalogue.ts';

/** Where the page finds it. */
const BUNDLE = '/ivan-judge.js';
const folder = mkdtempSync(join(tmpdir(), 'ivan-browser-'));
const vectorsFolder = packageFile('test', 'vectors');
const { receivedAt, senders, vectors } = JSON.parse(readFileSync(join(vectorsFolder, 'vectors.json'), 'utf8')) as VectorFile;

/** A dossier on the disk, and as of when it is judged. */
interface Question {
  readonly name: string;
  readonly path: string;
  readonly at: string;
  /** PEM bundle. */
  readonly trust: string;
  /** Whoever the dossier names, unless given. */
  readonly sender?: Sender;
}

let stage: Stage;
let questions: readonly Question[];
let server: Server;
let browser: Browser | undefined;
let page: Page | undefined;

beforeAll(async () => {
  stage = await createStage();
  questions = [...vectorQuestions(), ...(await exampleQuestions())];
  await bundleJudge(join(folder, 'ivan-judge.js'));
  server = await serveQuestions();
  if (!hasTool('chromium')) return;
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server.close(resolve));
  stage.rulebook.schemas.dispose();
  rmSync(folder, { recursive: true });
});

function vectorQuestions(): readonly Question[] {
  const trust = join(vectorsFolder, 'trust.pem');
  return vectors.map(({ name, sender }) => ({ name, path: join(vectorsFolder, 'files', `${name}.xml`), at: receivedAt, trust, sender: senderOf(senders[sender]) }));
}

async function exampleQuestions(): Promise<readonly Question[]> {
  const trust = join(folder, 'trust.pem');
  writeFileSync(trust, serializeTrustMaterial(stage.rulebook.trust));
  mkdirSync(join(folder, 'examples'));
  const examples = [...readExamples().values()].flat().filter(({ where }) => where === undefined);
  return Promise.all(examples.map(async (example, index) => {
    const name = `example ${index + 1} ${example.rule}`;
    const path = join(folder, 'examples', `${index}.xml`);
    writeFileSync(path, await stage.dossierOf(example));
    return { name, path, at: examplesReceivedAt.toISOString(), trust };
  }));
}

async function serveQuestions(): Promise<Server> {
  const files = new Map([[BUNDLE, join(folder, 'ivan-judge.js')], ...questions.flatMap(({ path, trust }) => [[path, path], [trust, trust]] as const)]);
  const served = createServer(({ url = '' }, response) => {
    const file = files.get(decodeURIComponent(url));
    if (url === '/') response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>judge</title>');
    else if (file === undefined) response.writeHead(404).end();
    else response.setHeader('Content-Type', file.endsWith('.js') ? 'text/javascript' : 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise<void>((resolve) => served.listen(0, '127.0.0.1', resolve));
  return served;
}

/** What the server's judge says, as plain data. */
function expected({ name, path, at, trust, sender }: Question): unknown {
  const { standard, schemas } = stage.rulebook;
  const verdict = judgeOffline({ bytes: readFileSync(path), at: new Date(at), standard, schemas, trust: restoreTrustMaterial(readFileSync(trust)), ...(sender === undefined ? {} : { sender }) });
  return plain({ name, ...verdict });
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function inBrowser(asked: readonly Question[]): Promise<readonly OfflineVerdict[]> {
  if (page === undefined) throw new Error('no browser');
  return page.evaluate(async ({ list, bundle }) => {
    const { judge } = (await import(bundle)) as { judge: (question: object) => OfflineVerdict };
    const octets = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(encodeURI(path))).arrayBuffer());
    const revived = (sender: Sender): Sender => sender.kind === 'direct' ? sender : { ...sender, contract: { ...sender.contract, from: new Date(sender.contract.from), until: new Date(sender.contract.until) } };
    const answers: OfflineVerdict[] = [];
    for (const { path, at, trust, sender } of list) {
      const question = { bytes: await octets(path), trust: await octets(trust), at: new Date(at), ...(sender === undefined ? {} : { sender: revived(sender) }) };
      answers.push(JSON.parse(JSON.stringify(judge(question))) as OfflineVerdict);
    }
    return answers;
  }, { list: plain(asked) as Question[], bundle: BUNDLE });
}

describe('the judge in a browser', () => {
  itWith('chromium', 'says of every vector and example what the server’s judge says', async () => {
    const answers = await inBrowser(questions);
    expect(answers.map((answer, index) => ({ name: questions[index]?.name, ...answer }))).toEqual(questions.map(expected));
  });

  itWith('chromium', 'judges by the same rule set, and is small enough for a page', async () => {
    const digest = await page?.evaluate(async (bundle) => ((await import(bundle)) as { digest: string }).digest, BUNDLE);
    expect(digest).toBe(stage.rulebook.standard.digest);
    expect(statSync(join(folder, 'ivan-judge.js')).size).toBeLessThan(4 * 1024 * 1024);
  });
});

describe('ivan validate', () => {
  const named = (list: readonly Question[]): readonly Question[] => list.filter(({ sender }) => sender === undefined || (sender.kind === 'ivan' && sender.code === '00040'));

  it('says of every vector and example what the server’s judge says', async () => {
    const asked = named(questions);
    expect(asked.length).toBeGreaterThan(250);
    for (const trust of new Set(asked.map((question) => question.trust))) {
      const group = asked.filter((question) => question.trust === trust);
      const at = group[0]?.at ?? '';
      const { out, exitCode } = await ivan(['validate', '--json', '--trust', trust, '--at', at.replace(/Z$/, '+00:00'), ...group.map(({ path }) => path)]);
      const { files } = JSON.parse(out) as { files: readonly OfflineVerdict[] };
      const offline = group.map((question) => expected({ name: question.name, path: question.path, at, trust }) as OfflineVerdict);
      expect(files.map(({ outcome, findings, signatures }) => ({ outcome, findings, signatures }))).toEqual(offline.map(({ outcome, findings, signatures }) => ({ outcome, findings, signatures })));
      expect(exitCode).toBe(1);
    }
  });
});
