// The published schemas as files, for the labels of a rendition: the only part of a rendition that reads the disk.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../paths.ts';

const FOLDER = 'schemas';

/** By path inside the package, with forward slashes. */
export function readSchemaFiles(root = packageRoot): ReadonlyMap<string, Uint8Array> {
  const names = readdirSync(join(root, FOLDER), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xsd'));
  return new Map(names.map((name) => [`${FOLDER}/${name.replaceAll('\\', '/')}`, readFileSync(join(root, FOLDER, name))]));
}
