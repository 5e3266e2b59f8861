// The code lists that forms use (`std:check kind="code"` in their schemas): code → name in both languages. A name is '' where none is on record.
// Whether a list is surely whole is for the schema to say, by refusing or warning.
import { entriesOf, keyed, listOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';

export interface CodeList {
  /** As schemas name it, e.g. `labourChange`. */
  readonly id: string;
  readonly nameVi: string;
  readonly nameEn: string;
  readonly source: string;
  readonly codes: ReadonlyMap<string, { readonly nameVi: string; readonly nameEn: string }>;
}

/** By their id. @throws Error naming the place when a list has no codes, or a code comes twice. */
export function readCodeLists(table: JsonValue): ReadonlyMap<string, CodeList> {
  const about = memberOf(table, 'about');
  return new Map(entriesOf(memberOf(table, 'lists')).map(([id, rows]) => [id, readList(id, rows, optionalMemberOf(about, id))]));
}

function readList(id: string, rows: JsonValue, about: JsonValue | undefined): CodeList {
  const named = listOf(rows, (row) => ({ code: textOf(memberOf(row, 'code')), nameVi: nameOf(row, 'name'), nameEn: nameOf(row, 'nameEn') }));
  if (named.length === 0) throw new Error(`${rows.at}: no codes`);
  return {
    id,
    nameVi: about === undefined ? '' : textOf(memberOf(about, 'nameVi')),
    nameEn: about === undefined ? '' : textOf(memberOf(about, 'nameEn')),
    source: about === undefined ? '' : textOf(memberOf(about, 'source')),
    codes: new Map([...keyed(named, ({ code }) => code, rows.at)].map(([code, { nameVi, nameEn }]) => [code, { nameVi, nameEn }])),
  };
}

function nameOf(row: JsonValue, name: string): string {
  const text = optionalMemberOf(row, name);
  return text === undefined ? '' : textOf(text);
}
