// `npm run bench:judge [-- --quick]`: what judging a dossier costs, end to end, against verifying the signature of the labour list in it, and
// what each step has of it; libxml2 on the same list beside it. Warm, the steps in turn, in processor
// time, because other programs share the machine. Prints Markdown; asserts nothing about time.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ParseOption, XmlDocument, XsdValidator } from 'libxml2-wasm';

import { judge } from '../../../src/intake/judge.ts';
import { packageFile } from '../../../src/paths.ts';
import { verifySignature } from '../../../src/signature/verify.ts';
import type { Sender } from '../../../src/standard/dossier.ts';
import { envelopePlace } from '../../../src/standard/envelope.ts';
import { declarationPlace } from '../../../src/standard/kind.ts';
import { createSchemas } from '../../../src/standard/schema-folder.ts';
import { loadStandard } from '../../../src/standard/tables.ts';
import { decodeBase64Octets } from '../../../src/xml/base64.ts';
import { canonicalDocument, inclusiveForm } from '../../../src/xml/canonical.ts';
import { parse } from '../../../src/xml/parse.ts';
import { load, machine } from '../verify/machine.ts';
import { makeDocuments } from './documents.ts';
import type { JudgeDocument } from './documents.ts';

const TARGET = 4;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const pace = values.quick ? { rounds: 5, turnMs: 30 } : { rounds: 11, turnMs: 120 };

const now = new Date();
const sender: Sender = { kind: 'ivan', code: '00040', contract: { state: 'active', from: new Date(0), until: new Date('2100-01-01') } };
const form = 'D02-TS';

type Step = 'verify' | 'judge' | 'envelope' | 'base64' | 'digest' | 'form' | 'walk' | 'libxml2';
const titles: Readonly<Record<Step, string>> = {
  verify: 'verifying the list alone',
  judge: 'judging the dossier',
  envelope: 'envelope: parse and verify',
  base64: 'base64 of the files',
  digest: 'digest of the files',
  form: 'list: parse and verify',
  walk: 'list: schema, days, months, codes, records',
  libxml2: 'libxml2-wasm on the list: parse and validate',
};

const before = load();
const { all, trust } = await makeDocuments(now);
const schemas = createSchemas();
const rulebook = { standard: loadStandard(), schemas, trust };
const columns = all.map((document) => measure(stepsOf(document)));
const headings = ['', ...all.map(({ title }) => title)];
const row = (title: string, cell: (times: ReadonlyMap<Step, number>) => string): readonly string[] => [title, ...columns.map(cell)];
print('## Judging dossiers\n');
print(`${machine()}. Load average before ${before}, after ${load()}.\n`);
print(`Received octets to verdict, warm, processor time (that of collecting garbage beside it too), median of ${pace.rounds} rounds. A signer's certificate has been seen before; its path and revocation are judged each time.\n`);
print(table(headings, [
  ...(['verify', 'judge'] as const).map((step) => row(titles[step], (times) => milliseconds(at(times, step)))),
  row(`judging : verifying (target for 5,000 employees: at most ${TARGET.toFixed(2)})`, (times) => (at(times, 'judge') / at(times, 'verify')).toFixed(2)),
]));
print('\n### Of judging\n');
const parts = ['envelope', 'base64', 'digest', 'form', 'walk'] as const;
print(table(headings, [
  ...parts.map((step) => row(titles[step], (times) => share(at(times, step), times))),
  row('rules, trust, reports and the rest', (times) => share(at(times, 'judge') - parts.reduce((sum, step) => sum + at(times, step), 0), times)),
]));
print('\n### The peer\n');
print(table(headings, [row(titles.libxml2, (times) => milliseconds(at(times, 'libxml2'))), row('of what the walk takes', (times) => `${(at(times, 'libxml2') / at(times, 'walk')).toFixed(1)} ×`)]));

/** Every step on its own; together they are what judging does with these documents. */
function stepsOf({ form: list, dossier, title }: JudgeDocument): ReadonlyMap<Step, () => unknown> {
  const { outcome, findings } = judge({ bytes: dossier, sender, receivedAt: now }, rulebook);
  if (outcome !== 'accepted') throw new Error(`${title} is refused: ${findings.map(({ code }) => code).join(' ')}`);
  const contents = [...dossier.toString('latin1').matchAll(/<NoiDungFile>([^<]*)</g)].map(([, text = '']) => Buffer.from(text, 'latin1'));
  const files = contents.map((text) => decodeBase64Octets(text) ?? Buffer.alloc(0));
  const content = verifySignature(parse(list), declarationPlace(form));
  const version = schemas.versionAt(form, form, now);
  if (version === undefined) throw new Error('no schema in force');
  const xsd = XmlDocument.fromBuffer(readFileSync(packageFile(version.path)));
  const validator = XsdValidator.fromDoc(xsd);
  // As it is judged: without its signature, which no form has a place for.
  const unsigned = canonicalDocument(content.document, content.root, inclusiveForm);
  return new Map<Step, () => unknown>([
    ['verify', () => verifySignature(parse(list), declarationPlace(form))],
    ['judge', () => judge({ bytes: dossier, sender, receivedAt: now }, rulebook)],
    ['envelope', () => verifySignature(parse(dossier), envelopePlace)],
    ['base64', () => contents.map(decodeBase64Octets)],
    ['digest', () => files.map((file) => createHash('sha256').update(file).digest('hex'))],
    ['form', () => verifySignature(parse(list), declarationPlace(form))],
    ['walk', () => schemas.judge(version, content, now)],
    ['libxml2', () => {
      const document = XmlDocument.fromBuffer(unsigned, { option: ParseOption.XML_PARSE_HUGE });
      validator.validate(document);
      document.dispose();
    }],
  ]);
}

/** Milliseconds for each step. */
function measure(steps: ReadonlyMap<Step, () => unknown>): ReadonlyMap<Step, number> {
  const each = new Map([...steps].map(([step, run]) => [step, warmUp(run)]));
  const turns = new Map<Step, number[]>();
  for (let round = 0; round < pace.rounds; round += 1) {
    for (const [step, run] of round % 2 === 0 ? steps : [...steps].toReversed()) {
      const count = Math.max(1, Math.round(pace.turnMs / (each.get(step) ?? 1)));
      turns.set(step, [...(turns.get(step) ?? []), turn(run, count)]);
    }
  }
  return new Map([...turns].map(([step, times]) => [step, times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN]));
}

function turn(run: () => unknown, count: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i += 1) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / count;
}

/** Until the compiler has had its say; what one run costs then. */
function warmUp(run: () => unknown): number {
  const start = performance.now();
  let last = turn(run, 3);
  while (performance.now() - start < 4 * pace.turnMs) last = turn(run, 1);
  return last;
}

function at(times: ReadonlyMap<Step, number>, step: Step): number {
  return times.get(step) ?? NaN;
}

function milliseconds(time: number): string {
  return `${time < 10 ? time.toFixed(2) : time.toFixed(1)} ms`;
}

function share(time: number, times: ReadonlyMap<Step, number>): string {
  return `${milliseconds(time)}, ${Math.round((100 * time) / at(times, 'judge'))} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
