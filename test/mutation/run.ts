// `npm run test:mutation [-- WORD…]`: takes away one check after the other, in a copy of the tree, and runs the test that must then fail. Ends with the
// score, and with exit code 1 when a mutant survives, cannot run, or no longer fits the sources. WORD: only mutants with one of them in file or name.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ts from 'typescript';

import { startEmbeddedDatabase } from '../../src/development/database.ts';
import { ensureDevelopmentPki } from '../../src/development/pki-folder.ts';
import { packageFile, packageRoot } from '../../src/paths.ts';
import { openDatabase } from '../../src/store/database.ts';
import { occurrences } from './mutant.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './table.ts';

const LANES = 2;
const template = 'gateway_template';
/** Far beyond what any test takes, so that a busy machine makes no false verdict: whoever reaches it does not end. */
const LONGEST_MS = 900_000;
const copied = ['src', 'test', 'schemas', 'migrations', 'package.json', 'jest.config.js'];
/** The project's own settings; the database and the PKI are there already, the same for all mutants. */
const settings = "import settings from './jest.config.js';\nconst { globalSetup, globalTeardown, reporters, ...rest } = settings;\nexport default { ...rest, maxWorkers: 1 };\n";

interface Outcome {
  readonly kind: 'killed' | 'survived' | 'broken';
  readonly detail: string;
}

interface JestResult {
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

const say = (text: string): void => { process.stdout.write(`${text}\n`); };

async function main(words: readonly string[]): Promise<number> {
  const chosen = mutants.filter(({ file, what }) => words.length === 0 || words.some((word) => `${file} ${what}`.includes(word)));
  const stray = chosen.filter((mutant) => occurrences(mutant) !== 1);
  for (const { file, fragment } of stray) say(`does not stand exactly once in ${file}: ${fragment}`);
  if (stray.length > 0 || chosen.length === 0) return 1;

  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  const database = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false });
  try {
    await database.createDatabase(template);
    await (await openDatabase({ url: database.url(template), connections: 1 })).close();
    process.env['TEST_DATABASE_URL'] = database.url('postgres');
    process.env['TEST_TEMPLATE_DATABASE'] = template;
    process.env['TEST_PKI_FOLDER'] = join(folder, 'pki');
    await ensureDevelopmentPki(join(folder, 'pki'), new Date());
    const lanes = Array.from({ length: LANES }, (_none, index) => copyTree(join(folder, `lane-${index}`)));
    const [first = ''] = lanes;
    const sound = await runTests(first, [...new Set(chosen.map(({ test }) => test))]);
    if (sound.kind !== 'survived') {
      say(`the tests fail without any change: ${sound.detail}`);
      return 1;
    }
    return await runAll(chosen, lanes);
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runAll(chosen: readonly Mutant[], lanes: readonly string[]): Promise<number> {
  const waiting = [...chosen];
  const failed: string[] = [];
  const work = async (lane: string): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { kind, detail } = await judge(mutant, lane);
      const line = `${kind.padEnd(8)} ${mutant.file}: ${mutant.what} – ${detail}`;
      say(line);
      if (kind !== 'killed') failed.push(line);
    }
  };
  await Promise.all(lanes.map(work));
  say(`\n${chosen.length - failed.length} of ${chosen.length} checks are needed by a named test (${Math.floor((100 * (chosen.length - failed.length)) / chosen.length)} %)`);
  for (const line of failed) say(line);
  return failed.length === 0 ? 0 : 1;
}

function copyTree(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of copied) if (existsSync(packageFile(name))) cpSync(packageFile(name), join(folder, name), { recursive: true });
  symlinkSync(realpathSync(join(packageRoot, 'node_modules')), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'mutation.config.js'), settings);
  return folder;
}

async function judge(mutant: Mutant, lane: string): Promise<Outcome> {
  const path = join(lane, mutant.file);
  const original = readFileSync(path, 'utf8');
  const changed = original.replace(mutant.fragment, () => mutant.instead);
  const { diagnostics = [] } = ts.transpileModule(changed, { reportDiagnostics: true, fileName: path });
  if (diagnostics.length > 0) return { kind: 'broken', detail: 'what is left is not TypeScript' };
  writeFileSync(path, changed);
  try {
    return await runTests(lane, [mutant.test]);
  } finally {
    writeFileSync(path, original);
  }
}

/** A run in which no test failed has survived; one that did not get as far as its tests proves nothing. */
async function runTests(lane: string, tests: readonly string[]): Promise<Outcome> {
  const report = join(lane, 'report.json');
  rmSync(report, { force: true });
  const options = ['--config', 'mutation.config.js', '--runInBand', '--silent', '--testTimeout', '300000', '--json', '--outputFile', report];
  const inTime = await run(lane, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', ...options, '--runTestsByPath', ...tests]);
  if (!inTime) return { kind: 'killed', detail: 'did not end' };
  if (!existsSync(report)) return { kind: 'broken', detail: 'no test ran' };
  const result = JSON.parse(readFileSync(report, 'utf8')) as JestResult;
  const red = result.testResults.flatMap(({ assertionResults }) => assertionResults).find(({ status }) => status === 'failed');
  if (red !== undefined) return { kind: 'killed', detail: red.fullName };
  if (result.numRuntimeErrorTestSuites > 0 || result.numPassedTests === 0) return { kind: 'broken', detail: result.testResults[0]?.message.split('\n').slice(0, 6).join(' ').trim() ?? '' };
  return { kind: 'survived', detail: tests.join(', ') };
}

function run(cwd: string, options: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, options, { cwd, stdio: 'ignore', timeout: LONGEST_MS, killSignal: 'SIGKILL' });
    child.once('error', reject);
    child.once('exit', (_code, signal) => { resolve(signal === null); });
  });
}

process.exitCode = await main(process.argv.slice(2));
