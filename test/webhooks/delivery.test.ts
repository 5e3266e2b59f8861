// Guarantee: a webhook is told of every event of its feed, at least once, in order for each dossier, signed; one that is down is told later; what it does
// not want, or no longer, it is not sent; and nobody is told of another's.
import { createHash } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import type { WebhookEvent } from '../../src/client/index.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { makeOperator, operatorOf } from '../support/operator.ts';
import type { OperatorCaller } from '../support/operator.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { callerTo, fingerprintOf, startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const FEED = 'ivan:00040';
const DAY_MS = 86_400_000;
let site: Site;
let backend: Backend;
let receiver: Receiver;
let operator: OperatorCaller;
let offset = 0;
const now = (): Date => new Date(Date.now() + offset);

beforeAll(async () => {
  backend = await startReferenceBackend();
  const identity = makeOperator(await loadPki());
  site = await startSite({ backendUrl: backend.url, environment: { ...receiverEnvironment(), ...identity.environment }, world: { now } });
  operator = operatorOf(site, identity);
});
afterAll(async () => {
  operator.caller.close();
  await site.stop();
  await backend.stop();
});
beforeEach(async () => { receiver = await startReceiver(now); });
afterEach(async () => {
  const { webhooks } = await json<{ webhooks: { id: string }[] }>(site.ivan.get('/v1/webhooks'));
  for (const { id } of webhooks) await site.ivan.call('DELETE', `/v1/webhooks/${id}`);
  await receiver.stop();
});

async function json<Body>(asking: Promise<Answer>): Promise<Body> {
  return JSON.parse((await asking).body.toString()) as Body;
}
interface Webhook { readonly id: string; readonly state: string; readonly waiting: number; readonly dead: number; readonly history: readonly { readonly state: string; readonly reason: string }[]; readonly test: { readonly delivered: boolean; readonly status: number | null; readonly reason: string | null } }
const asJson = { 'content-type': 'application/json' };
const register = (body: object, caller: Caller = site.ivan): Promise<Webhook> => json(caller.post('/v1/webhooks', JSON.stringify(body), asJson));
const show = (id: string): Promise<Webhook> => json(site.ivan.get(`/v1/webhooks/${id}`));
const change = (id: string, body: object): Promise<Webhook> => json(site.ivan.call('PATCH', `/v1/webhooks/${id}`, JSON.stringify(body), asJson));
const ring = (): Promise<unknown> => site.gateway.database.query("SELECT pg_notify('delivery', '')");
const later = (ms: number): Promise<unknown> => {
  offset += ms;
  return ring();
};

