// Guarantee: a witness cosigns only a log that goes on from what it cosigned before, keeps that before it tells anybody, and whoever shows it another history
// is caught with both checkpoints kept; the gateway takes cosignatures of its own witnesses alone, and serves them all.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { checkpointText } from '../../src/log/checkpoint.ts';
import { consistencyProof, emptyTree, grow, leafHash, readerOf, rootOf } from '../../src/log/merkle.ts';
import { lineText, noteText, parseNote, parseVerifier, signatureLine, signerOf, verifierText, verifyNote } from '../../src/log/note.ts';
import type { NoteSigner } from '../../src/log/note.ts';
import { ivan } from '../cli/support.ts';
import type { Run } from '../cli/support.ts';
import { startGateway } from '../client/server.ts';
import type { FakeGateway } from '../client/server.ts';
import { growBy, secondReader, sizeOf, text } from '../log/followed.ts';
import { loadPki } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { itWith } from '../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'witness-'));
const at = (name: string): string => join(folder, name);
const verifiers = new Map<string, string>();

async function keygen(name: string): Promise<void> {
  const run = await ivan(['witness', 'keygen', '--name', `${name}.example/witness`, '--out', at(`${name}.key`), '--json']);
  verifiers.set(name, String((JSON.parse(run.out) as { verifier: unknown }).verifier));
}

beforeAll(async () => {
  writeFileSync(at('ca.pem'), (await loadPki()).root.certificatePem);
  for (const name of ['w1', 'w2', 'stranger']) await keygen(name);
});

describe('two witnesses of a gateway', () => {
  let site: Site;
  let logKey: string;

  beforeAll(async () => {
    writeFileSync(at('witnesses.txt'), `# of the tests\n${verifiers.get('w1') ?? ''}\n\n${verifiers.get('w2') ?? ''}\n`);
    site = await startSite({ environment: { GATEWAY_LOG_WITNESSES_FILE: at('witnesses.txt') } });
    logKey = (await text(site.direct, '/v1/log/key')).trim();
    await growBy(site, 1);
  });
  afterAll(() => site.stop());

  const witness = (name: string, ...words: readonly string[]): Promise<Run> =>
    ivan(['witness', '--url', site.gateway.url, '--ca', at('ca.pem'), '--log-key', logKey, '--key', at(`${name}.key`), '--name', `${name}.example/witness`, '--state', at(`${name}.state`), ...words]);

  it('cosign it as it grows, and the gateway serves what both said', async () => {
    const first = await witness('w1');
    expect([first.exitCode, first.err, first.out]).toEqual([0, '', expect.stringMatching(/lần đầu thấy[\s\S]*Cosigned by w1\.example\/witness/)]);
    const size = await growBy(site, 300);
    for (const name of ['w1', 'w2']) expect(JSON.parse((await witness(name, '--json')).out)).toMatchObject({ exitCode: 0, size, moved: name === 'w1' ? 'grown' : 'first', cosigned: true });
    const note = parseNote(await text(site.direct, `/v1/log/checkpoint/${size}`));
    const keys = [logKey, ...verifiers.values()].flatMap((key) => parseVerifier(key) ?? []);
    expect(note && verifyNote(note, keys)?.map(({ verifier }) => verifier.name)).toEqual(['localhost/ivan-gateway', 'w1.example/witness', 'w2.example/witness']);
    expect(sizeOf(await text(site.direct, '/v1/log/checkpoint?cosigned=2'))).toBe(size);
    expect(await text(site.direct, `/v1/log/proof?index=0&cosigned=2`)).toContain('w2.example/witness');
  });

  itWith('python3', 'are understood by a second reader', async () => {
    const note = await text(site.direct, '/v1/log/checkpoint?cosigned=2');
    const read = secondReader(note, 'note', logKey, verifiers.get('w1') ?? '', verifiers.get('w2') ?? '');
    expect(read).toMatch(/^localhost\/ivan-gateway \d+ [0-9a-f]{64}\nlocalhost\/ivan-gateway\nw1\.example\/witness at \d+\nw2\.example\/witness at \d+\n$/);
  });

  it('may look and tell again as often as they like, and what was not handed in is handed in as it was kept', async () => {
    const size = await growBy(site, 1);
    await witness('w1');
    const [kept, before] = [readFileSync(at('w1.state'), 'utf8'), await text(site.direct, `/v1/log/checkpoint/${size}`)];
    expect(JSON.parse((await witness('w1', '--json')).out)).toMatchObject({ moved: 'same', exitCode: 0 });
    const own = kept.split('\n').find((line) => line.startsWith('— w1')) ?? '';
    const again = await site.direct.post(`/v1/log/cosignatures?size=${size}`, `${own}\n${own}\n`, { 'content-type': 'text/plain' });
    expect([readFileSync(at('w1.state'), 'utf8'), again.status, again.body.toString('utf8')]).toEqual([kept, 200, before]);
  });

  it('are the operator’s alone; one line that is wrong and none of a call is kept', async () => {
    const stranger = await witness('stranger');
    expect([stranger.exitCode, stranger.err]).toEqual([1, expect.stringMatching(/stranger\.example\/witness\+[0-9a-f]{8} is of no witness[\s\S]*GATEWAY_LOG_WITNESSES_FILE/)]);
    const size = await growBy(site, 1);
    const { text: body = '' } = parseNote(await text(site.direct, `/v1/log/checkpoint/${size}`)) ?? {};
    const w1 = signerWith('w1');
    const [right, early, other] = [lineText(signatureLine(body, w1, new Date())), lineText(signatureLine(body, w1, new Date(Date.now() + 3_600_000))), lineText(signatureLine(`${body}x\n`, w1, new Date()))];
    const post = async (lines: string): Promise<unknown> => (JSON.parse((await site.direct.post(`/v1/log/cosignatures?size=${size}`, lines, { 'content-type': 'text/plain' })).body.toString('utf8')) as { code: string }).code;
    expect([await post(right + early), await post(right + other), await post(right.trimEnd()), await post(`${right}x\n`), await post(right.repeat(17))]).toEqual(['COSIGNATURE_WRONG', 'COSIGNATURE_WRONG', 'COSIGNATURE_MALFORMED', 'COSIGNATURE_MALFORMED', 'COSIGNATURE_MALFORMED']);
    expect(await text(site.direct, `/v1/log/checkpoint/${size}`)).not.toContain('w1.example');
  });

  it('and monitors follow it again and again, until they are stopped', async () => {
    const stop = new AbortController();
    let rounds = 0;
    const sleep = async (): Promise<void> => {
      rounds += 1;
      if (rounds === 3) stop.abort();
      else await growBy(site, 1);
    };
    const run = await ivan(['log', 'follow', '--url', site.gateway.url, '--ca', at('ca.pem'), '--log-key', logKey, '--state', at('monitor.state'), '--every', '60'], { sleep, signal: stop.signal });
    expect([run.exitCode, run.err, run.out]).toEqual([0, '', expect.stringMatching(/lần đầu thấy[\s\S]*only grown[\s\S]*only grown[\s\S]*Đã dừng theo yêu cầu/)]);
    expect(existsSync(at('monitor.state.lock'))).toBe(false);
  });
});

