// ivan webhook: a sender's webhooks by the program alone and against the real gateway, from the first test to the end; what the receiver or the gateway
// would not have is said word for word, with what to do now, and ends with the documented code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import { ivan, temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let site: Site;
let receiver: Receiver;
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  receiver = await startReceiver();
  site = await startSite({ environment: receiverEnvironment() });
  folder = await temporaryFolder();
  const stranger = employerLike(site.pki);
  for (const [name, text] of [['ca.pem', site.pki.root.certificatePem], ['ivan.pem', site.pki.ivan.chainPem], ['ivan.key', site.pki.ivan.privateKeyPem], ['other.pem', stranger.certificatePem], ['other.key', stranger.privateKeyPem]] as const) writeFileSync(at(name), text);
});
afterAll(async () => {
  await site.stop();
  await receiver.stop();
});

const webhook = (words: readonly string[], who = 'ivan'): Promise<Run> => ivan(['webhook', ...words, '--url', site.gateway.url, '--ca', at('ca.pem'), '--cert', at(`${who}.pem`), '--key', at(`${who}.key`)]);
const json = async (...words: readonly string[]): Promise<Record<string, unknown>> => JSON.parse((await webhook([...words, '--json'])).out) as Record<string, unknown>;

describe('ivan webhook', () => {
  it('registers, is told, pauses, resumes and removes', async () => {
    expect((await webhook(['list'])).out).toMatch(/^Chưa có webhook nào.*ivan webhook add/);
    const added = await webhook(['add', receiver.url, '--kinds', 'accepted,result']);
    expect([added.exitCode, added.err, added.out]).toEqual([0, '', expect.stringMatching(new RegExp(`^\\d+  ${receiver.url}\n  active: đang gửi\n[\\s\\S]*Loại sự kiện / Kinds: accepted, result\n[\\s\\S]*nơi nhận trả lời 200`))]);
    const { webhooks } = await json('list') as { webhooks: { id: string; state: string }[] };
    const id = webhooks[0]?.id ?? '';
    await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: 'lệnh webhook' }));
    await until('told', () => Promise.resolve(receiver.events.some(({ kind }) => kind === 'accepted')));
    expect(await json('pause', id)).toMatchObject({ id, state: 'paused', exitCode: 0 });
    await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: 'lệnh webhook 2' }));
    expect((await webhook(['show', id])).out).toMatch(/paused: tạm dừng[\s\S]*Đang chờ \/ Waiting: 1\n[\s\S]*\+07:00 {2}unconfirmed: registered\n[\s\S]*paused: changed by ivan:00040/);
    expect((await webhook(['resume', id])).out).toContain('active: đang gửi');
    await until('told again', () => Promise.resolve(receiver.events.filter(({ kind }) => kind === 'accepted').length === 2));
    expect(await json('test', id)).toEqual({ delivered: true, status: 200, reason: null, exitCode: 0 });
    expect(await json('remove', id)).toMatchObject({ state: 'ended', exitCode: 0 });
    expect(await json('list')).toEqual({ webhooks: [], exitCode: 0 });
  });

  it('says what the receiver answered to the test and what to do, and ends with 1', async () => {
    receiver.answer = () => 500;
    const run = await webhook(['add', `${receiver.url}?bad`]);
    const { webhooks } = await json('list') as { webhooks: { id: string }[] };
    const id = webhooks[0]?.id ?? '';
    expect([run.exitCode, run.out]).toEqual([1, expect.stringMatching(new RegExp(`unconfirmed: chờ[\\s\\S]*nơi nhận trả lời 500, cần 2xx\\.[\\s\\S]*→ Sửa nơi nhận rồi chạy ivan webhook test ${id};[\\s\\S]*→ Mend the receiver`))]);
    receiver.answer = () => undefined;
    expect((await webhook(['test', id])).out).toMatch(/Gửi thử không được: .+\./);
    receiver.answer = () => 200;
    expect((await webhook(['test', id])).exitCode).toBe(0);
    await webhook(['remove', id]);
  });

  it.each([
    ['no address', ['add', 'http://ivan.example/hook'], 'ivan', 1, /url: https/],
    ['an unknown kind', ['add', 'https://ivan.example/hook', '--kinds', 'everything'], 'ivan', 1, /kinds/],
    ['one that is not there', ['show', '999999'], 'ivan', 1, /Không có đăng ký nhận tin này[\s\S]*→ Xem danh sách/],
    ['another’s certificate', ['list'], 'other', 1, /Chỉ I-VAN hoặc đơn vị có chứng thư máy khách đã đăng ký/],
    ['no number', ['show', 'x'], 'ivan', 3, /Tham số không hợp lệ: id/],
  ])('%s: says so, and what to do', async (_text, words, who, exitCode, said) => {
    const run = await webhook(words, who);
    expect([run.exitCode, run.err]).toEqual([exitCode, expect.stringMatching(said)]);
    expect(run.err).toMatch(/→ .*\n {2,}→ /);
  });

  it('without a certificate asks for one before it connects', async () => {
    const run = await ivan(['webhook', 'list', '--url', 'https://127.0.0.1:9']);
    expect([run.exitCode, run.err]).toEqual([3, expect.stringContaining('--cert + --key')]);
  });

  it('too often is told how long to wait, and ends with 4', async () => {
    await webhook(['add', receiver.url]);
    const { webhooks } = await json('list') as { webhooks: { id: string }[] };
    let run = await webhook(['test', webhooks[0]?.id ?? '']);
    for (let count = 0; count < 100 && run.exitCode === 0; count += 1) run = await webhook(['test', webhooks[0]?.id ?? '']);
    expect([run.exitCode, run.err]).toEqual([4, expect.stringMatching(/quá nhanh[\s\S]*→ Gọi lại sau \d+ giây\./)]);
  });
});
