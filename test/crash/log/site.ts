// The site of the run over the log: two gateways as programs on one database, each known to the server by a name so that its connections can be cut; one agency in
// ten answers, so that results and notices come into the log, too, and the others are away.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Backend } from '../../../src/backend/server.ts';
import type { Credential } from '../../../src/development/certificates.ts';
import { registerDevelopmentIvan } from '../../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../../src/development/pki.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { lowPorts } from '../../support/low-ports.ts';
import { employerLike, loadPki, pkiFolder } from '../../support/pki.ts';
import { cloneDatabase, noBackend, siteEnvironment, startReferenceBackend } from '../../support/site.ts';
import { programPart } from '../chaos/parts.ts';
import type { Part, ProgramPart } from '../chaos/parts.ts';

export interface LogSite {
  readonly pki: DevelopmentPki;
  /** With an elliptic key: signs and is judged fast. */
  readonly employer: Credential;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly gateways: readonly ProgramPart[];
  /** The gateways, and their connections to the database. */
  readonly parts: ReadonlyMap<string, Part>;
  stop(): Promise<void>;
}

export const agencies = ['00101', '00102', '00103', '07901'] as const;
/** The one that answers. */
export const answering = '00101';

export async function startLogSite(): Promise<LogSite> {
  const pki = await loadPki();
  const backend = await startReferenceBackend();
  const databaseUrl = await cloneDatabase();
  const database = await openDatabase({ url: databaseUrl, connections: 4 });
  await registerDevelopmentIvan(database, pki, new Date());
  const employer = employerLike(pki, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const routes = writeRoutes(backend);
  const gateways = (await lowPorts(2)).map((port, index) => {
    const url = new URL(databaseUrl);
    url.searchParams.set('application_name', `gateway ${index}`);
    return programPart(`gateway ${index}`, port, ['main.js'], { ...siteEnvironment(url.href, '', pkiFolder()), GATEWAY_ROUTES_FILE: routes, GATEWAY_LISTEN_PORT: String(port) });
  });
  await Promise.all(gateways.map((gateway) => gateway.start()));
  const connections = gateways.map(({ name }) => connectionsOf(name, database));
  return {
    pki, employer, database, databaseUrl, gateways,
    parts: new Map([...gateways, ...connections].map((part) => [part.name, part])),
    stop: async () => {
      await Promise.all(gateways.map((gateway) => gateway.end()));
      await database.close();
      await backend.stop();
    },
  };
}

function writeRoutes({ url }: Backend): string {
  const file = join(pkiFolder(), `routes-${randomUUID()}.json`);
  const reached = { certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] };
  writeFileSync(file, JSON.stringify({ backends: { reference: { ...reached, url }, away: { ...reached, url: noBackend } }, routes: { [answering]: 'reference', '*': 'away' } }));
  return file;
}

/** Struck in the middle of what they do: those that are at work are ended by the server. */
function connectionsOf(gateway: string, { query }: Database): Part {
  let kills = 0;
  return {
    name: `connections of ${gateway}`,
    lines: [],
    isUp: () => true,
    kills: () => kills,
    start: () => Promise.resolve(),
    kill: async () => {
      kills += 1;
      await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`, [gateway]);
    },
  };
}
