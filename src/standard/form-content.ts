// What a form says, by the names of its schema: single fields by their path, records column by column. Rules read this and nothing else of a
// form. A field that is missing, repeated or holds elements is absent here, and for the schema to report. Texts are decoded once, when asked for.
import type { Place } from '../errors/outcomes.ts';
import type { Content } from '../signature/verify.ts';
import type { XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';
import { column as columnOf, PARENT } from '../xml/tree.ts';
import type { Field } from './envelope.ts';
import { blankColumn, readTexts } from './form-texts.ts';
import type { ColumnTexts } from './form-texts.ts';
import type { ScopePlan } from './schema-plan.ts';
import { Records, rowIn } from './schema-records.ts';
import type { SchemaVersion, Walked } from './schema.ts';

/** The records of one list, e.g. all `LaoDong` of `NoiDung/LaoDong`, wherever they stand. */
export interface RecordTable {
  /** Names below the root, with slashes. */
  readonly path: string;
  readonly size: number;
  /** One trimmed text for each record, '' where the field is absent. `name` is a path within the record; '' is the text of records that hold nothing else. */
  column(name: string): readonly string[];
  /** Is it known that all records say the same in this column? */
  isConstant(name: string): boolean;
  /** Of the record's field, or of the record when that is absent or not asked for. */
  place(row: number, name?: string): Place;
  /** The number of the record that this one is in, in the list around; 0 for a list that is in no other. */
  owner(row: number): number;
}

/** A value that has its type and fails a check of the standard. */
export interface DoubtfulValue {
  readonly kind: 'day' | 'month' | 'birth' | 'code';
  readonly severity: 'refuse' | 'warn';
  /** Of `codes.json`; '' unless it is a code. */
  readonly list: string;
  field(): Field;
}

export interface FormContent {
  readonly form: string;
  /** Name of the file in the envelope (TenFile); '' for the envelope itself. */
  readonly file: string;
  /** By path; every list that the schema knows is there, empty or not. */
  readonly lists: ReadonlyMap<string, RecordTable>;
  /** In document order. */
  readonly doubtful: readonly DoubtfulValue[];
  /** The single field at a path below the root, e.g. `ThongTinKhac/SoTheBHYT`. */
  field(path: string): Field | undefined;
  place(field: Field): Place;
}

/** What a form says of which no schema is known. */
export function unknownContent(content: Content, form: string, file: string): FormContent {
  return { form, file, lists: new Map(), doubtful: [], field: () => undefined, place: ({ element }) => ({ file, ...placeOf(content.document.bytes, content.root, element) }) };
}

export function formContent(content: Content, { form, plan }: SchemaVersion, { records, doubts }: Walked, file: string): FormContent {
  const reader = new Reader(content, file);
  const [own, ...lists] = plan.scopes;
  const tables = lists.map((scope, index) => new Table(reader, scope, records[index + 1] ?? new Records(0)));
  for (const table of tables) table.outer = tables.filter(({ path }) => table.path.startsWith(`${path}/`)).at(-1);
  return {
    form,
    file,
    lists: new Map(tables.map((table) => [table.path, table])),
    doubtful: doubts.map(({ row, check: { check } }) => ({
      kind: check.kind,
      severity: check.kind === 'code' ? check.severity : 'refuse',
      list: check.kind === 'code' ? check.list : '',
      field: () => reader.field(row),
    })),
    field: (path) => {
      const slot = own?.slots.get(path);
      const row = slot === undefined ? 0 : rowIn(records[0]?.cell(0, slot) ?? 0);
      return row === 0 ? undefined : reader.field(row);
    },
    place: ({ element }) => reader.place(element),
  };
}

class Reader {
  readonly content: Content;
  readonly #file: string;

  constructor(content: Content, file: string) {
    this.content = content;
    this.#file = file;
  }

  field(row: number): Field {
    const element = this.element(row);
    return { text: trimWhitespace(textOf(this.content.document, element)), element };
  }

  element(row: number): XmlElement {
    return this.content.root.views.at(row);
  }

  place(element: XmlElement): Place {
    return { ...(this.#file === '' ? {} : { file: this.#file }), ...placeOf(this.content.document.bytes, this.content.root, element) };
  }
}

class Table implements RecordTable {
  readonly path: string;
  readonly size: number;
  /** The list around it. */
  outer: Table | undefined;
  readonly #reader: Reader;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #records: Records;
  readonly #asked: Set<string>;
  readonly #columns = new Map<string, ColumnTexts>();

  constructor(reader: Reader, { path, slots, asked }: ScopePlan, records: Records) {
    this.path = path;
    this.size = records.count;
    this.#reader = reader;
    this.#slots = slots;
    this.#records = records;
    this.#asked = asked;
  }

  column(name: string): readonly string[] {
    return this.#column(name).texts;
  }

  isConstant(name: string): boolean {
    return this.#column(name).isConstant;
  }

  place(record: number, name?: string): Place {
    if (record < 0 || record >= this.size) throw new RangeError(`${this.path} has no record ${record}`);
    const slot = name === undefined ? undefined : this.#slots.get(name);
    const row = slot === undefined ? 0 : rowIn(this.#records.cell(record, slot));
    return this.#reader.place(this.#reader.element(row > 0 ? row : this.#records.rows[record] ?? 0));
  }

  owner(record: number): number {
    if (this.outer === undefined) return 0;
    const { tree } = this.#reader.content.document;
    for (let row = columnOf(tree, this.#records.rows[record] ?? 0, PARENT); row > 0; row = columnOf(tree, row, PARENT)) {
      const found = this.outer.#records.find(row);
      if (found !== -1) return found;
    }
    throw new RangeError(`${this.path} has no record ${record}`);
  }

  #column(name: string): ColumnTexts {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    this.#asked.add(name);
    this.#read([...this.#asked].filter((asked) => !this.#columns.has(asked)));
    return this.#columns.get(name) ?? blankColumn(this.size);
  }

  /** Together, because the fields of a record lie beside each other in memory, and those of a column far apart. */
  #read(names: readonly string[]): void {
    const { cells, width, rows } = this.#records;
    const fields = names.filter((name) => this.#slots.has(name));
    const columns = readTexts(this.#reader.content, { cells, width, count: this.size, slots: fields.map((name) => this.#slots.get(name) ?? 0) });
    const blank = blankColumn(this.size);
    for (const [index, name] of fields.entries()) this.#columns.set(name, columns[index] ?? blank);
    const [own = blank] = names.includes('') ? readTexts(this.#reader.content, { cells: rows, width: 1, count: this.size, slots: [0] }) : [];
    for (const name of names) if (!this.#columns.has(name)) this.#columns.set(name, name === '' ? own : blank);
  }
}
