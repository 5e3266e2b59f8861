// Guarantee: nobody makes the gateway knock at others' doors as often as it likes: each feed may test, register, change and remind so many times at once
// and then so often, over all processes; who is told to wait is told how long, and others are not made to wait.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { spend } from '../../src/store/subscription-pace.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { employerLike } from '../support/pki.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { callerTo, cloneDatabase, fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

const start = new Date('2026-11-23T01:00:00Z');
const pace = { atOnce: 5, eachMs: 10_000 };
const later = (ms: number): Date => new Date(start.getTime() + ms);

describe('over all processes', () => {
  let databases: Database[];
  beforeAll(async () => {
    const url = await cloneDatabase();
    databases = await Promise.all([1, 2, 3].map(() => openDatabase({ url, connections: 4 })));
  });
  afterAll(() => Promise.all(databases.map((database) => database.close())));
  const spendAll = (feed: string, count: number, at: Date): Promise<(number | undefined)[]> => Promise.all(Array.from({ length: count }, (_value, index) => spend(databases[index % 3]?.query ?? (() => Promise.reject(new Error())), feed, pace, at)));

  it('as many pass at one moment as may, and one when the time that was told is over', async () => {
    const first = await spendAll('ivan:1', 12, start);
    expect([first.filter((wait) => wait === undefined).length, new Set(first)]).toEqual([5, new Set([undefined, 10_000])]);
    expect(await spendAll('ivan:1', 2, later(9_999))).toEqual([1, 1]);
    expect((await spendAll('ivan:1', 3, later(10_000))).filter((wait) => wait === undefined).length).toBe(1);
    expect((await spendAll('ivan:1', 9, later(1_000_000))).filter((wait) => wait === undefined).length).toBe(5);
  });

  it('one feed’s calls are not another’s', async () => {
    await spendAll('ivan:2', 6, start);
    expect(await spendAll('unit:00101/TS1', 1, start)).toEqual([undefined]);
  });

  it('a clock that was ahead and was put back locks nobody out', async () => {
    await spendAll('ivan:3', 6, later(86_400_000));
    expect((await spendAll('ivan:3', 6, start)).filter((wait) => wait === undefined).length).toBe(5);
  });
});

describe('the calls', () => {
  let site: Site;
  let receiver: Receiver;
  let offset = Date.now(); // the clock stands still: nothing is earned meanwhile
  const now = (): Date => new Date(offset);
  const asJson = { 'content-type': 'application/json' };
  beforeAll(async () => {
    receiver = await startReceiver(now);
    site = await startSite({ environment: { ...receiverEnvironment(), GATEWAY_SMTP_URL: 'smtp://127.0.0.1:9', GATEWAY_MAIL_FROM: 'cong@cong.example.vn', GATEWAY_PUBLIC_URL: 'https://cong.example.vn' }, world: { now } });
  });
  afterAll(async () => {
    await site.stop();
    await receiver.stop();
  });
  const codeOf = ({ body }: Answer): unknown => (JSON.parse(body.toString()) as { code?: string }).code;

  it('that test, register, change and remind are counted together, and refused with the time to wait', async () => {
    const { id } = JSON.parse((await site.ivan.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), asJson)).body.toString()) as { id: string };
    const { id: mail } = JSON.parse((await site.ivan.post('/v1/mail-subscriptions', JSON.stringify({ address: 'a@b.vn' }), asJson)).body.toString()) as { id: string };
    const answers: Answer[] = [];
    while (answers.at(-1)?.status !== 429 && answers.length < 100) answers.push(await site.ivan.post(`/v1/webhooks/${id}/test`, '', asJson));
    expect([answers.length, receiver.events.length]).toEqual([39, 39]);
    const refused = answers.at(-1);
    expect(JSON.parse(refused?.body.toString() ?? '')).toMatchObject({ code: 'SUBSCRIPTIONS_FAST', vi: expect.stringMatching(/quá nhanh/) as unknown, actionVi: expect.stringMatching(/giây/) as unknown, actionEn: expect.stringMatching(/seconds/) as unknown });
    const seconds = Number(refused?.headers['retry-after']);
    expect([seconds >= 1, seconds <= 15]).toEqual([true, true]);
    const others = [
      await site.ivan.post('/v1/webhooks', JSON.stringify({ url: `${receiver.url}?2` }), asJson), await site.ivan.call('PATCH', `/v1/webhooks/${id}`, '{"paused":true}', asJson),
      await site.ivan.post('/v1/mail-subscriptions', JSON.stringify({ address: 'c@d.vn' }), asJson), await site.ivan.post(`/v1/mail-subscriptions/${mail}/confirmation`, '', asJson),
    ];
    expect([others.map(codeOf), receiver.events.length]).toEqual([Array.from({ length: 4 }, () => 'SUBSCRIPTIONS_FAST'), 39]);
    expect([(await site.ivan.get('/v1/webhooks')).status, (await site.ivan.get(`/v1/webhooks/${id}`)).status]).toEqual([200, 200]);
    offset += seconds * 1000;
    expect((await site.ivan.post(`/v1/webhooks/${id}/test`, '', asJson)).status).toBe(200);
  });

  it('of another are not refused meanwhile; and to end one is always possible', async () => {
    const credential = employerLike(site.pki);
    await registerContract(site.gateway.database, { ivanCode: '00111', fingerprint: fingerprintOf(credential.certificatePem), state: 'active', validFrom: new Date(Date.now() - 86_400_000), validUntil: new Date(Date.now() + 300 * 86_400_000) }, new Date());
    const other = callerTo(site.gateway.url, site.pki, { cert: credential.certificatePem, key: credential.privateKeyPem });
    expect((await other.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), asJson)).status).toBe(201);
    other.close();
    const { webhooks } = JSON.parse((await site.ivan.get('/v1/webhooks')).body.toString()) as { webhooks: { id: string }[] };
    for (const { id } of webhooks) expect((await site.ivan.call('DELETE', `/v1/webhooks/${id}`)).status).toBe(200);
  });
});
