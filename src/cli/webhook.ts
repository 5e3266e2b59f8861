// `ivan webhook`: a sender's own webhooks, registered, looked at, tested, paused and removed, with the certificate whose feed they tell of. What the
// receiver answered to a test is said word for word, with what to do now.
import type { Command } from 'commander';

import { ClientError } from '../client/errors.ts';
import { connectWebhooks } from '../client/webhooks.ts';
import type { Webhook, WebhookClient, WebhookTest, WholeWebhook } from '../client/webhooks.ts';
import { formatDateTime, parseInstant } from '../standard/time.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { withConnection, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { actionLine, factLine } from './lines.ts';
import type { Line } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

interface WebhookFlags extends ConnectionFlags {
  readonly unit?: string;
  readonly kinds?: string;
}

type Task = (client: WebhookClient, flags: WebhookFlags, about: string) => Promise<Outcome>;

const stateNames: Readonly<Record<Webhook['state'], readonly [vi: string, en: string]>> = {
  unconfirmed: ['chờ nơi nhận trả lời 2xx lần gửi thử', 'waits for the receiver to answer a test with 2xx'],
  active: ['đang gửi', 'told of events'],
  paused: ['tạm dừng; sự kiện được giữ lại', 'paused; events are kept'],
  withheld: ['tạm ngừng vì không còn quyền xem luồng sự kiện; sự kiện được giữ lại', 'withheld for want of the right to the feed; events are kept'],
  ended: ['đã chấm dứt', 'ended'],
};

export function addWebhook(program: Command, perform: Perform): void {
  const webhook = program.command('webhook').description('webhook của mình: cổng gửi sự kiện đã ký tới địa chỉ https / your own webhooks: signed events posted to an https address');
  const command = (name: string, description: string, task: Task): Command => {
    const argument = /<(.*)>/.exec(name)?.[1];
    const made = withCommonFlags(withConnectionFlags(webhook.command(name.split(' ')[0] ?? name)))
      .description(description)
      .option('--unit <agency/code>', 'đơn vị, khi chứng thư đăng ký cho nhiều đơn vị / which unit, for a certificate registered for several');
    return argument === undefined
      ? made.action((flags: WebhookFlags) => perform(flags, 'webhook', (terminal) => withWebhooks(flags, terminal, (client) => task(client, flags, ''))))
      : made.argument(`<${argument}>`).action((about: string, flags: WebhookFlags) => perform(flags, about, (terminal) => withWebhooks(flags, terminal, (client) => task(client, flags, checked(argument, about)))));
  };
  command('list', 'các webhook đang có / those that are not ended', list);
  command('add <url>', 'đăng ký; cổng gửi thử ngay, trả lời 2xx là có hiệu lực / register; tested at once, active when that is answered with 2xx', add)
    .option('--kinds <kind,…>', 'chỉ các loại sự kiện này, ví dụ result,notice / these kinds of events only (every kind)');
  command('show <id>', 'một webhook: đang chờ, bị ngừng gửi, lịch sử / one: what waits, what was given up, its history', async (client, _flags, id) => shown(await client.show(id)));
  command('pause <id>', 'tạm dừng; sự kiện được giữ lại / pause; what happens meanwhile is kept', async (client, _flags, id) => shown(await client.change(id, { paused: true })));
  command('resume <id>', 'tiếp tục / go on', async (client, _flags, id) => shown(await client.change(id, { paused: false })));
  command('test <id>', 'gửi thử một sự kiện có chữ ký / send a signed test event', async (client, _flags, id) => tested(await client.test(id), id));
  command('remove <id>', 'chấm dứt; những gì đang chờ được bỏ / end it; what waits is dropped', async (client, _flags, id) => shown(await client.remove(id)));
}

function checked(argument: string, about: string): string {
  if (argument === 'id' && !/^\d{1,18}$/.test(about)) throw new ClientError('USAGE', about, 'id: ivan webhook list');
  return about;
}

/** The certificate says whose they are. */
async function withWebhooks(flags: WebhookFlags, terminal: Terminal, task: (client: WebhookClient) => Promise<Outcome>): Promise<Outcome> {
  if (flags.cert === undefined) throw new ClientError('USAGE', flags.url, '--cert + --key');
  return withConnection(flags, terminal, (options) => connectWebhooks(options, flags.unit), task);
}

async function list(client: WebhookClient): Promise<Outcome> {
  const webhooks = await client.list();
  const none: Line = { vi: 'Chưa có webhook nào; đăng ký bằng ivan webhook add <url>.', en: 'There is no webhook; register one by ivan webhook add <url>.' };
  return { exitCode: exitCodes.done, facts: { webhooks }, lines: webhooks.length === 0 ? [none] : webhooks.flatMap(linesOf) };
}

async function add(client: WebhookClient, { kinds }: WebhookFlags, url: string): Promise<Outcome> {
  const { test, ...webhook } = await client.add(url, kinds === undefined ? null : kinds.split(',').map((kind) => kind.trim()));
  const { exitCode, lines } = tested(test, webhook.id);
  return { exitCode, facts: { ...webhook, test }, lines: [...linesOf(webhook), ...lines] };
}

/** 1 when the receiver did not take it: the call went well, the receiver did not. */
function tested({ delivered, status, reason }: WebhookTest, id: string): Outcome {
  const facts = { delivered, status, reason };
  if (delivered) return { exitCode: exitCodes.done, facts, lines: [{ vi: `Gửi thử: nơi nhận trả lời ${status ?? ''}.`, en: `Test: the receiver answered ${status ?? ''}.` }] };
  const what: Line = status === null
    ? { vi: `Gửi thử không được: ${reason ?? ''}.`, en: `The test did not get through: ${reason ?? ''}.` }
    : { vi: `Gửi thử: nơi nhận trả lời ${status}, cần 2xx. ${reason ?? ''}`.trim(), en: `Test: the receiver answered ${status}; 2xx is needed. ${reason ?? ''}`.trim() };
  return {
    exitCode: exitCodes.refused,
    facts,
    lines: [what, actionLine(`Sửa nơi nhận rồi chạy ivan webhook test ${id}; không gửi sự kiện nào trước khi trả lời 2xx.`, `Mend the receiver, then run ivan webhook test ${id}; nothing is told before it answers 2xx.`)],
  };
}

function shown(webhook: WholeWebhook): Outcome {
  const { waiting, dead, history } = webhook;
  const past = history.map(({ state, reason, changedAt }): Line => ({ vi: `  ${timeOf(changedAt)}  ${state}: ${reason}`, en: `  ${timeOf(changedAt)}  ${state}: ${reason}` }));
  const given: readonly Line[] = dead === 0 ? [] : [actionLine('Sự kiện bị ngừng gửi vẫn có ở ivan events; người vận hành cổng có thể gửi lại.', 'What was given up is still in ivan events; the gateway’s operator can send it again.')];
  return { exitCode: exitCodes.done, facts: { ...webhook }, lines: [...linesOf(webhook), ...factLine('Đang chờ', 'Waiting', waiting), ...factLine('Bị ngừng gửi', 'Given up', dead), ...given, ...past] };
}

function linesOf({ id, url, state, kinds }: Webhook): readonly Line[] {
  const [vi, en] = stateNames[state];
  return [`${id}  ${url}`, { vi: `  ${state}: ${vi}`, en: `  ${state}: ${en}` }, ...factLine('Loại sự kiện', 'Kinds', kinds === null ? '*' : kinds.join(', '))];
}

function timeOf(text: string): string {
  const at = parseInstant(text);
  return at === undefined ? text : `${formatDateTime(at)} +07:00`;
}
