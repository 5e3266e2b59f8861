// One running PostgreSQL server: started, waited for, stopped; never waited for without end. It runs in a session of its own, so that a
// Ctrl-C reaches only this process, whose handler decides. It does not outlive this process, however that ends: a small watcher beside
// it holds the other end of a pipe, and when the pipe closes unannounced it asks the server for a fast shutdown.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isCode } from './error-codes.ts';
import type { PostgresqlPlace } from './postgresql-place.ts';

const START_LIMIT_MS = 60_000;
const FAST_SHUTDOWN_LIMIT_MS = 30_000;
const IMMEDIATE_SHUTDOWN_LIMIT_MS = 10_000;
const LOG_LINES_KEPT = 30;

/** The server's settings come from us alone: no PG… variable of the shell, no locale, no time zone. */
export const serverEnvironment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

// `exec` makes the shell become the server, so its pid is ours to signal. The watcher is forked twice so that the server does not find a
// child that it does not know.
const WATCHED = '( ( read -r stopped <&3 || kill -INT $$ ) >/dev/null 2>&1 & ) ; exec "$@" 3<&-';

export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

export class Postmaster {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #ended = false;
  #failure: Error | undefined;
  readonly #drained: Promise<void>;

  private constructor(place: PostgresqlPlace, flags: readonly string[], log: (line: string) => void) {
    const program = join(place.programs, 'bin', 'postgres');
    this.#child = spawn('/bin/sh', ['-c', WATCHED, 'sh', program, '-D', place.data, ...flags], {
      ...place.account,
      cwd: place.home,
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const watcher = streamOf(this.#child, 3);
    watcher.on('error', () => undefined);
    const end = (error?: Error): void => {
      this.#ended = true;
      this.#failure = error;
      // From here on the pid may be someone else's: the watcher must not signal it.
      watcher.end('stopped\n');
    };
    this.#child.once('exit', () => { end(); }).once('error', end);
    const lines = createInterface({ input: streamOf(this.#child, 2) });
    lines.on('line', (line) => {
      this.#lines.push(line);
      this.#lines.splice(0, this.#lines.length - LOG_LINES_KEPT);
      log(line);
    });
    this.#drained = new Promise((resolve) => lines.once('close', resolve));
  }

  /** Starts the server and waits until it accepts connections. */
  static async start(place: PostgresqlPlace, flags: readonly string[], log: (line: string) => void): Promise<Postmaster> {
    const server = new Postmaster(place, flags, log);
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    while (!(await server.#isReady(place.data))) {
      if (server.#ended) throw await server.#startFailure('The development database did not start');
      if (limit.aborted) {
        await server.stop();
        throw await server.#startFailure(`The development database was not ready after ${START_LIMIT_MS / 1000} seconds`);
      }
      await delay(25);
    }
    server.#letGo();
    return server;
  }

  async stop(): Promise<void> {
    if (this.#child.pid !== undefined) await bringDown(this.#child.pid, () => this.#ended);
  }

  /** A database that nobody stopped does not keep this process from ending; its end is what stops the database. */
  #letGo(): void {
    this.#child.unref();
    streamOf(this.#child, 2).unref();
    streamOf(this.#child, 3).unref();
  }

  async #isReady(data: string): Promise<boolean> {
    const file = await readPidFile(data);
    return !this.#ended && file !== undefined && file.pid === this.#child.pid && file.status === 'ready';
  }

  async #startFailure(sentence: string): Promise<StartFailure> {
    await Promise.race([this.#drained, delay(1000)]);
    return new StartFailure([`${sentence}. Its last lines:`, ...this.#lines].join('\n  '), { cause: this.#failure });
  }
}

function streamOf(child: ChildProcess, index: number): Socket {
  const stream = child.stdio[index];
  if (!(stream instanceof Socket)) throw new Error(`no pipe ${index} to the server`);
  return stream;
}

/** Fast shutdown; a server that does not obey is aborted, in the end killed (it recovers from its log at the next start). */
export async function bringDown(pid: number, isDown: () => boolean | Promise<boolean>): Promise<void> {
  const steps = [['SIGINT', FAST_SHUTDOWN_LIMIT_MS], ['SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS], ['SIGKILL', IMMEDIATE_SHUTDOWN_LIMIT_MS]] as const;
  for (const [signal, milliseconds] of steps) {
    if (await isDown()) return;
    signalTo(pid, signal);
    const limit = AbortSignal.timeout(milliseconds);
    while (!limit.aborted) {
      if (await isDown()) return;
      await delay(25);
    }
  }
  throw new Error(`The development database (process ${pid}) does not stop.`);
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in the meantime.
    if (!isCode(error, 'ESRCH')) throw error;
  }
}

export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** The server's own lock file; undefined when there is none. Its lines: pid, folder, start, port, socket folder, address, memory, status. */
export async function readPidFile(data: string): Promise<PidFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}
