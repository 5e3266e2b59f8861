// What the pages are made of: the published standard, the failing samples of the rules, the calls of the interface, the list of changes.
import { parseJson } from '../standard/json.ts';
import type { Collection, CollectionName, Publication } from '../standard/publication/publication.ts';
import { isMembers, membersOf, valueOf } from '../standard/publication/value.ts';
import type { Members } from '../standard/publication/value.ts';
import { rowsOf, textIn } from '../standard/publication/tables.ts';
import type { StandardFiles } from '../standard/standard-files.ts';
import type { Operation } from '../http/operations/operation.ts';

export interface Material {
  readonly publication: Publication;
  /** Rule → its examples. */
  readonly examples: ReadonlyMap<string, readonly Members[]>;
  readonly operations: readonly Operation[];
  /** Markdown. */
  readonly changelog: string;
}

/** The examples of all groups by rule, in the order of the files. */
export function examplesByRule(files: StandardFiles): ReadonlyMap<string, readonly Members[]> {
  const rows = [...files].flatMap(([path, bytes]) => rowsOf(valueOf(parseJson(bytes, path).value)));
  const byRule = new Map<string, readonly Members[]>();
  for (const row of rows) byRule.set(textIn(row, 'rule'), [...(byRule.get(textIn(row, 'rule')) ?? []), row]);
  return byRule;
}

function collectionIn({ publication }: Material, name: CollectionName): Collection {
  const collection = publication.collections.get(name);
  if (collection === undefined) throw new Error(`nothing is published as ${name}`);
  return collection;
}

/** The rows of a collection, or of another list beside them. */
export function rowsIn(material: Material, name: CollectionName, member?: string): readonly Members[] {
  const { name: own, whole } = collectionIn(material, name);
  return rowsOf(whole[member ?? own]);
}

export function noteOf(material: Material, name: CollectionName): string {
  return textIn(collectionIn(material, name).whole, 'note');
}

/** A form with everything that its schemas say. */
export function formIn(material: Material, code: string): Members {
  const form = collectionIn(material, 'forms').entries.get(code)?.()['form'];
  return isMembers(form) ? form : {};
}

/** The sample of a form's newest version that has one. */
export function sampleOf({ publication }: Material, form: string): string | undefined {
  const octets = publication.schemas.findLast((schema) => schema.form === form && schema.sample !== undefined)?.sample;
  return octets === undefined ? undefined : Buffer.from(octets).toString('utf8');
}

export function membersIn(row: Members, name: string): Members {
  return membersOf(row[name]);
}
