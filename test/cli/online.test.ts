// submit and status: the signed answer is always kept, never another one overwritten by it, and the exit code says how it ended.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { digestOf } from '../../src/client/verify-message.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { json, problem, startGateway, xml } from '../client/server.ts';
import type { FakeGateway } from '../client/server.ts';
import { createWorld, dossierOf, nonReceiptFor, receiptFor, resultFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { ivan, temporaryFolder } from './support.ts';

let world: World;
let gateway: FakeGateway;
let folder: string;
let dossier: Buffer;
let receipt: Buffer;
let common: string[];
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  world = await createWorld();
  gateway = await startGateway(world.pki);
  dossier = await dossierOf(world);
  receipt = await receiptFor(world, dossier);
});

beforeEach(async () => {
  folder = await temporaryFolder();
  writeFileSync(at('hoso.xml'), dossier);
  writeFileSync(at('ca.pem'), world.pki.root.certificatePem);
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) writeFileSync(at(join('trust', name)), text);
  common = ['--url', gateway.url, '--ca', at('ca.pem')];
});

afterAll(() => gateway.close());

const pending = (state: string) => json(202, { state, dueAt: formatInstant(world.now) }, { 'Retry-After': '1' });
const submit = (...words: string[]): ReturnType<typeof ivan> => ivan(['submit', at('hoso.xml'), ...common, ...words]);
const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('ivan submit', () => {
  it('saves the receipt beside the dossier, byte for byte, and ends with 0', async () => {
    gateway.answer(xml(201, receipt));
    const run = await submit('--key-id', 'key-1', '--trust', at('trust'));
    expect(run).toMatchObject({ exitCode: 0, err: expect.stringContaining('Đang gửi hồ sơ') });
    expect(run.out).toContain('Người ký / Signed by: Gateway signing (Development)');
    expect(readFileSync(at('hoso.receipt.xml')).equals(receipt)).toBe(true);
    expect(gateway.received[0]?.headers['idempotency-key']).toBe('key-1');
  });

  it('follows to the result, showing the stages as plain lines on stderr and one object on stdout', async () => {
    const result = await resultFor(world, dossier);
    gateway.answer(xml(201, receipt), pending('waiting'), pending('waiting'), 'drop', pending('delivered'), xml(200, result));
    const run = await submit('--follow', '--json', '--trust', at('trust'), '--out', at('answers'));
    expect(run.exitCode).toBe(0);
    expect(run.err.match(/waiting to be passed/g)).toHaveLength(1);
    expect(run.err).not.toContain('\u001b');
    expect(parsed(run.out)).toMatchObject({ outcome: 'accepted', state: 'answered', verified: true, resultVerified: true, agencySigner: { name: 'Agency signing (Development)' }, exitCode: 0 });
    expect(readFileSync(at('answers/hoso.result.xml')).equals(result)).toBe(true);
  });

  it('shows a spinner while somebody watches', async () => {
    gateway.answer(xml(201, receipt), pending('waiting'), xml(200, await resultFor(world, dossier)));
    let watched = '';
    const run = await ivan(['submit', at('hoso.xml'), ...common, '--follow'], { isInteractive: true, err: (text) => { watched += text; } });
    expect(run.exitCode).toBe(0);
    expect(watched).toMatch(/⠋ Đã tiếp nhận, chờ chuyển/);
    expect(watched.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('ends a refusal with 1, its findings printed and the signed refusal saved', async () => {
    gateway.answer(xml(422, await receiptFor(world, dossier, 'refused')));
    const run = await submit();
    expect([run.exitCode, run.out]).toEqual([1, expect.stringContaining('D02-TS-595.xml:3:7 GW114 VALUE_INVALID')]);
    expect(run.out).toContain('The signer was not judged');
    expect(existsSync(at('hoso.refusal.xml'))).toBe(true);
  });

  it('never overwrites one receipt with another', async () => {
    gateway.answer(xml(201, receipt));
    writeFileSync(at('hoso.receipt.xml'), 'an earlier one');
    expect((await submit()).exitCode).toBe(0);
    expect(readFileSync(at('hoso.receipt.xml'), 'utf8')).toBe('an earlier one');
    expect(readdirSync(folder)).toContain(`hoso.receipt.${digestOf(receipt).slice(0, 12)}.xml`);
  });

  it('ends with 1 when the receipt is not signed by the certificate named, and keeps it as evidence', async () => {
    gateway.answer(xml(201, await receiptFor(world, dossier, 'accepted', world.employer)));
    const run = await submit('--trust', at('trust'), '--fingerprint', digestOf(world.gateway.certificates[0] ?? Buffer.alloc(0)));
    expect([run.exitCode, run.err]).toEqual([1, expect.stringContaining('The signer is not the certificate expected')]);
    expect(existsSync(at('hoso.receipt.xml'))).toBe(true);
  });

  it('files nothing on a dry run', async () => {
    const found = { code: 'VALUE_INVALID', wireCode: 'GW114', severity: 'refuse', place: {}, vi: 'v', en: 'e', actionVi: 'av', actionEn: 'ae', clause: 'c' };
    gateway.answer(json(422, { outcome: 'refused', findings: [found], signatures: [] }), json(200, { outcome: 'accepted', findings: [], signatures: [] }));
    const refused = await submit('--dry-run', '--json');
    expect([refused.exitCode, parsed(refused.out)]).toEqual([1, { dryRun: true, outcome: 'refused', findings: [found], signatures: [], exitCode: 1 }]);
    expect((await submit('--dry-run')).exitCode).toBe(0);
    expect(gateway.received.every(({ url }) => url === '/v1/dossiers?dry-run')).toBe(true);
  });

  it('ends with 4 when the gateway is not there or says not now, and gives its words', async () => {
    gateway.answer('drop');
    expect((await submit()).exitCode).toBe(4);
    gateway.answer(problem(503, 'UNAVAILABLE', { 'Retry-After': '3600' }));
    const run = await submit('--json');
    expect([run.exitCode, parsed(run.out)]).toEqual([4, expect.objectContaining({ error: expect.objectContaining({ code: 'UNAVAILABLE', status: 503, retryAfter: 3600, requestId: 'req-1' }) })]);
    gateway.answer(problem(413, 'BODY_TOO_LARGE'));
    expect((await submit()).exitCode).toBe(1);
  });

  it('ends with 2 when it is told to stop, and with 3 for half an identity', async () => {
    const stop = new AbortController();
    stop.abort();
    gateway.answer(xml(201, receipt), pending('waiting'));
    expect((await ivan(['submit', at('hoso.xml'), ...common], { signal: stop.signal })).exitCode).toBe(2);
    expect((await submit('--cert', at('ca.pem'))).exitCode).toBe(3);
    expect((await submit('--fingerprint', 'a'.repeat(64))).exitCode).toBe(3);
  });
});

describe('ivan status', () => {
  const known = (state: string) => xml(200, receipt, { 'Ivan-State': state, 'Ivan-Due-At': formatInstant(world.now) });

  it('takes the file or its digest, and gives the state', async () => {
    gateway.answer(known('delivered'));
    for (const about of [at('hoso.xml'), digestOf(dossier).toUpperCase()]) {
      const run = await ivan(['status', about, ...common, '--json']);
      expect([run.exitCode, parsed(run.out)]).toEqual([0, expect.objectContaining({ state: 'delivered', digest: digestOf(dossier) })]);
    }
    expect(gateway.received.map(({ url }) => url)).toEqual(Array(2).fill(`/v1/dossiers/${digestOf(dossier)}`));
  });

  it('saves receipt and result once there is one', async () => {
    gateway.answer(known('answered'), xml(200, await resultFor(world, dossier)));
    const run = await ivan(['status', at('hoso.xml'), ...common, '--out', at('answers'), '--trust', at('trust')]);
    expect(run.exitCode).toBe(0);
    expect(readdirSync(at('answers')).sort()).toEqual(['hoso.receipt.xml', 'hoso.result.xml']);
  });

  it('ends with 2 for a dossier the gateway does not know, with its signed word saved', async () => {
    gateway.answer(xml(404, await nonReceiptFor(world, digestOf(dossier))));
    const run = await ivan(['status', at('hoso.xml'), ...common, '--out', folder, '--trust', at('trust')]);
    expect([run.exitCode, run.out]).toEqual([2, expect.stringContaining('The gateway has not received this dossier')]);
    expect(existsSync(at('hoso.non-receipt.xml'))).toBe(true);
  });

  it('ends with 1 for one that was refused', async () => {
    gateway.answer(xml(200, await receiptFor(world, dossier, 'refused'), { 'Ivan-State': 'refused' }));
    expect((await ivan(['status', at('hoso.xml'), ...common])).exitCode).toBe(1);
  });
});
