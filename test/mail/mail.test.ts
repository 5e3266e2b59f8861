// Guarantee: mail goes only to who has confirmed the address, says in Vietnamese and then English what happened, and never carries a word of a dossier
// into a header; a server that is away or unwilling delays the notice and nothing else.
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';

import { isMailAddress } from '../../src/mail/address.ts';
import { eventMessage } from '../../src/mail/compose.ts';
import type { MailedEvent } from '../../src/mail/compose.ts';
import { Deferred, openMailer, Refused } from '../../src/mail/smtp.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

interface Caught { readonly to: readonly string[]; readonly text: string }
const publicUrl = 'https://cong.example.vn';
const asJson = { 'content-type': 'application/json' };

let server: SMTPServer;
let port: number;
const caught: Caught[] = [];
/** What the server answers to a recipient; undefined takes it. */
let unwilling: number | undefined;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'], logger: false,
    onRcptTo: (_address, _session, done) => { done(unwilling === undefined ? null : Object.assign(new Error('not now'), { responseCode: unwilling })); },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        caught.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => { server.listen(0, '0.0.0.0', resolve); });
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); }));
beforeEach(() => {
  caught.length = 0;
  unwilling = undefined;
});

/** The header of a caught message, unfolded. */
const header = ({ text }: Caught, name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'mi').exec((text.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' '))?.[1];
/** The parts, decoded. */
const parts = ({ text }: Caught): string => text.split(/\r\n--[^\r\n]+\r\n/).map((part) => {
  const [head = '', ...rest] = part.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return /quoted-printable/i.test(head) ? Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString() : body;
}).join('\n');

const event: MailedEvent = {
  subscriptionId: '3', address: 'ke.toan@don-vi.example', endToken: 'E'.repeat(43), eventId: '41', kind: 'accepted', at: new Date('2026-11-23T02:30:41Z'),
  dossierNumber: '00001/2026/00101', transactionCode: 'GW1', digest: 'a'.repeat(64), unitName: 'CÔNG TY MỘT', detail: { document: '/v1/dossiers/aaa' },
};
const head = { publicUrl, name: 'Cổng' };

