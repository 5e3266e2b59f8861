// A server of an authority for real, on loopback, that answers as told; and a worker with a clock of its own beside a trust folder.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFreshness } from '../../src/freshness/worker.ts';
import type { Freshness, FreshnessSettings } from '../../src/freshness/worker.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { at as start } from '../trust/support.ts';
import type { Holder } from '../trust/support.ts';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface Server {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** By path. What has none is 404. */
  readonly behaviours: Map<string, Behaviour>;
  close(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  const asked: string[] = [];
  const behaviours = new Map<string, Behaviour>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const behaviour = behaviours.get(path) ?? ((_request, answer) => answer.writeHead(404).end('not here'));
    behaviour(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behaviours,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => { resolve(); });
    }),
  };
}

export const serves = (bytes: Uint8Array, headers: Record<string, string> = {}): Behaviour => (_request, response) => { response.writeHead(200, headers).end(bytes); };
export const fails: Behaviour = (_request, response) => { response.writeHead(503).end(); };
/** Takes the request and never answers. */
export const hangs: Behaviour = () => undefined;

export interface Bench {
  readonly worker: Freshness;
  readonly folder: string;
  readonly log: { readonly message: string; readonly details: Readonly<Record<string, unknown>> }[];
  readonly material: () => TrustMaterial;
  /** Moves the clock; runs nothing. */
  wait(seconds: number): void;
  /** Runs all that is due now, and what that makes due. */
  run(): Promise<void>;
  now(): Date;
  remove(): void;
}

export interface BenchOptions {
  /** Whose certificates lie in the trust folder. */
  readonly authorities: readonly Holder[];
  /** That lie there too. */
  readonly lists?: readonly Uint8Array[];
  /** `revocation-sources.json`, by authority. */
  readonly sources?: readonly (readonly [Holder, Readonly<Record<string, unknown>>])[];
  /** Of an earlier bench, as after a restart. */
  readonly folder?: string;
  readonly at?: Date;
  readonly settings?: Partial<FreshnessSettings>;
}

export async function startBench({ authorities, lists = [], sources = [], folder = mkdtempSync(join(tmpdir(), 'freshness-')), at = start, settings = {} }: BenchOptions): Promise<Bench> {
  let clock = at.getTime();
  const log: Bench['log'] = [];
  const fetched = join(folder, 'fetched');
  const files = [...authorities.map(({ certificate }, index) => ({ name: `${index}.cer`, bytes: certificate.der })), ...lists.map((bytes, index) => ({ name: `${index}.crl`, bytes }))];
  const read = (): TrustMaterial => parseTrustMaterial([...files, ...listsIn(fetched)]);
  let material = read();
  const byAuthority = Object.fromEntries(sources.map(([{ certificate }, source]) => [certificate.fingerprint, source]));
  if (sources.length > 0) writeFileSync(join(folder, 'revocation-sources.json'), JSON.stringify({ authorities: byAuthority }));
  const worker = await createFreshness({
    trust: () => material,
    takeUp: () => {
      material = read();
      return Promise.resolve();
    },
    trustFolder: folder, folder: fetched, everyMs: 3_600_000, timeoutMs: 5_000, now: () => new Date(clock), random: () => 0.5,
    log: (message, details) => log.push({ message, details }),
    ...settings,
  });
  return {
    worker, folder, log,
    material: () => material,
    wait: (seconds) => { clock += seconds * 1000; },
    run: async () => { for (let steps = worker.start(); steps.length > 0; steps = worker.start()) await Promise.all(steps); },
    now: () => new Date(clock),
    remove: () => {
      worker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listsIn(folder: string): { name: string; bytes: Buffer }[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.crl')).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  } catch {
    return [];
  }
}
