// What a witness or monitor keeps between two looks: the last checkpoint, in a file that holds either the old one or the new one whole, whenever the machine
// stops; one process at a time. Two checkpoints that contradict each other are kept beside it and never overwritten.
import { createHash } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ClientError, reasonOf } from '../client/errors.ts';

export interface StateFile {
  /** Undefined before there was one. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
  /** Gives where it is kept. */
  readonly keepEvidence: (text: string) => Promise<string>;
}

/** Holds the file while the work is done. @throws ClientError STATE_HELD when another process has it. */
export async function withState<Value>(path: string, work: (state: StateFile) => Promise<Value>): Promise<Value> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => failed(path, error));
  const lock = `${path}.lock`;
  await hold(path, lock);
  try {
    return await work({ read: () => readIfThere(path), write: (text) => replace(path, text).catch((error: unknown) => failed(path, error)), keepEvidence: (text) => keep(path, text) });
  } finally {
    await unlink(lock).catch(() => undefined);
  }
}

async function hold(path: string, lock: string): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    const own = `${lock}.${process.pid}`;
    await written(own, `${process.pid}\n`).catch((error: unknown) => failed(path, error));
    // The link is there with its content or not at all.
    const isHeld = await link(own, lock).then(() => true, (error: unknown) => (codeOf(error) === 'EEXIST' ? false : failed(path, error))).finally(() => unlink(own));
    if (isHeld) return;
    const holder = Number((await readIfThere(lock)) ?? '');
    if (holder > 0 && holder !== process.pid && isAlive(holder)) throw new ClientError('STATE_HELD', path, String(holder));
    await takeAway(lock, holder);
  }
  throw new ClientError('STATE_HELD', path, '?');
}

/** Left behind by a process that is no more. Another one may have done the same and hold it by now: that one's is put back. */
async function takeAway(lock: string, holder: number): Promise<void> {
  const aside = `${lock}.${process.pid}.old`;
  await rename(lock, aside).catch(() => undefined);
  if (Number((await readIfThere(aside)) ?? holder) !== holder) await link(aside, lock).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await written(beside, text);
  await rename(beside, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function written(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function keep(path: string, text: string): Promise<string> {
  const evidence = `${path}.conflict-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.txt`;
  await replace(evidence, text).catch((error: unknown) => failed(evidence, error));
  return evidence;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => (codeOf(error) === 'ENOENT' ? undefined : failed(path, error)));
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function failed(path: string, error: unknown): never {
  throw new ClientError('FILE', path, reasonOf(error), { cause: error });
}
