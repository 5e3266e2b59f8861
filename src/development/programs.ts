// Gateway and reference backend as processes of their own: started, waited for until they listen, and stopped again. Their logs go to files.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Environment } from '../config.ts';
import { packageFile } from '../paths.ts';

export interface RunningProgram {
  readonly url: string;
  readonly pid: number;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** @throws Error with the program's last words when it does not come up. */
export async function startProgram(script: 'main.js' | 'backend/main.js', environment: Environment, logFile: string): Promise<RunningProgram> {
  const child = spawn(process.execPath, [packageFile('dist', 'src', script)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
  const log = createWriteStream(logFile, { flags: 'a' });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    said.push(chunk.toString('utf8'));
    log.write(chunk);
  });
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      said.push(line);
      const found = listeningIn(line);
      if (found !== undefined) resolve(found);
    });
  });
  const stop = (): Promise<void> => end(child, ended);
  try {
    return { url: await inTime(Promise.race([listening, failure(ended, said)])), pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw new Error(`${script} did not start: ${said.slice(-5).join('\n')}`, { cause: error });
  }
}

function listeningIn(line: string): string | undefined {
  try {
    const { listening } = JSON.parse(line) as { listening?: unknown };
    return typeof listening === 'string' ? listening : undefined;
  } catch {
    return undefined; // not every line that a process prints is a record of ours
  }
}

async function failure(ended: Promise<void>, said: readonly string[]): Promise<never> {
  await ended;
  throw new Error(`it ended: ${said.slice(-5).join('\n')}`);
}

async function inTime<Value>(waited: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new Error(`it was not ready within ${READY_LIMIT_MS / 1000} s`)); }, READY_LIMIT_MS);
  });
  try {
    return await Promise.race([waited, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}
