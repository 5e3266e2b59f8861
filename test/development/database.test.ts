// The development database is a real one, comes back where it was, takes over what a crash left, and never outlives its starter.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import ts from 'typescript';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/development/database.ts';
import { isAlive } from '../../src/development/folder-owner.ts';
import { preparePlace } from '../../src/development/postgresql-place.ts';
import { completePrograms, copyPrograms, findProgramPackage } from '../../src/development/postgresql-programs.ts';
import { Postmaster, bringDown, readPidFile } from '../../src/development/postmaster.ts';
import { packageFile, packageRoot } from '../../src/paths.ts';

let root: string;
let database: EmbeddedDatabase | undefined;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ivan-database-')));
});

afterEach(async () => {
  await database?.stop();
  database = undefined;
});

afterAll(async () => {
  // For root, the data of the persistent database is elsewhere.
  if (process.getuid?.() === 0) for (const name of ['kept', 'child']) await rm((await preparePlace(join(root, name), true)).home, { recursive: true });
  await rm(root, { recursive: true, force: true });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function postmasterOf(folder: string): Promise<number> {
  return (await readPidFile((await preparePlace(folder, true)).data))?.pid ?? 0;
}

describe('a temporary database', () => {
  test('is UTF-8, local, behind a password, and leaves nothing', async () => {
    const folder = join(root, 'temporary');
    database = await startEmbeddedDatabase({ folder, persistent: false, flags: ['-c', 'max_connections=17'] });
    const settings = "current_setting('server_encoding') e, current_setting('listen_addresses') l, current_setting('max_connections') m, upper('đường') u";
    expect(await query(database.url('postgres'), `SELECT ${settings}`)).toEqual([{ e: 'UTF8', l: '127.0.0.1', m: '17', u: 'ĐƯỜNG' }]);
    expect(await query(database.url('postgres'), "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' scram FROM pg_authid WHERE rolname = 'postgres'")).toEqual([{ scram: true }]);
    const intruder = new URL(database.url('postgres'));
    intruder.password = 'guess';
    await expect(query(intruder.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(folder, 'settings.json'))).mode & 0o777).toBe(0o600);
    await database.stop();
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('clones a template and drops a database in use', async () => {
    database = await startEmbeddedDatabase({ folder: join(root, 'cloning'), persistent: false });
    await database.createDatabase('mẫu "1"');
    await query(database.url('mẫu "1"'), 'CREATE TABLE t AS SELECT 7 n');
    await Promise.all([database.createDatabase('a', 'mẫu "1"'), database.createDatabase('b', 'mẫu "1"')]);
    expect(await query(database.url('b'), 'SELECT n FROM t')).toEqual([{ n: 7 }]);
    const user = new pg.Client({ connectionString: database.url('a') });
    user.on('error', () => undefined);
    await user.connect();
    await database.dropDatabase('a');
    await database.dropDatabase('never there');
    await expect(query(database.url('a'), 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
    await user.end();
  });

  test('goes away and comes back on the same port with its data', async () => {
    database = await startEmbeddedDatabase({ folder: join(root, 'pausing'), persistent: false });
    const url = database.url('postgres');
    await query(url, 'CREATE TABLE kept AS SELECT 1 n');
    await database.pause();
    await expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await database.resume();
    expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await database.stop();
    await database.stop();
    await expect(database.resume()).rejects.toThrow('stopped for good');
  });

  test('does not touch data that is someone else’s', async () => {
    const folder = join(root, 'theirs');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(join(folder, 'data', 'thesis.txt'), 'x');
    for (const persistent of [true, false]) await expect(startEmbeddedDatabase({ folder, persistent })).rejects.toThrow('remove');
    expect(await readFile(join(folder, 'data', 'thesis.txt'), 'utf8')).toBe('x');
  });

  test('says why it does not start', async () => {
    await expect(startEmbeddedDatabase({ folder: join(root, 'bad flag'), persistent: false, flags: ['-c', 'no_such_setting=1'] })).rejects.toThrow(/did not start[^]*no_such_setting/);
  });
});

describe('a persistent database', () => {
  let folder: string;
  const start = async (): Promise<EmbeddedDatabase> => (database = await startEmbeddedDatabase({ folder, persistent: true }));
  const count = async (): Promise<unknown> => (await query((await start()).url('postgres'), 'SELECT count(*)::int n FROM kept'))[0];

  beforeAll(async () => {
    folder = join(root, 'kept');
    await query((await start()).url('postgres'), 'CREATE TABLE kept AS SELECT 1 n');
    await database?.stop();
  });

  test('keeps data, port and password', async () => {
    const { url } = await start();
    const [before] = [url('x'), await database?.stop()];
    expect((await start()).url('x')).toBe(before);
    await database?.stop();
    expect(await count()).toEqual({ n: 1 });
  });

  test('belongs to one process at a time', async () => {
    await start();
    await expect(startEmbeddedDatabase({ folder, persistent: true })).rejects.toThrow(`in use by process ${process.pid}`);
  });

  test('ignores an owner that is gone or that is of another folder', async () => {
    for (const owner of [`${process.pid}\n\n${folder}`, `1\n0\n${folder}`, `1\n\n/elsewhere`, '']) {
      await writeFile(join(folder, 'owner'), owner);
      expect(await count()).toEqual({ n: 1 });
      await database?.stop();
    }
  });

  test('recovers from kill -9 of the server', async () => {
    await start();
    process.kill(await postmasterOf(folder), 'SIGKILL');
    await database?.stop();
    expect(await readPidFile((await preparePlace(folder, true)).data)).toBeDefined();
    expect(await count()).toEqual({ n: 1 });
  });

  test('takes over from a server that an earlier run left running', async () => {
    const port = portOf((await start()).url(''));
    await database?.stop();
    const orphan = await Postmaster.start(await preparePlace(folder, true), ['-c', `port=${port}`, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='], () => undefined);
    const pid = await postmasterOf(folder);
    expect(await count()).toEqual({ n: 1 });
    expect(portOf(database?.url('') ?? '')).toBe(port);
    expect(await isAlive(pid)).toBe(false);
    await orphan.stop();
  });

  test('is not fooled by a lock file whose process is someone else', async () => {
    const { data } = await preparePlace(folder, true);
    await writeFile(join(data, 'postmaster.pid'), [process.pid, data, 1, 1, '', '127.0.0.1', '', 'ready'].join('\n'));
    expect(await count()).toEqual({ n: 1 });
  });

  describe('whose port was taken', () => {
    let other: Server;
    beforeEach(async () => {
      const port = portOf((await start()).url(''));
      await database?.stop();
      other = createServer();
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    });
    afterEach(() => {
      other.close();
    });

    test('moves to another', async () => {
      expect(await count()).toEqual({ n: 1 });
    });
  });
});

describe('the programs', () => {
  test('run without the links that npm did not make, from a copy all can read', async () => {
    const found = await findProgramPackage();
    const parent = join(root, 'programs');
    await mkdir(parent);
    const umask = process.umask(0o077);
    try {
      const [copy, again] = await Promise.all([copyPrograms(found, parent), copyPrograms(found, parent)]);
      expect(again).toBe(copy);
      expect((await stat(join(copy, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
      expect((await stat(join(copy, 'share', 'postgresql', 'postgres.bki'))).mode & 0o777).toBe(0o644);
      expect(await readdir(parent)).toEqual([found.name]);
      await rm(join(copy, 'lib', 'libpq.so.5'), { force: true });
      expect(await Promise.all([completePrograms(copy), completePrograms(copy)])).toEqual([true, true]);
    } finally {
      process.umask(umask);
    }
  });
});

describe('when the starting process', () => {
  /** The room as JavaScript, outside of the repository, so that a plain Node process can run it. */
  async function compile(): Promise<string> {
    const folder = join(root, 'compiled');
    await mkdir(folder, { recursive: true });
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true };
    for (const name of await readdir(packageFile('src', 'development'))) {
      const source = await readFile(packageFile('src', 'development', name), 'utf8');
      await writeFile(join(folder, name.replace(/ts$/, 'js')), ts.transpileModule(source, { compilerOptions: options }).outputText);
    }
    await cp(join(packageRoot, 'package.json'), join(folder, 'package.json'));
    await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules')).catch(() => undefined);
    return folder;
  }

  test.each(['SIGKILL', 'SIGINT'] as const)('ends by %s, the server stops too', async (signal) => {
    const folder = join(root, 'child');
    const program = `import { startEmbeddedDatabase } from './database.js';
      await startEmbeddedDatabase({ folder: ${JSON.stringify(folder)}, persistent: true }); console.log('started'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: await compile(), stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    const pid = await postmasterOf(folder);
    expect(await isAlive(pid)).toBe(true);
    child.kill(signal);
    for (let attempt = 0; attempt < 1_000 && (await isAlive(pid)); attempt += 1) await delay(50);
    expect(await isAlive(pid)).toBe(false);
  });

  test('only forgot to stop it, it ends all the same', async () => {
    const folder = join(root, 'forgotten');
    const program = `import { startEmbeddedDatabase } from './database.js';
      await startEmbeddedDatabase({ folder: ${JSON.stringify(folder)}, persistent: false });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: await compile(), stdio: 'inherit' });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    const { data } = await preparePlace(folder, false);
    const pid = (await readPidFile(data))?.pid ?? 0;
    await bringDown(pid, async () => !(await isAlive(pid)));
    await (await startEmbeddedDatabase({ folder, persistent: false })).stop();
  });
});
