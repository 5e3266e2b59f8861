// Guarantee: who may not read its events is not told them either, by webhook or by mail, from the moment of the hand-over on; once it may again it is
// told what it missed, and when it will not any more its subscriptions end. Both ways ask the same rule.
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';

import type { WebhookEvent } from '../../src/client/index.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { changeSubscription, lockSubscription } from '../../src/store/subscriptions.ts';
import { endUnitCertificates, registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const DAY_MS = 86_400_000;
const asJson = { 'content-type': 'application/json' };
let site: Site;
let receiver: Receiver;
let smtp: SMTPServer;
const mailed: string[] = [];
let offset = 0;
const now = (): Date => new Date(Date.now() + offset);

beforeAll(async () => {
  smtp = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], logger: false, onData: (stream, session, done) => { stream.resume().on('end', () => { mailed.push(...session.envelope.rcptTo.map(({ address }) => address)); done(); }); } });
  await new Promise<void>((resolve) => { smtp.listen(0, '127.0.0.1', resolve); });
  const { port } = smtp.server.address() as AddressInfo;
  site = await startSite({ environment: { ...receiverEnvironment(), GATEWAY_SMTP_URL: `smtp://127.0.0.1:${port}`, GATEWAY_MAIL_FROM: 'cong@cong.example.vn', GATEWAY_PUBLIC_URL: 'https://cong.example.vn' }, world: { now } });
});
afterAll(async () => {
  await site.stop();
  await new Promise<void>((resolve) => { smtp.close(() => { resolve(); }); });
});
beforeEach(async () => {
  offset = 0;
  mailed.length = 0;
  receiver = await startReceiver(now);
});
afterEach(() => receiver.stop());

interface Shown { readonly id: string; readonly state: string; readonly waiting: number; readonly dead: number; readonly history: readonly { readonly state: string; readonly reason: string }[] }
/** As the database has it: who is not entitled cannot ask. */
async function shown(id: string): Promise<{ readonly state: string; readonly reason: string; readonly waiting: number }> {
  const [row] = await site.gateway.database.query<{ state: string; reason: string; waiting: number }>(
    `SELECT c.state, c.reason, (SELECT count(*)::int FROM delivery WHERE subscription = $1 AND state = 'waiting') AS waiting FROM subscription_change c WHERE subscription_id = $1 ORDER BY id DESC LIMIT 1`, [id]);
  if (row === undefined) throw new Error(`no subscription ${id}`);
  return row;
}
const told = (): WebhookEvent[] => receiver.events.filter(({ kind }) => kind !== 'test');
const become = (id: string, state: string): Promise<unknown> => until(`${id} is ${state}`, async () => (await shown(id)).state === state);

/** An I-VAN of its own for each test, with a webhook and a confirmed mail address. */
let codes = 200;
async function newIvan(): Promise<{ readonly code: string; readonly caller: Caller; readonly credential: Credential }> {
  codes += 1;
  const code = `00${codes}`;
  const credential = employerLike(site.pki, { subject: { C: 'VN', CN: `I-VAN ${code}` }, uids: [], extendedKeyUsage: ['clientAuth'] });
  await contract(code, credential, 'active');
  return { code, credential, caller: callerTo(site.gateway.url, site.pki, { cert: credential.certificatePem, key: credential.privateKeyPem }) };
}
async function contract(ivanCode: string, { certificatePem }: Credential, state: 'active' | 'suspended' | 'ended', days = 300): Promise<void> {
  await registerContract(site.gateway.database, { ivanCode, fingerprint: fingerprintOf(certificatePem), state, validFrom: new Date(Date.now() - DAY_MS), validUntil: new Date(Date.now() + days * DAY_MS) }, now());
}
async function subscribe(caller: Caller, address: string, kinds = ['accepted', 'refused']): Promise<{ readonly webhook: string; readonly mail: string }> {
  const webhook = JSON.parse((await caller.post('/v1/webhooks', JSON.stringify({ url: receiver.url, kinds }), asJson)).body.toString()) as Shown;
  const mail = JSON.parse((await caller.post('/v1/mail-subscriptions', JSON.stringify({ address, kinds }), asJson)).body.toString()) as Shown;
  // As if its owner had followed the link.
  await site.gateway.database.transaction(async (query) => {
    const row = await lockSubscription(query, mail.id);
    if (row !== undefined) await changeSubscription(query, row, { state: 'active', kinds: row.kinds, reason: 'the address was confirmed', changedAt: now() });
  });
  mailed.length = 0;
  return { webhook: webhook.id, mail: mail.id };
}
let marks = 0;
const file = async (caller: Caller, variation: object): Promise<number> => (await caller.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: `quyền ${(marks += 1)}`, ...variation }))).status;

