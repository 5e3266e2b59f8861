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
  /** The record that holds this one, by its row in the list around this list; 0 when there is none around it. */
  owner(row: number): number;
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
    lists: new Map(listPaths.map((path) => [path, readTable(content, path, listPaths, placeOfElement)])),
    field: (path) => {
      const element = path.split('/').reduce<XmlElement | undefined>((parent, name) => only(parent, name), content.root);
      return element === undefined || childElements(element).length > 0 ? undefined : { text: trimWhitespace(textOf(content.document, element)), element };
    },
    place: ({ element }) => placeOfElement(element),
  };
}

function readTable(content: Content, path: string, listPaths: readonly string[], placeOfElement: (element: XmlElement) => Place): RecordTable {
  const records = recordsAt(content.root, path.split('/'), listPaths);
  const rows = records.map(({ element }) => element);
  const columns = new Map<string, readonly string[]>();
  const textAt = (row: XmlElement, name: string): string => {
    const element = only(row, name);
    return element === undefined || childElements(element).length > 0 ? '' : trimWhitespace(textOf(content.document, element));
  };
  return {
    path,
    size: rows.length,
    owner: (index) => records[index]?.owner ?? 0,
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

interface OwnedElement {
  readonly element: XmlElement;
  readonly owner: number;
}

/** Every record of the list. On the way to it an element must be the only one of its name, unless it is a record of a list itself. */
function recordsAt(root: XmlElement, names: readonly string[], listPaths: readonly string[]): readonly OwnedElement[] {
  let level: readonly OwnedElement[] = [{ element: root, owner: 0 }];
  for (const [depth, name] of names.entries()) {
    const isList = depth === names.length - 1 || listPaths.includes(names.slice(0, depth + 1).join('/'));
    const outer = level;
    level = outer.flatMap(({ element, owner }) => {
      const found = isList ? childrenNamed(element, name) : [only(element, name) ?? []].flat();
      return found.map((child) => ({ element: child, owner }));
    });
    if (isList && depth < names.length - 1) level = level.map(({ element }, row) => ({ element, owner: row }));
  }
  return level;
}

/** The one child with this name; none when there are several, because nobody can say which is meant. */
function only(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  if (parent === undefined) return undefined;
  const [child, second] = childrenNamed(parent, name);
  return second === undefined ? child : undefined;
}
