// Real nats-servers on loopback as one JetStream cluster with TLS, to be killed and started again: each keeps its ports and its store. Whoever
// starts a cluster stops it; should the test run end before, the servers end with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll } from '@jest/globals';

import { chooseFreePort } from '../../src/development/database-settings.ts';
import { pkiFolder } from './pki.ts';
import { pemFile } from './site.ts';
import { until } from './until.ts';
import { hasTool } from './tools.ts';
import { spawnWatched } from './watched.ts';
import type { Watched } from './watched.ts';

export interface NatsCluster {
  /** `tls://127.0.0.1:port`, in order of the servers. */
  readonly servers: readonly string[];
  /** Index of the server that leads the stream, once it has a leader. */
  leaderOf(stream: string): Promise<number>;
  /** SIGKILL; resolves when the process is gone. */
  kill(index: number): Promise<void>;
  /** All of them answer nothing until the end of the work. */
  frozen<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Starts a killed one again on what it had stored. */
  restart(index: number): Promise<void>;
  /** Resolves when all replicas of the stream are there and have everything. */
  whole(stream: string): Promise<void>;
  /** With a connection of its own, which ends afterwards. */
  manage<Value>(work: (manager: JetStreamManager) => Promise<Value>): Promise<Value>;
  /** Ends every server and removes their files. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly size?: number;
  /** As nats-server writes it. */
  readonly maxPayload?: string;
  /** Who may do what, by the subject of its certificate, as nats-server writes it; without it whoever has a certificate may do everything. */
  readonly authorization?: string;
}

const READY_LIMIT_MS = 60_000;

/** Server certificate of the agency, clients with a certificate of the development root only. */
export async function startNatsCluster({ size = 3, maxPayload = '8MB', authorization }: ClusterOptions = {}): Promise<NatsCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ivan-nats-'));
  const ports = await freePorts(2 * size);
  const files = Array.from({ length: size }, (_value, index) => writeConfiguration({ folder, index, size, ports, maxPayload, authorization }));
  const running = new Map<number, Watched>();
  const start = (index: number): void => { running.set(index, startServer(files[index] ?? '')); };
  const killAll = (): void => { for (const { child } of running.values()) child.kill('SIGKILL'); };
  for (const index of files.keys()) start(index);
  const servers = ports.slice(0, size).map((port) => `tls://127.0.0.1:${port}`);
  const manage: NatsCluster['manage'] = (work) => withManager(servers, work);
  const cluster: NatsCluster = {
    servers,
    manage,
    leaderOf: (stream) => until(`a leader of ${stream}`, () => attempt(async () => {
      const leader = await manage(async (manager) => (await manager.streams.info(stream)).cluster?.leader);
      return leader === undefined || leader === '' ? undefined : { index: Number(leader.slice(1)) };
    }), READY_LIMIT_MS).then(({ index }) => index),
    kill: async (index) => {
      const server = running.get(index);
      running.delete(index);
      server?.child.kill('SIGKILL');
      await server?.ended;
    },
    frozen: async (work) => {
      const signalAll = (signal: NodeJS.Signals): void => { for (const { child } of running.values()) child.kill(signal); };
      signalAll('SIGSTOP');
      try {
        return await work();
      } finally {
        signalAll('SIGCONT');
      }
    },
    restart: async (index) => {
      start(index);
      await until('the server answers', () => attempt(() => withManager(servers.slice(index, index + 1), (manager) => manager.getAccountInfo())), READY_LIMIT_MS);
    },
    whole: async (stream) => {
      await until(`all replicas of ${stream}`, () => attempt(async () => {
        const { cluster: state } = await manage((manager) => manager.streams.info(stream));
        return state?.replicas?.length === size - 1 && state.replicas.every(({ current, offline }) => current && !offline);
      }), READY_LIMIT_MS);
    },
    stop: async () => {
      killAll();
      await Promise.all([...running.values()].map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until('the cluster has a leader', () => attempt(() => manage((manager) => manager.getAccountInfo())), READY_LIMIT_MS);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function startServer(file: string): Watched {
  return spawnWatched(['nats-server', '-c', file], { stdio: ['ignore', 'ignore', 'ignore'] });
}

/** What the cluster does not answer now it may answer the next time. */
async function attempt<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  return work().catch(() => undefined);
}

async function withManager<Value>(servers: readonly string[], work: (manager: JetStreamManager) => Promise<Value>): Promise<Value> {
  const connection = await connect({ servers: [...servers], ...natsClient(), reconnect: false, timeout: 2_000, ignoreClusterUpdates: true });
  try {
    // While the servers choose a leader, none of them is a manager.
    const manager = await until('the cluster has a leader', () => (connection.isClosed() ? Promise.reject(new Error('the server has gone')) : attempt(() => jetstreamManager(connection, { timeout: 2_000 }))), READY_LIMIT_MS);
    return await work(manager);
  } finally {
    await connection.close();
  }
}

/** TLS as the gateway, for connections of tests. */
export function natsClient(): { readonly tls: { readonly cert: string; readonly key: string; readonly ca: string } } {
  return { tls: { cert: pemFile('gateway-client.chain.pem'), key: pemFile('gateway-client.key'), ca: pemFile('trust/root.pem') } };
}

interface Place {
  readonly folder: string;
  readonly index: number;
  readonly size: number;
  /** Those of clients, then those of the cluster. */
  readonly ports: readonly number[];
  readonly maxPayload: string;
  readonly authorization: string | undefined;
}

function writeConfiguration({ folder, index, size, ports, maxPayload, authorization }: Place): string {
  const file = join(folder, `n${index}.conf`);
  const routes = ports.slice(size).map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const pki = pkiFolder();
  const cluster = size === 1 ? '' : `cluster { name: test, listen: "127.0.0.1:${ports[size + index] ?? 0}", routes: [${routes}] }`;
  writeFileSync(file, `
server_name: n${index}
listen: "127.0.0.1:${ports[index] ?? 0}"
max_payload: ${maxPayload}
jetstream { store_dir: "${join(folder, `n${index}`)}", max_memory_store: 64MB, max_file_store: 1GB }
${cluster}
tls { cert_file: "${join(pki, 'agency-tls.chain.pem')}", key_file: "${join(pki, 'agency-tls.key')}", ca_file: "${join(pki, 'trust/root.pem')}", ${authorization === undefined ? 'verify' : 'verify_and_map'}: true, timeout: 10 }
${authorization ?? ''}
`);
  return file;
}

/** A server that is started again finds its ports free: they are none of those that outgoing connections get. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await chooseFreePort());
  return [...ports];
}

/** Of a file of tests: one cluster, where there are servers to start, and what a test opens besides, closed after it, the last first: one that fails must not keep the run from ending. */
export interface ClusterOfTests {
  /** Throws where there is no nats-server. */
  readonly servers: () => NatsCluster;
  readonly closers: (() => Promise<unknown>)[];
}

const LONGEST_START_MS = 120_000;

/** Once, at the top of the file. */
export function clusterOfTests(): ClusterOfTests {
  let cluster: NatsCluster | undefined;
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (hasTool('nats-server')) cluster = await startNatsCluster();
  }, LONGEST_START_MS);
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  afterAll(() => cluster?.stop());
  return {
    closers,
    servers: () => {
      if (cluster === undefined) throw new Error('there is no nats-server');
      return cluster;
    },
  };
}
