// The connection standard as it is published (`GET /v1/procedures`, …): from the standard and its files to named resources of plain values,
// made once. Every resource says the digest of the rule set it belongs to. Pure; how it travels is for `http/published/`.
import { dueAfterWorkingDays } from '../calendar.ts';
import type { RuleSet } from '../rule-sets.ts';
import type { Standard } from '../tables.ts';
import { formatInstant } from '../time.ts';
import type { StandardFiles } from '../standard-files.ts';
import { formRows, schemaRows, schemasOf, withElements } from './forms.ts';
import type { PublishedSchema } from './forms.ts';
import { errorMembers, ruleRows } from './rules.ts';
import { agencyRows, besides, calendarRows, codeListRows, codeOf, procedureRows, rowsOf, tableOf, textIn } from './tables.ts';
import type { Members } from './value.ts';

/** A list, and the entries that can be asked for one by one. */
export interface Collection {
  /** Root element, and the member that holds the rows. */
  readonly name: string;
  readonly entryName: string;
  readonly whole: Members;
  readonly entries: ReadonlyMap<string, () => Members>;
  /** Of the rules: the same as each rule set in force weighs them, by its id. */
  readonly underRuleSets?: ReadonlyMap<string, Collection>;
}

export const collectionNames = ['procedures', 'services', 'forms', 'schemas', 'rules', 'errors', 'agencies', 'provinces', 'ivans', 'calendar', 'code-lists', 'rule-sets', 'instruments'] as const;
export type CollectionName = (typeof collectionNames)[number];

export interface Publication {
  /** Of the rule set, hex. */
  readonly digest: string;
  readonly collections: ReadonlyMap<CollectionName, Collection>;
  readonly schemas: readonly PublishedSchema[];
}

export function createPublication(standard: Standard, files: StandardFiles): Publication {
  const { digest } = standard;
  const schemas = schemasOf(files);
  const procedures = procedureRows(files, standard);
  const forms = formRows(files, schemas, procedures);
  const rest = (table: string, ...published: readonly string[]): Members => besides(tableOf(files, table), ...published);
  const list = (name: string, rows: readonly Members[], more: Members = {}): Collection => ({ name, entryName: '', whole: { digest, ...more, [name]: rows }, entries: new Map() });
  const keyed = (name: string, entryName: string, rows: readonly Members[], keysOf: (row: Members) => readonly string[], more: Members = {}, full: (row: Members) => Members = (row) => row): Collection => ({
    ...list(name, rows, more),
    entryName,
    entries: new Map(rows.flatMap((row) => keysOf(row).map((key) => [key, () => ({ digest, [entryName]: full(row) })] as const))),
  });
  const rulesUnder = (set?: RuleSet): Collection => keyed('rules', 'rule', ruleRows(files, set), (row) => [codeOf(row), textIn(row, 'wireCode')]);
  const byCode = (row: Members): readonly string[] => [codeOf(row)];
  return {
    digest,
    schemas,
    collections: new Map<CollectionName, Collection>([
      ['procedures', keyed('procedures', 'procedure', procedures, byCode, rest('procedures', 'procedures'))],
      ['services', keyed('services', 'service', rowsOf(tableOf(files, 'national-services')['services']), byCode, rest('national-services', 'services'))],
      ['forms', keyed('forms', 'form', forms, byCode, rest('forms', 'forms'), (row) => withElements(row, schemas))],
      ['schemas', list('schemas', schemaRows(schemas, forms))],
      ['rules', { ...rulesUnder(), underRuleSets: new Map(standard.ruleSets.filter(({ inForce }) => inForce).map((set) => [set.id, rulesUnder(set)])) }],
      ['errors', { name: 'errors', entryName: '', whole: { digest, ...errorMembers() }, entries: new Map() }],
      ['agencies', list('agencies', agencyRows(files, standard), rest('agencies', 'known', 'test'))],
      ['provinces', list('provinces', rowsOf(tableOf(files, 'provinces')['provinces']), rest('provinces', 'provinces'))],
      ['ivans', list('ivans', rowsOf(tableOf(files, 'ivans')['ivans']), rest('ivans', 'ivans'))],
      ['calendar', keyed('calendar', 'calendarYear', calendarRows(files), (row) => [textIn(row, 'year')], rest('calendar', 'years'))],
      ['code-lists', keyed('codeLists', 'codeList', codeListRows(files), (row) => [textIn(row, 'name')], rest('codes', 'lists', 'about'))],
      ['rule-sets', list('ruleSets', rowsOf(tableOf(files, 'rule-sets')['ruleSets']), rest('rule-sets', 'ruleSets'))],
      ['instruments', list('instruments', rowsOf(tableOf(files, 'instruments')['instruments']), rest('instruments', 'instruments'))],
    ]),
  };
}

/** What a time limit of working days that begins at an instant ends at. @throws RangeError when `workingDays` is not from 0 to 1000. */
export function dueDateMembers({ calendar, digest }: Standard, from: Date, workingDays: number, keepTimeOfDay: boolean): Members {
  const { at, provisional } = dueAfterWorkingDays(calendar, from, workingDays, keepTimeOfDay ? 'keep_time_of_day' : 'end_of_day');
  return { digest, from: formatInstant(from), workingDays, keepTimeOfDay, dueAt: formatInstant(at), provisional };
}
