// Signed content → blocks, generic over every form: plain elements become fields, runs of like elements with plain fields become tables,
// everything else headings with their own blocks, in document order. Every text and attribute is there exactly once; comments are not, because
// no signature covers them. Work is linear in the content, whatever it looks like.
import { decodeBase64 } from '../xml/base64.ts';
import { childElements } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { decodeText, textOf, trimWhitespace } from '../xml/text.ts';
import type { LabelNode } from './labels.ts';
import type { Block, Field, FileBlock, Label, Table } from './page.ts';

/** Base64 of this length is a file wherever it stands, labelled so or not. */
const LONG_BASE64 = 4096;
/** A table may have so many cells for each field that is there, or it is no table. */
const MOST_CELLS_PER_FIELD = 8;
/** Texts longer than this take several lines of a column. */
const SENTENCE = 30;
const MOST_WORDY_COLUMNS = 3;
const FEW_ROWS = 20;

export interface Reader {
  readonly document: XmlDocument;
  /** The block for an element with a file. */
  fileOf(element: XmlElement, octets: Buffer, label: Label): FileBlock;
}

export function blocksOf(reader: Reader, root: XmlElement, labels: LabelNode | undefined): Block[] {
  const blocks: Block[] = [];
  addChildren({ reader, blocks, fields: [] }, root, labels, 1);
  return blocks;
}

interface Writing {
  readonly reader: Reader;
  readonly blocks: Block[];
  /** Plain elements since the last block of another kind. */
  fields: Field[];
}

function addChildren(writing: Writing, element: XmlElement, labels: LabelNode | undefined, depth: number): void {
  const { document } = writing.reader;
  writing.fields.push(...attributesOf(element));
  for (const run of runsOf(element)) {
    if (!Array.isArray(run)) {
      const text = decodeText(document.bytes, run);
      if (trimWhitespace(text) !== '') writing.fields.push({ label: { vi: 'Văn bản', en: 'Text' }, value: text });
      continue;
    }
    const [first] = run;
    if (first !== undefined) addRun(writing, run, first, labelsIn(labels, first), depth);
  }
  flush(writing);
}

function addRun(writing: Writing, run: readonly XmlElement[], first: XmlElement, labels: LabelNode | undefined, depth: number): void {
  const table = run.length > 1 || labels?.isList === true ? tableOf(writing.reader, run, first, labels) : undefined;
  if (table !== undefined) {
    flush(writing);
    writing.blocks.push(table);
    return;
  }
  run.forEach((element, index) => {
    const label = labelOf(element, labels);
    if (isPlain(element)) addPlain(writing, element, label, labels);
    else {
      flush(writing);
      writing.blocks.push({ kind: 'heading', depth, label, ...(run.length > 1 ? { ordinal: index + 1 } : {}) });
      addChildren(writing, element, labels, depth + 1);
    }
  });
}

function addPlain(writing: Writing, element: XmlElement, label: Label, labels: LabelNode | undefined): void {
  const text = textOf(writing.reader.document, element);
  const octets = fileIn(text, labels);
  if (octets === undefined) {
    writing.fields.push({ label, value: text });
    return;
  }
  flush(writing);
  writing.blocks.push(writing.reader.fileOf(element, octets, label));
}

/** Base64 that can be read; what cannot is shown as it is. */
function fileIn(text: string, labels: LabelNode | undefined): Buffer | undefined {
  if (labels?.isFile !== true && text.length < LONG_BASE64) return undefined;
  const octets = decodeBase64(text);
  return octets === undefined || octets.length === 0 ? undefined : octets;
}

function flush(writing: Writing): void {
  if (writing.fields.length > 0) writing.blocks.push({ kind: 'fields', fields: writing.fields });
  writing.fields = [];
}

/** Consecutive child elements of one name together; text between them by itself. */
function runsOf(element: XmlElement): (XmlElement[] | Extract<XmlElement['children'][number], { kind: 'text' }>)[] {
  const runs: ReturnType<typeof runsOf> = [];
  let open: XmlElement[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') runs.push(child);
    else if (child.kind === 'element') {
      const [first] = open;
      if (first !== undefined && first.local === child.local && first.namespace === child.namespace) open.push(child);
      else runs.push((open = [child]));
    }
  }
  return runs;
}

/** Undefined when the elements are not rows of plain fields, each at most once. */
function tableOf({ document }: Reader, run: readonly XmlElement[], first: XmlElement, labels: LabelNode | undefined): Table | undefined {
  const columns = new Map<string, { readonly label: Label; readonly texts: Map<number, string>; filled: boolean }>();
  let count = 0;
  for (const [index, row] of run.entries()) {
    if (row.attributes.length > 0 || hasText(document, row)) return undefined;
    for (const child of childElements(row)) {
      if (!isPlain(child) || child.attributes.length > 0 || child.namespace !== '') return undefined;
      const name = child.local;
      const known = labels?.children.get(name);
      const column = columns.get(name) ?? { label: labelOf(child, known), texts: new Map<number, string>(), filled: false };
      const text = textOf(document, child);
      if (column.texts.has(index) || known?.isFile === true || text.length >= LONG_BASE64) return undefined;
      column.texts.set(index, text);
      column.filled ||= text !== '';
      columns.set(name, column);
      count += 1;
    }
  }
  if (count === 0 || columns.size * run.length > MOST_CELLS_PER_FIELD * count) return undefined;
  const all = [...columns.values()];
  const shown = all.filter(({ filled }) => filled);
  const rows = run.map((_, index) => shown.map(({ texts }) => texts.get(index)));
  // A few rows of sentences are read one by one, not across.
  const wordy = shown.filter(({ texts }) => [...texts.values()].some((text) => text.length > SENTENCE));
  if (run.length <= FEW_ROWS && wordy.length >= MOST_WORDY_COLUMNS) return undefined;
  return { kind: 'table', label: labelOf(first, labels), columns: shown.map(({ label }) => label), rows, empty: all.filter(({ filled }) => !filled).map(({ label }) => label) };
}

/** Text only. Attributes of a plain element make it more than that. */
function isPlain(element: XmlElement): boolean {
  return element.attributes.length === 0 && childElements(element).length === 0;
}

function hasText(document: XmlDocument, element: XmlElement): boolean {
  return element.children.some((node) => node.kind === 'text' && trimWhitespace(decodeText(document.bytes, node)) !== '');
}

function attributesOf(element: XmlElement): Field[] {
  return element.attributes.map(({ prefix, local, value }) => {
    const name = `@${prefix === '' ? local : `${prefix}:${local}`}`;
    return { label: { vi: name, en: name }, value };
  });
}

function labelsIn(labels: LabelNode | undefined, { local, namespace }: XmlElement): LabelNode | undefined {
  return namespace === '' ? labels?.children.get(local) : undefined;
}

function labelOf({ local, namespace }: XmlElement, labels: LabelNode | undefined): Label {
  if (labels !== undefined) return labels.label;
  const name = namespace === '' ? local : `${local} {${namespace}}`;
  return { vi: name, en: name };
}
