// The code that judges, as one file of the standard: what `sha256sum` prints of its sources. So the digest in a receipt names the code as well, and an audit
// after an upgrade says "judged by other rules" instead of calling the gateway a liar. It is read from the sources when the program starts, by following
// imports: nothing is generated, committed or listed by hand, so nothing can be forgotten, and TypeScript, JavaScript and the browser's bundle, which
// carries this file, name the same code. What it cannot see: `dist/` older than `src/` (every npm command builds first), Node.js, and npm packages.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import posix from 'node:path/posix';

import { packageRoot } from '../paths.ts';

export const JUDGING_CODE = 'judging-code';

/** What an audit repeats of a submission or form: its verdict, before and after registers and earlier dossiers were asked, and the facts and text of its receipt. */
const ENTRIES: readonly string[] = [
  'src/intake/judge.ts', 'src/intake/registers.ts', 'src/intake/filed-before.ts', 'src/intake/facts.ts', 'src/intake/sender-facts.ts', 'src/receipts/receipt.ts',
  'src/registers/judge-form.ts', 'src/registers/register-findings.ts', 'src/registers/form-facts.ts', 'src/standard/standard.ts', 'src/standard/schema.ts',
];

/** Imports that remain when types are gone, as the linter has them written: relative, with the extension. */
const IMPORT = /^(?:import|export)\s(?!type\s)(?:[^'";]*\sfrom\s)?'(\.[^']+)'/gm;

/** Sorted by path. `entries` are paths below `root`, the package's folder unless a test says otherwise. @throws Error when the package came without its sources. */
export function judgingCode(root: string = packageRoot, entries: readonly string[] = ENTRIES): Uint8Array {
  const lines = new Map<string, string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (lines.has(path)) continue;
    const source = readSource(root, path);
    lines.set(path, `${createHash('sha256').update(source).digest('hex')}  ${path}\n`);
    for (const [, target = ''] of source.toString('utf8').matchAll(IMPORT)) waiting.push(posix.join(posix.dirname(path), target));
  }
  return Buffer.from([...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line).join(''));
}

function readSource(root: string, path: string): Buffer {
  const file = join(root, path);
  if (!existsSync(file)) throw new Error(`${path} is missing: a rule set is named by its sources too, which belong beside the built program`);
  return readFileSync(file);
}
