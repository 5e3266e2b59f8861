// What a form says, by the names of its schema: single fields by their path, records column by column. Rules read this and nothing else of a
// form. A field that is missing, repeated or holds elements is absent here, and for the schema to report. Texts are decoded once, when asked for.
import type { Place } from '../errors/outcomes.ts';
import type { Content } from '../signature/verify.ts';
import { childElements, childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';
import type { Field } from './envelope.ts';

/** The records of one list, e.g. all `LaoDong` of `NoiDung/LaoDong`. */
export interface RecordTable {
  /** Names below the root, with slashes. */
  readonly path: string;
  readonly size: number;
  /** One trimmed text for each record, '' where the field is absent. */
  column(name: string): readonly string[];
  /** Of the record's field, or of the record when that is absent or not asked for. Counts lines: ask only for what is reported. */
  place(row: number, name?: string): Place;
}

export interface FormContent {
  readonly form: string;
  /** Name of the file in the envelope (TenFile). */
  readonly file: string;
  /** By path; every list that the schema knows is there, empty or not. */
  readonly lists: ReadonlyMap<string, RecordTable>;
  /** The single field at a path below the root, e.g. `ThongTinKhac/SoTheBHYT`. */
  field(path: string): Field | undefined;
  place(field: Field): Place;
}

export function readFormContent(content: Content, form: string, file: string, listPaths: readonly string[]): FormContent {
  const placeOfElement = (element: XmlElement): Place => ({ file, ...placeOf(content.document.bytes, content.root, element) });
  return {
    form,
    file,
    lists: new Map(listPaths.map((path) => [path, readTable(content, path, placeOfElement)])),
    field: (path) => {
      const element = path.split('/').reduce<XmlElement | undefined>((parent, name) => only(parent, name), content.root);
      return element === undefined || childElements(element).length > 0 ? undefined : { text: trimWhitespace(textOf(content.document, element)), element };
    },
    place: ({ element }) => placeOfElement(element),
  };
}

function readTable(content: Content, path: string, placeOfElement: (element: XmlElement) => Place): RecordTable {
  const names = path.split('/');
  const holder = names.slice(0, -1).reduce<XmlElement | undefined>((parent, name) => only(parent, name), content.root);
  const rows = holder === undefined ? [] : childrenNamed(holder, names.at(-1) ?? '');
  const columns = new Map<string, readonly string[]>();
  const textAt = (row: XmlElement, name: string): string => {
    const element = only(row, name);
    return element === undefined || childElements(element).length > 0 ? '' : trimWhitespace(textOf(content.document, element));
  };
  return {
    path,
    size: rows.length,
    column: (name) => {
      const known = columns.get(name) ?? rows.map((row) => textAt(row, name));
      columns.set(name, known);
      return known;
    },
    place: (index, name) => {
      const row = rows[index];
      if (row === undefined) throw new RangeError(`${path} has no record ${index}`);
      return placeOfElement((name === undefined ? undefined : only(row, name)) ?? row);
    },
  };
}

/** The one child with this name; none when there are several, because nobody can say which is meant. */
function only(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  if (parent === undefined) return undefined;
  const [child, second] = childrenNamed(parent, name);
  return second === undefined ? child : undefined;
}
