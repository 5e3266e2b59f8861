// The built gateway as a process of its own, so that it can be killed.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Environment } from '../../src/config.ts';
import { packageFile } from '../../src/paths.ts';

export interface Program {
  readonly url: string;
  /** Ends it with a signal and waits until it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export async function startProgram(environment: Environment): Promise<Program> {
  const entry = packageFile('dist', 'src', 'main.js');
  if (!existsSync(entry)) throw new Error('dist/ is not built: run npm run build first');
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
  const url = await readyAt(child, ended);
  return {
    url,
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

async function readyAt(child: ChildProcess, ended: Promise<void>): Promise<string> {
  if (child.stdout === null) throw new Error('the program has no output');
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const { listening } = JSON.parse(line) as { listening?: string };
      if (listening !== undefined) resolve(listening);
    });
  });
  const failed = ended.then(() => { throw new Error('the gateway ended before it was ready'); });
  failed.catch(() => undefined);
  return Promise.race([ready, failed]);
}
