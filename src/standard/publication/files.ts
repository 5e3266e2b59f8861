// The files that the standard publishes, from the package's disk: tables, schemas, and the sample beside each schema. Read once.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../paths.ts';

/** Path inside the package with forward slashes → octets, in the order of the paths. */
export type PublishedFiles = ReadonlyMap<string, Uint8Array>;

export const TABLES = 'src/standard/tables';
export const SCHEMAS = 'schemas';
/** The failing sample of each rule, as changes to the passing ones; not part of an installation. */
export const EXAMPLES = 'src/standard/examples';

export function readPublishedFiles(root: string = packageRoot): PublishedFiles {
  const paths = [...below(root, TABLES, /\.json$/), ...below(root, SCHEMAS, /(?:\.xsd|\/sample\.xml)$/), ...below(root, EXAMPLES, /\.json$/)];
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path))]));
}

function below(root: string, folder: string, wanted: RegExp): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`).filter((path) => wanted.test(path));
}
