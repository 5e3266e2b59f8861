// The comparisons of the tests for as long as one likes: `npm run test:differential -- <documents> [seed]`. Prints every kind of difference
// with its shortest document; ends with 1 when there is any.
import { compareGenerated, compareMutated } from './compare.ts';
import type { Comparison, Difference } from './compare.ts';
import { compile } from './witness.ts';

const CHUNK = 20_000;

const [, , count = '200000', seed = '1'] = process.argv;
const program = compile('libxml2', 'libxml-2.0');
let differing = 0;
for (let done = 0; done < Number(count); done += CHUNK) {
  const documents = Math.min(CHUNK, Number(count) - done);
  report('generated', compareGenerated(program, Number(seed) + done, documents));
  report('changed', compareMutated(program, Number(seed) + done, documents));
}
program.dispose();
process.exitCode = differing === 0 ? 0 : 1;

function report(kind: string, { differences, ruled, ...counts }: Comparison): void {
  differing += differences.length;
  write(`${kind}: ${JSON.stringify({ ...counts, ruled: Object.fromEntries(ruled), differences: differences.length })}`);
  const kinds = new Map<string, Difference>();
  for (const difference of differences) {
    const { question, ours, theirs } = difference;
    const name = question === undefined ? `${ours} / ${theirs}` : JSON.stringify({ ...question, apex: question.apex !== undefined, removed: question.removed !== undefined });
    if (!kinds.has(name)) kinds.set(name, difference);
  }
  for (const [name, difference] of kinds) write(`  ${name}\n    ${JSON.stringify(difference)}`);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
