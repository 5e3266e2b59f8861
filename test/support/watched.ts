// Processes that never outlive the test run, however that ends: beside each a small watcher holds the other end of a pipe, and kills it when the pipe
// closes unannounced. The shell becomes the program, so its id is ours to signal.
import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { Socket } from 'node:net';

export interface Watched {
  readonly child: ChildProcess;
  /** Also when it could not be started. */
  readonly ended: Promise<void>;
}

const WATCHED = '( ( read -r ended <&3 || kill -KILL $$ ) >/dev/null 2>&1 & ) ; exec "$@" 3<&-';

/** `stdio`: the first three. */
export function spawnWatched(words: readonly string[], { env, stdio }: { readonly env?: NodeJS.ProcessEnv; readonly stdio: Exclude<StdioOptions, string> }): Watched {
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', ...words], { ...(env === undefined ? {} : { env }), stdio: [...stdio, 'pipe'] });
  const pipe = child.stdio[3];
  if (!(pipe instanceof Socket)) throw new Error('no pipe to the watcher');
  pipe.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      pipe.end('ended\n'); // from here on the id may be another's
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  return { child, ended };
}
