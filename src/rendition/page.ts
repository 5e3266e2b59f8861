// A rendition before it is written down: what is shown, in which order and under which verdict, and nothing of how it looks. Both writers take
// it, so that HTML and PDF say the same. Texts of the document stand apart from ours, so that nobody can write a verdict into a form.

/** Ours: labels, titles, verdicts. */
export interface Words {
  readonly vi: string;
  readonly en: string;
}

/** What an element is called: by its schema, or by its own name when there is none. */
export interface Label extends Words {
  readonly unit?: string;
}

/** `open`: not decided, or not believed though the value is good; nobody vouches for the content. */
export type Standing = 'passed' | 'open' | 'failed' | 'unsigned';

export interface Rendition {
  readonly title: Words;
  /** SHA-256 of the received bytes, hex. */
  readonly digest: string;
  readonly size: number;
  /** As of when signatures were judged. */
  readonly at: Date;
  /** The worst of its parts: what whoever shows it must not hide. */
  readonly standing: Standing;
  /** The document itself, then the documents inside it. */
  readonly parts: readonly Part[];
}

/** One document: the envelope, a declaration in it, a message. */
export interface Part {
  readonly title: Words;
  /** Of an inner document. */
  readonly file?: FileFacts;
  /** Of its own signature; the counter-signature has a standing of its own. */
  readonly standing: Standing;
  readonly verdicts: readonly Verdict[];
  /** The content that the signature covers; under any standing but `passed`, what nobody vouches for. */
  readonly blocks: readonly Block[];
}

export interface Verdict {
  readonly standing: Standing;
  readonly title: Words;
  readonly facts: readonly Fact[];
  readonly findings: readonly ShownFinding[];
}

export interface Fact {
  readonly label: Words;
  readonly value: string | Words;
}

export interface ShownFinding extends Words {
  readonly code: string;
  readonly wireCode: string;
  readonly refuses: boolean;
  readonly action: Words;
}

export interface FileFacts {
  readonly name: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly digest: string;
}

export type Block = Heading | Fields | Table | FileBlock;

export interface Heading {
  readonly kind: 'heading';
  /** From 1. */
  readonly depth: number;
  readonly label: Label;
  /** Which of several of its name, from 1. */
  readonly ordinal?: number;
}

export interface Fields {
  readonly kind: 'fields';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly label: Label;
  /** The text exactly as signed. */
  readonly value: string;
}

/** Elements of one name with plain fields. */
export interface Table {
  readonly kind: 'table';
  readonly label: Label;
  readonly columns: readonly Label[];
  /** One for each element, in order; undefined where an element has no such field. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Columns that are empty, or absent, in every row, and are therefore not among `columns`. */
  readonly empty: readonly Label[];
}

/** A file in base64: its digest stands for its octets. */
export interface FileBlock extends FileFacts {
  readonly kind: 'file';
  readonly label: Label;
  /** The part of the rendition that shows it, from 0; absent when it is not rendered. */
  readonly part?: number;
}

const order: readonly Standing[] = ['passed', 'open', 'unsigned', 'failed'];

export function worstOf(standings: readonly Standing[]): Standing {
  return order[Math.max(0, ...standings.map((standing) => order.indexOf(standing)))] ?? 'failed';
}