describe('a message', () => {
  it('says what happened in Vietnamese, then in English, at +07:00, with links to the document and out', () => {
    const { subject, text, html, messageId, unsubscribeUrl } = eventMessage(event, head);
    expect([subject, messageId, unsubscribeUrl]).toEqual(['Đã tiếp nhận hồ sơ / Dossier received – 00001/2026/00101', '<event-41-3@cong.example.vn>', `${publicUrl}/v1/mail-subscriptions/unsubscribe?token=${'E'.repeat(43)}`]);
    expect(text.indexOf('Cổng đã tiếp nhận')).toBeLessThan(text.indexOf('The gateway has received'));
    for (const part of [text, html]) for (const fact of ['23/11/2026 09:30:41 (+07:00)', 'CÔNG TY MỘT', `${publicUrl}/v1/dossiers/aaa`]) expect(part).toContain(fact);
  });

  it('says what is to be done and until when, whatever zone the event was written in', () => {
    const demanded = eventMessage({ ...event, kind: 'resend-demanded', detail: { outage: 'SC2026-0001', procedure: '600', period: '11/2026', paperNumber: 'G-7', dueAt: '2026-11-26T17:30:00.000Z' } }, head).text;
    for (const fact of ['Hạn / Due: 27/11/2026 00:30:00 (+07:00)', 'Thủ tục / Procedure: 600', 'Kỳ / Period: 11/2026', 'Số hồ sơ giấy / Paper dossier: G-7', 'SC2026-0001']) expect(demanded).toContain(fact);
    expect(eventMessage({ ...event, kind: 'supplement-requested', detail: { until: '2026-11-27T17:00:00.000+07:00' } }, head).text).toContain('Hạn / Until: 27/11/2026 17:00:00 (+07:00)');
    const strange = eventMessage({ ...event, kind: 'deadline-near', detail: { clock: 'result\r\nBcc: x', dueAt: 'mai' } }, head).text;
    expect([strange.includes('Việc / Matter: result Bcc: x'), strange.includes('Hạn / Due: mai')]).toEqual([true, true]);
  });

  it('carries no word of a dossier into a header or as markup', async () => {
    const mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, password: undefined, from: 'cong@cong.example.vn', timeoutMs: 5_000 });
    const evil = 'A\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\u202e\u0000';
    await mailer.send(eventMessage({ ...event, dossierNumber: evil, unitName: evil }, head));
    mailer.close();
    const [message] = caught;
    if (message === undefined) throw new Error('nothing came');
    expect([message.to, header(message, 'Bcc'), header(message, 'To')]).toEqual([['ke.toan@don-vi.example'], undefined, 'ke.toan@don-vi.example']);
    expect(parts(message)).toContain('&#60;script&#62;alert(1)');
    expect(eventMessage({ ...event, unitName: evil }, head).html).not.toMatch(/<script|\u202e|\0/);
  });

  it.each([[550, Refused], [552, Refused], [450, Deferred], [421, Error]])('that the server answers with %i is refused for good, deferred by itself, or waits', async (code, expected) => {
    unwilling = code;
    const mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, password: undefined, from: 'cong@cong.example.vn', timeoutMs: 5_000 });
    const error: unknown = await mailer.send(eventMessage(event, head)).catch((thrown: unknown) => thrown);
    mailer.close();
    expect([error instanceof Error, error instanceof Refused, error instanceof Deferred]).toEqual([true, expected === Refused, expected === Deferred]);
  });

  it('goes in the clear to no server but this machine’s', async () => {
    const mailer = openMailer({ url: `smtp://127.0.0.2:${port}`, password: undefined, from: 'cong@cong.example.vn', timeoutMs: 2_000 });
    await expect(mailer.send(eventMessage(event, head))).rejects.toThrow(/TLS/);
    mailer.close();
    expect(caught).toEqual([]);
  });
});

it.each([
  ['a@b.vn', true], ['ke.toan+bhxh@don-vi.example', true], ['a@b', false], ['a b@c.vn', false], ['a@c.vn,b@c.vn', false], ['a@c.vn\r\nBcc: b@c.vn', false], ['"a"@c.vn', false], ['A <a@c.vn>', false], ['.a@c.vn', false], ['a@-c.vn', false],
  [`${'a'.repeat(65)}@c.vn`, false], ['@c.vn', false], ['a@c.vn\n', false], ['kế@c.vn', false],
])('%j is a mail address: %s', (text, expected) => {
  expect(isMailAddress(text)).toBe(expected);
});

