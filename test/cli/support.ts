// The command line in the test's own process: what it wrote, and how it ended.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { run } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export async function ivan(words: readonly string[], terminal: Partial<Terminal> = {}): Promise<Run> {
  let out = '';
  let err = '';
  const exitCode = await run(words, {
    out: (text) => { out += text; },
    err: (text) => { err += text; },
    isInteractive: false,
    now: () => new Date(),
    sleep: () => Promise.resolve(),
    ...terminal,
  });
  return { exitCode, out, err };
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ivan-cli-'));
}
