// The package's tables and schemas in a folder of their own, to be changed by a test and judged by.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { packageRoot } from '../../src/paths.ts';
import { fieldPolicy } from '../../src/signature/policy.ts';
import { compileSchemas } from '../../src/standard/schema.ts';
import { readStandard, readStandardFiles } from '../../src/standard/tables.ts';
import type { Rulebook } from '../../src/standard/validate.ts';

type Row = Readonly<Record<string, unknown>>;

export interface StandardCopy {
  /** Adds a row at the end of a table's list. */
  add(table: string, list: string, row: Row): void;
  /** Changes the rows of a table's list. */
  edit(table: string, list: string, change: (row: Row) => Row): void;
  write(path: string, text: string): void;
  /** What is there now; the schemas are the caller's to dispose of. */
  open(): Pick<Rulebook, 'standard' | 'schemas'>;
  remove(): void;
}

export function copyStandard(): StandardCopy {
  const root = mkdtempSync(join(tmpdir(), 'standard-'));
  for (const folder of ['schemas', 'src/standard/tables']) cpSync(join(packageRoot, folder), join(root, folder), { recursive: true });
  const edit = (table: string, list: string, change: (rows: readonly Row[]) => readonly Row[]): void => {
    const path = join(root, 'src', 'standard', 'tables', `${table}.json`);
    const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Row[]>;
    writeFileSync(path, JSON.stringify({ ...content, [list]: change(content[list] ?? []) }));
  };
  return {
    add: (table, list, row) => { edit(table, list, (rows) => [...rows, row]); },
    edit: (table, list, change) => { edit(table, list, (rows) => rows.map(change)); },
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    open: () => {
      const files = readStandardFiles(root);
      return { standard: readStandard(files, fieldPolicy), schemas: compileSchemas(files) };
    },
    remove: () => { rmSync(root, { recursive: true }); },
  };
}
