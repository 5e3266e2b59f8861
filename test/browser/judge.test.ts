// Guarantee: the bundle in a real browser gives every committed dossier the very verdict that the server's judge gives: outcome, findings with
// their places and sentences, and the report of every signature.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { bundleJudge } from '../../src/browser/bundle.ts';
import { judgeOffline } from '../../src/intake/offline.ts';
import type { OfflineVerdict } from '../../src/intake/offline.ts';
import { packageFile } from '../../src/paths.ts';
import { createSchemas } from '../../src/standard/schema.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { restoreTrustMaterial } from '../../src/trust/material.ts';
import { hasTool, itWith } from '../support/tools.ts';
import { senderOf } from '../vectors/catalogue.ts';
import type { VectorFile } from '../vectors/catalogue.ts';

const folder = mkdtempSync(join(tmpdir(), 'ivan-browser-'));
const vectorsFolder = packageFile('test', 'vectors');
const { receivedAt, senders, vectors } = JSON.parse(readFileSync(join(vectorsFolder, 'vectors.json'), 'utf8')) as VectorFile;
const standard = loadStandard();
const schemas = createSchemas();

let server: Server;
let browser: Browser | undefined;
let page: Page | undefined;

beforeAll(async () => {
  const bundle = join(folder, 'ivan-judge.js');
  await bundleJudge(bundle);
  server = createServer(({ url = '' }, response) => {
    const name = decodeURIComponent(url.slice(1));
    if (name === '') response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>judge</title>');
    else if (name === 'ivan-judge.js') response.setHeader('Content-Type', 'text/javascript').end(readFileSync(bundle));
    else if (name === 'trust.pem' || name.startsWith('files/')) response.end(readFileSync(join(vectorsFolder, name)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (!hasTool('chromium')) return;
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server.close(resolve));
  schemas.dispose();
  rmSync(folder, { recursive: true });
});

interface Question {
  readonly file: string;
  readonly sender: object;
}

/** As plain data, the way it comes out of the page. */
async function inBrowser(questions: readonly Question[]): Promise<unknown> {
  if (page === undefined) throw new Error('no browser');
  return page.evaluate(
    async ({ questions: asked, at }) => {
      const { judge } = (await import('/ivan-judge.js' as string)) as { judge: (question: object) => object };
      const octets = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(path)).arrayBuffer());
      const trust = await octets('/trust.pem');
      const answers: unknown[] = [];
      for (const { file, sender } of asked) {
        const contract = 'contract' in sender ? (sender.contract as { state: string; from: string; until: string }) : undefined;
        const revived = contract === undefined ? sender : { ...sender, contract: { ...contract, from: new Date(contract.from), until: new Date(contract.until) } };
        answers.push(JSON.parse(JSON.stringify(judge({ bytes: await octets(`/${encodeURIComponent(`files/${file}.xml`)}`), trust, at: new Date(at), sender: revived }))));
      }
      return answers;
    },
    { questions: JSON.parse(JSON.stringify(questions)) as Question[], at: receivedAt },
  );
}

describe('the judge in a browser', () => {
  itWith('chromium', 'says of every vector what the server’s judge says', async () => {
    const trust = restoreTrustMaterial(readFileSync(join(vectorsFolder, 'trust.pem')));
    const questions = vectors.map(({ name, sender }) => ({ file: name, sender: senderOf(senders[sender]) }));
    const expected: OfflineVerdict[] = questions.map(({ file, sender }) => judgeOffline({ bytes: readFileSync(join(vectorsFolder, 'files', `${file}.xml`)), at: new Date(receivedAt), standard, schemas, trust, sender }));
    const answers = (await inBrowser(questions)) as OfflineVerdict[];
    expect(answers.length).toBe(vectors.length);
    answers.forEach((answer, index) => {
      expect({ name: vectors[index]?.name, ...answer }).toEqual(JSON.parse(JSON.stringify({ name: vectors[index]?.name, ...expected[index] })));
    });
  });

  itWith('chromium', 'is judging by the same rule set', async () => {
    const digest = await page?.evaluate(async () => ((await import('/ivan-judge.js' as string)) as { digest: string }).digest);
    expect(digest).toBe(standard.digest);
    expect(statSync(join(folder, 'ivan-judge.js')).size).toBeLessThan(4 * 1024 * 1024);
  });
});