let marks = 0;
async function file(variation: Variation = {}, caller: Caller = site.ivan): Promise<string> {
  marks += 1;
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: `webhook ${marks}`, ...variation });
  await caller.post('/v1/dossiers', bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

const fed = (after: string, kinds?: readonly string[]): Promise<{ position: string; kind: string; digest: string }[]> =>
  site.gateway.database.query(`SELECT f.position, f.kind, s.digest FROM feed_event f JOIN submission s ON s.id = f.submission_id WHERE f.feed = $1 AND f.position > $2 AND ($3::text[] IS NULL OR f.kind = ANY ($3)) ORDER BY f.position`, [FEED, after, kinds ?? null]);
/** Once all that was filed before has its result, so that nothing comes between this and what a test does next. */
async function lastPosition(): Promise<string> {
  const { query } = site.gateway.database;
  await until('nothing is awaited', async () => (await query(`SELECT 1 FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM feed_event f WHERE f.submission_id = d.submission_id AND f.feed = $1 AND f.kind = 'result') LIMIT 1`, [FEED])).length === 0);
  return (await query<{ last: string }>('SELECT last FROM feed WHERE name = $1', [FEED]))[0]?.last ?? '0';
}
const told = (events: readonly WebhookEvent[] = receiver.events): WebhookEvent[] => events.filter(({ kind }) => kind !== 'test');
const positions = (events: readonly WebhookEvent[]): number[] => [...new Set(events.map(({ position }) => position))].sort((a, b) => a - b);
const isInOrder = (events: readonly WebhookEvent[]): boolean => events.every(({ position, dossier }, index) => events.slice(0, index).every((earlier) => earlier.dossier?.sha256 !== dossier?.sha256 || earlier.position <= position));

/** Until the feed has all results of these dossiers and the receiver has had all of the feed since. */
async function untilTold(after: string, results: number, kinds?: readonly string[]): Promise<void> {
  await until(`${results} results in the feed`, async () => (await fed(after, ['result'])).length >= results);
  await until('the receiver had all', async () => {
    const expected = (await fed(after, kinds)).map(({ position }) => Number(position));
    return expected.every((position) => told().some((event) => event.position === position));
  });
}

/** The same, the clock going on to the next try whenever nothing is under way: a failure is recorded when it ends, however late that is, and its wait begins then. */
async function untilToldAfterFailures(after: string, results: number, kinds?: readonly string[]): Promise<void> {
  const clock = new AbortController();
  const going = (async () => {
    for (; !clock.signal.aborted; await new Promise((resolve) => setTimeout(resolve, 200))) {
      const leases = await site.gateway.database.query('SELECT 1 FROM delivery_lease');
      if (leases.length === 0) await later(60_000);
    }
  })();
  await untilTold(after, results, kinds).finally(() => { clock.abort(); });
  await going;
}

describe('a webhook', () => {
  it('that answers the signed test is active, and is told of every event in order for each dossier', async () => {
    const after = await lastPosition();
    const { state, test } = await register({ url: receiver.url });
    expect([state, test, receiver.events.map(({ kind, position }) => [kind, position])]).toEqual(['active', { delivered: true, status: 200, reason: null }, [['test', 0]]]);
    await Promise.all(Array.from({ length: 12 }, (_value, index) => file({ unitCode: `TS4${index % 4}00` })));
    await untilTold(after, 12);
    const expected = await fed(after);
    expect(told().map(({ position, kind, dossier }) => `${position} ${kind} ${dossier?.sha256 ?? ''}`).sort()).toEqual(expected.map(({ position, kind, digest }) => `${position} ${kind} ${digest}`).sort());
    expect([isInOrder(told()), receiver.mostTogether(), receiver.untrusted]).toEqual([true, 1, []]);
    const events = await json<{ events: { position: number; id: string }[] }>(site.ivan.get(`/v1/events?after=${after}`));
    expect(events.events.map(({ position, id }) => `${position} ${id}`).sort()).toEqual(told().map(({ position, id }) => `${position} ${id}`).sort());
  });

  it('that does not answer 2xx is told nothing until it does', async () => {
    const after = await lastPosition();
    receiver.answer = ({ kind }) => (kind === 'test' && receiver.events.length === 0 ? 302 : 200);
    const { id, state, test } = await register({ url: receiver.url });
    expect([state, test.delivered, test.status]).toEqual(['unconfirmed', false, 302]);
    await file();
    expect(await show(id)).toMatchObject({ waiting: 0, state: 'unconfirmed' });
    receiver.answer = () => 204;
    expect(await json(site.ivan.post(`/v1/webhooks/${id}/test`, '', asJson))).toEqual({ delivered: true, status: 204, reason: null });
    expect(await show(id)).toMatchObject({ state: 'active', history: [{ state: 'unconfirmed' }, { state: 'active', reason: 'the receiver answered the test' }] });
    await until('the first dossier is through', async () => (await fed(after, ['result'])).length === 1);
    const from = await lastPosition();
    await file();
    await untilTold(from, 1);
    expect(positions(told()).filter((position) => position <= Number(after))).toEqual([]);
  });

  it('gets the kinds it asked for, and others after a change', async () => {
    const after = await lastPosition();
    const { id } = await register({ url: receiver.url, kinds: ['result'] });
    await file();
    await untilTold(after, 1, ['result']);
    expect(told().map(({ kind }) => kind)).toEqual(['result']);
    await change(id, { kinds: ['accepted'] });
    await file();
    await until('accepted', () => Promise.resolve(told().length === 2));
    await until('the result', async () => (await fed(after, ['result'])).length === 2);
    expect(told().map(({ kind }) => kind)).toEqual(['result', 'accepted']);
  });

  it('that is paused is sent nothing, and everything when it goes on', async () => {
    const after = await lastPosition();
    const { id } = await register({ url: receiver.url });
    await change(id, { paused: true });
    await file();
    await until('the result', async () => (await fed(after, ['result'])).length === 1);
    const waiting = (await fed(after)).length;
    expect([await show(id), told()]).toMatchObject([{ state: 'paused', waiting }, []]);
    await change(id, { paused: false });
    await untilTold(after, 1);
    expect(isInOrder(told())).toBe(true);
  });

  it('that was paused for longer than is tried gives nothing up at the first failure afterwards', async () => {
    const after = await lastPosition();
    const { id } = await register({ url: receiver.url, kinds: ['accepted'] });
    await change(id, { paused: true });
    await file();
    await file();
    await later(4 * DAY_MS);
    let answers = 0;
    receiver.answer = () => ((answers += 1) === 1 ? 503 : 200);
    await change(id, { paused: false });
    await until('a failure', () => Promise.resolve(answers > 0));
    await untilToldAfterFailures(after, 2, ['accepted']);
    expect(await show(id)).toMatchObject({ waiting: 0, dead: 0 });
  });

  it('that takes its time takes nobody else’s, however many of them a sender has', async () => {
    const slow: (() => void)[] = [];
    const [hooks, dossiers] = [9, 5]; // of each four at once
    const lingering = await startReceiver(now, (event) => (event.kind === 'test' ? Promise.resolve() : new Promise((resolve) => { slow.push(resolve); })));
    for (let count = 0; count < hooks; count += 1) await register({ url: `${lingering.url}?${count}`, kinds: ['accepted'] });
    const { id } = await register({ url: receiver.url, kinds: ['accepted'] });
    const after = await lastPosition();
    for (let count = 0; count < dossiers; count += 1) await file({ unitCode: `TS6${count}00` });
    await until('as many as may are held up', () => Promise.resolve(slow.length >= hooks * 4));
    await until('the prompt one has all', async () => (await fed(after, ['accepted'])).every(({ position }) => told().some((event) => event.position === Number(position))));
    await until('nothing of its waits', async () => (await show(id)).waiting === 0);
    expect(told(lingering.events)).toEqual([]);
    for (const resolve of slow.splice(0)) resolve();
    await until('the rest', () => {
      for (const resolve of slow.splice(0)) resolve();
      return Promise.resolve(told(lingering.events).length >= hooks * dossiers);
    });
    await lingering.stop();
  });

  it('that was down is told everything once it is up, in order for each dossier', async () => {
    const after = await lastPosition();
    await register({ url: receiver.url });
    let down = true;
    let refused = 0;
    receiver.answer = () => {
      if (down) refused += 1;
      return down ? (refused % 2 === 0 ? 503 : undefined) : 200;
    };
    await Promise.all(Array.from({ length: 8 }, (_value, index) => file({ unitCode: `TS5${index % 3}00` })));
    await until('the results', async () => (await fed(after, ['result'])).length === 8);
    await until('tries', () => Promise.resolve(refused >= 5));
    down = false;
    await untilToldAfterFailures(after, 8);
    expect([positions(told()), isInOrder(told())]).toEqual([(await fed(after)).map(({ position }) => Number(position)), true]);
  });

  it('that will not have one event is sent the others of other dossiers', async () => {
    const after = await lastPosition();
    await register({ url: receiver.url });
    const bad = await file();
    receiver.answer = ({ dossier }) => (dossier?.sha256 === bad ? 422 : 200);
    const good = await file();
    await until('the good one’s result', () => Promise.resolve(told().some(({ kind, dossier }) => kind === 'result' && dossier?.sha256 === good)));
    receiver.answer = () => 200;
    await untilToldAfterFailures(after, 2);
    expect(isInOrder(told())).toBe(true);
  });

  it('that answers 410 is ended, what waited is dropped, and no more is sent', async () => {
    const { id } = await register({ url: receiver.url });
    receiver.answer = () => 410;
    await file();
    await until('it ended', async () => (await show(id)).state === 'ended');
    expect(await show(id)).toMatchObject({ waiting: 0, dead: 0, history: [{}, { state: 'active' }, { state: 'ended', reason: 'the receiver answered 410' }] });
    expect((await site.ivan.call('PATCH', `/v1/webhooks/${id}`, '{}', asJson)).status).toBe(404);
    const [event] = await site.gateway.database.query<{ detail: object }>(`SELECT detail FROM audit_event WHERE kind = 'subscription_changed' ORDER BY id DESC LIMIT 1`);
    expect(event?.detail).toMatchObject({ subscription: id, state: 'ended', feed: FEED });
  });

  it('that is away for three days makes dead letters, which an operator sends again', async () => {
    const after = await lastPosition();
    const { id } = await register({ url: receiver.url, kinds: ['accepted'] });
    receiver.answer = () => 500;
    await file();
    await until('a try', async () => (await site.gateway.database.query('SELECT 1 FROM delivery WHERE subscription = $1 AND attempts > 0', [id])).length > 0);
    await later(3 * DAY_MS + 60_000);
    await until('dead', async () => (await show(id)).dead === 1);
    receiver.answer = () => 200;
    const { json: listed } = await operator.get(`dead-letters?lane=webhook:${id}`);
    const [letter] = (listed as { deadLetters: { id: string; kind: string; subscription: string; feed: string }[] }).deadLetters;
    expect(letter).toMatchObject({ kind: 'webhook', subscription: id, feed: FEED });
    expect((await operator.post(`dead-letters/${letter?.id ?? ''}/replay`)).status).toBe(200);
    await later(3_600_000);
    // The jump of the clock ends leases, so it may have come twice.
    await until('told', () => Promise.resolve(told().length > 0));
    expect(positions(told())).toEqual((await fed(after, ['accepted'])).map(({ position }) => Number(position)));
  });

  it('has the history that was recorded: a change that nobody recorded is a lie', async () => {
    await audit(site.databaseUrl);
    await site.gateway.database.query(`INSERT INTO subscription_change (subscription_id, state, reason, changed_at) SELECT max(id), 'active', 'x', now() FROM subscription`);
    await expect(audit(site.databaseUrl)).rejects.toThrow(/goes on after its end|nobody recorded/);
  });
});

describe('of another', () => {
  let other: Caller;
  beforeAll(async () => {
    const credential = employerLike(site.pki);
    await registerContract(site.gateway.database, { ivanCode: '00111', fingerprint: fingerprintOf(credential.certificatePem), state: 'active', validFrom: new Date(Date.now() - DAY_MS), validUntil: new Date(Date.now() + 300 * DAY_MS) }, new Date());
    other = callerTo(site.gateway.url, site.pki, { cert: credential.certificatePem, key: credential.privateKeyPem });
  });
  afterAll(() => { other.close(); });

  it('no webhook is seen, changed, tested or ended', async () => {
    const { id } = await register({ url: receiver.url });
    const statuses = await Promise.all([
      other.get(`/v1/webhooks/${id}`), other.call('PATCH', `/v1/webhooks/${id}`, '{"paused":true}', asJson), other.call('DELETE', `/v1/webhooks/${id}`), other.post(`/v1/webhooks/${id}/test`, '', asJson),
      other.get(`/v1/mail-subscriptions/${id}`),
    ]);
    expect([statuses.map(({ status }) => status), await json(other.get('/v1/webhooks')), (await show(id)).state]).toEqual([[404, 404, 404, 404, 404], { webhooks: [] }, 'active']);
  });

  it('no event is told', async () => {
    const after = await lastPosition();
    const foreign = await startReceiver(now);
    const { id } = await register({ url: foreign.url }, other);
    await register({ url: receiver.url });
    await file();
    await untilTold(after, 1);
    expect(told(foreign.events)).toEqual([]);
    await other.call('DELETE', `/v1/webhooks/${id}`);
    await foreign.stop();
  });

  it('and of nobody: without a certificate there is no subscription', async () => {
    const answers = await Promise.all([site.direct.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), asJson), site.direct.get('/v1/webhooks')]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});

it('of one feed no more are registered within a day than that, however many were ended', async () => {
  await site.gateway.database.query(`INSERT INTO subscription (kind, feed, target, created_at) SELECT 'webhook', 'ivan:00040', 'https://ivan.example/' || n, $1 FROM generate_series(1, 200) n`, [now()]);
  const { status, body } = await site.ivan.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), asJson);
  expect([status, (JSON.parse(body.toString()) as { code: string }).code, receiver.events]).toEqual([409, 'SUBSCRIPTIONS_MANY', []]);
  await later(DAY_MS + 1_000);
  expect(await register({ url: receiver.url })).toMatchObject({ state: 'active' });
});

describe('an address', () => {
  it.each(['http://127.0.0.1/', 'https://user:password@ivan.example/', 'https://ivan.example/#a', 'ftp://ivan.example/', '/hook', 'https://ivan.example', ''])('%s is refused', async (url) => {
    expect((await site.ivan.post('/v1/webhooks', JSON.stringify({ url }), asJson)).status).toBe(400);
  });

  it('is subscribed once', async () => {
    const { id } = await register({ url: receiver.url });
    expect(await register({ url: receiver.url })).toMatchObject({ code: 'SUBSCRIPTION_EXISTS', en: expect.stringContaining(id) as unknown });
  });
});
