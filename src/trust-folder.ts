// Keeps the trust material of a folder at hand and fresh: whoever fetches revocation lists writes them there, and the gateway takes them up
// without a restart. Lists that the gateway's own worker fetched lie in a folder of their own, from which nothing but lists is ever taken.
// Material is stored before it is used, so that every judgement can be repeated; bad material is reported and not used.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { BoundedMap } from './bounded-map.ts';
import type { Database } from './store/database.ts';
import { keepTrustMaterial } from './store/trust.ts';
import { parseRevocationList } from './trust/crl.ts';
import { manifestOf } from './trust/manifest.ts';
import { parseTrustMaterial, partsOf } from './trust/material.ts';
import type { TrustFile, TrustMaterial } from './trust/material.ts';

export interface TrustSource {
  readonly current: () => TrustMaterial;
  /** Takes up what has changed, now; resolves when it has been, or has been reported as bad. */
  readonly refresh: () => Promise<void>;
  stop(): void;
}

type Log = (message: string, details: Readonly<Record<string, unknown>>) => void;

export interface TrustFolders {
  readonly folder: string;
  /** Where the worker keeps what it fetched; need not exist. */
  readonly fetched?: string;
}

const LOOK_EVERY_MS = 15_000;

/** By SHA-256: large lists are not read once more than needed. */
const readable = new BoundedMap<string, boolean>(256);

/** @throws Error naming the file when the folder's material cannot be used at the start. */
export async function watchTrustFolder(folders: TrustFolders, database: Database, log: Log): Promise<TrustSource> {
  let seen = '';
  const load = async (): Promise<TrustMaterial> => {
    const state = stateOf(folders);
    const material = readBoth(folders, log);
    await keepTrustMaterial(database.query, { digest: material.digest, body: manifestOf(material) }, [...partsOf(material)]);
    seen = state;
    return material;
  };
  let material = await load();
  const look = async (): Promise<void> => {
    try {
      if (stateOf(folders) === seen) return;
      const next = await load();
      if (next.digest !== material.digest) log('trust material changed', { digest: next.digest, anchors: next.anchors.length, revocationLists: next.revocationLists.length });
      material = next;
    } catch (error) {
      log('trust material not taken up', { folder: folders.folder, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  // One look after the other; whoever asks while one is under way gets another that began after it asked.
  let underWay = Promise.resolve();
  let next: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    next ??= underWay.then(() => {
      next = undefined;
      return (underWay = look());
    });
    return next;
  };
  const timer = setInterval(() => void refresh(), LOOK_EVERY_MS);
  timer.unref();
  return {
    current: () => material,
    refresh,
    stop: () => { clearInterval(timer); },
  };
}

export function readTrustFolder(folder: string): TrustMaterial {
  return parseTrustMaterial(filesOf(folder));
}

function readBoth({ folder, fetched }: TrustFolders, log: Log): TrustMaterial {
  return parseTrustMaterial([...filesOf(folder), ...(fetched === undefined ? [] : fetchedLists(fetched, log))]);
}

/** A list that cannot be read is left out: what was fetched must not be able to stop the gateway. */
function fetchedLists(folder: string, log: Log): TrustFile[] {
  return listFilesIn(folder).flatMap((name) => {
    try {
      const bytes = readFileSync(join(folder, name));
      const isRead = readable.getOrCompute(createHash('sha256').update(bytes).digest('hex'), () => isList(bytes));
      if (!isRead) throw new Error('is not a revocation list in DER');
      return [{ name, bytes }];
    } catch (error) {
      // Another process may just have replaced it.
      if (!isMissing(error)) log('fetched revocation list not used', { folder, name, reason: error instanceof Error ? error.message : String(error) });
      return [];
    }
  });
}

/** Nothing that the reader of the material could take for anything else. */
function isList(bytes: Buffer): boolean {
  if (bytes.includes('-----BEGIN ') || bytes.includes('PRIVATE KEY-----')) return false;
  try {
    parseRevocationList(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Changes whenever a file is added, removed or written: parsing large revocation lists again and again would cost too much. */
function stateOf({ folder, fetched }: TrustFolders): string {
  const lists = fetched === undefined ? [] : listFilesIn(fetched).map((name) => join(fetched, name));
  return [...filesIn(folder).map((name) => join(folder, name)), ...lists]
    .map((path) => {
      const state = statSync(path, { throwIfNoEntry: false });
      return `${path} ${state?.mtimeMs ?? 0} ${state?.size ?? 0}`;
    })
    .join('\n');
}

function filesOf(folder: string): TrustFile[] {
  return filesIn(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

function listFilesIn(folder: string): string[] {
  try {
    return filesIn(folder).filter((name) => name.endsWith('.crl'));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
