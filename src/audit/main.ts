// `npm run audit`: the real terminal, clock, environment and signals around `program.ts`.
import { currentEnvironment } from '../config.ts';
import { auditProgram } from './program.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stop.abort(); });

process.exitCode = await auditProgram(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
  now: () => new Date(),
  environment: currentEnvironment(),
  signal: stop.signal,
});
