// The backend's settings from the environment, the only place that reads it: strict, all problems together, secrets in files. An unknown
// BACKEND_ name is a problem, so that a misspelt setting never passes for a default. No setting turns a check off.
import { readIdentity } from '../signature/identity.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { certificatesIn, fingerprintsOf, readText, readTrust } from './material.ts';
import type { GatewayTrust } from './reception.ts';
import type { NatsSource } from './nats.ts';
import { noScenario, readScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import type { StoreOptions } from './store.ts';

export interface BackendSettings extends GatewayTrust {
  readonly host: string;
  readonly port: number;
  readonly database: StoreOptions;
  readonly tls: BackendTls;
  /** SHA-256 fingerprints of the client certificates admitted; undefined: every client certificate of the client authorities. */
  readonly clientCertificates: ReadonlySet<string> | undefined;
  readonly signing: SigningIdentity;
  /** Of a whole case, at the compressed pace. */
  readonly processingMs: number;
  /** `calendar`: the working days of the procedure; `compressed`: all of them within `processingMs`. */
  readonly pace: 'compressed' | 'calendar';
  readonly scenario: Scenario;
  /** Signs what the scenario wants signed by a certificate that has been revoked. */
  readonly revoked: SigningIdentity | undefined;
  /** Where dossiers come from besides HTTPS. */
  readonly nats?: NatsSource | undefined;
  /** Of a request's body. */
  readonly mostOctets: number;
}

/** PEM throughout. */
export interface BackendTls {
  /** With its chain. */
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string;
}

/** 100 MB of dossier in base64 (4 characters for 3 octets), and its receipt. */
const MOST_OCTETS = 140 * 1024 * 1024;

const LONGEST_PROCESSING_MS = 366 * 86_400_000;

export class ConfigurationProblems extends Error {
  override readonly name = 'ConfigurationProblems';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const names = [
  'BACKEND_LISTEN_HOST', 'BACKEND_LISTEN_PORT', 'BACKEND_DATABASE_URL', 'BACKEND_DATABASE_PASSWORD_FILE', 'BACKEND_TLS_CERTIFICATE_FILE',
  'BACKEND_TLS_KEY_FILE', 'BACKEND_CLIENT_CA_FILE', 'BACKEND_CLIENT_CERTIFICATES', 'BACKEND_SIGNING_CERTIFICATE_FILE',
  'BACKEND_SIGNING_KEY_FILE', 'BACKEND_TRUST_FOLDER', 'BACKEND_GATEWAY_CERTIFICATES', 'BACKEND_PROCESSING_MS', 'BACKEND_PACE', 'BACKEND_SCENARIO',
  'BACKEND_REVOKED_CERTIFICATE_FILE', 'BACKEND_REVOKED_KEY_FILE', 'BACKEND_NATS_SERVERS', 'BACKEND_NATS_NAME', 'BACKEND_NATS_CA_FILE', 'BACKEND_NATS_CERTIFICATE_FILE', 'BACKEND_NATS_KEY_FILE',
] as const;
type Name = (typeof names)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

interface Reading {
  readonly environment: Environment;
  readonly problems: string[];
}

/** Throws `ConfigurationProblems` with everything that is wrong. */
export function readSettings(environment: Environment = process.env): BackendSettings {
  const reading: Reading = { environment, problems: unknownNames(environment) };
  const tls = readPair(reading, 'BACKEND_TLS_CERTIFICATE_FILE', 'BACKEND_TLS_KEY_FILE');
  const signing = readPair(reading, 'BACKEND_SIGNING_CERTIFICATE_FILE', 'BACKEND_SIGNING_KEY_FILE');
  const read = {
    host: take(reading, 'BACKEND_LISTEN_HOST', (text) => text, '127.0.0.1'),
    port: take(reading, 'BACKEND_LISTEN_PORT', (text) => wholeNumber(text, 65_535), '9443'),
    url: take(reading, 'BACKEND_DATABASE_URL', databaseUrl),
    clientAuthorities: take(reading, 'BACKEND_CLIENT_CA_FILE', (path) => certificatesIn(readText(path)).join('\n')),
    trust: take(reading, 'BACKEND_TRUST_FOLDER', readTrust),
    gatewayCertificates: take(reading, 'BACKEND_GATEWAY_CERTIFICATES', fingerprintsOf),
    processingMs: take(reading, 'BACKEND_PROCESSING_MS', (text) => wholeNumber(text, LONGEST_PROCESSING_MS), '2000'),
    pace: take(reading, 'BACKEND_PACE', paceOf, 'compressed'),
    scenario: takeIfGiven(reading, 'BACKEND_SCENARIO', readScenario) ?? noScenario,
    tls,
    signing,
  };
  const password = takeIfGiven(reading, 'BACKEND_DATABASE_PASSWORD_FILE', (path) => readText(path).trim());
  const clientCertificates = takeIfGiven(reading, 'BACKEND_CLIENT_CERTIFICATES', fingerprintsOf);
  const revoked = environment['BACKEND_REVOKED_CERTIFICATE_FILE'] === undefined ? undefined : readPair(reading, 'BACKEND_REVOKED_CERTIFICATE_FILE', 'BACKEND_REVOKED_KEY_FILE');
  const nats = readNats(reading);
  if (read.scenario.shares.has('revoked') && revoked === undefined) reading.problems.push('BACKEND_SCENARIO: revoked needs BACKEND_REVOKED_CERTIFICATE_FILE');
  if (reading.problems.length > 0 || !isComplete(read)) throw new ConfigurationProblems(reading.problems);
  return {
    host: read.host,
    port: read.port,
    database: password === undefined ? { url: read.url } : { url: read.url, password },
    tls: { certificate: read.tls.certificate, key: read.tls.key, clientAuthorities: read.clientAuthorities },
    clientCertificates,
    trust: read.trust,
    gatewayCertificates: read.gatewayCertificates,
    signing: read.signing.identity,
    processingMs: read.processingMs,
    pace: read.pace,
    scenario: read.scenario,
    revoked: revoked?.identity,
    nats,
    mostOctets: MOST_OCTETS,
  };
}

type Complete<Value> = { readonly [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Whatever is missing has left its problem. */
function isComplete<Value extends object>(value: Value): value is Value & Complete<Value> {
  return Object.values(value).every((member) => member !== undefined);
}

function unknownNames(environment: Environment): string[] {
  const known: ReadonlySet<string> = new Set(names);
  return Object.keys(environment).filter((name) => name.startsWith('BACKEND_') && !known.has(name)).map((name) => `${name}: there is no such setting`);
}

function take<Value>(reading: Reading, name: Name, read: (text: string) => Value, otherwise?: string): Value | undefined {
  const text = reading.environment[name] ?? otherwise;
  if (text === undefined || text === '') {
    reading.problems.push(`${name}: is missing`);
    return undefined;
  }
  try {
    return read(text);
  } catch (error) {
    reading.problems.push(...messageOf(error).split('\n').map((line) => `${name}: ${line}`));
    return undefined;
  }
}

function takeIfGiven<Value>(reading: Reading, name: Name, read: (text: string) => Value): Value | undefined {
  return reading.environment[name] === undefined ? undefined : take(reading, name, read);
}

/** All of them or none. */
function readNats(reading: Reading): NatsSource | undefined {
  if (!Object.keys(reading.environment).some((name) => name.startsWith('BACKEND_NATS_'))) return undefined;
  const servers = take(reading, 'BACKEND_NATS_SERVERS', serversOf);
  const name = take(reading, 'BACKEND_NATS_NAME', backendName);
  const certificateAuthorities = take(reading, 'BACKEND_NATS_CA_FILE', (path) => certificatesIn(readText(path)).join('\n'));
  const pair = readPair(reading, 'BACKEND_NATS_CERTIFICATE_FILE', 'BACKEND_NATS_KEY_FILE');
  if (servers === undefined || name === undefined || certificateAuthorities === undefined || pair === undefined) return undefined;
  return { servers, name, certificateAuthorities, certificate: pair.certificate, key: pair.key };
}

function serversOf(text: string): readonly string[] {
  const servers = text.split(',').map((server) => server.trim());
  if (!servers.every((server) => /^tls:\/\/[^/@\s]+:\d{1,5}$/.test(server))) throw new Error('must be tls://host:port, separated by commas');
  return servers;
}

/** As the gateway's route file calls this backend: its stream and subjects are named after it. */
function backendName(text: string): string {
  if (!/^[A-Za-z0-9][\w-]{0,49}$/.test(text)) throw new Error('must be the name of a backend in the gateway’s route file');
  return text;
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly identity: SigningIdentity;
}

/** A certificate with its chain and the private key that belongs to it. */
function readPair(reading: Reading, certificateName: Name, keyName: Name): Pair | undefined {
  const certificate = take(reading, certificateName, (path) => certificatesIn(readText(path)).join('\n'));
  return take(reading, keyName, (path) => {
    const key = readText(path);
    return certificate === undefined ? undefined : { certificate, key, identity: readIdentity(certificate, key) };
  });
}

function wholeNumber(text: string, most: number): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) > most) throw new Error(`must be a whole number from 0 to ${most}`);
  return Number(text);
}

function paceOf(text: string): 'compressed' | 'calendar' {
  if (text !== 'compressed' && text !== 'calendar') throw new Error('must be compressed or calendar');
  return text;
}

/** The value is never told: it may hold a password. */
function databaseUrl(text: string): string {
  if (!/^postgres(?:ql)?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) throw new Error('must be a postgres:// URL');
  return text;
}

/** No `instanceof`: under a test runner the operating system's errors come from another realm. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
