// Guarantee: the digest of a rule set names every source that judges: whatever is imported, however it is written, and nothing that only types come from.
// Nothing that an audit repeats is left out, and a program without its sources does not start.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

import { packageFile, packageRoot } from '../../src/paths.ts';
import { judgingCode } from '../../src/standard/judging-code.ts';

const pathsOf = (manifest: Uint8Array): string[] => Buffer.from(manifest).toString('utf8').trimEnd().split('\n').map((line) => line.slice(66));
const covered = pathsOf(judgingCode());

describe('the code that judges', () => {
  it('is what a bundler finds from the same entries', async () => {
    const entries = ['src/intake/judge.ts', 'src/intake/filed-before.ts', 'src/intake/registers.ts', 'src/registers/judge-form.ts', 'src/receipts/receipt.ts', 'src/standard/standard.ts', 'src/standard/schema.ts'];
    const { metafile } = await build({ entryPoints: entries, absWorkingDir: packageRoot, bundle: true, packages: 'external', platform: 'node', format: 'esm', outdir: 'none', metafile: true, write: false, logLevel: 'error' });
    expect(pathsOf(judgingCode(packageRoot, entries))).toEqual(Object.keys(metafile.inputs).sort());
  });

  it('holds every rule, every sentence, and whatever an audit takes to repeat a verdict and its receipt', () => {
    for (const folder of ['src/standard/rules', 'src/errors/findings']) for (const name of readdirSync(packageFile(folder))) expect(covered).toContain(`${folder}/${name}`);
    // A notice on a form is made from a decision, and an entry of the log from a receipt, not by a rule set.
    const others = new Set(['src/receipts/log-entry.ts', 'src/receipts/registration-notice.ts', 'src/registers/decide.ts']);
    for (const name of ['submissions', 'registration', 'use-of-ivan', 'filed-before', 'forms']) {
      const imported = [...readFileSync(packageFile(`src/audit/${name}.ts`), 'utf8').matchAll(/^import \{.* from '\.\.\/((?:intake|receipts|registers|standard)\/.*)';$/gm)].map(([, path = '']) => `src/${path}`);
      expect(imported.filter((path) => !others.has(path) && !covered.includes(path))).toEqual([]);
    }
  });

  it('leaves out what says nothing of a dossier: the store, the server, the clock', () => {
    expect(covered.filter((path) => /^src\/(?:store|http|cli|delivery|freshness|audit|backend)\//.test(path))).toEqual([]);
  });
});

describe('a change of code', () => {
  let root: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const digested = (): string => Buffer.from(judgingCode(root, ['src/a.ts'])).toString('utf8');

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'judging-code-'));
    write('src/a.ts', `import { b } from './rules/b.ts';\nimport type { T } from './types-only.ts';\nimport {\n  c,\n  d,\n} from './c.ts';\nimport './effect.ts';\nexport { e } from './e.ts';\nexport type { U } from './types-too.ts';\nimport { createHash } from 'node:crypto';\n`);
    write('src/rules/b.ts', `import { c } from '../c.ts';\n`);
    for (const name of ['c', 'effect', 'e']) write(`src/${name}.ts`, `import './a.ts';\n`); // in a circle
  });
  afterAll(() => { rmSync(root, { recursive: true }); });

  it('anywhere in what is imported makes another digest; elsewhere it makes none', () => {
    const before = digested();
    expect(pathsOf(Buffer.from(before))).toEqual(['src/a.ts', 'src/c.ts', 'src/e.ts', 'src/effect.ts', 'src/rules/b.ts']);
    write('src/types-only.ts', 'export type T = 1;\n');
    expect(digested()).toBe(before);
    for (const path of ['src/rules/b.ts', 'src/c.ts', 'src/e.ts', 'src/effect.ts']) {
      const text = readFileSync(join(root, path), 'utf8');
      write(path, `${text}// another word\n`);
      expect(digested()).not.toBe(before);
      write(path, text);
    }
    expect(digested()).toBe(before);
  });

  it('a package without its sources does not start', () => {
    rmSync(join(root, 'src/effect.ts'));
    expect(digested).toThrow(/src\/effect\.ts is missing/);
  });
});
