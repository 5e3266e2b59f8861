// The backend as a program: settings from BACKEND_* or all their problems and exit 1; one JSON line on standard output when it listens;
// the log on standard error. SIGTERM and SIGINT: accepts nothing more, finishes, exit 0. The only place that knows the clock.
import { inspect } from 'node:util';
import { pino } from 'pino';

import { ConfigurationProblems, readSettings } from './config.ts';
import { startBackend } from './server.ts';

async function run(): Promise<void> {
  const log = pino({ name: 'backend' }, pino.destination({ dest: 2, sync: true }));
  const backend = await startBackend(readSettings(), { now: () => new Date(), log });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void backend.stop().then(() => process.exit(0), fail));
  process.stdout.write(`${JSON.stringify({ listening: backend.url })}\n`);
}

function fail(error: unknown): never {
  const lines = error instanceof ConfigurationProblems ? error.problems : [inspect(error)];
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  process.exit(1);
}

run().catch(fail);
