// Our reading of a document beside libxml2's: the same octets in every canonical form, the same documents well-formed. What comes back is
// every difference, the shortest document first; exceptions are rules with a name (`exclusions.ts`), never silence.
import { Refusal } from '../../src/errors/outcomes.ts';
import { canonicalDocument, canonicalElement } from '../../src/xml/canonical.ts';
import type { CanonicalForm } from '../../src/xml/canonical.ts';
import { descendants, pathTo, prune } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { makeDocument } from './documents.ts';
import { partingFor, stricterRuleFor } from './exclusions.ts';
import { askLibxml2 } from './libxml2.ts';
import type { Case, Question } from './libxml2.ts';
import { mutate } from './mutations.ts';
import { once, pick, randomFrom } from './random.ts';
import type { Random } from './random.ts';
import type { Program } from './witness.ts';

export interface Difference {
  readonly document: string;
  readonly question?: Question;
  readonly ours: string;
  readonly theirs: string;
}

export interface Comparison {
  readonly documents: number;
  /** Documents that both take as well-formed. */
  readonly accepted: number;
  /** Canonical octets compared. */
  readonly compared: number;
  /** How often each rule of `exclusions.ts` decided. */
  readonly ruled: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

const BATCH = 1000;
const prefixLists: readonly (readonly string[])[] = [['a'], ['b', 'xsi', 'a'], ['#default'], ['#default', 'p', 'đ', 'ds'], ['nosuch', '_x', '#default']];

/** Generated documents in every form: of the whole, of an element, of the whole without an element. */
export function compareGenerated(program: Program, seed: number, count: number): Comparison {
  const random = randomFrom(seed);
  return inBatches(program, count, () => makeDocument(random), (document) => questionsFor(random, document));
}

/** Generated documents, changed: well-formed for us only if for libxml2, and the same octets then. */
export function compareMutated(program: Program, seed: number, count: number): Comparison {
  const random = randomFrom(seed);
  let last = makeDocument(random);
  const make = (): Buffer => {
    if (once(random, 4)) last = makeDocument(random);
    return mutate(random, last);
  };
  return inBatches(program, count, make, () => [{ algorithm: '1.0', comments: true, prefixes: [] }, { algorithm: 'exclusive', comments: true, prefixes: [] }]);
}

function inBatches(program: Program, count: number, make: () => Buffer, questionsOf: (document: XmlDocument) => readonly Question[]): Comparison {
  const found: Difference[] = [];
  const ruled = new Map<string, number>();
  let accepted = 0;
  let compared = 0;
  for (let done = 0; done < count; done += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, count - done) }, () => caseOf(make(), questionsOf));
    const answers = askLibxml2(program, cases);
    for (const [index, { bytes, questions, reading }] of cases.entries()) {
      const { error = -1, octets = [] } = answers[index] ?? {};
      if (reading instanceof Refusal) {
        if (error !== 0) continue;
        const rule = stricterRuleFor(bytes, reading);
        if (rule === undefined) found.push({ document: bytes.toString(), ours: told(reading), theirs: 'well-formed' });
        else ruled.set(rule, (ruled.get(rule) ?? 0) + 1);
        continue;
      }
      if (error !== 0) {
        found.push({ document: bytes.toString(), ours: 'well-formed', theirs: `error ${error}` });
        continue;
      }
      accepted += 1;
      compared += questions.length;
      for (const [which, question] of questions.entries()) {
        const ours = canonicalOctets(reading, question);
        const theirs = octets[which];
        if (theirs?.equals(ours) === true) continue;
        const rule = partingFor(reading, question, theirs === undefined);
        if (rule !== undefined) ruled.set(rule, (ruled.get(rule) ?? 0) + 1);
        else found.push({ document: bytes.toString(), question, ours: ours.toString(), theirs: theirs?.toString() ?? 'refused' });
      }
    }
  }
  return { documents: count, accepted, compared, ruled, differences: found.toSorted((a, b) => a.document.length - b.document.length) };
}

function caseOf(bytes: Buffer, questionsOf: (document: XmlDocument) => readonly Question[]): Case & { readonly reading: XmlDocument | Refusal } {
  const reading = readOrRefuse(bytes);
  return { bytes, reading, questions: reading instanceof Refusal ? [] : questionsOf(reading) };
}

/** What `parse` makes of octets. Anything that it throws and is no refusal is a bug, and thrown on. */
export function readOrRefuse(bytes: Buffer): XmlDocument | Refusal {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function told({ findings: [first] }: Refusal): string {
  return `${first?.code ?? '?'} ${JSON.stringify(first?.params ?? {})}`;
}

function questionsFor(random: Random, document: XmlDocument): Question[] {
  const questions: Question[] = [];
  const list = pick(random, prefixLists);
  for (const comments of [false, true]) questions.push(...everyAlgorithm(comments, list));
  const elements = [...descendants(document.root)];
  const apex = random(elements.length);
  for (const question of everyAlgorithm(once(random, 2), list)) questions.push({ ...question, apex });
  if (elements.length > 1) {
    const removed = 1 + random(elements.length - 1);
    for (const question of everyAlgorithm(once(random, 2), list)) questions.push({ ...question, removed });
  }
  return questions;
}

function everyAlgorithm(comments: boolean, list: readonly string[]): Question[] {
  return [
    { algorithm: '1.0', comments, prefixes: [] },
    { algorithm: '1.1', comments, prefixes: [] },
    { algorithm: 'exclusive', comments, prefixes: [] },
    { algorithm: 'exclusive', comments, prefixes: list },
  ];
}

export function canonicalOctets(document: XmlDocument, question: Question): Buffer {
  const form: CanonicalForm = {
    exclusive: question.algorithm === 'exclusive',
    version11: question.algorithm === '1.1',
    comments: question.comments,
    inclusivePrefixes: new Set(question.prefixes.map((prefix) => (prefix === '#default' ? '' : prefix))),
  };
  if (question.apex !== undefined) return canonicalElement(document, pathTo(document.root, elementNumbered(document, question.apex)), form);
  if (question.removed === undefined) return canonicalDocument(document, document.root, form);
  return canonicalDocument(document, prune(document.root, new Set([elementNumbered(document, question.removed)])), form);
}

function elementNumbered(document: XmlDocument, index: number): XmlElement {
  const element = [...descendants(document.root)][index];
  if (element === undefined) throw new Error(`no element ${index}`);
  return element;
}
