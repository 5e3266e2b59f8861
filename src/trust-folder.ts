// Keeps the trust material of a folder at hand and fresh: whoever fetches revocation lists writes them there, and the gateway takes them up
// without a restart. Material is stored before it is used, so that every judgement can be repeated; bad material is reported and not used.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Database } from './store/database.ts';
import { keepTrustMaterial } from './store/trust.ts';
import { parseTrustMaterial, serializeTrustMaterial } from './trust/material.ts';
import type { TrustMaterial } from './trust/material.ts';

export interface TrustSource {
  readonly current: () => TrustMaterial;
  stop(): void;
}

const LOOK_EVERY_MS = 15_000;

/** @throws Error naming the file when the folder's material cannot be used at the start. */
export async function watchTrustFolder(folder: string, database: Database, log: (message: string, details: Readonly<Record<string, unknown>>) => void): Promise<TrustSource> {
  let seen = '';
  const load = async (): Promise<TrustMaterial> => {
    const state = stateOf(folder);
    const material = readTrustFolder(folder);
    await keepTrustMaterial(database.query, material.digest, serializeTrustMaterial(material));
    seen = state;
    return material;
  };
  let material = await load();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      if (stateOf(folder) === seen) return;
      const next = await load();
      if (next.digest !== material.digest) log('trust material changed', { digest: next.digest, anchors: next.anchors.length, revocationLists: next.revocationLists.length });
      material = next;
    } catch (error) {
      log('trust material not taken up', { folder, reason: error instanceof Error ? error.message : String(error) });
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return {
    current: () => material,
    stop: () => { clearInterval(timer); },
  };
}

export function readTrustFolder(folder: string): TrustMaterial {
  return parseTrustMaterial(filesIn(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) })));
}

/** Changes whenever a file is added, removed or written: parsing large revocation lists again and again would cost too much. */
function stateOf(folder: string): string {
  return filesIn(folder)
    .map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return `${name} ${mtimeMs} ${size}`;
    })
    .join('\n');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}
