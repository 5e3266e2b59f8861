// A development site in `.data/`: embedded database, development PKI and the settings that make gateway and backend out of them. Nothing of it
// is a default of the gateway itself: `main.ts` knows none of these files.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Environment } from '../config.ts';
import { packageFile } from '../paths.ts';
import { readSettings } from './database-settings.ts';
import { startEmbeddedDatabase } from './database.ts';
import type { EmbeddedDatabase } from './database.ts';
import { ensureDevelopmentPki, fileNameOf, LOG_KEY } from './pki-folder.ts';
import type { DevelopmentPki, Party } from './pki.ts';
import { startTimeStampServer } from './time-stamp-server.ts';
import type { TimeStampServer } from './time-stamp-server.ts';

const gatewayDatabase = 'gateway';
export const backendDatabase = 'backend';
export const backendPort = 9443;

export interface DevelopmentSite {
  readonly pki: DevelopmentPki;
  /** Absent when the environment names a database of its own. */
  readonly database: EmbeddedDatabase | undefined;
  /** Settings of a gateway on this site; what the caller's environment sets wins. */
  readonly gatewayEnvironment: Environment;
  /** Path of a party's file, e.g. `fileOf('employer', 'key')`. */
  readonly fileOf: (party: Party, kind: 'pem' | 'chain.pem' | 'key') => string;
  readonly trustFolder: string;
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly folder?: string;
  readonly now: Date;
  /** Where it is given, a time-stamp authority of the site's own runs by it. */
  readonly stampsBy?: () => Date;
  readonly environment: Environment;
  readonly backendUrl?: string;
  /** Further host names of the TLS servers. */
  readonly names?: readonly string[];
  readonly log?: (line: string) => void;
}

export function siteFolder(): string {
  return packageFile('.data');
}

export async function openSite({ folder = siteFolder(), now, stampsBy, environment, backendUrl = `https://127.0.0.1:${backendPort}`, names = [], log }: SiteOptions): Promise<DevelopmentSite> {
  const database = environment['GATEWAY_DATABASE_URL'] === undefined ? await startDatabase(folder, log) : undefined;
  const pkiFolder = join(folder, 'pki');
  await mkdir(pkiFolder, { recursive: true, mode: 0o700 });
  const pki = await ensureDevelopmentPki(pkiFolder, now, names);
  const fileOf: DevelopmentSite['fileOf'] = (party, kind) => join(pkiFolder, `${fileNameOf(party)}.${kind}`);
  const routesFile = join(pkiFolder, 'routes.json');
  const backend = { url: backendUrl, certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] };
  await writeFile(routesFile, `${JSON.stringify({ backends: { reference: backend }, routes: { '*': 'reference' } }, null, 2)}\n`);
  const trustFolder = join(pkiFolder, 'trust');
  const stamps = await startStamps(environment, pki, stampsBy);
  const own: Environment = {
    ...(database === undefined ? {} : { GATEWAY_DATABASE_URL: database.url(gatewayDatabase) }),
    ...gatewayFiles({ fileOf, trustFolder }),
    GATEWAY_ROUTES_FILE: routesFile,
    ...(stamps === undefined ? {} : { GATEWAY_STAMP_URL: stamps.url }),
  };
  return {
    pki,
    database,
    gatewayEnvironment: { ...own, ...environment },
    fileOf,
    trustFolder,
    stop: async () => {
      await stamps?.stop();
      await database?.stop();
    },
  };
}

async function startStamps(environment: Environment, { timeStamp }: DevelopmentPki, now: (() => Date) | undefined): Promise<TimeStampServer | undefined> {
  return now === undefined || environment['GATEWAY_STAMP_URL'] !== undefined ? undefined : startTimeStampServer({ credential: timeStamp, now });
}

async function startDatabase(folder: string, log?: (line: string) => void): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: true, ...(log === undefined ? {} : { log }) });
  for (const name of [gatewayDatabase, backendDatabase]) await createOnce(database, name);
  return database;
}

async function createOnce(database: EmbeddedDatabase, name: string): Promise<void> {
  await database.createDatabase(name).catch((error: unknown) => {
    const exists = error instanceof Error && 'code' in error && error.code === '42P04';
    if (!exists) throw error;
  });
}

type SiteFiles = Pick<DevelopmentSite, 'fileOf' | 'trustFolder'>;

/** Settings that say where a gateway finds its certificates, keys and trust material. */
export function gatewayFiles({ fileOf, trustFolder }: SiteFiles): Environment {
  return {
    GATEWAY_TLS_CERTIFICATE_FILE: fileOf('gatewayTls', 'chain.pem'),
    GATEWAY_TLS_KEY_FILE: fileOf('gatewayTls', 'key'),
    GATEWAY_SIGNING_CERTIFICATE_FILE: fileOf('gatewaySigning', 'chain.pem'),
    GATEWAY_SIGNING_KEY_FILE: fileOf('gatewaySigning', 'key'),
    GATEWAY_LOG_KEY_FILE: join(trustFolder, '..', LOG_KEY),
    GATEWAY_BACKEND_CERTIFICATE_FILE: fileOf('gatewayClient', 'chain.pem'),
    GATEWAY_BACKEND_KEY_FILE: fileOf('gatewayClient', 'key'),
    GATEWAY_TRUST_FOLDER: trustFolder,
  };
}

/** The same of the reference backend. */
export function backendFiles({ fileOf, trustFolder }: SiteFiles): Environment {
  return {
    BACKEND_TLS_CERTIFICATE_FILE: fileOf('agencyTls', 'chain.pem'),
    BACKEND_TLS_KEY_FILE: fileOf('agencyTls', 'key'),
    BACKEND_CLIENT_CA_FILE: join(trustFolder, 'root.pem'),
    BACKEND_CLIENT_CERTIFICATES: fileOf('gatewayClient', 'pem'),
    BACKEND_SIGNING_CERTIFICATE_FILE: fileOf('agencySigning', 'chain.pem'),
    BACKEND_SIGNING_KEY_FILE: fileOf('agencySigning', 'key'),
    BACKEND_TRUST_FOLDER: trustFolder,
    BACKEND_GATEWAY_CERTIFICATES: fileOf('gatewaySigning', 'pem'),
  };
}

export interface SiteDatabase {
  readonly url: string;
  readonly password: string | undefined;
  stop(): Promise<void>;
}

/** The gateway's database as a tool beside the gateway finds it: named by the environment, or the site's, running or started for the purpose. */
export async function openSiteDatabase(environment: Environment, folder: string = siteFolder()): Promise<SiteDatabase> {
  const url = environment['GATEWAY_DATABASE_URL'];
  if (url !== undefined) return { url, password: passwordFrom(environment), stop: () => Promise.resolve() };
  const running = await readSettings(join(folder, 'database')).catch(() => undefined);
  const settled = { password: undefined };
  try {
    const database = await startDatabase(folder);
    return { ...settled, url: database.url(gatewayDatabase), stop: () => database.stop() };
  } catch (error) {
    if (running === undefined || !(error instanceof Error) || !error.message.includes('is in use by process')) throw error;
    return { ...settled, url: `postgres://postgres:${running.password}@127.0.0.1:${running.port}/${gatewayDatabase}`, stop: () => Promise.resolve() };
  }
}

function passwordFrom(environment: Environment): string | undefined {
  const path = environment['GATEWAY_DATABASE_PASSWORD_FILE'];
  return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
}
