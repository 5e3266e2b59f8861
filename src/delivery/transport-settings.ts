// What the route file says of a backend that is not put its dossiers by HTTPS: `"transport": "pull"` with `pull`, or `"nats"` with `nats`. Strict:
// every mistake, a member that is not known and settings of a transport that was not chosen are Errors that name their place.
import { X509Certificate } from 'node:crypto';

/** The agency fetches its dossiers, over mutual TLS. */
export interface PullSettings {
  readonly kind: 'pull';
  /** SHA-256 fingerprints (lower-case hex) of the client certificates that are this agency. */
  readonly clients: ReadonlySet<string>;
  /** How long a dossier that was fetched is nobody else's. */
  readonly leaseMs: number;
  /** Of the dossiers in one answer, which base64 makes a third larger; the first is given however large it is. */
  readonly mostOctets: number;
}

/** Dossiers are published to a stream of NATS JetStream, which the agency reads. */
export interface NatsSettings {
  readonly kind: 'nats';
  /** `tls://host:port` */
  readonly servers: readonly string[];
  /** PEM of the authorities that the servers' certificates may come from. */
  readonly certificateAuthorities: readonly string[];
  readonly replicas: number;
  /** How long the stream remembers a digest, and takes a repeat for one. */
  readonly duplicateWindowMs: number;
}

export type TransportKind = 'https' | 'pull' | 'nats';

const kinds: readonly TransportKind[] = ['https', 'pull', 'nats'];
const LEASE_SECONDS = 120;
const LONGEST_LEASE_SECONDS = 3_600;
const MOST_OCTETS = 32 * 1024 * 1024;
const REPLICAS = 3;
/** Longer than any breaker stays open and any lease lasts, so that a repeat within a working day is seen by the stream already. */
const DUPLICATE_WINDOW_SECONDS = 86_400;
const SHORTEST_WINDOW_SECONDS = 7_200;
const LONGEST_WINDOW_SECONDS = 30 * 86_400;

/** Reads a PEM file that the route file names. */
type ReadBeside = (file: string) => string;
type Members = Readonly<Record<string, unknown>>;

/** Undefined: HTTPS. */
export function readTransport(name: string, backend: Members, readBeside: ReadBeside): PullSettings | NatsSettings | undefined {
  const at = `backends.${name}`;
  const kind = kinds.find((one) => one === (backend['transport'] ?? 'https'));
  if (kind === undefined) throw new Error(`${at}.transport: must be ${kinds.join(', ')}`);
  for (const other of kinds) if (other !== kind && backend[other] !== undefined) throw new Error(`${at}.${other}: the transport is ${kind}`);
  if (kind === 'https') return undefined;
  const settings = membersOf(backend[kind], `${at}.${kind}`);
  return kind === 'pull' ? readPull(settings, `${at}.pull`, readBeside) : readNats(name, settings, `${at}.nats`, readBeside);
}

function readPull(settings: Members, at: string, readBeside: ReadBeside): PullSettings {
  onlyKnown(settings, at, ['clients', 'leaseSeconds', 'mostOctets']);
  const clients = textsOf(settings, 'clients', at, 'fingerprints or PEM files').map((text) => fingerprintFrom(text, `${at}.clients`, readBeside));
  return {
    kind: 'pull',
    clients: new Set(clients),
    leaseMs: 1000 * wholeOf(settings, 'leaseSeconds', at, LEASE_SECONDS, 5, LONGEST_LEASE_SECONDS),
    mostOctets: wholeOf(settings, 'mostOctets', at, MOST_OCTETS, 1, 8 * MOST_OCTETS),
  };
}

function fingerprintFrom(text: string, at: string, readBeside: ReadBeside): string {
  const hex = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  const pem = readBeside(text);
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    throw new Error(`${at}: ${text} is not a certificate`);
  }
}

function readNats(name: string, settings: Members, at: string, readBeside: ReadBeside): NatsSettings {
  if (name.includes('.')) throw new Error(`backends.${name}: over NATS a name has no point, because it is part of a subject`);
  onlyKnown(settings, at, ['servers', 'certificateAuthorities', 'replicas', 'duplicateWindowSeconds']);
  const servers = textsOf(settings, 'servers', at, 'tls://host:port');
  const odd = servers.find((server) => !/^tls:\/\/[^/@\s]+:\d{1,5}$/.test(server));
  if (odd !== undefined) throw new Error(`${at}.servers: ${odd} must be tls://host:port`);
  return {
    kind: 'nats',
    servers,
    certificateAuthorities: textsOf(settings, 'certificateAuthorities', at, 'PEM files').map(readBeside),
    replicas: wholeOf(settings, 'replicas', at, REPLICAS, 1, 5),
    duplicateWindowMs: 1000 * wholeOf(settings, 'duplicateWindowSeconds', at, DUPLICATE_WINDOW_SECONDS, SHORTEST_WINDOW_SECONDS, LONGEST_WINDOW_SECONDS),
  };
}

/** @throws Error when a certificate would be two agencies: whose dossiers its holder may fetch must be beyond doubt. */
export function checkClients(backends: ReadonlyMap<string, { readonly transport?: PullSettings | NatsSettings }>): void {
  const owners = new Map<string, string>();
  for (const [name, { transport }] of backends) {
    if (transport?.kind !== 'pull') continue;
    for (const client of transport.clients) {
      const owner = owners.get(client);
      if (owner !== undefined) throw new Error(`backends.${name}.pull.clients: ${client} is a client of ${owner}`);
      owners.set(client, name);
    }
  }
}

function membersOf(value: unknown, at: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: must be an object`);
  return value as Members;
}

function onlyKnown(settings: Members, at: string, names: readonly string[]): void {
  for (const name of Object.keys(settings)) if (!names.includes(name)) throw new Error(`${at}.${name}: unknown`);
}

function textsOf(settings: Members, name: string, at: string, what: string): string[] {
  const list: unknown = settings[name];
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${at}.${name}: must be a list of ${what}`);
  return list.map((item: unknown) => {
    if (typeof item !== 'string') throw new Error(`${at}.${name}: must be a list of ${what}`);
    return item;
  });
}

function wholeOf(settings: Members, name: string, at: string, fallback: number, least: number, most: number): number {
  const given = settings[name] ?? fallback;
  if (typeof given !== 'number' || !Number.isInteger(given) || given < least || given > most) throw new Error(`${at}.${name}: must be a whole number from ${least} to ${most}`);
  return given;
}
