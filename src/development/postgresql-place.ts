// Where the programs and data of a development database are, and as whom it runs.
//
// An ordinary user runs the npm package's programs in place and keeps the data in the folder. PostgreSQL refuses to run as root, so root
// runs it as `postgres`, or as `nobody` where that user is missing: no account is created. Those users may be unable to pass through the
// folders above the repository (/root is 0700; a umask of 077 hides node_modules), and opening them up is not ours to do. So for root,
// always and not only when needed (one way, always exercised): the programs are copied to /var/lib/ivan-gateway-development, the data lies
// beside them (a temporary database's in /tmp) under a hash of the folder's path, and the folder holds a link to it. Everything chowned
// was created by us.
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from './error-codes.ts';
import { completePrograms, copyPrograms, findProgramPackage } from './postgresql-programs.ts';

const PUBLIC_NAME = 'ivan-gateway-development';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresqlPlace {
  /** Holds bin/initdb and bin/postgres. */
  readonly programs: string;
  /** Holds `data`, and is the working directory: the account can reach it. */
  readonly home: string;
  readonly data: string;
  /** Undefined: as whoever runs this process. */
  readonly account: Account | undefined;
}

export async function preparePlace(folder: string, persistent: boolean): Promise<PostgresqlPlace> {
  return process.getuid?.() === 0 ? preparePlaceForRoot(folder, persistent) : preparePlaceForUser(folder);
}

async function preparePlaceForUser(folder: string): Promise<PostgresqlPlace> {
  const found = await findProgramPackage();
  const programs = (await completePrograms(found.folder)) ? found.folder : await copyPrograms(found, folder);
  const data = join(folder, 'data');
  // Root's link, in a tree that was given to this user since: what it points to is not readable for us.
  if ((await readlink(data).catch(() => '')).includes(`/${PUBLIC_NAME}/`)) await rm(data);
  return { programs, home: folder, data, account: undefined };
}

async function preparePlaceForRoot(folder: string, persistent: boolean): Promise<PostgresqlPlace> {
  const link = join(folder, 'data');
  const present = await lstat(link).catch(() => undefined);
  if (present?.isSymbolicLink() === false) throw new Error(`${link} was made by user ${present.uid}: start as that user, or remove ${folder}.`);

  const library = await publicFolder(['/var/lib', '/var/tmp']);
  const programs = await copyPrograms(await findProgramPackage(), library);
  await checkOurs(programs);
  const base = persistent ? library : await publicFolder(['/tmp', '/var/tmp']);
  const home = join(base, createHash('sha256').update(await realpath(folder)).digest('hex').slice(0, 24));
  await makePublicFolder(home);

  await rm(link, { force: true });
  await symlink(join(home, 'data'), link);
  const data = join(home, 'data');
  return { programs, home, data, account: (await ownerOf(data)) ?? (await findAccount()) };
}

/** A folder in the first of the parents that can be written: owned by root, passable for all, writable by no one else. */
async function publicFolder(parents: readonly string[]): Promise<string> {
  let failure: unknown;
  for (const parent of parents) {
    const path = join(parent, PUBLIC_NAME);
    try {
      await makePublicFolder(path);
      return path;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error(`Root needs a folder of its own for the development database in one of ${parents.join(', ')}.`, { cause: failure });
}

async function makePublicFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, 0o755);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  await checkOurs(path);
}

/** In a folder that all may write, such as /tmp, someone else may have made it first, with programs of theirs for us to run. */
async function checkOurs(path: string): Promise<void> {
  const { uid, mode } = await lstat(path);
  const ours = uid === 0 && (mode & 0o170000) === 0o040000 && (mode & 0o022) === 0;
  if (!ours) throw new Error(`${path} must be a folder that only root can write.`);
}

/** Whoever the data was made as; a `postgres` user that was added since cannot read it. */
async function ownerOf(data: string): Promise<Account | undefined> {
  return lstat(data).then(({ uid, gid }) => ({ uid, gid }), () => undefined);
}

async function findAccount(): Promise<Account> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) !== 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and /etc/passwd names neither postgres nor nobody to run it as.');
}
