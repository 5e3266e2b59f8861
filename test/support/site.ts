// Boots the real thing for one test file: a database cloned from the template, a gateway on HTTPS on a free port, and what a sender needs.
import { randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';

import pg from 'pg';
import { pino } from 'pino';

import { readSettings } from '../../src/backend/config.ts';
import { startBackend } from '../../src/backend/server.ts';
import type { Backend } from '../../src/backend/server.ts';
import { readConfig } from '../../src/config.ts';
import type { Environment } from '../../src/config.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { startGateway } from '../../src/gateway.ts';
import type { RunningGateway, World } from '../../src/gateway.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import { loadPki, pkiFolder } from './pki.ts';

export interface Site {
  readonly pki: DevelopmentPki;
  readonly gateway: RunningGateway;
  readonly databaseUrl: string;
  /** Lines the gateway logged. */
  readonly log: readonly { readonly message: string; readonly details: Readonly<Record<string, unknown>> }[];
  /** As the registered I-VAN 00040, over mutual TLS. */
  readonly ivan: Caller;
  /** As an employer, without a client certificate. */
  readonly direct: Caller;
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly backendUrl?: string;
  readonly environment?: Environment;
  readonly world?: Partial<World>;
  readonly databaseUrl?: string;
}

export async function cloneDatabase(template = process.env['TEST_TEMPLATE_DATABASE'] ?? ''): Promise<string> {
  const admin = process.env['TEST_DATABASE_URL'];
  if (admin === undefined) throw new Error('the global set-up has not run');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    // Another file may be cloning at the same moment: PostgreSQL refuses a template that is in use, so they take turns.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  } finally {
    await client.end();
  }
  return admin.replace(/\/postgres$/, `/${name}`);
}

/** The environment of a development gateway on a free port. */
export function siteEnvironment(databaseUrl: string, backendUrl: string, folder: string): Environment {
  const routes = join(folder, `routes-${randomUUID()}.json`);
  const backend = { url: backendUrl, certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] };
  writeFileSync(routes, JSON.stringify({ backends: { reference: backend }, routes: { '*': 'reference' } }));
  return {
    GATEWAY_LISTEN_PORT: '0',
    GATEWAY_DATABASE_URL: databaseUrl,
    GATEWAY_TLS_CERTIFICATE_FILE: join(folder, 'gateway-tls.chain.pem'),
    GATEWAY_TLS_KEY_FILE: join(folder, 'gateway-tls.key'),
    GATEWAY_SIGNING_CERTIFICATE_FILE: join(folder, 'gateway-signing.chain.pem'),
    GATEWAY_SIGNING_KEY_FILE: join(folder, 'gateway-signing.key'),
    GATEWAY_LOG_KEY_FILE: join(folder, 'log.key'),
    GATEWAY_BACKEND_CERTIFICATE_FILE: join(folder, 'gateway-client.chain.pem'),
    GATEWAY_BACKEND_KEY_FILE: join(folder, 'gateway-client.key'),
    GATEWAY_TRUST_FOLDER: join(folder, 'trust'),
    GATEWAY_ROUTES_FILE: routes,
  };
}

/** The reference backend for real, on a free port, with a database of its own. */
export async function startReferenceBackend(environment: Environment = {}): Promise<Backend> {
  const folder = pkiFolder();
  const settings = readSettings({ ...(await backendEnvironment(folder)), ...environment });
  return startBackend(settings, { now: () => new Date(), log: pino({ enabled: false }) });
}

export async function backendEnvironment(folder: string, databaseUrl?: string): Promise<Readonly<Record<string, string>>> {
  return {
    BACKEND_LISTEN_PORT: '0',
    BACKEND_DATABASE_URL: databaseUrl ?? (await cloneDatabase('template1')),
    BACKEND_TLS_CERTIFICATE_FILE: join(folder, 'agency-tls.chain.pem'),
    BACKEND_TLS_KEY_FILE: join(folder, 'agency-tls.key'),
    BACKEND_CLIENT_CA_FILE: join(folder, 'trust/root.pem'),
    BACKEND_CLIENT_CERTIFICATES: join(folder, 'gateway-client.pem'),
    BACKEND_SIGNING_CERTIFICATE_FILE: join(folder, 'agency-signing.chain.pem'),
    BACKEND_SIGNING_KEY_FILE: join(folder, 'agency-signing.key'),
    BACKEND_TRUST_FOLDER: join(folder, 'trust'),
    BACKEND_GATEWAY_CERTIFICATES: join(folder, 'gateway-signing.pem'),
    BACKEND_PROCESSING_MS: '0',
  };
}

/** Nothing listens there: deliveries fail and wait. */
export const noBackend = 'https://127.0.0.1:9';

export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const pki = await loadPki();
  const databaseUrl = options.databaseUrl ?? (await cloneDatabase());
  const log: Site['log'][number][] = [];
  const world: World = { now: () => new Date(), random: Math.random, log: (message, details) => log.push({ message, details }), ...options.world };
  const environment = { ...siteEnvironment(databaseUrl, options.backendUrl ?? noBackend, pkiFolder()), ...options.environment };
  const gateway = await startGateway(readConfig(environment), world);
  await registerDevelopmentIvan(gateway.database, pki, new Date());
  const ivan = callerTo(gateway.url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem });
  const direct = callerTo(gateway.url, pki);
  return {
    pki,
    gateway,
    databaseUrl,
    log,
    ivan,
    direct,
    stop: async () => {
      ivan.close();
      direct.close();
      await gateway.stop();
    },
  };
}

export function fingerprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Caller {
  post(path: string, body: Buffer | string, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  call(method: string, path: string, body?: Buffer | string, headers?: Record<string, string>): Promise<Answer>;
  close(): void;
}

/** A plain node:https client that trusts the development root only. */
export function callerTo(url: string, pki: DevelopmentPki, identity: { cert?: string; key?: string } = {}): Caller {
  const agent = new Agent({ keepAlive: true, ca: [pki.root.certificatePem], ...identity });
  const call: Caller['call'] = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${url}${path}`, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }); });
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    call,
    post: (path, body, headers) => call('POST', path, body, { 'content-type': 'application/xml', ...headers }),
    get: (path, headers) => call('GET', path, undefined, headers),
    close: () => { agent.destroy(); },
  };
}

export function pemFile(name: string): string {
  return readFileSync(join(pkiFolder(), name), 'utf8');
}
