// One check of the verification and what is left of the code without it: the argument that the check is needed is that a named test then fails.
import { readFileSync } from 'node:fs';

import { packageFile } from '../../src/paths.ts';

export interface Mutant {
  /** The check that is taken away. */
  readonly what: string;
  /** Relative to the package. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly fragment: string;
  readonly instead: string;
  /** The test file that must fail, relative to the package. */
  readonly test: string;
}

/** What is taken away, the fragment, what stands in its place, and the test: a path below `test/` without `.test.ts`. */
export type Row = readonly [what: string, fragment: string, instead: string, test: string];

export function checksOf(file: string, rows: readonly Row[]): readonly Mutant[] {
  return rows.map(([what, fragment, instead, test]) => ({ what, file, fragment, instead, test: `test/${test}.test.ts` }));
}

/** How often the fragment stands in its file; anything but 1 makes the mutant mean nothing. */
export function occurrences({ file, fragment }: Mutant): number {
  return readFileSync(packageFile(file), 'utf8').split(fragment).length - 1;
}
