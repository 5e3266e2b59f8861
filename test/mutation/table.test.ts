// Guarantee: the table of checks is true of the sources: every fragment stands in its file exactly once, and every test that is to go red exists.
// That it does go red is `npm run test:mutation`, which takes minutes.
import { existsSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { occurrences } from './mutant.ts';
import { mutants } from './table.ts';

describe('the table of checks', () => {
  it('names fragments that stand in their file exactly once, and changes them', () => {
    expect(mutants.filter((mutant) => occurrences(mutant) !== 1).map(({ file, fragment }) => `${file}: ${fragment}`)).toEqual([]);
    expect(mutants.filter(({ fragment, instead }) => fragment === instead)).toEqual([]);
  });

  it('names tests that exist', () => {
    expect(mutants.filter(({ test }) => !existsSync(packageFile(test))).map(({ what, test }) => `${what}: ${test}`)).toEqual([]);
  });

  it('names no check twice', () => {
    const names = mutants.map(({ file, what }) => `${file}: ${what}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
