// Files that the commands read and write. What fails says which file and why. A key is never overwritten, and neither is a receipt by another one.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { ClientError, reasonOf } from '../client/errors.ts';
import { digestOf } from '../client/verify-message.ts';
import { parseTrustMaterial } from '../trust/material.ts';
import type { TrustFile, TrustMaterial } from '../trust/material.ts';

export async function readInput(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => failed(path, error));
}

export async function readText(path: string): Promise<string> {
  return (await readInput(path)).toString('utf8');
}

/** Made anew: an existing file is an error. */
export async function writeNew(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => failed(path, error));
  await writeFile(path, content, { mode, flag: 'wx' }).catch((error: unknown) => failed(path, error));
}

/** Where a gateway's answer was put: NAME.KIND.xml, or with the digest in the name when another answer is there already. */
export async function saveAnswer(folder: string, name: string, kind: string, answer: Buffer): Promise<string> {
  const plain = join(folder, `${name}.${kind}.xml`);
  const path = (await holdsOther(plain, answer)) ? join(folder, `${name}.${kind}.${digestOf(answer).slice(0, 12)}.xml`) : plain;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => failed(folder, error));
  await writeFile(path, answer).catch((error: unknown) => failed(path, error));
  return path;
}

/** `a/b.xml` → `b`. */
export function stemOf(path: string): string {
  return basename(path).replace(/\.xml$/i, '');
}

/** A folder with PEM and CRL files, as a gateway's trust folder, or one PEM file. */
export async function readTrust(path: string): Promise<TrustMaterial> {
  const files = await trustFiles(path).catch((error: unknown) => failed(path, error));
  try {
    return parseTrustMaterial(files);
  } catch (error) {
    throw new ClientError('TRUST', path, reasonOf(error), { cause: error });
  }
}

/** A gateway's trust folder is taken as the gateway takes it: with the lists that its worker fetched. */
async function trustFiles(path: string): Promise<readonly TrustFile[]> {
  const filesIn = async (folder: string): Promise<string[]> => (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const fetched = async (): Promise<string[]> => (await filesIn(join(path, 'fetched')).catch(() => [])).filter((name) => name.endsWith('.crl'));
  const names = (await stat(path)).isDirectory() ? [...(await filesIn(path)), ...(await fetched())] : [path];
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
}

async function holdsOther(path: string, content: Buffer): Promise<boolean> {
  const present = await readFile(path).catch(() => undefined);
  return present !== undefined && !present.equals(content);
}

function failed(path: string, error: unknown): never {
  throw new ClientError('FILE', path, reasonOf(error), { cause: error });
}
