// The connection standard as octets: every table and every schema of a package, by its path inside it, and the digests of the code that judges by them. The only reader of the disk for them;
// whoever reads tables or compiles schemas takes this map, so that a bundle without a disk can carry the same files and judge the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../paths.ts';
import { SCHEMAS_FOLDER, TABLES_FOLDER } from './digest.ts';
import { JUDGING_CODE, judgingCode } from './judging-code.ts';

/** Path inside the package with forward slashes (`schemas/D02-TS/1/D02-TS.xsd`) → octets; sorted by path. */
export type StandardFiles = ReadonlyMap<string, Uint8Array>;

/** The tables and schemas below `root`, the package's folder unless somebody says otherwise; the code is always this program's. */
export function readStandardFiles(root: string = packageRoot): StandardFiles {
  const paths = [...pathsBelow(root, TABLES_FOLDER, '.json'), ...pathsBelow(root, SCHEMAS_FOLDER, '.xsd')];
  paths.sort();
  return new Map<string, Uint8Array>([[JUDGING_CODE, judgingCode()], ...paths.map((path) => [path, readFileSync(join(root, path))] as const)]);
}

function pathsBelow(root: string, folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}
