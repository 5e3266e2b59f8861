// Whatever happens on the line, the sender ends with the receipt for the very bytes it sent, or with an error that says what to do.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { connect } from '../../src/client/connect.ts';
import type { ConnectionOptions, GatewayClient } from '../../src/client/connect.ts';
import { ClientError, GatewayProblem } from '../../src/client/errors.ts';
import type { FollowedState, FollowEvent } from '../../src/client/follow.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { json, problem, startGateway, xml } from './server.ts';
import type { FakeGateway } from './server.ts';
import { createWorld, dossierOf, nonReceiptFor, receiptFor, resultFor } from './support.ts';
import type { World } from './support.ts';

let world: World;
let gateway: FakeGateway;
let dossier: Buffer;
let digest: string;
let receipt: Buffer;
let client: GatewayClient;
let waits: number[];

const open = (options: Partial<ConnectionOptions> = {}): GatewayClient =>
  connect({
    url: gateway.url,
    certificateAuthorities: [world.pki.root.certificatePem],
    random: () => 0,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    ...options,
  });

beforeAll(async () => {
  world = await createWorld();
  gateway = await startGateway(world.pki);
  dossier = await dossierOf(world);
  digest = digestOf(dossier);
  receipt = await receiptFor(world, dossier);
});

beforeEach(() => {
  waits = [];
  client = open();
});

afterAll(() => gateway.close());

async function collect(states: AsyncGenerator<FollowedState, void>): Promise<FollowedState[]> {
  const seen: FollowedState[] = [];
  for await (const state of states) seen.push(state);
  return seen;
}

