// Guarantee: a container as a real gateway gives it verifies by `ivan verify`, by the page, and by every command of its own README.txt, with roots and keys
// alone from elsewhere; it says of each part what was proved and by when; and it still does when the first stamp's and the signers' certificates have ended.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';

import { pageHtml } from '../../src/browser/page.ts';
import { examineFile } from '../../src/client/examine-file.ts';
import { readVerifiers } from '../../src/client/examine-log.ts';
import type { ExamineBasis } from '../../src/client/examined.ts';
import { openContainer, sealContainer } from '../../src/evidence/container/seal.ts';
import { MANIFEST_FILE, SIGNATURE_FILE, TYPE_FILE } from '../../src/evidence/container/write.ts';
import type { ObjectReport, ProofEntry, Report } from '../../src/report/model.ts';
import { ivan } from '../cli/support.ts';
import type { Run } from '../cli/support.ts';
import { fingerprintOf } from '../support/site.ts';
import { identityOf } from '../support/pki.ts';
import { itWith } from '../support/tools.ts';
import { DAY_MS } from '../stamp/support.ts';
import { makeRealEvidence, trustAt } from './real-evidence.ts';
import type { RealEvidence } from './real-evidence.ts';

let real: RealEvidence;
let files: ReadonlyMap<string, Buffer>;
const folder = mkdtempSync(join(tmpdir(), 'verified-'));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  real = await makeRealEvidence();
  files = openContainer(real.container).files;
  writeFileSync(at('evidence.asice'), real.container);
}, 120_000);

afterAll(async () => {
  await real.stop();
  rmSync(folder, { recursive: true, force: true });
});

const verify = (...words: string[]): Promise<Run> => ivan(['verify', at('evidence.asice'), '--trust', real.roots, '--log-key', real.logKey, '--witness-key', real.witnessKey, ...words], { now: real.clock.now });

function basisAt(days: number): ExamineBasis {
  const now = new Date(real.clock.now().getTime() + days * DAY_MS);
  return { trust: trustAt(real, now), now, logKeys: { logs: readVerifiers(real.logKey, 'log'), witnesses: [] } };
}

const examineAt = async (days: number, container = real.container): Promise<ObjectReport> => (await examineFile('x', container, basisAt(days))).report;
const statesOf = (proofs: readonly ProofEntry[]): string[] => proofs.map(({ kind, state }) => `${kind} ${state}`);

/** The container with other files, as its own gateway would have sealed it. */
async function resealed(changes: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  const own = new Map([...files, ...changes].filter(([name]) => ![TYPE_FILE, SIGNATURE_FILE, MANIFEST_FILE].includes(name)));
  return sealContainer(own, identityOf(real.pki.gatewaySigning), new Date(real.clock.now().getTime() - 60_000));
}

describe('ivan verify, with roots and keys alone,', () => {
  it('passes a real container, with both engines behind every signature and a proof for every part', async () => {
    const run = await verify('--report', 'json');
    const { indication, objects: [container] } = JSON.parse(run.out) as Report;
    expect([run.exitCode, indication, container?.what]).toEqual([0, 'TOTAL-PASSED', 'container']);
    expect(statesOf(container?.proofs ?? [])).toEqual(['log passed', 'timestamp passed', 'timestamp passed', 'revocation passed', 'rules passed']);
    const documents = container?.objects ?? [];
    expect(documents.map(({ name }) => name)).toEqual(['receipt.xml', 'dossier.xml', 'agency/notices/1.xml', 'agency/results/1.xml', 'notices/1.xml', 'results/1.xml']);
    for (const { name, indication: status, proofs, signatures } of documents) {
      expect([name, status, ...statesOf(proofs)]).toEqual([name, 'TOTAL-PASSED', ...(name === 'receipt.xml' ? ['log passed', 'log passed', 'timestamp passed'] : ['log passed'])]);
      for (const { engines, integrity, bestTime } of signatures) expect([name, engines, integrity, bestTime.proof]).toEqual([name, ['ivan-gateway', 'xmldsigjs'], 'whole', 'timestamp']);
    }
  });

  it('says in few lines what was proved and by when, and for the dossier which OCSP answers spoke then', async () => {
    const { out } = await verify();
    for (const line of ['Hồ sơ / Dossier: HỢP LỆ; không muộn hơn', 'Biên nhận / Receipt: HỢP LỆ', 'Kết quả / Result: HỢP LỆ', 'Thông báo / Notices: HỢP LỆ', 'Nhật ký / Log: 8/8 bằng chứng và điểm kiểm tra đúng', 'Dấu thời gian / Time stamps: 3/3 dấu đúng', 'Dữ liệu thu hồi / Revocation data: đúng', 'Bộ quy tắc / Rule set: đúng; Bộ quy tắc qd366-2026']) expect(out).toContain(`· ${line}`);
    expect(out).toContain('có dấu thời gian chứng minh, TSA 100');
    expect(out).toMatch(/Thu hồi, khi ký \/ Revocation, then: CA without lists: OCSP/);
    const english = (await verify('--lang', 'en')).out;
    expect(english).toContain('· Dossier: VALID; no later than');
    expect(english).not.toMatch(/Người ký|Thời điểm|đúng|HỢP LỆ/);
  });

  it('says what it could not check without the keys, does not fail for it, and passes by the gateway’s certificate alone, not without', async () => {
    const given = ['verify', at('evidence.asice'), '--trust', real.roots];
    expect((await ivan(given, { now: real.clock.now })).exitCode).toBe(2);
    const run = await ivan([...given, '--fingerprint', fingerprintOf(real.pki.gatewaySigning.certificatePem)], { now: real.clock.now });
    expect([run.exitCode, run.out]).toEqual([0, expect.stringContaining('LOG_KEY_ENCLOSED')]);
    expect(run.out).toContain('8 chưa kiểm tra');
  });
});

