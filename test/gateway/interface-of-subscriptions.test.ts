// Guarantee: the interface description is true of the calls over webhooks and mail: every answer described is had, as described, and so are their
// problems.
import { createHash, X509Certificate } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { operations } from '../../src/http/operations/all.ts';
import type { Operation } from '../../src/http/operations/operation.ts';
import { readDescription } from '../support/described.ts';
import type { Described } from '../support/described.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';

let site: Site;
let receiver: Receiver;
let described: Described;
const had = new Set<string>();
const own = operations.filter(({ group }) => group === 'subscriptions');
const asJson = { 'content-type': 'application/json' };

beforeAll(async () => {
  receiver = await startReceiver();
  // Nothing listens there: mail waits, and its links are made by hand.
  site = await startSite({ environment: { ...receiverEnvironment(), GATEWAY_SMTP_URL: 'smtp://127.0.0.1:9', GATEWAY_MAIL_FROM: 'cong@cong.example.vn', GATEWAY_PUBLIC_URL: 'https://cong.example.vn' } });
  described = await readDescription(site);
});
afterAll(async () => {
  await site.stop();
  await receiver.stop();
});

function operationNamed(id: string): Operation {
  const found = own.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

async function expectDescribed(id: string, status: number, given: { readonly id?: string; readonly body?: unknown; readonly query?: string; readonly caller?: Caller } = {}): Promise<Record<string, unknown>> {
  const { method, path } = operationNamed(id);
  const address = `${path.replace('{id}', given.id ?? '')}${given.query ?? ''}`;
  const answer: Answer = await (given.caller ?? site.ivan).call(method, address, method === 'GET' || method === 'DELETE' ? undefined : JSON.stringify(given.body ?? {}), method === 'GET' || method === 'DELETE' ? {} : asJson);
  expect([id, answer.status, answer.body.toString()]).toEqual([id, status, expect.any(String)]);
  described.check(operationNamed(id), answer);
  had.add(`${id} ${status}`);
  return answer.headers['content-type']?.includes('json') === true ? JSON.parse(answer.body.toString()) as Record<string, unknown> : {};
}

it('a webhook’s life answers as described', async () => {
  const { id: number } = await expectDescribed('registerWebhook', 201, { body: { url: receiver.url, kinds: ['accepted', 'result'] } });
  const id = String(number);
  await expectDescribed('registerWebhook', 409, { body: { url: receiver.url } });
  await expectDescribed('registerWebhook', 400, { body: { url: receiver.url, kinds: ['everything'] } });
  await expectDescribed('registerWebhook', 403, { body: { url: receiver.url }, caller: site.direct });
  await expectDescribed('listWebhooks', 200);
  await expectDescribed('listWebhooks', 400, { query: '?other=1' });
  await expectDescribed('showWebhook', 200, { id });
  await expectDescribed('showWebhook', 404, { id: '999' });
  await expectDescribed('showWebhook', 404, { id: 'x' });
  await expectDescribed('testWebhook', 200, { id });
  await expectDescribed('changeWebhook', 200, { id, body: { kinds: null, paused: true } });
  await expectDescribed('changeWebhook', 400, { id, body: { paused: 'yes' } });
  await expectDescribed('endWebhook', 200, { id });
  await expectDescribed('endWebhook', 404, { id });
  await expectDescribed('testWebhook', 404, { id });
  await expectDescribed('changeWebhook', 404, { id, body: { paused: false } });
  for (let count = 0; count < 20; count += 1) await expectDescribed('registerWebhook', 201, { body: { url: `${receiver.url}?${count}` } });
  expect(await expectDescribed('registerWebhook', 409, { body: { url: `${receiver.url}?more` } })).toMatchObject({ code: 'SUBSCRIPTIONS_MANY' });
});

it('a mail subscription’s life answers as described', async () => {
  const { id: number, sent } = await expectDescribed('subscribeByMail', 201, { body: { address: 'a@b.vn' } });
  const id = String(number);
  expect(sent).toBe(false);
  await expectDescribed('subscribeByMail', 409, { body: { address: 'a@b.vn' } });
  await expectDescribed('subscribeByMail', 400, { body: { address: 'a@b' } });
  await expectDescribed('listMailSubscriptions', 200);
  await expectDescribed('showMailSubscription', 200, { id });
  await expectDescribed('showMailSubscription', 404, { id: '999' });
  await expectDescribed('remindMail', 200, { id });
  expect(await expectDescribed('changeMailSubscription', 409, { id, body: { paused: true } })).toMatchObject({ code: 'SUBSCRIPTION_UNCONFIRMED' });
  await expectDescribed('changeMailSubscription', 200, { id, body: { kinds: ['result'] } });
  const token = 'T'.repeat(43);
  await site.gateway.database.query(`INSERT INTO mail_confirmation (digest, subscription_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`, [createHash('sha256').update(token).digest('hex'), id]);
  const [row] = await site.gateway.database.query<{ token: string }>('SELECT end_token AS token FROM subscription WHERE id = $1', [id]);
  for (const [open, act, query] of [['openConfirmation', 'confirmMail', token], ['openUnsubscription', 'unsubscribeMail', row?.token ?? '']] as const) {
    await expectDescribed(open, 200, { query: `?token=${query}`, caller: site.direct });
    await expectDescribed(open, 404, { query: '?token=x', caller: site.direct });
    await expectDescribed(act, 200, { query: `?token=${query}`, caller: site.direct });
    await expectDescribed(act, 404, { query: `?token=${'Z'.repeat(43)}`, caller: site.direct });
  }
  await expectDescribed('endMailSubscription', 404, { id });
  const { id: other } = await expectDescribed('subscribeByMail', 201, { body: { address: 'c@b.vn', kinds: null } });
  await expectDescribed('endMailSubscription', 200, { id: String(other) });
});

it('the gateway’s certificate is the one that signs', async () => {
  await expectDescribed('gatewayCertificate', 200, { caller: site.direct });
  const { body } = await site.direct.get('/v1/certificates/gateway');
  expect(new X509Certificate(body).fingerprint256).toBe(new X509Certificate(site.pki.gatewaySigning.certificatePem).fingerprint256);
});

it('every answer that is described has been had', () => {
  expect(own.flatMap(({ id, answers }) => answers.map(({ status }) => `${id} ${status}`)).filter((answer) => !had.has(answer))).toEqual([]);
});