describe('submit', () => {
  it('gives the receipt byte for byte, with the digest computed before sending', async () => {
    gateway.answer(xml(201, receipt));
    const submission = await client.submit(dossier, { key: 'key-1' });
    expect(submission).toMatchObject({ outcome: 'accepted', digest, httpStatus: 201, resent: false, message: { kind: 'TIEP_NHAN', dossierNumber: '00001/2026/01903' } });
    expect(submission.receipt).toEqual(receipt);
    expect(gateway.received[0]).toMatchObject({ method: 'POST', url: '/v1/dossiers', headers: { 'content-type': 'application/xml', 'idempotency-key': 'key-1' }, client: undefined });
    expect(gateway.received[0]?.body.equals(dossier)).toBe(true);
  });

  it('sends the very same bytes again after the connection was dropped, before or amid the answer', async () => {
    gateway.answer('drop', 'half', xml(200, receipt));
    const submission = await client.submit(dossier, { key: 'key-1' });
    expect(submission).toMatchObject({ outcome: 'accepted', httpStatus: 200, resent: true });
    expect(gateway.received).toHaveLength(3);
    expect(gateway.received.every(({ body, headers }) => body.equals(dossier) && headers['idempotency-key'] === 'key-1')).toBe(true);
    expect(waits).toEqual([250, 500]);
  });

  it('waits as long as Retry-After says, in seconds or as a time, before it asks again', async () => {
    const now = new Date(1_700_000_000_000);
    const later = { 'Retry-After': new Date(now.getTime() + 9000).toUTCString(), Date: now.toUTCString() };
    gateway.answer(problem(503, 'UNAVAILABLE', { 'Retry-After': '7' }), problem(429, 'UNAVAILABLE', later), xml(201, receipt));
    expect((await client.submit(dossier)).outcome).toBe('accepted');
    expect(waits).toEqual([7000, 9000]);
  });

  it('gives up at once when it would have to wait too long, and says how long', async () => {
    gateway.answer(problem(503, 'UNAVAILABLE', { 'Retry-After': '300' }));
    await expect(client.submit(dossier)).rejects.toMatchObject({ status: 503, retryAfter: 300 });
    expect(waits).toEqual([]);
  });

  it('gives up after its limit, with doubling waits that never pass the longest', async () => {
    gateway.answer('drop');
    const failing = open({ attempts: 5, longestWait: 1500 }).submit(dossier);
    await expect(failing).rejects.toBeInstanceOf(ClientError);
    await expect(failing).rejects.toMatchObject({ code: 'UNREACHABLE', place: `POST ${gateway.url}/v1/dossiers`, actionEn: expect.stringContaining('send the same file again') });
    expect(gateway.received).toHaveLength(5);
    expect(waits).toEqual([250, 500, 750, 750]);
  });

  it('gives a problem’s own words, and does not try again what cannot succeed', async () => {
    gateway.answer(problem(413, 'BODY_TOO_LARGE'));
    const failing = client.submit(dossier);
    await expect(failing).rejects.toBeInstanceOf(GatewayProblem);
    await expect(failing).rejects.toMatchObject({ status: 413, code: 'BODY_TOO_LARGE', vi: 'vi BODY_TOO_LARGE.', en: 'en BODY_TOO_LARGE.', actionEn: 'do this.', requestId: 'req-1' });
    await expect(failing).rejects.toThrow(`POST ${gateway.url}/v1/dossiers: en BODY_TOO_LARGE. (BODY_TOO_LARGE, HTTP 413) do this.`);
    expect(gateway.received).toHaveLength(1);
  });

  it('tells a refusal and a conflict from an acceptance', async () => {
    gateway.answer(xml(422, await receiptFor(world, dossier, 'refused')), xml(409, await receiptFor(world, dossier, 'conflict')), xml(200, await receiptFor(world, dossier, 'refused')));
    const refused = await client.submit(dossier);
    expect(refused).toMatchObject({ outcome: 'refused', httpStatus: 422 });
    expect(refused.message.findings.map(({ code }) => code)).toEqual(['VALUE_INVALID']);
    expect(await client.submit(dossier)).toMatchObject({ outcome: 'conflict', httpStatus: 409 });
    expect(await client.submit(dossier)).toMatchObject({ outcome: 'refused', httpStatus: 200, resent: true });
  });

  it('believes no answer that is about other bytes, changed, of another kind than its status, or no message at all', async () => {
    const changed = Buffer.from(receipt.toString().replace('GD-1', 'GD-2'));
    gateway.answer(xml(201, await receiptFor(world, Buffer.from('other'))), xml(201, changed), xml(201, await receiptFor(world, dossier, 'refused')), {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: '<html>proxy</html>',
    });
    await expect(client.submit(dossier)).rejects.toMatchObject({ code: 'OTHER_DOSSIER' });
    await expect(client.submit(dossier)).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED', en: expect.stringContaining('HASH_FAILURE') });
    await expect(client.submit(dossier)).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED', en: expect.stringContaining('TU_CHOI') });
    await expect(client.submit(dossier)).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED', en: expect.stringContaining('text/html') });
  });

  it('shows an I-VAN’s certificate when it has one', async () => {
    gateway.answer(xml(201, receipt));
    const { chainPem, privateKeyPem } = world.pki.ivan;
    await open({ clientCertificate: { certificatePem: chainPem, keyPem: privateKeyPem } }).submit(dossier);
    expect(gateway.received[0]?.client).toBe('I-VAN (Development)');
  });

  it('sends nothing to a server it does not trust, and does not insist', async () => {
    gateway.answer(xml(201, receipt));
    const other = (await createWorld()).pki;
    await expect(open({ certificateAuthorities: [other.root.certificatePem] }).submit(dossier)).rejects.toMatchObject({ code: 'TLS_UNTRUSTED' });
    expect([gateway.received.length, waits]).toEqual([0, []]);
    expect(() => open({ url: 'http://localhost' })).toThrow(ClientError);
    expect(() => open({ clientCertificate: { certificatePem: 'x', keyPem: 'y' } })).toThrow('The key or certificate cannot be read');
  });

  it('gives up a server that never answers, and stops on the caller’s signal', async () => {
    gateway.answer('silence');
    await expect(open({ silence: 50, attempts: 1 }).submit(dossier)).rejects.toMatchObject({ code: 'UNREACHABLE', en: expect.stringContaining('no answer within 50 ms') });
    const stop = new AbortController();
    stop.abort();
    await expect(client.submit(dossier, { signal: stop.signal })).rejects.toMatchObject({ code: 'STOPPED' });
  });
});

describe('dry run', () => {
  it('gives the findings, and files nothing', async () => {
    const found = { code: 'VALUE_INVALID', wireCode: 'GW114', severity: 'refuse', place: { file: 'D02.xml', line: 3, column: 7 }, value: 'x', vi: 'v', en: 'e', actionVi: 'av', actionEn: 'ae', clause: 'c' };
    gateway.answer(json(422, { outcome: 'refused', findings: [found], signatures: [] }), json(200, { outcome: 'accepted', findings: [], signatures: [] }), json(200, { outcome: 'perhaps' }));
    expect(await client.dryRun(dossier)).toEqual({ outcome: 'refused', findings: [found], signatures: [] });
    expect(gateway.received[0]?.url).toBe('/v1/dossiers?dry-run');
    expect(await client.dryRun(dossier)).toEqual({ outcome: 'accepted', findings: [], signatures: [] });
    await expect(client.dryRun(dossier)).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED' });
  });
});

