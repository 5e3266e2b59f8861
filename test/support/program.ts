// A built program, the gateway unless said, as a process of its own, so that it can be killed. It ends with the test run at the latest.
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Environment } from '../../src/config.ts';
import { packageFile } from '../../src/paths.ts';
import { spawnWatched } from './watched.ts';

export interface Program {
  readonly url: string;
  /** Ends it with a signal and waits until it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface ProgramOptions {
  /** Below dist/src, or a path of its own. */
  readonly entry?: readonly string[] | string;
  /** Gets what it writes to standard error, instead of the test's own. */
  readonly log?: (line: string) => void;
}

export async function startProgram(environment: Environment, { entry: words = ['main.js'], log }: ProgramOptions = {}): Promise<Program> {
  const entry = typeof words === 'string' ? words : packageFile('dist', 'src', ...words);
  if (!existsSync(entry)) throw new Error('dist/ is not built: run npm run build first');
  const { child, ended } = spawnWatched([process.execPath, entry], { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', log === undefined ? 'inherit' : 'pipe'] });
  if (child.stderr !== null && log !== undefined) createInterface({ input: child.stderr }).on('line', log);
  const url = await readyAt(child, ended, log);
  return {
    url,
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

async function readyAt(child: ChildProcess, ended: Promise<void>, log?: (line: string) => void): Promise<string> {
  if (child.stdout === null) throw new Error('the program has no output');
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      log?.(line);
      const { listening } = JSON.parse(line) as { listening?: string };
      if (listening !== undefined) resolve(listening);
    });
  });
  const failed = ended.then(() => { throw new Error('the program ended before it was ready'); });
  failed.catch(() => undefined);
  return Promise.race([ready, failed]);
}
