// The schemas of this package, or of another folder, from the disk. Whoever has the files already takes `compileSchemas`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageFile } from '../paths.ts';
import { CODES_TABLE, FORMS_TABLE } from './schema-versions.ts';
import { compileSchemas } from './schema.ts';
import type { Schemas } from './schema.ts';

/**
 * Compiles every `<form>/<version>/<form>.xsd` below `folder`, with the package's own table of codes. Text of elements named in `opaque` is not read.
 * @throws Error naming the file when a schema is not valid.
 */
export function createSchemas(folder: string = packageFile('schemas'), opaque?: ReadonlySet<string>): Schemas {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.xsd')).sort();
  const tables = [CODES_TABLE, FORMS_TABLE].filter((path) => existsSync(packageFile(path))).map((path): [string, Uint8Array] => [path, readFileSync(packageFile(path))]);
  return compileSchemas(new Map([...tables, ...paths.map((path): [string, Uint8Array] => [`schemas/${path.replaceAll('\\', '/')}`, readFileSync(join(folder, path))])]), opaque);
}