describe('status', () => {
  it('is the receipt and the state; or the gateway’s signed word that it has nothing', async () => {
    const dueAt = new Date(world.now.getTime() + 1000);
    const headers = { 'Ivan-State': 'delivered', 'Ivan-Transaction-Code': 'GD-1', 'Ivan-Dossier-Number': '00001/2026/01903', 'Ivan-Due-At': formatInstant(dueAt) };
    gateway.answer(xml(200, receipt, headers), xml(404, await nonReceiptFor(world, digest)), problem(404, 'NOT_FOUND'), xml(404, await nonReceiptFor(world, 'e'.repeat(64))));
    expect(await client.status(digest)).toMatchObject({ known: true, state: 'delivered', transactionCode: 'GD-1', dossierNumber: '00001/2026/01903', dueAt, receipt });
    expect(await client.status(digest)).toMatchObject({ known: false, message: { kind: 'CHUA_NHAN', logSize: 42 } });
    await expect(client.status(digest)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.status(digest)).rejects.toMatchObject({ code: 'OTHER_DOSSIER' });
  });
});

describe('follow', () => {
  const pending = (state: string, retryAfter = '5') => json(202, { state, dueAt: formatInstant(world.now) }, { 'Retry-After': retryAfter });

  it('gives each state once until the result, asking when the gateway says', async () => {
    const result = await resultFor(world, dossier);
    gateway.answer(pending('waiting'), pending('waiting', '8'), pending('delivered'), pending('answered'), xml(200, result));
    const events: FollowEvent[] = [];
    const states = await collect(client.follow(digest, { onState: (event) => events.push(event) }));
    expect(states.map(({ state }) => state)).toEqual(['waiting', 'delivered', 'answered']);
    expect(gateway.received).toHaveLength(5);
    expect(waits).toEqual([5000, 8000, 5000, 5000]);
    expect(events.at(-1)).toMatchObject({ answer: { state: 'answered', result } });
  });

  it('survives dropped connections and "not now"', async () => {
    gateway.answer(pending('waiting'), 'drop', 'drop', problem(503, 'UNAVAILABLE', { 'Retry-After': '90' }), xml(200, await resultFor(world, dossier)));
    const events: FollowEvent[] = [];
    const states = await collect(client.follow(digest, { onState: (event) => events.push(event) }));
    expect(states.map(({ state }) => state)).toEqual(['waiting', 'answered']);
    expect(events.flatMap((event) => ('trouble' in event ? [event.trouble.code] : []))).toEqual(['UNREACHABLE', 'UNREACHABLE', 'UNAVAILABLE']);
    expect(waits).toEqual([5000, 2000, 4000, 90_000]);
  });

  it('ends with a refusal, and with a digest the gateway does not know', async () => {
    gateway.answer(pending('refused'));
    expect((await collect(client.follow(digest))).map(({ state }) => state)).toEqual(['refused']);
    gateway.answer(xml(422, await receiptFor(world, dossier, 'conflict')));
    expect((await collect(client.follow(digest))).map(({ state }) => state)).toEqual(['conflict']);
    gateway.answer(xml(404, await nonReceiptFor(world, digest)));
    expect(await collect(client.follow(digest))).toEqual([expect.objectContaining({ state: 'unknown' })]);
  });

  it('gives the result it was asked for when the state said answered before it was signed', async () => {
    const result = await resultFor(world, dossier);
    gateway.answer(pending('answered'), xml(200, result));
    const states = await collect(client.follow(digest));
    expect(states.at(-1)).toMatchObject({ state: 'answered', result });
  });

  it('stops on the caller’s signal', async () => {
    gateway.answer(pending('waiting'));
    const stop = new AbortController();
    const following = collect(client.follow(digest, { signal: stop.signal, onState: () => { stop.abort(); } }));
    await expect(following).rejects.toMatchObject({ code: 'STOPPED' });
  });
});