describe('an I-VAN', () => {
  it('whose contract is suspended is told nothing, and what it missed when it is resumed', async () => {
    const { code, credential, caller } = await newIvan();
    const { webhook, mail } = await subscribe(caller, 'mot@ivan.example');
    expect(await file(caller, { ivan: code })).toBe(201);
    await until('both are told', () => Promise.resolve(told().length === 1 && mailed.length === 1));
    await contract(code, credential, 'suspended');
    expect((await caller.get('/v1/events')).status).toBe(403);
    expect(await file(caller, { ivan: code })).toBe(422);
    await Promise.all([become(webhook, 'withheld'), become(mail, 'withheld')]);
    expect([await shown(webhook), await shown(mail), told().length, mailed.length]).toEqual([
      { state: 'withheld', reason: expect.stringMatching(/contract .* not in force/) as unknown, waiting: 1 }, { state: 'withheld', reason: expect.stringMatching(/contract .* not in force/) as unknown, waiting: 1 }, 1, 1,
    ]);
    await contract(code, credential, 'active');
    await until('both are told the rest', () => Promise.resolve(told().length === 2 && mailed.length === 2));
    const { history } = JSON.parse((await caller.get(`/v1/webhooks/${webhook}`)).body.toString()) as Shown;
    expect([history.map(({ state }) => state), told().map(({ kind }) => kind)]).toEqual([['unconfirmed', 'active', 'withheld', 'active'], ['accepted', 'refused']]);
    caller.close();
  });

  it('whose contract ran out by its date is told nothing though nobody changed anything', async () => {
    const { code, credential, caller } = await newIvan();
    const { webhook } = await subscribe(caller, 'hai@ivan.example');
    await contract(code, credential, 'active', 1);
    offset = 2 * DAY_MS;
    expect(await file(caller, { ivan: code })).toBe(422);
    await become(webhook, 'withheld');
    expect([(await shown(webhook)).waiting, told()]).toEqual([1, []]);
    await contract(code, credential, 'active');
    await until('told', () => Promise.resolve(told().length === 1));
    caller.close();
  });

  it('whose contract has ended for good has no subscriptions any more', async () => {
    const { code, credential, caller } = await newIvan();
    const { webhook, mail } = await subscribe(caller, 'ba@ivan.example');
    await contract(code, credential, 'ended');
    expect(await file(caller, { ivan: code })).toBe(422);
    await Promise.all([become(webhook, 'ended'), become(mail, 'ended')]);
    // What the refusal ordered while the end was being written is dropped when it comes up.
    await until('nothing waits', async () => (await shown(webhook)).waiting + (await shown(mail)).waiting === 0);
    expect([await shown(webhook), told(), mailed]).toEqual([{ state: 'ended', reason: expect.stringMatching(/ended/) as unknown, waiting: 0 }, [], []]);
    caller.close();
  });

  it('that paused its webhook itself is not told when only its contract is resumed', async () => {
    const { code, credential, caller } = await newIvan();
    const { webhook, mail } = await subscribe(caller, 'bon@ivan.example');
    await caller.call('PATCH', `/v1/webhooks/${webhook}`, '{"paused":true}', asJson);
    await contract(code, credential, 'suspended');
    await become(mail, 'withheld');
    await file(caller, { ivan: code });
    await contract(code, credential, 'active');
    await until('mail', () => Promise.resolve(mailed.length === 1));
    expect([await shown(webhook), told()]).toEqual([expect.objectContaining({ state: 'paused', waiting: 1 }), []]);
    caller.close();
  });
});

it('a unit is told nothing from the end of its certificate’s registration on, and again when another is registered', async () => {
  const credential = employerLike(site.pki);
  const unit = { agency: '00101', unitCode: 'TS777' };
  const entry = (of: Credential): Parameters<typeof registerUnitCertificate>[1] => ({ ...unit, fingerprint: fingerprintOf(of.certificatePem), serialNumber: '1', subject: 'CN=thử', validFrom: new Date(Date.now() - DAY_MS), validUntil: new Date(Date.now() + 300 * DAY_MS) });
  await registerUnitCertificate(site.gateway.database, entry(credential), now());
  const caller = callerTo(site.gateway.url, site.pki, { cert: credential.certificatePem, key: credential.privateKeyPem });
  const { webhook, mail } = await subscribe(caller, 'ke.toan@don-vi.example');
  await endUnitCertificates(site.gateway.database, entry(credential), now());
  expect((await caller.get('/v1/events')).status).toBe(403);
  expect(await file(site.direct, { ivan: '', unitCode: unit.unitCode })).toBe(201);
  await Promise.all([become(webhook, 'withheld'), become(mail, 'withheld')]);
  expect([(await shown(webhook)).reason, told(), mailed]).toEqual([expect.stringContaining('no certificate'), [], []]);
  await registerUnitCertificate(site.gateway.database, entry(employerLike(site.pki)), now());
  await until('told', () => Promise.resolve(told().length === 1 && mailed.length === 1));
  caller.close();
});

it('and the history of all this is what was recorded', () => audit(site.databaseUrl));
