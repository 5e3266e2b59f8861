// The only reader of the environment. Strict: an unknown GATEWAY_ name, a bad value or a missing file are all said together, before a port
// opens. Secrets are file paths (a password inside GATEWAY_DATABASE_URL is possible but not advised). No setting turns a check off.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { readRouteFile } from './delivery/routes-file.ts';
import type { RouteFile } from './delivery/routes-file.ts';
import type { NoteVerifier } from './log/note.ts';
import { readVerifiers } from './log/witnesses.ts';
import { isMailAddress } from './mail/address.ts';
import { readOperators } from './operators-file.ts';
import type { Operators } from './operators-file.ts';
import { packageRoot } from './paths.ts';
import { fieldPolicy, strictPolicy } from './signature/policy.ts';
import type { JudgingPolicy } from './signature/policy.ts';
import { readStampSettings, stampSettings } from './stamp/settings.ts';
import type { StampSettings } from './stamp/settings.ts';
import type { RuleSet } from './standard/rule-sets.ts';
import type { Standard } from './standard/standard.ts';
import { loadStandard } from './standard/tables.ts';

export interface Config {
  readonly listenHost: string;
  readonly listenPort: number;
  readonly databaseUrl: string;
  readonly databasePassword: string | undefined;
  readonly databaseConnections: number;
  readonly tls: KeyPair;
  readonly signing: KeyPair;
  readonly evidenceLog: LogSettings;
  /** Undefined: nothing is stamped. */
  readonly stamping: StampSettings | undefined;
  /** What the gateway shows to backends. */
  readonly backendClient: KeyPair;
  readonly trustFolder: string;
  readonly revocation: RevocationSettings;
  readonly signaturePolicy: JudgingPolicy;
  /** The rule set that judges beside the one in force. */
  readonly shadow: ShadowRules | undefined;
  readonly routes: RouteFile;
  /** Empty: the operator's interface is open to nobody. */
  readonly operators: Operators;
  /** Empty: nobody looks at evidence from outside. */
  readonly auditors: Operators;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly maxBacklog: number;
  /** How long an agency has to be away before that is proposed as an outage. */
  readonly outageProposalMs: number;
  readonly webhooks: WebhookSettings;
  /** Undefined: this gateway sends no mail. */
  readonly mail: MailSettings | undefined;
  readonly name: string;
  readonly placeName: string;
  readonly supportTelephone: string;
}

export interface ShadowRules {
  readonly standard: Standard;
  readonly schemas: string;
  readonly ruleSet: RuleSet;
}