function signerWith(name: string): NoteSigner {
  return signerOf(`${name}.example/witness`, createPrivateKey(readFileSync(at(`${name}.key`))), 'witness');
}

describe('a gateway that shows another history', () => {
  let hostile: FakeGateway;
  let state: string;
  const log = signerOf('liar.example/log', generateKeyPairSync('ed25519').privateKey);
  const leaves = (count: number, forkedAt = Infinity): Buffer[] => Array.from({ length: count }, (_value, place) => leafHash(Buffer.from(`${place}${place >= forkedAt ? ' forged' : ''}`)));
  const growth = (count: number, forkedAt?: number): ReturnType<typeof grow> => grow(emptyTree, leaves(count, forkedAt));
  const note = (count: number, forkedAt?: number, signer = log): string => {
    const body = checkpointText({ origin: log.name, size: count, root: rootOf(growth(count, forkedAt).head) });
    return noteText({ text: body, lines: [signatureLine(body, signer)] });
  };
  const proof = (from: number, to: number, forkedAt?: number): string => `old ${from}\n${consistencyProof(from, to, readerOf(emptyTree, growth(to, forkedAt))).map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note(to, forkedAt)}`;
  const plain = (body: string, status = 200) => ({ status, body, headers: { 'Content-Type': status === 200 ? 'text/plain; charset=utf-8' : 'application/problem+json' } });
  const problem = plain(JSON.stringify({ status: 404, code: 'LOG_SIZE_UNKNOWN', vi: 'x', en: 'x', actionVi: 'x', actionEn: 'x', requestId: 'x' }), 404);
  let runs = 0;

  beforeAll(async () => { hostile = await startGateway(await loadPki()); });
  afterAll(() => hostile.close());
  beforeEach(async () => {
    runs += 1;
    state = at(`liar-${runs}.state`);
    hostile.answer(plain(note(13)));
    expect(await look('log follow')).toMatchObject({ exitCode: 0 });
  });

  const look = (command: 'log follow' | 'witness', ...words: readonly string[]): Promise<Run> =>
    ivan([...command.split(' '), '--url', hostile.url, '--ca', at('ca.pem'), '--log-key', verifierText(log), '--state', state, ...(command === 'witness' ? ['--key', at('w1.key'), '--name', 'w1.example/witness'] : []), ...words]);
  const evidence = (): string[] => readdirSync(folder).filter((name) => name.startsWith(`liar-${runs}.state.conflict-`));

  it.each<['log follow' | 'witness', string, () => Parameters<FakeGateway['answer']>, string]>([
    ['witness', 'that forked behind what was seen', () => [plain(note(29, 7)), plain(proof(13, 29, 7))], 'forked, 13 → 29'],
    ['log follow', 'that forked behind what was seen', () => [plain(note(29, 7)), plain(proof(13, 29, 7))], 'forked, 13 → 29'],
    ['witness', 'with another root for the same size', () => [plain(note(13, 7))], 'forked, 13 → 13'],
    ['witness', 'that shrinks', () => [plain(note(12))], 'shrunk, 13 → 12'],
    ['log follow', 'that shrinks', () => [plain(note(12))], 'shrunk, 13 → 12'],
    ['witness', 'that has no proof to give', () => [plain(note(29)), problem], 'unproven, 13 → 29'],
    ['witness', 'that proves something else', () => [plain(note(29)), plain(proof(12, 29))], 'unproven, 13 → 29'],
  ])('is caught by %s: one %s', async (command, _what, answers, reason) => {
    const before = readFileSync(state, 'utf8');
    hostile.answer(...answers());
    const run = await look(command);
    expect([run.exitCode, run.err]).toEqual([1, expect.stringContaining(reason)]);
    expect([readFileSync(state, 'utf8'), hostile.received.filter(({ method }) => method === 'POST')]).toEqual([before, []]);
    const [first = '', second = ''] = readFileSync(at(evidence()[0] ?? ''), 'utf8').split('----\n');
    expect([evidence().length, first, parseNote(second)?.lines.length]).toEqual([1, note(13), 1]);
    // It is the same the next time, and each time after; a log that is honest again is taken again.
    hostile.answer(...answers());
    expect((await look(command)).exitCode).toBe(1);
    hostile.answer(plain(note(29)), plain(proof(13, 29)));
    expect((await look('log follow')).exitCode).toBe(0);
  });

  it.each([
    ['of another key', () => note(29, undefined, signerOf(log.name, generateKeyPairSync('ed25519').privateKey)), 'signature'],
    ['of another log', () => note(29).replaceAll('liar.example', 'other.example'), 'origin'],
    ['that is none', () => 'hello\n', 'checkpoint'],
    ['with its root changed', () => note(29).replace(/^(.*\n29\n)../, '$1AA'), 'signature'],
  ])('is not believed: a checkpoint %s', async (_what, answer, reason) => {
    hostile.answer(plain(answer()));
    const run = await look('witness');
    expect([run.exitCode, run.err, evidence()]).toEqual([1, expect.stringContaining(`(${reason})`), []]);
  });

  it.each([429, 408])('is too busy to prove anything (%d): nobody is accused', async (status) => {
    hostile.answer(plain(note(29)), ...Array.from({ length: 6 }, () => plain(problem.body.replace('404', String(status)), status)));
    const run = await look('log follow');
    expect([run.exitCode, run.err, evidence()]).toEqual([4, expect.not.stringContaining('unproven'), []]);
  });

  it('is away: once ends with 4, and who looks again and again goes on', async () => {
    hostile.answer('drop');
    expect((await look('witness')).exitCode).toBe(4);
    hostile.answer(...Array<'drop'>(6).fill('drop'), plain(note(29)), plain(proof(13, 29)), plain(note(29, 7)));
    let slept = 0;
    const run = await ivan(['log', 'follow', '--url', hostile.url, '--ca', at('ca.pem'), '--log-key', verifierText(log), '--state', state, '--every', '5'], { sleep: () => { slept += 1; return Promise.resolve(); } });
    expect([run.exitCode, run.out, run.err]).toEqual([1, expect.stringContaining('13 → 29'), expect.stringMatching(/Asking again in 5 s[\s\S]*forked, 29 → 29/)]);
    expect(slept).toBeGreaterThan(2);
  });

  it('keeps what it cosigned before it hands it in', async () => {
    hostile.answer(plain(note(29)), plain(proof(13, 29)), problem);
    expect((await look('witness')).exitCode).toBe(1);
    expect(readFileSync(state, 'utf8')).toMatch(/^liar\.example\/log\n29\n[^]*— w1\.example/);
    hostile.answer(plain(note(29)), plain(note(29)));
    expect((await look('witness')).exitCode).toBe(0);
    expect(hostile.received.filter(({ method }) => method === 'POST').map(({ body, url }) => [url, readFileSync(state, 'utf8').endsWith(body.toString('utf8'))])).toEqual([['/v1/log/cosignatures?size=29', true]]);
  });

  it('a state file is one process’s at a time; what a process that is gone has left does not stand in the way', async () => {
    writeFileSync(`${state}.lock`, `${process.ppid}\n`);
    const held = await look('witness');
    expect([held.exitCode, held.err]).toEqual([3, expect.stringContaining(`Process ${process.ppid} is using`)]);
    writeFileSync(`${state}.lock`, '4194999\n');
    hostile.answer(plain(note(13)));
    expect((await look('log follow')).exitCode).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith(`liar-${runs}.state`) && name !== `liar-${runs}.state`)).toEqual([]);
  });
});

describe('ivan witness keygen', () => {
  it('makes a key for its owner only, and never over another', async () => {
    expect(statSync(at('w1.key')).mode & 0o777).toBe(0o600);
    expect(parseVerifier(verifiers.get('w1') ?? '')).toMatchObject({ name: 'w1.example/witness', kind: 'witness' });
    expect((await ivan(['witness', 'keygen', '--name', 'w1.example/witness', '--out', at('w1.key')])).exitCode).toBe(3);
    expect((await ivan(['witness', 'keygen', '--name', 'two words', '--out', at('none.key')])).exitCode).toBe(3);
  });
});
