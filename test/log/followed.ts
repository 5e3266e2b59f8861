// The log of a gateway as somebody else holds it: tiles and entries fetched by their public addresses into a folder, and what the second reader says of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { tilePath, widthIn } from '../../src/log/tiles.ts';
import { packageFile } from '../../src/paths.ts';
import type { Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

export async function text(caller: Caller, path: string): Promise<string> {
  const { status, body } = await caller.get(path);
  if (status !== 200) throw new Error(`${path}: ${status} ${body.toString('utf8')}`);
  return body.toString('utf8');
}

export function sizeOf(note: string): number {
  return Number(note.split('\n')[1]);
}

/** So many entries more, for each gateway to enter. Gives the size of the log when they are in it. */
export async function growBy({ direct, gateway }: Site, count: number): Promise<number> {
  const newest = async (): Promise<number> => sizeOf(await text(direct, '/v1/log/checkpoint'));
  const before = await newest();
  await gateway.database.query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'test', '{}' FROM generate_series(1, $1::int)`, [count]);
  return until(`${count} entries more`, async () => {
    const size = await newest();
    return size >= before + count && size;
  });
}

/** Every tile and bundle of a tree of that size. Gives the folder. */
export async function download(caller: Caller, size: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'followed-log-'));
  const fetchTile = async (path: string): Promise<void> => {
    const { status, body } = await caller.get(`/v1/log/tile/${path}`);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    const file = join(folder, 'tile', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  };
  for (let level = 0; widthIn(size, level, 0) > 0; level += 1) {
    for (let index = 0; widthIn(size, level, index) > 0; index += 1) {
      const tile = { level, index, width: widthIn(size, level, index) };
      await fetchTile(tilePath(tile));
      if (level === 0) await fetchTile(tilePath(tile, 'entries'));
    }
  }
  return folder;
}

/** What the second reader prints; `failed: …` when it does not agree. */
export function secondReader(input: string, ...words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('python3', [packageFile('test/log/independent.py'), ...words], { input, encoding: 'utf8' });
  return status === 0 ? stdout : `failed: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}
