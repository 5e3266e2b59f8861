// The files that the standard publishes, from the package's disk: tables and schemas as the gateway judges by them, and what only readers
// need: the sample beside each schema, and the failing examples of the rules, which an installation may lack. Read once.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../paths.ts';
import { SCHEMAS_FOLDER } from '../digest.ts';
import { readStandardFiles } from '../standard-files.ts';
import type { StandardFiles } from '../standard-files.ts';

const EXAMPLES_FOLDER = 'src/standard/examples';

/** The standard's files and the samples; no digest covers samples. */
export function readPublishedFiles(root: string = packageRoot): StandardFiles {
  return new Map([...readStandardFiles(root), ...filesBelow(root, SCHEMAS_FOLDER, '/sample.xml')]);
}

/** By path; empty where there are none. */
export function readExamples(root: string = packageRoot): StandardFiles {
  return filesBelow(root, EXAMPLES_FOLDER, '.json');
}

function filesBelow(root: string, folder: string, ending: string): StandardFiles {
  if (!existsSync(join(root, folder))) return new Map();
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  return new Map(paths.filter((path) => path.endsWith(ending)).sort().map((path) => [path, readFileSync(join(root, path))]));
}
