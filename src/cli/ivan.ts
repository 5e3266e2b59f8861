#!/usr/bin/env node
// The `ivan` program: the real terminal, clock and signals around `program.ts`. The only file of the command line that knows them.
import { run } from './program.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
  });
}

// `ivan … | head`: that nobody reads on is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
  now: () => new Date(),
  signal: stop.signal,
});
