// The other end of `serve.ts`, `xmlsec1.c` and `VerifyLoop.java`: one process, one line asked, one line answered. A contestant that dies or
// answers nothing in time is an error of the question, never a hanging bench.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
}

export interface Outcome {
  readonly valid: boolean;
  /** For all verifications that were asked for. */
  readonly nanoseconds: number;
  /** Of them, on the processor, in all threads: what another load on the machine hardly changes. */
  readonly cpu: number;
  readonly reason: string;
}

const ANSWER_WITHIN_MS = 60_000;

interface Waiting {
  readonly answered: (line: string) => void;
  readonly failed: (error: Error) => void;
}

export class ContestantProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #waiting: Waiting | undefined;
  #complaints = '';

  constructor({ program, arguments: given }: Command) {
    this.#child = spawn(program, given, { stdio: 'pipe' });
    this.#ended = new Promise((ended) => {
      this.#child.once('close', () => {
        this.#fail(`the process ended: ${this.#complaints.trim().slice(-200)}`);
        ended();
      });
      this.#child.once('error', (error) => {
        this.#fail(error.message);
        ended();
      });
    });
    this.#child.stdin.on('error', () => undefined); // its end is told by `close`
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints = `${this.#complaints}${text}`.slice(-2000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.answered(line);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask(...words: readonly (string | number)[]): Promise<string> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return Promise.reject(new Error('the process has ended'));
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(`no answer in ${ANSWER_WITHIN_MS / 1000} s`);
        this.#child.kill('SIGKILL');
      }, ANSWER_WITHIN_MS);
      this.#waiting = {
        answered: (line) => {
          clearTimeout(timer);
          resolve(line);
        },
        failed: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#child.stdin.write(`${words.join('\t')}\n`);
    });
  }

  async load(path: string): Promise<void> {
    await this.ask('load', path);
  }

  async verify(times: number): Promise<Outcome> {
    const [word, nanoseconds = '0', cpu = '0', reason = ''] = (await this.ask('verify', times)).split('\t');
    return { valid: word === 'valid', nanoseconds: Number(nanoseconds), cpu: Number(cpu), reason };
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await this.#ended;
    clearTimeout(timer);
  }

  #fail(message: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.failed(new Error(message));
  }
}
