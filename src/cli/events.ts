// `ivan events`: what happened since, a line for each event; with --follow as it happens, until it is stopped. Each line is written when the event has
// been read whole, so the last position on the screen is the one to go on from.
import type { Command } from 'commander';

import { eventNames } from '../client/event-names.ts';
import type { SenderEvent } from '../client/events.ts';
import type { GatewayClient } from '../client/connect.ts';
import { ClientError } from '../client/errors.ts';
import type { Explanation } from '../client/errors.ts';
import { digestOf } from '../client/verify-message.ts';
import { formatInstant } from '../standard/time.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { withClient, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readInput } from './files.ts';
import { printed } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

interface EventFlags extends ConnectionFlags {
  readonly after?: string;
  readonly unit?: string;
  readonly follow?: boolean;
}

export function addEvents(program: Command, perform: Perform): void {
  withCommonFlags(withConnectionFlags(program.command('events')))
    .description('xem các sự kiện của mình, hoặc của một hồ sơ / your own events in order, or one dossier’s; --json: one object a line')
    .argument('[file or sha256]', 'một hồ sơ, không cần chứng thư máy khách / one dossier as it was sent, or its SHA-256; without it: the feed of --cert')
    .option('--after <position>', 'chỉ các sự kiện sau vị trí này / only what came after this position')
    .option('--unit <agency/code>', 'đơn vị, khi chứng thư đăng ký cho nhiều đơn vị / which unit, for a certificate registered for several')
    .option('--follow', 'chờ sự kiện mới / wait for more, until stopped')
    .action((about: string | undefined, flags: EventFlags) => perform(flags, about ?? 'events', (terminal) => withClient(flags, terminal, (client) => events(client, about, flags, terminal))));
}

async function events(client: GatewayClient, about: string | undefined, flags: EventFlags, terminal: Terminal): Promise<Outcome> {
  const { after = '0', unit, follow = false, json = false, lang } = flags;
  if (!/^\d{1,15}$/.test(after)) throw new ClientError('USAGE', 'events', '--after');
  const digest = about === undefined ? undefined : await digestIn(about);
  const { signal } = terminal;
  let last = Number(after);
  const asked = {
    after: last,
    follow,
    onTrouble: (trouble: Explanation, waitMs: number) => { terminal.err(printed([troubleLine(trouble, waitMs)], lang)); },
    ...(digest === undefined ? {} : { digest }),
    ...(unit === undefined ? {} : { unit }),
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    for await (const event of client.events(asked)) {
      terminal.out(json ? `${JSON.stringify(event)}\n` : `${lineOf(event)}\n`);
      last = event.position;
    }
  } catch (error) {
    // To be stopped is how following ends.
    if (!(follow && error instanceof ClientError && error.code === 'STOPPED')) throw error;
  }
  return { exitCode: exitCodes.done, facts: { last }, lines: [{ vi: `Vị trí cuối: ${last}. Hỏi tiếp bằng --after ${last}.`, en: `Last position: ${last}. Go on with --after ${last}.` }] };
}

async function digestIn(about: string): Promise<string> {
  return /^[0-9a-f]{64}$/i.test(about) ? about.toLowerCase() : digestOf(await readInput(about));
}

/** Position, when, what, of which dossier, and the facts. */
function lineOf({ position, at, kind, dossier, detail }: SenderEvent): string {
  const named = eventNames.get(kind);
  const about = dossier === undefined ? [] : [dossier.number ?? dossier.transactionCode];
  const facts = Object.entries(detail).map(([name, value]) => `${name}=${String(value)}`);
  return [position, formatInstant(at), named === undefined ? kind : `${named} / ${kind}`, ...about, ...facts].join('  ');
}

function troubleLine({ vi, en }: Explanation, waitMs: number): { readonly vi: string; readonly en: string } {
  const seconds = Math.ceil(waitMs / 1000);
  return { vi: `${vi} Hỏi lại sau ${seconds} giây.`, en: `${en} Asking again in ${seconds} s.` };
}
