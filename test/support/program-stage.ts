// What tests of killed gateways begin and end with: a database that the test sees too, the reference backend in this process, and gateways as programs of
// their own on both.
import type { Backend } from '../../src/backend/server.ts';
import type { Environment } from '../../src/config.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { loadPki, pkiFolder } from './pki.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';
import { callerTo, cloneDatabase, siteEnvironment, startReferenceBackend } from './site.ts';
import type { Caller } from './site.ts';
import { untilNothing } from './until.ts';

export interface ProgramStage {
  readonly pki: DevelopmentPki;
  readonly backend: Backend;
  readonly databaseUrl: string;
  readonly database: Database;
  /** Of a gateway on the stage. */
  readonly environment: Environment;
  startGateway(): Promise<Program>;
  /** As the registered I-VAN. */
  ivanAt(program: Program): Caller;
  /** The number that the statement gives as `n`. */
  count(sql: string): Promise<number>;
  /** Resolves when every dossier has its result. */
  allAnswered(): Promise<void>;
  /** What the dead held is given back, instead of waiting for it to run out. */
  releaseLeases(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Settings of the reference backend, and of the gateways, that are not the usual ones. */
  readonly backend?: Environment;
  readonly gateway?: Environment;
}

const CONNECTIONS = 4;

export async function openProgramStage(options: StageOptions = {}): Promise<ProgramStage> {
  const pki = await loadPki();
  const backend = await startReferenceBackend(options.backend);
  const databaseUrl = await cloneDatabase();
  const database = await openDatabase({ url: databaseUrl, connections: CONNECTIONS });
  await registerDevelopmentIvan(database, pki, new Date());
  const environment = { ...siteEnvironment(databaseUrl, backend.url, pkiFolder()), ...options.gateway };
  const count = async (sql: string): Promise<number> => (await database.query<{ n: number }>(sql))[0]?.n ?? 0;
  return {
    pki,
    backend,
    databaseUrl,
    database,
    environment,
    count,
    startGateway: () => startProgram(environment),
    ivanAt: ({ url }) => callerTo(url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem }),
    allAnswered: () => untilNothing('every dossier answered', () => count('SELECT count(*)::int AS n FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)')),
    releaseLeases: async () => {
      await database.query('UPDATE backend_feed SET claimed_until = now() WHERE claimed_until > now()');
      await database.query('UPDATE delivery_lease SET until = now() WHERE until > now()');
    },
    close: async () => {
      await database.close();
      await backend.stop();
    },
  };
}