describe('years later', () => {
  it('the stamp whose certificate has ended is carried by the next, and what it proves turns ended certificates into passed', async () => {
    const later = await examineAt(400);
    const [, first, second] = later.proofs;
    expect([first?.state, second?.state]).toEqual(['passed', 'passed']);
    expect(first?.facts.map(({ en }) => en)).toContain('Covered by the next time stamp at');
    expect(second?.facts.map(({ en }) => en)).not.toContain('Covered by the next time stamp at');
    const dossier = later.objects.find(({ name }) => name === 'dossier.xml');
    expect(dossier).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ bestTime: { proof: 'timestamp', by: 'TSA 100' }, then: { indication: 'TOTAL-PASSED' }, now: { indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' } }] });
  });

  it('without the renewal it proves nothing any more, and who signed cannot be decided', async () => {
    const alone = new Map([...files].filter(([name]) => !name.startsWith('timestamps/2') && ![TYPE_FILE, SIGNATURE_FILE, MANIFEST_FILE].includes(name)));
    const container = await sealContainer(alone, identityOf(real.pki.gatewaySigning), real.clock.now());
    const later = await examineAt(400, container);
    expect(statesOf(later.proofs)).toContain('timestamp unchecked');
    expect(later.objects.find(({ name }) => name === 'dossier.xml')).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' });
    expect(later.objects.find(({ name }) => name === 'dossier.xml')?.signatures[0]?.reasons.map(({ code }) => code)).toContain('NO_PROOF_OF_TIME');
  });

  it('a renewal over something else, or a text beside it that is not what it covers, fails', async () => {
    const token = (name: string): Buffer => files.get(`timestamps/${name}`) ?? Buffer.alloc(0);
    for (const changes of [[['timestamps/2.tst', token('1.tst')]], [['timestamps/2.txt', token('1.txt')]], [['timestamps/1.tst', token('2.tst')], ['timestamps/2.tst', token('1.tst')]], [['timestamps/1.txt', Buffer.concat([token('1.txt'), Buffer.from('x')])]]] as const) {
      const report = await examineAt(0, await resealed(changes));
      expect([changes.map(([name]) => name), report.indication, statesOf(report.proofs).includes('timestamp failed')]).toEqual([changes.map(([name]) => name), 'TOTAL-FAILED', true]);
    }
  });
});

describe('the time stamp of the receipt itself', () => {
  const receiptOf = ({ objects }: ObjectReport): ObjectReport | undefined => objects.find(({ name }) => name === 'receipt.xml');

  it('says earlier than the checkpoint’s by when it was there, and is carried by the log’s when its certificate has ended', async () => {
    const [now, later] = [receiptOf(await examineAt(0)), receiptOf(await examineAt(400))];
    const stamp = later?.proofs.find(({ kind }) => kind === 'timestamp');
    expect([now?.indication, later?.indication, stamp?.state]).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED', 'passed']);
    expect(stamp?.facts.map(({ en }) => en)).toContain('Covered by the next time stamp at');
    const dossier = (await examineAt(400)).objects.find(({ name }) => name === 'dossier.xml');
    expect(Date.parse(later?.signatures[0]?.bestTime.at ?? '')).toBeLessThan(Date.parse(dossier?.signatures[0]?.bestTime.at ?? ''));
  });

  it('proves nothing once its certificate has ended where the log does not have it', async () => {
    const without = new Map([...files].filter(([name]) => !name.startsWith('log/receipt-stamp') && ![TYPE_FILE, SIGNATURE_FILE, MANIFEST_FILE].includes(name)));
    const later = receiptOf(await examineAt(400, await sealContainer(without, identityOf(real.pki.gatewaySigning), real.clock.now())));
    expect(statesOf(later?.proofs ?? [])).toContain('timestamp unchecked');
    expect(later?.signatures[0]?.bestTime).toMatchObject({ proof: 'timestamp', at: receiptOf(await examineAt(400))?.signatures[0]?.bestTime.at === undefined ? '' : expect.not.stringMatching(String(receiptOf(await examineAt(400))?.signatures[0]?.bestTime.at)) as unknown });
  });

  it('fails when it is another’s', async () => {
    const report = await examineAt(0, await resealed([['receipt.tst', files.get('timestamps/1.tst') ?? Buffer.alloc(0)]]));
    expect([report.indication, statesOf(receiptOf(report)?.proofs ?? [])]).toEqual(['TOTAL-FAILED', expect.arrayContaining(['timestamp failed'])]);
  });
});

describe('what else is in it', () => {
  it('fails when it is not what is signed: rules of another day, a list under another name', async () => {
    const rules = Buffer.from((files.get('rules.json')?.toString('utf8') ?? '').replace(/"ruleSetDigest": "./, '"ruleSetDigest": "x'));
    expect(statesOf((await examineAt(0, await resealed([['rules.json', rules]]))).proofs)).toContain('rules failed');
    expect(statesOf((await examineAt(0, await resealed([[`crls/${'0'.repeat(64)}.crl`, [...files].find(([name]) => name.startsWith('crls/'))?.[1] ?? Buffer.alloc(0)]]))).proofs)).toContain('revocation failed');
  });
});

describe('README.txt', () => {
  const readme = (): readonly [vi: string, en: string] => {
    const [vi = '', en = ''] = (files.get('README.txt')?.toString('utf8') ?? '').split(/^-{50,}$/m);
    return [vi, en];
  };
  const commandsOf = (text: string): string => text.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.slice(4)).join('\n');

  it('tells the same commands in both languages', () => {
    const [vi, en] = readme();
    expect(vi.indexOf('CHỨNG CỨ')).toBe(0);
    expect(commandsOf(vi).length).toBeGreaterThan(1000);
    expect(commandsOf(en)).toBe(commandsOf(vi));
  });

  itWith('xmlsec1', 'every command of it does what it says, in the unpacked folder', () => {
    mkdirSync(at('unpacked'));
    expect(spawnSync('unzip', ['-q', at('evidence.asice'), '-d', at('unpacked')]).status).toBe(0);
    const [, ...commands] = commandsOf(readme()[0]).split('\n');
    const roots = [fingerprintOf(real.pki.root.certificatePem), real.unitRoot.certificate.fingerprint];
    const script = commands.flatMap((line) => (line.includes('<sha256>') ? roots.map((root) => line.replace('<sha256>', root)) : [line])).join('\n');
    expect(script).not.toMatch(/<(?!SHA256>|BO_QUYTAC>)[a-z0-9]+>/i);
    // What succeeds or fails inside loops is seen by its words; that no command fails, by the shell.
    const { status, stdout, stderr } = spawnSync('sh', ['-eu'], { cwd: at('unpacked'), input: script, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    expect([status, stderr.split('\n').filter((line) => !/^(?:OK|SignedInfo References|Manifests References|Verification: OK|verify OK|Response verify OK|Using configuration from .*|Warning: .*|)/.test(line))]).toEqual([0, []]);
    const all = stdout + stderr;
    const count = (text: string): number => all.split(text).length - 1;
    expect(all).not.toContain('WRONG');
    expect([count('SignedInfo References'), count('Verification: OK'), count('Time stamp:'), count('Response verify OK'), count('verify OK'), count('in the log'), count('Signature Verified Successfully')]).toEqual([7, 3, 2, 2, 4, 7, 1]);
    expect(count(': OK') - 3).toBe([...files.keys()].filter((name) => /^(?:certificates|crls|ocsp)\//.test(name)).length);
  });
});

describe('the page', () => {
  itWith('chromium', 'shows of it what ivan verify says', async () => {
    writeFileSync(at('page.html'), await pageHtml());
    writeFileSync(at('keys.txt'), `${real.logKey}\n${real.witnessKey}\n`);
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
    try {
      const page = await browser.newPage();
      await page.clock.setFixedTime(real.clock.now());
      await page.goto(pathToFileURL(at('page.html')).href);
      await page.setInputFiles('#trust', [join(real.roots, 'root.pem'), join(real.roots, 'other-root.cer')]);
      await page.setInputFiles('#keys', at('keys.txt'));
      await page.setInputFiles('#files', at('evidence.asice'));
      await page.waitForSelector('section', { timeout: 60_000 });
      expect([await page.getAttribute('section', 'data-code'), await page.textContent('section')]).toEqual(['0', expect.stringContaining('8/8 bằng chứng')]);
    } finally {
      await browser.close();
    }
  });
});
