// The version of an installed package, for the table: two runs can only be compared when it is known what ran.
import { readFileSync } from 'node:fs';

import { packageFile } from '../../../../src/paths.ts';

export function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(packageFile('node_modules', ...name.split('/'), 'package.json'), 'utf8')) as { readonly version: string };
  return `${name} ${version}`;
}
