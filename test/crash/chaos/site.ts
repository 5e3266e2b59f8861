// The site of the chaos run: one database, two gateways on it, three agencies with a backend each – one is pushed its dossiers over HTTPS, one takes
// them from a JetStream cluster of three servers, one fetches them by a program of its own –, and a sender's webhook. Whatever happens, `stop` ends every process by its id.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedDatabase } from '../../../src/development/database.ts';
import type { EmbeddedDatabase } from '../../../src/development/database.ts';
import type { Credential } from '../../../src/development/certificates.ts';
import { registerDevelopmentIvan } from '../../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../../src/development/pki.ts';
import { packageFile } from '../../../src/paths.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { registerUnitCertificate } from '../../../src/store/unit-certificates.ts';
import { lowPorts } from '../../support/low-ports.ts';
import { startNatsCluster } from '../../support/nats-cluster.ts';
import type { NatsCluster } from '../../support/nats-cluster.ts';
import { employerLike, loadPki, pkiFolder } from '../../support/pki.ts';
import { receiverEnvironment, startReceiver } from '../../support/receiver.ts';
import type { Receiver } from '../../support/receiver.ts';
import { backendEnvironment, fingerprintOf, siteEnvironment } from '../../support/site.ts';
import { natsPart, programPart } from './parts.ts';
import type { Part, ProgramPart } from './parts.ts';

export interface Unit {
  readonly agency: string;
  readonly code: string;
}

export interface Agency {
  readonly code: string;
  readonly backend: ProgramPart;
  readonly databaseUrl: string;
}

