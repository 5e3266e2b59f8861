// Where the package's own data files (schemas, tables, migrations) are: the nearest folder upwards that holds package.json,
// so that the same code works from `src/` in tests and from `dist/src/` in production.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Absolute path of a file of the package, e.g. `packageFile('schemas', 'Hoso')`. */
export function packageFile(...segments: readonly string[]): string {
  return join(packageRoot, ...segments);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json not found above the program');
  return findRoot(parent);
}
