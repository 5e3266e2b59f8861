// Whoever works off events one by one and keeps the last position has missed none: a gap is an error, pages follow one another, and following goes on
// through whatever happens on the line.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { connect } from '../../src/client/connect.ts';
import type { GatewayClient } from '../../src/client/connect.ts';
import type { EventOptions, SenderEvent } from '../../src/client/events.ts';
import { ivan } from '../cli/support.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../cli/support.ts';
import { json, problem, startGateway } from './server.ts';
import type { FakeGateway, Reply } from './server.ts';
import { createWorld } from './support.ts';
import type { World } from './support.ts';

let world: World;
let gateway: FakeGateway;
let client: GatewayClient;
let waits: number[];

beforeAll(async () => {
  world = await createWorld();
  gateway = await startGateway(world.pki);
});

beforeEach(() => {
  waits = [];
  client = connect({
    url: gateway.url,
    certificateAuthorities: [world.pki.root.certificatePem],
    random: () => 0,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  });
});

afterAll(() => gateway.close());

const digest = 'a'.repeat(64);
const eventAt = (position: number): object => ({ position, id: String(1000 + position), kind: 'accepted', at: '2026-11-23T08:00:00.000+07:00', dossier: { sha256: digest, number: `0000${position}/2026/00101`, transactionCode: 'GW1' }, detail: { document: `/v1/dossiers/${digest}` } });
const page = (from: number, to: number, last = to): Reply => json(200, { events: Array.from({ length: to - from + 1 }, (_value, index) => eventAt(from + index)), last });
const none = (last: number): Reply => json(200, { events: [], last });

async function collect(options: EventOptions, most = Infinity): Promise<SenderEvent[]> {
  const seen: SenderEvent[] = [];
  for await (const event of client.events(options)) {
    seen.push(event);
    if (seen.length >= most) break;
  }
  return seen;
}

const positions = (events: readonly SenderEvent[]): number[] => events.map(({ position }) => position);

describe('events', () => {
  it('are read to the end, page after page, each with what it is about', async () => {
    gateway.answer(page(1, 500, 502), page(501, 502));
    const events = await collect({});
    expect(positions(events)).toEqual(Array.from({ length: 502 }, (_value, index) => index + 1));
    expect(events[0]).toEqual({ position: 1, id: '1001', kind: 'accepted', at: new Date('2026-11-23T01:00:00Z'), dossier: { digest, number: '00001/2026/00101', transactionCode: 'GW1' }, detail: { document: `/v1/dossiers/${digest}` } });
    expect(gateway.received.map(({ url }) => url)).toEqual(['/v1/events?after=0&limit=500', '/v1/events?after=500&limit=500']);
  });

  it('of a unit, or of one dossier, are asked for as such', async () => {
    gateway.answer(none(3));
    await collect({ unit: '00101/TS1', after: 3 });
    await collect({ digest });
    expect(gateway.received.map(({ url }) => url)).toEqual(['/v1/events?after=3&limit=500&unit=00101%2FTS1', `/v1/dossiers/${digest}/events?after=0&limit=500`]);
  });

  it('with one left out are an error, and nothing after the gap is given', async () => {
    gateway.answer(page(5, 6));
    await expect(collect({ after: 3 })).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED', message: expect.stringContaining('position 5, not 4') });
  });

  it('are followed through a lost connection, a full gateway and an empty wait', async () => {
    gateway.answer(page(1, 2), none(2), 'drop', problem(503, 'UNAVAILABLE', { 'Retry-After': '10' }), page(3, 3));
    const troubles: string[] = [];
    const events = await collect({ follow: true, onTrouble: ({ code }) => troubles.push(code) }, 3);
    expect(positions(events)).toEqual([1, 2, 3]);
    expect([troubles, waits[1]]).toEqual([['UNREACHABLE', 'UNAVAILABLE'], 10_000]);
    expect(gateway.received.map(({ url }) => url)).toEqual([0, 2, 2, 2, 2].map((after) => `/v1/events?after=${after}&limit=500&wait=25`));
  });

  it('are not followed where the gateway says no, and stop when they are told to', async () => {
    gateway.answer(problem(403, 'FEED_CALLER'));
    await expect(collect({ follow: true })).rejects.toMatchObject({ code: 'FEED_CALLER' });
    const stop = new AbortController();
    gateway.answer('silence');
    setTimeout(() => { stop.abort(); }, 50);
    await expect(collect({ follow: true, signal: stop.signal })).rejects.toMatchObject({ code: 'STOPPED' });
  });
});

describe('ivan events', () => {
  let common: string[];

  beforeAll(async () => {
    const ca = join(await temporaryFolder(), 'ca.pem');
    writeFileSync(ca, world.pki.root.certificatePem);
    common = ['--url', gateway.url, '--ca', ca];
  });

  it('shows a line for each, and says where to go on', async () => {
    gateway.answer(page(3, 4));
    const run = await ivan(['events', ...common, '--after', '2']);
    expect([run.exitCode, run.out.split('\n')[0]]).toEqual([0, `3  2026-11-23T08:00:00.000+07:00  tiếp nhận / accepted  00003/2026/00101  document=/v1/dossiers/${digest}`]);
    expect(run.out).toContain('--after 4');
  });

  it('gives programs one object a line', async () => {
    gateway.answer(page(1, 2));
    const run = await ivan(['events', digest, ...common, '--json']);
    expect(run.out.trim().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ position: 1, id: '1001' }, { position: 2 }, { last: 2, exitCode: 0 }]);
    expect(gateway.received[0]?.url).toBe(`/v1/dossiers/${digest}/events?after=0&limit=500`);
  });

  it('follows until it is stopped, which is no failure, and fails where there is no feed', async () => {
    gateway.answer(page(1, 1), 'drop', page(2, 2), 'silence');
    const stop = new AbortController();
    const out: string[] = [];
    const run = await ivan(['events', ...common, '--follow'], {
      signal: stop.signal,
      out: (text) => {
        out.push(text);
        if (text.startsWith('2 ')) setTimeout(() => { stop.abort(); }, 50);
      },
    });
    expect([run.exitCode, out.map((text) => text.slice(0, 2)), run.err]).toEqual([0, ['1 ', '2 ', 'Vị'], expect.stringContaining('Asking again in')]);
    gateway.answer(problem(403, 'FEED_CALLER'));
    expect((await ivan(['events', ...common])).exitCode).toBe(1);
    expect((await ivan(['events', ...common, '--after', 'x'])).exitCode).toBe(3);
  });
});
