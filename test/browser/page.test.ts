// Guarantee: the page from the disk, with no network, says of good and altered files what `ivan verify` says, in Vietnamese first; and asks nobody anything.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { pageHtml } from '../../src/browser/page.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { ivan } from '../cli/support.ts';
import { createWorld, noticeFor, trustFiles } from '../client/support.ts';
import { makeEvidence } from '../support/evidence.ts';
import type { Evidence } from '../support/evidence.ts';
import { hasTool, itWith } from '../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'ivan-page-'));
const at = (name: string): string => join(folder, name);
/** By name, what `ivan verify` ends with. */
const names: string[] = [];
const requests: string[] = [];
let evidence: Evidence;
/** Of the gateway's certificate. */
let fingerprint: string;
let browser: Browser | undefined;
let page: Page | undefined;

/** An octet in the middle of the text that is found first, changed. */
function altered(bytes: Buffer, text: string): Buffer {
  const place = bytes.indexOf(text) + text.length - 1;
  const changed = Buffer.from(bytes);
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}

beforeAll(async () => {
  const world = await createWorld();
  evidence = await makeEvidence(world);
  fingerprint = digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0));
  const put = (name: string, bytes: Buffer): void => {
    writeFileSync(at(name), bytes);
    names.push(name);
  };
  writeFileSync(at('trust.pem'), trustFiles(world.pki).map(([, text]) => text).join(''));
  writeFileSync(at('keys.txt'), `${evidence.logKey}\n${evidence.witnessKey}\n`);
  put('receipt.xml', evidence.receipt);
  put('result.xml', evidence.result);
  put('dossier.xml', evidence.dossier);
  put('notice.xml', await noticeFor(world, evidence.dossier));
  put('evidence.asice', evidence.container);
  put('receipt-altered.xml', altered(evidence.receipt, '<MA_GDICH>GD-1'));
  put('receipt-value.xml', altered(evidence.receipt, '<SignatureValue>ABCD'.slice(0, 17)));
  put('dossier-altered.xml', altered(evidence.dossier, '<KyKeKhai>0'));
  put('container-altered.asice', altered(evidence.container, '<SHA256>a'.slice(0, 8)));
  put('container-proof.asice', altered(evidence.container, 'c2sp.org/tlog-proof@v1\nextra B'));
  put('stranger.xml', (await makeEvidence(await createWorld())).receipt);
  put('other.xml', Buffer.from('<html></html>'));
  writeFileSync(at('page.html'), await pageHtml());
  if (!hasTool('chromium')) return;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  page = await browser.newPage();
  page.on('request', (request) => { if (!/^(?:file|data):/.test(request.url())) requests.push(request.url()); });
  await page.route(/^https?:/, (route) => route.abort());
  await page.goto(pathToFileURL(at('page.html')).href);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function onPage(): Promise<ReadonlyMap<string, number>> {
  if (page === undefined) throw new Error('no browser');
  await page.setInputFiles('#trust', at('trust.pem'));
  await page.setInputFiles('#keys', at('keys.txt'));
  await page.fill('#fingerprints', fingerprint);
  await page.locator('#fingerprints').dispatchEvent('change');
  await page.setInputFiles('#files', names.map(at));
  await page.waitForSelector(`section:nth-of-type(${names.length})`, { timeout: 120_000 });
  const found = await page.$$eval('section', (sections) => sections.map((section) => section as unknown as { dataset: Record<string, string> }).map(({ dataset }) => [dataset['file'] ?? '', Number(dataset['code'])] as const));
  return new Map(found);
}

describe('the page', () => {
  itWith('chromium', 'ends with what ivan verify ends with, for good files and altered ones, and asks nobody anything', async () => {
    const shown = await onPage();
    const expected = new Map<string, number>();
    for (const name of names) expected.set(name, (await ivan(['verify', at(name), '--trust', at('trust.pem'), '--log-key', evidence.logKey, '--witness-key', evidence.witnessKey, '--fingerprint', fingerprint])).exitCode);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    expect([...shown].filter(([, code]) => code === 0).map(([name]) => name)).toEqual(['receipt.xml', 'result.xml', 'dossier.xml', 'notice.xml', 'evidence.asice']);
    expect(requests).toEqual([]);
  });

  itWith('chromium', 'asked again before it has answered answers once, by what was given last', async () => {
    for (const [given, code] of [['', '2'], [fingerprint, '0']] as const) {
      await page?.$eval('#fingerprints', (field, last) => {
        const input = field as unknown as { value: string; dispatchEvent(event: Event): boolean };
        for (const value of ['00', '11', last]) {
          input.value = value;
          input.dispatchEvent(new Event('change'));
        }
      }, given);
      await page?.waitForSelector(`section[data-file="receipt.xml"][data-code="${code}"]`, { timeout: 120_000 });
      expect(await page?.$$eval('section', (sections) => sections.map((section) => (section as unknown as { dataset: Record<string, string> }).dataset['file']))).toEqual(names);
    }
  });

  itWith('chromium', 'speaks Vietnamese first and English when asked', async () => {
    expect(await page?.textContent('section')).toContain('Tổ chức cấp chứng thư');
    await page?.click('.switch');
    expect(await page?.textContent('section')).toContain('Certificate issuer');
    expect(await page?.title()).toContain('Verify');
  });

  itWith('chromium', 'believes nobody before roots are given', async () => {
    await page?.reload();
    await page?.setInputFiles('#files', at('receipt.xml'));
    await page?.waitForSelector('section');
    expect(await page?.getAttribute('section', 'data-code')).toBe('3');
  });

  itWith('chromium', 'can reach nothing: its own policy refuses', async () => {
    const refused = await page?.evaluate(() => fetch('https://example.org/').then(() => 'reached', () => 'refused'));
    expect([refused, requests]).toEqual(['refused', []]);
  });

  it('has everything in one file, and names nothing outside', () => {
    const html = readFileSync(at('page.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!data:)/);
  });
});
