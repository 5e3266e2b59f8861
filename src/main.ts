// The gateway as a program: settings from the environment, logs as JSON lines on standard output, a clean end on SIGTERM and SIGINT.
import { pino } from 'pino';

import { ConfigError, currentEnvironment, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { startGateway } from './gateway.ts';

const logger = pino({ name: 'gateway', timestamp: pino.stdTimeFunctions.isoTime });

function configOrExit(): Config {
  try {
    return readConfig(currentEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
}

const gateway = await startGateway(configOrExit(), {
  now: () => new Date(),
  random: Math.random,
  log: (message, details) => { logger.info(details, message); },
}).catch((error: unknown) => {
  logger.fatal({ error: error instanceof Error ? error.message : String(error) }, 'the gateway cannot start');
  process.exit(1);
});

logger.info({ listening: gateway.url }, 'ready');

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    void gateway.stop().then(() => process.exit(0));
  });
}
