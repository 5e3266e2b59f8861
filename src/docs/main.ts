// `npm run docs`: writes the reference of the connection standard to `dist/docs`, for a browser, a disk or a printer.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { operations } from '../http/operations/all.ts';
import { packageFile } from '../paths.ts';
import { readExamples, readPublishedFiles } from '../standard/publication/files.ts';
import { createPublication } from '../standard/publication/publication.ts';
import { loadStandard } from '../standard/tables.ts';
import { examplesByRule } from './material.ts';
import { referenceFiles } from './site.ts';

const folder = packageFile('dist', 'docs');
const files = referenceFiles({
  publication: createPublication(loadStandard(), readPublishedFiles()),
  examples: examplesByRule(readExamples()),
  operations,
  changelog: readFileSync(packageFile('CHANGELOG.md'), 'utf8'),
});
rmSync(folder, { recursive: true, force: true });
for (const [path, content] of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
process.stdout.write(`${join(folder, 'index.html')} (${files.size} files)\n`);
