// Independent implementations in one process for many documents: small C programs over the distribution's libraries, compiled on the spot.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packageFile } from '../../src/paths.ts';

const MOST_ANSWER = 1 << 30;

export interface Program {
  readonly file: string;
  dispose(): void;
}

/** Compiles `test/differential/<name>.c` against a library that pkg-config knows. */
export function compile(name: string, library: string): Program {
  const folder = mkdtempSync(join(tmpdir(), 'witness-'));
  const file = join(folder, name);
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', library], { encoding: 'utf8' }).trim().split(/\s+/);
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-o', file, packageFile('test', 'differential', `${name}.c`), ...flags], { stdio: 'pipe' });
  return { file, dispose: () => { rmSync(folder, { recursive: true, force: true }); } };
}

/** All answers to all requests, as the program writes them. */
export function ask(program: Program, requests: readonly Buffer[], args: readonly string[] = []): AnswerReader {
  const run = spawnSync(program.file, args, { input: Buffer.concat(requests), maxBuffer: MOST_ANSWER });
  if (run.status !== 0) throw new Error(`${program.file} ended with ${String(run.status ?? run.signal)}: ${run.stderr.toString('utf8').slice(-2000)}`);
  return new AnswerReader(run.stdout);
}

export function number32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}

/** Octets after their length. */
export function block(bytes: Buffer): Buffer {
  return Buffer.concat([number32(bytes.length), bytes]);
}

export const NOTHING = 0xffffffff;

export class AnswerReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  number(): number {
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  /** Undefined where the program had nothing to give. */
  block(): Buffer | undefined {
    const length = this.number();
    if (length === NOTHING) return undefined;
    this.at += length;
    if (this.at > this.bytes.length) throw new Error('the answer ends too early');
    return this.bytes.subarray(this.at - length, this.at);
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }
}
