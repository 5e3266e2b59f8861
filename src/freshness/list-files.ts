// Fetched lists as files, so that a restart and a second process have them. A file appears whole or not at all and is on the disk before it
// counts; its name tells authority, age and content, so that two processes never write over each other and the newest is always kept.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { RevocationList } from '../trust/crl.ts';

const locationsFile = 'locations.json';
const MOST_AUTHORITIES = 1_000;

/** Keeps the list and removes the older ones under the same key, which stands for an authority and a part of its certificates. */
export async function keepList(folder: string, key: string, list: RevocationList): Promise<void> {
  const prefix = `${createHash('sha256').update(key).digest('hex').slice(0, 40)}-`;
  const name = `${prefix}${list.thisUpdate.toISOString().replace(/[-:]|\.000/g, '')}-${list.fingerprint.slice(0, 16)}.crl`;
  await writeWhole(folder, name, list.der);
  const older = (await readdir(folder)).filter((other) => other.startsWith(prefix) && other < name);
  await Promise.all(older.map((other) => rm(join(folder, other), { force: true })));
}

/** Authority → groups of places, each group one list. */
export type Locations = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Where lists were last seen to be. What cannot be read is nothing: it is learnt again. */
export async function readLocations(folder: string): Promise<Locations> {
  const text = await readFile(join(folder, locationsFile), 'utf8').catch(() => '{}');
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>).slice(0, MOST_AUTHORITIES);
    return new Map(entries.map(([key, groups]) => [key, asList(groups).map((group) => asList(group).filter((url) => typeof url === 'string')).filter(({ length }) => length > 0)]));
  } catch {
    return new Map();
  }
}

export async function keepLocations(folder: string, locations: Locations): Promise<void> {
  await writeWhole(folder, locationsFile, Buffer.from(`${JSON.stringify(Object.fromEntries(locations), null, 2)}\n`));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

async function writeWhole(folder: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${name}.${randomUUID()}`);
  try {
    const file = await open(draft, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