export interface ChaosSite {
  readonly pki: DevelopmentPki;
  /** With an elliptic key: signs and is judged fast. */
  readonly employer: Credential;
  readonly units: readonly Unit[];
  readonly database: Database;
  readonly databaseUrl: string;
  readonly gateways: readonly ProgramPart[];
  readonly agencies: readonly Agency[];
  /** The program of the agency that fetches. */
  readonly fetcher: ProgramPart;
  /** All that can be killed. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly receiver: Receiver;
  stop(): Promise<void>;
}

const UNITS = 120;
const CONNECTIONS = 200;
const agencyCodes = ['00101', '00102', '00103'] as const;
const overNats = '00102';
const byFetching = '00103';
const LEASE_SECONDS = 10; // what a killed fetcher had is given again after that
const backendNameOf = (agency: string): string => `a${agency}`;

/** The server of the cluster that is killed. */
export async function startChaosSite(natsVictim: number): Promise<ChaosSite> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    return { ...(await startAll(closers, natsVictim)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(closers: (() => Promise<unknown>)[], natsVictim: number): Promise<Omit<ChaosSite, 'stop'>> {
  const pki = await loadPki();
  const folder = mkdtempSync(join(tmpdir(), 'ivan-chaos-'));
  closers.push(() => { rmSync(folder, { recursive: true, force: true }); return Promise.resolve(); });
  const server = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false, flags: ['-c', `max_connections=${CONNECTIONS}`] });
  closers.push(() => server.stop());
  const cluster = await startNatsCluster();
  closers.push(() => cluster.stop());
  const receiver = await startReceiver();
  closers.push(() => receiver.stop());
  const ports = await lowPorts(5);
  const agencies = await Promise.all(agencyCodes.map(async (code, index): Promise<Agency> => {
    const port = ports[index] ?? 0;
    const { databaseUrl, environment } = await backendOn(server, cluster, pki, code, port);
    return { code, databaseUrl, backend: programPart(`backend ${code}`, port, ['backend', 'main.js'], environment) };
  }));
  await server.createDatabase('gateway');
  const databaseUrl = server.url('gateway');
  const database = await openDatabase({ url: databaseUrl, connections: 4 });
  closers.push(() => database.close());
  await registerDevelopmentIvan(database, pki, new Date());
  const employer = employerLike(pki, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const units = Array.from({ length: UNITS }, (_value, index): Unit => ({ agency: agencyCodes[index % agencyCodes.length] ?? '', code: `TS${50_000 + index}` }));
  for (const unit of units) await registerUnit(database, unit, employer);
  const client = fetchingClient(pki, folder);
  const routes = writeRoutes(agencies, cluster, client);
  closers.push(() => { rmSync(routes); return Promise.resolve(); });
  const gateways = ports.slice(agencies.length).map((port, index) =>
    programPart(`gateway ${index}`, port, ['main.js'], { ...siteEnvironment(databaseUrl, '', pkiFolder()), ...receiverEnvironment(), GATEWAY_ROUTES_FILE: routes, GATEWAY_LISTEN_PORT: String(port) }));
  const fetcher = fetcherOf(agencies, gateways, client, folder);
  const programs = [...agencies.map(({ backend }) => backend), ...gateways, fetcher];
  closers.push(() => Promise.all(programs.map((program) => program.kill())));
  await Promise.all(programs.map((program) => program.start()));
  const victim = natsPart(cluster, natsVictim, `dossiers-${backendNameOf(overNats)}`);
  return { pki, employer, units, database, databaseUrl, gateways, agencies, fetcher, receiver, parts: new Map([...programs, victim].map((part) => [part.name, part])) };
}

async function backendOn(server: EmbeddedDatabase, cluster: NatsCluster, pki: DevelopmentPki, agency: string, port: number): Promise<{ readonly databaseUrl: string; readonly environment: Readonly<Record<string, string>> }> {
  const folder = pkiFolder();
  await server.createDatabase(`agency_${agency}`);
  const databaseUrl = server.url(`agency_${agency}`);
  const environment = { ...(await backendEnvironment(folder, databaseUrl)), BACKEND_LISTEN_PORT: String(port), BACKEND_PROCESSING_MS: '300' };
  if (agency !== overNats) return { databaseUrl, environment };
  const client = employerLike(pki, { subject: { C: 'VN', CN: 'Agency on NATS (Development)' }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const [certificate, key] = ['pem', 'key'].map((suffix) => join(folder, `nats-${randomUUID()}.${suffix}`)) as [string, string];
  writeFileSync(certificate, client.certificatePem + pki.subordinate.certificatePem);
  writeFileSync(key, client.privateKeyPem);
  const nats = { SERVERS: cluster.servers.join(','), NAME: backendNameOf(agency), CA_FILE: join(folder, 'trust/root.pem'), CERTIFICATE_FILE: certificate, KEY_FILE: key };
  return { databaseUrl, environment: { ...environment, ...Object.fromEntries(Object.entries(nats).map(([name, value]) => [`BACKEND_NATS_${name}`, value])) } };
}

function writeRoutes(agencies: readonly Agency[], cluster: NatsCluster, { fingerprint }: FetchingClient): string {
  const file = join(pkiFolder(), `routes-${randomUUID()}.json`);
  const answerSigners = ['agency-signing.pem'];
  const backends = agencies.map(({ code, backend: { url } }) => {
    if (code === byFetching) return [backendNameOf(code), { answerSigners, transport: 'pull', pull: { clients: [fingerprint], leaseSeconds: LEASE_SECONDS } }];
    const reached = { url, certificateAuthorities: ['trust/root.pem'], answerSigners, timeoutSeconds: 9 };
    return [backendNameOf(code), code === overNats ? { ...reached, transport: 'nats', nats: { servers: cluster.servers, certificateAuthorities: ['trust/root.pem'] } } : reached];
  });
  const routes = [...agencies.map(({ code }) => [code, backendNameOf(code)]), ['*', backendNameOf(agencyCodes[0])]];
  writeFileSync(file, JSON.stringify({ backends: Object.fromEntries(backends) as unknown, routes: Object.fromEntries(routes) as unknown }));
  return file;
}

interface FetchingClient {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
}

function fetchingClient(pki: DevelopmentPki, folder: string): FetchingClient {
  const { certificatePem, privateKeyPem } = employerLike(pki, { subject: { C: 'VN', CN: 'Agency that fetches (Development)' }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const [certificate, key] = ['pem', 'key'].map((suffix) => join(folder, `fetcher.${suffix}`)) as [string, string];
  writeFileSync(certificate, certificatePem + pki.subordinate.certificatePem);
  writeFileSync(key, privateKeyPem);
  return { certificate, key, fingerprint: fingerprintOf(certificatePem) };
}

function fetcherOf(agencies: readonly Agency[], gateways: readonly ProgramPart[], toGateway: FetchingClient, folder: string): ProgramPart {
  const settings = {
    gateways: gateways.map(({ url }) => url),
    backend: agencies.find(({ code }) => code === byFetching)?.backend.url,
    toGateway,
    toBackend: { certificate: join(pkiFolder(), 'gateway-client.chain.pem'), key: join(pkiFolder(), 'gateway-client.key') },
    authority: join(pkiFolder(), 'trust/root.pem'),
    cursorFile: join(folder, 'fetcher.cursor'),
  };
  return programPart(`fetcher ${byFetching}`, 0, packageFile('test', 'crash', 'chaos', 'fetcher.js'), { FETCHER: JSON.stringify(settings) });
}

/** So that its feed may be read with the certificate. */
async function registerUnit(database: Database, { agency, code }: Unit, { certificatePem }: Credential): Promise<void> {
  const now = new Date();
  const dates = { validFrom: now, validUntil: new Date(now.getTime() + 86_400_000) };
  await registerUnitCertificate(database, { agency, unitCode: code, fingerprint: fingerprintOf(certificatePem), serialNumber: '1', subject: 'CN=thử', ...dates }, now);
}