describe('a subscription by mail', () => {
  let site: Site;
  let offset = 0;
  beforeAll(async () => {
    site = await startSite({
      environment: { GATEWAY_SMTP_URL: `smtp://127.0.0.1:${port}`, GATEWAY_MAIL_FROM: 'cong@cong.example.vn', GATEWAY_PUBLIC_URL: publicUrl },
      world: { now: () => new Date(Date.now() + offset) },
    });
  });
  afterAll(() => site.stop());
  afterEach(async () => {
    const { subscriptions } = JSON.parse((await site.ivan.get('/v1/mail-subscriptions')).body.toString()) as { subscriptions: { id: string }[] };
    for (const { id } of subscriptions) await site.ivan.call('DELETE', `/v1/mail-subscriptions/${id}`);
  });

  const subscribe = async (address: string, more: object = {}): Promise<{ id: string; state: string; kinds: string[]; sent: boolean }> =>
    JSON.parse((await site.ivan.post('/v1/mail-subscriptions', JSON.stringify({ address, ...more }), asJson)).body.toString()) as { id: string; state: string; kinds: string[]; sent: boolean };
  const state = async (id: string): Promise<string> => (JSON.parse((await site.ivan.get(`/v1/mail-subscriptions/${id}`)).body.toString()) as { state: string }).state;
  const link = (message: Caught | undefined, what: string): string => new RegExp(`https://cong\\.example\\.vn(/v1/mail-subscriptions/${what}\\?token=[\\w-]{43})`).exec(message === undefined ? '' : parts(message))?.[1] ?? '';
  let marks = 0;
  const file = async (): Promise<Answer> => site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: `thư ${(marks += 1)}` }));

  it('is sent nothing before the link is followed by its button, and then the notices', async () => {
    const { id, state: first, kinds, sent } = await subscribe('mot@don-vi.example');
    expect([first, sent, kinds]).toEqual(['unconfirmed', true, ['accepted', 'slip', 'supplement-requested', 'apology', 'result', 'notice', 'resend-demanded']]);
    await file();
    const page = await site.direct.get(link(caught[0], 'confirm'));
    expect([page.status, page.headers['content-security-policy'], await state(id), caught.length]).toEqual([200, expect.stringContaining("default-src 'none'"), 'unconfirmed', 1]);
    expect((await site.direct.post(link(caught[0], 'confirm'), '')).status).toBe(200);
    expect(await state(id)).toBe('active');
    await file();
    await until('the notice', () => Promise.resolve(caught.length === 2));
    const [, notice] = caught;
    if (notice === undefined) throw new Error('no notice');
    expect([notice.to, header(notice, 'Auto-Submitted'), header(notice, 'List-Unsubscribe-Post')]).toEqual([['mot@don-vi.example'], 'auto-generated', 'List-Unsubscribe=One-Click']);
    expect(header(notice, 'Message-ID')).toMatch(new RegExp(`^<event-\\d+-${id}@cong\\.example\\.vn>$`));
    expect(parts(notice)).toMatch(/Cổng đã tiếp nhận[\s\S]*00002\/2026\/00101/);
    expect((await site.direct.post(link(notice, 'unsubscribe'), 'List-Unsubscribe=One-Click', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
    expect(await state(id)).toBe('ended');
    await file();
    expect((await site.direct.post(link(notice, 'unsubscribe'), '')).status).toBe(200);
    expect((await site.gateway.database.query(`SELECT 1 FROM delivery WHERE kind = 'mail' AND state = 'waiting'`)).length).toBe(0);
  });

  it('is not confirmed by a link that ended, is another’s or was made up, nor by its digest', async () => {
    const { id } = await subscribe('hai@don-vi.example');
    const [row] = await site.gateway.database.query<{ digest: string }>('SELECT digest FROM mail_confirmation WHERE subscription_id = $1', [id]);
    expect(link(caught[0], 'confirm')).not.toContain(row?.digest.slice(0, 43) ?? '?');
    const statuses = [
      await site.direct.post(`/v1/mail-subscriptions/confirm?token=${row?.digest.slice(0, 43) ?? ''}`, ''), await site.direct.post(`/v1/mail-subscriptions/confirm?token=${'A'.repeat(43)}`, ''),
      await site.direct.post('/v1/mail-subscriptions/confirm', ''), await site.direct.post(`/v1/mail-subscriptions/confirm?token=%27%3E${'A'.repeat(41)}`, ''),
    ];
    offset = 3 * 86_400_000 + 1_000;
    statuses.push(await site.direct.post(link(caught[0], 'confirm'), ''));
    offset = 0;
    expect([statuses.map(({ status }) => status), await state(id)]).toEqual([[404, 404, 404, 404, 404], 'unconfirmed']);
  });

  it('floods nobody: so many links to one address, and no more', async () => {
    const { id } = await subscribe('ba@don-vi.example');
    const statuses: number[] = [];
    for (let again = 0; again < 6; again += 1) statuses.push((await site.ivan.post(`/v1/mail-subscriptions/${id}/confirmation`, '', asJson)).status);
    expect([statuses, caught.length]).toEqual([[200, 200, 200, 200, 409, 409], 5]);
  });

  it('whose server is away or unwilling delays its notice and no dossier', async () => {
    await subscribe('bon@don-vi.example');
    await site.direct.post(link(caught[0], 'confirm'), '');
    unwilling = 451;
    expect((await file()).status).toBe(201);
    await until('a try', async () => (await site.gateway.database.query(`SELECT 1 FROM delivery WHERE kind = 'mail' AND last_error LIKE '%not now%'`)).length === 1);
    unwilling = undefined;
    offset += 60_000;
    await site.gateway.database.query("SELECT pg_notify('delivery', '')");
    await until('the notice', () => Promise.resolve(caught.length === 2));
  });

  it('whose mailbox takes nothing, or that is paused while it is tried, opens no breaker: others’ mail goes on', async () => {
    const { id } = await subscribe('nam@don-vi.example');
    await site.direct.post(link(caught[0], 'confirm'), '');
    unwilling = 452;
    for (let count = 0; count < 6; count += 1) await file();
    const tried = (error: string) => async (): Promise<boolean> => (await site.gateway.database.query(`SELECT 1 FROM delivery WHERE kind = 'mail' AND subscription = $1 AND last_error LIKE $2`, [id, error])).length === 6;
    await until('six tries', tried('%not now%'));
    await site.ivan.call('PATCH', `/v1/mail-subscriptions/${id}`, '{"paused":true}', asJson);
    // As if each had been ordered, or claimed, a moment before the pause.
    await site.gateway.database.query(`UPDATE delivery SET due_at = ordered_at WHERE kind = 'mail' AND subscription = $1`, [id]);
    await site.gateway.database.query("SELECT pg_notify('delivery', '')");
    const held = (): Promise<{ attempts: number; rejections: number }[]> => site.gateway.database.query(`SELECT attempts, rejections FROM delivery WHERE kind = 'mail' AND subscription = $1 AND due_at > now() + interval '1 year'`, [id]);
    await until('they wait, untried', async () => (await held()).length === 6);
    expect(await held()).toEqual(Array.from({ length: 6 }, () => ({ attempts: 1, rejections: 1 })));
    expect(await site.gateway.database.query(`SELECT failures_in_a_row AS failures, times_opened AS opened FROM lane WHERE name = 'mail'`)).toEqual([{ failures: 0, opened: 0 }]);
  });

  it('that is paused for long loses nothing when the server fails somebody else', async () => {
    const { id } = await subscribe('sau@don-vi.example');
    await site.direct.post(link(caught[0], 'confirm'), '');
    await site.ivan.call('PATCH', `/v1/mail-subscriptions/${id}`, '{"paused":true}', asJson);
    await file();
    offset += 4 * 86_400_000;
    const { id: other } = await subscribe('bay@don-vi.example');
    await site.direct.post(link(caught.at(-1), 'confirm'), '');
    unwilling = 421;
    await file();
    await until('a failure', async () => (await site.gateway.database.query('SELECT 1 FROM delivery WHERE subscription = $1 AND attempts > 0', [other])).length === 1);
    expect(await site.gateway.database.query('SELECT state FROM delivery WHERE subscription = $1', [id])).toEqual([{ state: 'waiting' }, { state: 'waiting' }]);
  });

  it('to what is no address is refused', async () => {
    expect((await site.ivan.post('/v1/mail-subscriptions', JSON.stringify({ address: 'a@b.vn\r\nBcc: c@d.vn' }), asJson)).status).toBe(400);
  });
});

it('where there is no mail server, says so and does the rest', async () => {
  const site = await startSite();
  const answer = await site.ivan.post('/v1/mail-subscriptions', JSON.stringify({ address: 'a@b.vn' }), asJson);
  expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([501, expect.objectContaining({ code: 'MAIL_OFF' })]);
  expect(site.log.map(({ message }) => message)).toContain('no mail is sent: GATEWAY_SMTP_URL is not set');
  await site.stop();
});
