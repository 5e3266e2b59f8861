// Following a dossier to its result, with the stages shown, and the result saved.
import type { GatewayClient } from '../client/connect.ts';
import type { FollowedState, FollowEvent } from '../client/follow.ts';
import { ClientError } from '../client/errors.ts';
import type { Language, Line } from './lines.ts';
import { openProgress } from './progress.ts';
import { stateLine } from './states.ts';
import type { Terminal } from './terminal.ts';

/** The last state: with a result, refused, in conflict, or unknown. Throws STOPPED when the terminal says stop. */
export async function followToEnd(client: GatewayClient, digest: string, terminal: Terminal, language: Language): Promise<FollowedState> {
  const progress = openProgress(terminal, language);
  const { signal } = terminal;
  try {
    let last: FollowedState | undefined;
    const onState = (event: FollowEvent): void => {
      progress.stage(eventLine(event));
    };
    for await (const state of client.follow(digest, { onState, ...(signal === undefined ? {} : { signal }) })) last = state;
    if (last === undefined) throw new ClientError('STOPPED', digest);
    return last;
  } finally {
    progress.end();
  }
}

function eventLine(event: FollowEvent): Line {
  if ('answer' in event) return stateLine(event.answer.state);
  const seconds = Math.ceil(event.waitMs / 1000);
  const { vi, en } = event.trouble;
  return { vi: `${vi} Hỏi lại sau ${seconds} giây.`, en: `${en} Asking again in ${seconds} s.` };
}