export interface RevocationSettings {
  /** False: whoever else does, the worker fetches nothing. What lies in `folder` is used all the same. */
  readonly fetch: boolean;
  readonly folder: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export interface WebhookSettings {
  /** Receivers may also have addresses that are not public. */
  readonly anyAddress: boolean;
  /** PEM, besides the authorities that Node knows. */
  readonly authorities: readonly string[];
}

export interface MailSettings {
  readonly smtpUrl: string;
  readonly password: string | undefined;
  readonly from: string;
  /** https origin, without a slash at its end. */
  readonly publicUrl: string;
}

export interface LogSettings {
  /** The log's name in its checkpoints. */
  readonly origin: string;
  readonly keyPem: string;
  /** Where the newest checkpoint is kept beside the database. */
  readonly memoryFile: string | undefined;
  /** Whose cosignatures are taken. */
  readonly witnesses: readonly NoteVerifier[];
}

export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Name → what it is, for the README's table and for spotting unknown names. */
export const settings = {
  GATEWAY_LISTEN_HOST: 'address to listen on (default 127.0.0.1)',
  GATEWAY_LISTEN_PORT: 'port (default 8443; 0 takes a free one)',
  GATEWAY_DATABASE_URL: 'PostgreSQL, e.g. postgres://gateway@db.example/gateway (required)',
  GATEWAY_DATABASE_PASSWORD_FILE: 'file with the password',
  GATEWAY_DATABASE_CONNECTIONS: 'connections in the pool (default 10)',
  GATEWAY_TLS_CERTIFICATE_FILE: 'PEM, server certificate and chain (required)',
  GATEWAY_TLS_KEY_FILE: 'PEM, its key (required)',
  GATEWAY_SIGNING_CERTIFICATE_FILE: 'PEM, certificate and chain that sign receipts and results (required)',
  GATEWAY_SIGNING_KEY_FILE: 'PEM, its key: RSA ≥ 2048 or EC P-256 (required)',
  GATEWAY_LOG_KEY_FILE: 'PEM, Ed25519 key that signs the log’s checkpoints (required)',
  GATEWAY_LOG_ORIGIN: 'name of the log, the same for ever and for every gateway of one database: a URL without its scheme (default localhost/ivan-gateway)',
  GATEWAY_LOG_MEMORY_FILE: 'file in which the newest checkpoint is kept beside the database: a database that was set back is not gone on with (default none)',
  GATEWAY_LOG_WITNESSES_FILE: 'verifier keys of the witnesses whose cosignatures of checkpoints are taken, one a line (default: nobody’s)',
  ...stampSettings,
  GATEWAY_BACKEND_CERTIFICATE_FILE: 'PEM, client certificate for the backends (required)',
  GATEWAY_BACKEND_KEY_FILE: 'PEM, its key (required)',
  GATEWAY_TRUST_FOLDER: 'folder with CA certificates and CRLs, see certs/README.md (required)',
  GATEWAY_REVOCATION_FETCH: 'on: revocation lists and OCSP answers are fetched in the background; off: another process does it (default on)',
  GATEWAY_REVOCATION_FOLDER: 'folder where fetched lists are kept (default: fetched in the trust folder)',
  GATEWAY_REVOCATION_INTERVAL_SECONDS: 'longest time between two looks at one list or answer (default 3600)',
  GATEWAY_REVOCATION_TIMEOUT_SECONDS: 'time for one fetch, from name to last octet (default 20)',
  GATEWAY_SIGNATURE_POLICY: 'what signatures must be: field, as the client programs in use write them; strict, RSASSA-PSS or ECDSA with XAdES (TT 15/2025) (default field)',
  GATEWAY_SHADOW_RULE_SET: 'id of a rule set that judges in shadow beside the one in force, e.g. next; what it would refuse is counted (default none)',
  GATEWAY_SHADOW_STANDARD_FOLDER: 'folder with the tables and schemas of the standard that the set in shadow belongs to (default: this version’s own)',
  GATEWAY_ROUTES_FILE: 'JSON, which backend processes which agency (required)',
  GATEWAY_OPERATORS_FILE: 'JSON, whose client certificates may use the operator’s interface (default: nobody’s)',
  GATEWAY_AUDITORS_FILE: 'JSON, whose client certificates may look at evidence and the log, and at nothing else (default: nobody’s)',
  GATEWAY_MAX_BODY_BYTES: 'largest dossier, as received and as inflated (default 52428800)',
  GATEWAY_BODY_TIMEOUT_SECONDS: 'time for a body to arrive (default 60)',
  GATEWAY_MAX_BACKLOG: 'undelivered dossiers above which intake answers 503 (default 100000)',
  GATEWAY_OUTAGE_PROPOSAL_MINUTES: 'how long an agency has to be away before that is proposed to operators as an outage (default 30)',
  GATEWAY_WEBHOOK_ADDRESSES: 'public: webhooks lead to public addresses only; any: also into this network and machine (default public)',
  GATEWAY_WEBHOOK_AUTHORITIES_FILE: 'PEM, authorities of webhooks’ TLS certificates besides the usual ones (default none)',
  GATEWAY_SMTP_URL: 'where mail is handed in, smtp://user@host:587 (with STARTTLS) or smtps://user@host:465 (default: no mail is sent)',
  GATEWAY_SMTP_PASSWORD_FILE: 'file with its password',
  GATEWAY_MAIL_FROM: 'address that mail is from (required with GATEWAY_SMTP_URL)',
  GATEWAY_PUBLIC_URL: 'https origin that links in mail begin with, as senders reach this gateway (required with GATEWAY_SMTP_URL)',
  GATEWAY_NAME: 'name of this gateway in receipts (default ivan-gateway)',
  GATEWAY_PLACE_NAME: 'place that notices are dated from (default Hà Nội)',
  GATEWAY_SUPPORT_TELEPHONE: 'telephone in receipts (default 1900 9068)',
} as const;

type Name = keyof typeof settings;

export function currentEnvironment(): Environment {
  return process.env;
}

/** @throws ConfigError with every problem. */
export function readConfig(environment: Environment): Config {
  const problems: string[] = Object.keys(environment)
    .filter((name) => name.startsWith('GATEWAY_') && !Object.hasOwn(settings, name))
    .map((name) => `${name}: unknown setting`);
  const reader = createReader(environment, problems);
  const config: Config = {
    listenHost: reader.text('GATEWAY_LISTEN_HOST', '127.0.0.1'),
    listenPort: reader.number('GATEWAY_LISTEN_PORT', 8443, 0, 65_535),
    databaseUrl: reader.url('GATEWAY_DATABASE_URL'),
    databasePassword: reader.optionalFile('GATEWAY_DATABASE_PASSWORD_FILE')?.trim(),
    databaseConnections: reader.number('GATEWAY_DATABASE_CONNECTIONS', 10, 4, 200),
    tls: { certificatePem: reader.file('GATEWAY_TLS_CERTIFICATE_FILE'), keyPem: reader.file('GATEWAY_TLS_KEY_FILE') },
    signing: { certificatePem: reader.file('GATEWAY_SIGNING_CERTIFICATE_FILE'), keyPem: reader.file('GATEWAY_SIGNING_KEY_FILE') },
    evidenceLog: { origin: reader.text('GATEWAY_LOG_ORIGIN', 'localhost/ivan-gateway'), keyPem: reader.file('GATEWAY_LOG_KEY_FILE'), witnesses: reader.witnesses('GATEWAY_LOG_WITNESSES_FILE'), memoryFile: environment['GATEWAY_LOG_MEMORY_FILE'] },
    stamping: readStampSettings(environment, reader, problems),
    backendClient: { certificatePem: reader.file('GATEWAY_BACKEND_CERTIFICATE_FILE'), keyPem: reader.file('GATEWAY_BACKEND_KEY_FILE') },
    trustFolder: reader.folder('GATEWAY_TRUST_FOLDER'),
    revocation: {
      fetch: reader.choice('GATEWAY_REVOCATION_FETCH', 'on', ['on', 'off']) === 'on',
      folder: resolve(reader.text('GATEWAY_REVOCATION_FOLDER', join(environment['GATEWAY_TRUST_FOLDER'] ?? '', 'fetched'))),
      everyMs: reader.number('GATEWAY_REVOCATION_INTERVAL_SECONDS', 3600, 60, 86_400) * 1000,
      timeoutMs: reader.number('GATEWAY_REVOCATION_TIMEOUT_SECONDS', 20, 1, 300) * 1000,
    },
    signaturePolicy: reader.choice('GATEWAY_SIGNATURE_POLICY', 'field', ['field', 'strict']) === 'strict' ? strictPolicy : fieldPolicy,
    shadow: readShadow(environment, problems),
    routes: reader.routes('GATEWAY_ROUTES_FILE'),
    operators: reader.operators('GATEWAY_OPERATORS_FILE', 'operators'),
    auditors: reader.operators('GATEWAY_AUDITORS_FILE', 'auditors'),
    maxBodyBytes: reader.number('GATEWAY_MAX_BODY_BYTES', 50 * 1024 * 1024, 1024, 512 * 1024 * 1024),
    bodyTimeoutMs: reader.number('GATEWAY_BODY_TIMEOUT_SECONDS', 60, 1, 3600) * 1000,
    outageProposalMs: reader.number('GATEWAY_OUTAGE_PROPOSAL_MINUTES', 30, 1, 1_440) * 60_000,
    maxBacklog: reader.number('GATEWAY_MAX_BACKLOG', 100_000, 1, 100_000_000),
    webhooks: {
      anyAddress: reader.choice('GATEWAY_WEBHOOK_ADDRESSES', 'public', ['public', 'any']) === 'any',
      authorities: reader.optionalFile('GATEWAY_WEBHOOK_AUTHORITIES_FILE')?.match(CERTIFICATE) ?? [],
    },
    mail: readMail(environment, reader, problems),
    name: reader.text('GATEWAY_NAME', 'ivan-gateway'),
    placeName: reader.text('GATEWAY_PLACE_NAME', 'Hà Nội'),
    supportTelephone: reader.text('GATEWAY_SUPPORT_TELEPHONE', '1900 9068'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** All of it or nothing. */
function readMail(environment: Environment, reader: Reader, problems: string[]): MailSettings | undefined {
  const smtpUrl = environment['GATEWAY_SMTP_URL'] ?? '';
  const password = reader.optionalFile('GATEWAY_SMTP_PASSWORD_FILE')?.trim();
  const from = reader.text('GATEWAY_MAIL_FROM', '');
  const publicUrl = reader.text('GATEWAY_PUBLIC_URL', '').replace(/\/$/, '');
  if (publicUrl !== '' && (!URL.canParse(publicUrl) || new URL(publicUrl).origin !== publicUrl || !publicUrl.startsWith('https://'))) problems.push(`GATEWAY_PUBLIC_URL: ${publicUrl} is not an https origin`);
  if (from !== '' && !isMailAddress(from)) problems.push(`GATEWAY_MAIL_FROM: ${from} is not a mail address`);
  if (smtpUrl === '') return undefined;
  const smtp = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined;
  if (smtp === undefined || !['smtp:', 'smtps:'].includes(smtp.protocol) || smtp.hostname === '' || smtp.password !== '') problems.push('GATEWAY_SMTP_URL: must be smtp:// or smtps://, without a password');
  for (const name of ['GATEWAY_MAIL_FROM', 'GATEWAY_PUBLIC_URL'] as const) if ((environment[name] ?? '') === '') problems.push(`${name}: required – ${settings[name]}`);
  return { smtpUrl, password, from, publicUrl };
}

function readShadow(environment: Environment, problems: string[]): ShadowRules | undefined {
  const id = environment['GATEWAY_SHADOW_RULE_SET'] ?? '';
  const root = resolve(environment['GATEWAY_SHADOW_STANDARD_FOLDER'] ?? packageRoot);
  if (id === '') return undefined;
  try {
    const standard = loadStandard(root, environment['GATEWAY_SIGNATURE_POLICY'] === 'strict' ? strictPolicy : fieldPolicy);
    const ruleSet = standard.ruleSets.find((set) => set.id === id);
    if (ruleSet !== undefined) return { standard, schemas: join(root, 'schemas'), ruleSet };
    problems.push(`GATEWAY_SHADOW_RULE_SET: there is no rule set ${id} among ${standard.ruleSets.map((set) => set.id).join(', ')}`);
  } catch (error) {
    problems.push(`GATEWAY_SHADOW_STANDARD_FOLDER: ${root}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}

export interface Reader {
  text(name: Name, fallback: string): string;
  choice(name: Name, fallback: string, values: readonly string[]): string;
  number(name: Name, fallback: number, least: number, most: number): number;
  url(name: Name): string;
  file(name: Name): string;
  optionalFile(name: Name): string | undefined;
  folder(name: Name): string;
  routes(name: Name): RouteFile;
  operators(name: Name, member: 'operators' | 'auditors'): Operators;
  witnesses(name: Name): readonly NoteVerifier[];
}

/** Each read gives a value of the right type; what is wrong goes to `problems`, and the value then is never used. */
function createReader(environment: Environment, problems: string[]): Reader {
  const required = (name: Name): string | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') problems.push(`${name}: required – ${settings[name]}`);
    return value === '' ? undefined : value;
  };
  const tried = <Value>(name: Name, path: string, step: () => Value): Value | undefined => {
    try {
      return step();
    } catch (error) {
      problems.push(`${name}: ${path}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const optional = <Value>(name: Name, read: (bytes: Buffer) => Value): Value | undefined => {
    const path = environment[name] ?? '';
    return path === '' ? undefined : tried(name, path, () => read(readFileSync(path)));
  };
  const readText = (name: Name, path: string): string => tried(name, path, () => readFileSync(path, 'utf8')) ?? '';
  return {
    text: (name, fallback) => environment[name] ?? fallback,
    choice: (name, fallback, values) => {
      const value = environment[name] ?? fallback;
      if (!values.includes(value)) problems.push(`${name}: ${value} is none of ${values.join(', ')}`);
      return value;
    },
    number: (name, fallback, least, most) => {
      const written = environment[name] ?? String(fallback);
      const value = Number(written);
      if (!/^\d+$/.test(written) || value < least || value > most) problems.push(`${name}: ${written} is not a whole number from ${least} to ${most}`);
      return value;
    },
    url: (name) => {
      const value = required(name);
      if (value !== undefined && !/^postgres(?:ql)?:\/\//.test(value)) problems.push(`${name}: must begin with postgres://`);
      return value ?? '';
    },
    file: (name) => {
      const path = required(name);
      return path === undefined ? '' : readText(name, path);
    },
    optionalFile: (name) => {
      const path = environment[name];
      return path === undefined || path === '' ? undefined : readText(name, path);
    },
    folder: (name) => {
      const path = required(name);
      if (path !== undefined) tried(name, path, () => readdirSync(path));
      return path === undefined ? '' : resolve(path);
    },
    routes: (name) => {
      const path = required(name);
      const readBeside = (file: string): string => readFileSync(join(dirname(path ?? ''), file), 'utf8');
      return (path === undefined ? undefined : tried(name, path, () => readRouteFile(readFileSync(path, 'utf8'), readBeside))) ?? { backends: new Map(), routes: new Map() };
    },
    operators: (name, member) => optional(name, (bytes) => readOperators(bytes, member)) ?? new Map(),
    witnesses: (name) => optional(name, (bytes) => readVerifiers(bytes.toString('utf8'), 'witness')) ?? [],
  };
}
