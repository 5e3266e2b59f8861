// The parts of the run that can be killed, each a real process that keeps its port and its store: gateways, agencies' backends, one of the servers
// of a JetStream cluster. What they wrote last is kept, to be shown if the run fails.
import type { Environment } from '../../../src/config.ts';
import type { NatsCluster } from '../../support/nats-cluster.ts';
import { startProgram } from '../../support/program.ts';
import type { Program } from '../../support/program.ts';
import { until } from '../../support/until.ts';

export interface Part {
  readonly name: string;
  readonly isUp: () => boolean;
  /** Times it was killed. */
  readonly kills: () => number;
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** The last lines it wrote. */
  readonly lines: readonly string[];
}

export interface ProgramPart extends Part {
  readonly url: string;
  /** SIGTERM: finishes what it has in hand. */
  end(): Promise<void>;
}

const MOST_LINES = 40;
const START_LIMIT_MS = 60_000;

export function programPart(name: string, port: number, entry: readonly string[] | string, environment: Environment): ProgramPart {
  const lines: string[] = [];
  let program: Program | undefined;
  let kills = 0;
  const log = (line: string): void => {
    lines.push(line);
    if (lines.length > MOST_LINES) lines.shift();
  };
  const leave = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const leaving = program;
    program = undefined;
    await leaving?.end(signal);
  };
  return {
    name,
    lines,
    url: `https://127.0.0.1:${port}`,
    isUp: () => program !== undefined,
    kills: () => kills,
    start: async () => {
      let failure: unknown;
      let isLate = false;
      const starting = startProgram(environment, { entry, log });
      starting.then((started) => { program = started; if (isLate) void leave('SIGKILL'); }, (error: unknown) => { failure = error; });
      await until(`${name} is ready`, () => Promise.resolve(program !== undefined || failure !== undefined), START_LIMIT_MS).catch((error: unknown) => {
        isLate = true;
        throw error;
      });
      if (failure !== undefined) throw new Error(`${name} did not start: ${lines.join('\n')}`, { cause: failure });
    },
    kill: async () => {
      kills += 1;
      await leave('SIGKILL');
    },
    end: () => leave('SIGTERM'),
  };
}

/** One server of the cluster, always the same; it is back when it has all that the stream has. */
export function natsPart(cluster: NatsCluster, index: number, stream: string): Part {
  let isUp = true;
  let kills = 0;
  return {
    name: `nats ${index}`,
    lines: [],
    isUp: () => isUp,
    kills: () => kills,
    start: async () => {
      await cluster.restart(index);
      await cluster.whole(stream);
      isUp = true;
    },
    kill: async () => {
      kills += 1;
      isUp = false;
      await cluster.kill(index);
    },
  };
}
