// What libxml2 says of many documents at once: well-formed or not, and the canonical octets in any form, of the whole, of one element in
// its document, or of the whole without one element.
import { ask, block, NOTHING, number32 } from './witness.ts';
import type { Program } from './witness.ts';

export type Algorithm = '1.0' | '1.1' | 'exclusive';

export interface Question {
  readonly algorithm: Algorithm;
  readonly comments: boolean;
  /** Of the exclusive form; `#default` for the default namespace. */
  readonly prefixes: readonly string[];
  /** Number in document order of the element asked about, the root being 0. Absent: the document. */
  readonly apex?: number;
  /** Number of the element left out. */
  readonly removed?: number;
}

export interface Case {
  readonly bytes: Buffer;
  readonly questions: readonly Question[];
}

export interface Answer {
  /** libxml2's number of the first error; 0: well-formed. */
  readonly error: number;
  /** One for each question; undefined where libxml2 refuses to canonicalise. */
  readonly octets: readonly (Buffer | undefined)[];
}

const modes: Readonly<Record<Algorithm, number>> = { '1.0': 0, exclusive: 1, '1.1': 2 };

export function askLibxml2(program: Program, cases: readonly Case[]): Answer[] {
  const answers = ask(program, cases.map(({ bytes, questions }) => Buffer.concat([block(bytes), number32(questions.length), ...questions.map(requestOf)])));
  const read = cases.map(({ questions }) => ({ error: answers.number(), octets: questions.map(() => answers.block()) }));
  if (!answers.atEnd) throw new Error('libxml2 answered more than it was asked');
  return read;
}

function requestOf({ algorithm, comments, prefixes, apex, removed }: Question): Buffer {
  const head = Buffer.from([modes[algorithm], comments ? 1 : 0]);
  return Buffer.concat([head, number32(apex ?? NOTHING), number32(removed ?? NOTHING), block(Buffer.from(prefixes.join(' ')))]);
}
