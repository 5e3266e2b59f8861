// A real PostgreSQL for a laptop and for tests: in a folder, on 127.0.0.1 only, with a random password (SCRAM) that the folder remembers,
// as it remembers the port. It stops with the process that started it. What an earlier run left behind, a stale lock file or a server
// still running, is taken over; what another living process uses is refused. Every wait has a limit. Not for production data.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, lstat, mkdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type DatabaseSettings, chooseFreePort, isPortFree, readSettings, writeSettings } from './database-settings.ts';
import { takeOver } from './database-takeover.ts';
import { messageOf } from './error-codes.ts';
import { holdFolder } from './folder-owner.ts';
import { type PostgresqlPlace, preparePlace } from './postgresql-place.ts';
import { Postmaster, StartFailure, serverEnvironment } from './postmaster.ts';

const INITDB_LIMIT_MS = 120_000;

export interface EmbeddedDatabaseOptions {
  /** Made with mode 0700 if missing. */
  readonly folder: string;
  /** False: begins empty, is removed at `stop`, and does not wait for the disk. */
  readonly persistent: boolean;
  readonly log?: (line: string) => void;
  /** Further arguments of `postgres`, e.g. `['-c', 'max_connections=20']`. */
  readonly flags?: readonly string[];
}

export interface EmbeddedDatabase {
  /** As superuser; the same after `resume`. */
  url(database: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  /** Ends the connections to it. A database that is not there is no error. */
  dropDatabase(name: string): Promise<void>;
  /** The database goes away (fast shutdown) … */
  pause(): Promise<void>;
  /** … and comes back with its data on the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.folder);
  const release = await holdFolder(folder);
  try {
    const place = await preparePlace(folder, options.persistent);
    const { settings, server } = await startIn(folder, place, options);
    return running(server, settings, (port) => launch(place, port, options), async () => {
      if (!options.persistent) await removeAll(folder, place);
      await release();
      if (!options.persistent) await rmdir(folder).catch(() => undefined);
    });
  } catch (error) {
    await release();
    throw error;
  }
}

interface Started {
  readonly settings: DatabaseSettings;
  readonly server: Postmaster;
}

async function startIn(folder: string, place: PostgresqlPlace, options: EmbeddedDatabaseOptions): Promise<Started> {
  const remembered = await readSettings(folder);
  await takeOver(place.data, remembered?.password ?? '');
  await clearUnusable(place, remembered !== undefined, options.persistent);

  // From here on everything in the place is ours.
  try {
    const settings = await settle(folder, remembered);
    if (!(await exists(place.data))) await createCluster(place, settings.password, options.persistent);
    return { settings, server: await launch(place, settings.port, options) };
  } catch (error) {
    if (!options.persistent) await removeAll(folder, place);
    throw error;
  }
}

/** The port and password to use, on disk before anything depends on them. */
async function settle(folder: string, remembered: DatabaseSettings | undefined): Promise<DatabaseSettings> {
  let settings = remembered ?? { port: await chooseFreePort(), password: randomBytes(24).toString('base64url') };
  if (!(await isPortFree(settings.port))) settings = { ...settings, port: await chooseFreePort() };
  await writeSettings(folder, settings);
  return settings;
}

/** Data that no one has the password of cannot be used. In the user's own folder it is not ours to remove. */
async function clearUnusable(place: PostgresqlPlace, usable: boolean, persistent: boolean): Promise<void> {
  if (usable && persistent) return;
  const mayBeSomeoneElses = !usable && place.account === undefined && (await exists(place.data));
  if (mayBeSomeoneElses) throw new Error(`${place.data} is there, but not its password (settings.json): remove it.`);
  await rm(place.data, { recursive: true, force: true });
}

/** `data` appears complete or not at all: an interrupted initdb is begun again. */
async function createCluster(place: PostgresqlPlace, password: string, persistent: boolean): Promise<void> {
  const draft = `${place.data}.draft`;
  const passwordFile = `${place.data}.password`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (place.account !== undefined) for (const path of [draft, passwordFile]) await chown(path, place.account.uid, place.account.gid);
    await runInitdb(place, ['-D', draft, '-U', 'postgres', '--pwfile', passwordFile, ...(persistent ? [] : ['--no-sync'])]);
    await rename(draft, place.data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(place: PostgresqlPlace, flags: readonly string[]): Promise<void> {
  // The built-in locale sorts and folds Unicode alike on every system, whatever locales are installed.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const how = { ...place.account, cwd: place.home, env: serverEnvironment, timeout: INITDB_LIMIT_MS };
  try {
    await promisify(execFile)(join(place.programs, 'bin', 'initdb'), [...flags, ...locale, '--auth=scram-sha-256', '--no-instructions'], how);
  } catch (cause) {
    throw new Error(`The development database could not be created in ${place.data}.\n${messageOf(cause)}`, { cause });
  }
}

async function launch(place: PostgresqlPlace, port: number, options: EmbeddedDatabaseOptions): Promise<Postmaster> {
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'logging_collector=off', 'log_destination=stderr'];
  // Unsynced data survives the end of the server, only not of the machine: enough for what is thrown away.
  if (!options.persistent) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const flags = [...settings.flatMap((setting) => ['-c', setting]), ...(options.flags ?? [])];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await Postmaster.start(place, flags, options.log ?? (() => undefined));
    } catch (error) {
      // After a kill -9 of the server its children need a moment to notice.
      const passing = error instanceof StartFailure && /pre-existing shared memory|could not bind/.test(error.message);
      if (!passing || attempt === 10) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

type Start = (port: number) => Promise<Postmaster>;

function running(first: Postmaster, { port, password }: DatabaseSettings, start: Start, clear: () => Promise<void>): EmbeddedDatabase {
  let server: Postmaster | undefined = first;
  let stopped: Promise<void> | undefined;
  const url = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const execute = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url('postgres'), connectionTimeoutMillis: 10_000 });
    // Its loss also rejects the query.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const pause = async (): Promise<void> => {
    await server?.stop();
    server = undefined;
  };
  return {
    url,
    createDatabase: (name, template) =>
      execute(`CREATE DATABASE ${pg.escapeIdentifier(name)}${template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`}`),
    dropDatabase: (name) => execute(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
    pause,
    resume: async () => {
      if (stopped !== undefined) throw new Error('The development database was stopped for good.');
      server ??= await start(port);
    },
    stop: () => (stopped ??= pause().then(clear)),
  };
}

async function removeAll(folder: string, place: PostgresqlPlace): Promise<void> {
  await rm(place.data, { recursive: true, force: true });
  if (place.home !== folder) await rm(place.home, { recursive: true, force: true });
  if (dirname(place.programs) === folder) await rm(place.programs, { recursive: true, force: true });
  await rm(join(folder, 'data'), { force: true });
  await rm(join(folder, 'settings.json'), { force: true });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
