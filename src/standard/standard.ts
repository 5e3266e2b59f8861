// The connection standard, read and checked once at start from its files: forms, procedures, agencies, I-VANs, provinces, code lists, calendar,
// instruments, rule sets, and the digest that names them all with the schemas. A damaged or missing file stops the start with its name.
// Pure; immutable afterwards.
import type { JudgingPolicy } from '../signature/policy.ts';
import { readAgencies } from './agencies.ts';
import type { Agencies } from './agencies.ts';
import { readCalendar } from './calendar.ts';
import type { WorkCalendar } from './calendar.ts';
import { readCodeLists } from './code-lists.ts';
import type { CodeList } from './code-lists.ts';
import { ruleSetDigest, TABLES_FOLDER } from './digest.ts';
import { attachmentForm, readForms } from './forms.ts';
import type { Form, Forms } from './forms.ts';
import { readInstruments } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { readIvans } from './ivans.ts';
import type { DatedIvans } from './ivans.ts';
import { parseJson } from './json.ts';
import type { JsonValue } from './json.ts';
import { readLabourTables } from './labour-tables.ts';
import type { LabourTables } from './labour-tables.ts';
import { readNationalServices } from './national-services.ts';
import type { NationalServices } from './national-services.ts';
import { allowedForms, firstRegistrationAt, procedureAt, readProcedures } from './procedures.ts';
import type { DatedProcedures, Procedure } from './procedures.ts';
import { readObligationRules } from './obligations.ts';
import type { ObligationRules } from './obligations.ts';
import { readProvinces } from './provinces.ts';
import type { Province, Provinces } from './provinces.ts';
import { readRuleSets, ruleSetAt } from './rule-sets.ts';
import type { RuleSet } from './rule-sets.ts';
import type { StandardFiles } from './standard-files.ts';

export interface Standard {
  readonly forms: Forms;
  /** By code, each in its newest row. For judging take `procedureAt`. */
  readonly procedures: ReadonlyMap<string, Procedure>;
  /** Every row, by code. */
  readonly datedProcedures: DatedProcedures;
  procedureAt(code: string, at: Date): Procedure | undefined;
  /** By which a unit registers for the first time. */
  firstRegistrationAt(at: Date): Procedure | undefined;
  /** The services of the national portal, by code. */
  readonly nationalServices: NationalServices;
  readonly agencies: Agencies;
  /** I-VAN names by code. For judging take `datedIvans`. */
  readonly ivans: ReadonlyMap<string, string>;
  readonly datedIvans: DatedIvans;
  /** The 34 provinces since 2025-07-01, by code. */
  readonly provinces: ReadonlyMap<string, Province>;
  readonly datedProvinces: Provinces;
  /** List → code → name in Vietnamese; the name is '' where none is on record. */
  readonly codeLists: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The same with names in both languages and their sources. */
  readonly describedCodeLists: ReadonlyMap<string, CodeList>;
  readonly calendar: WorkCalendar;
  readonly labour: LabourTables;
  readonly instruments: Instruments;
  /** What is owed, and what an outage does to it. */
  readonly obligations: ObligationRules;
  /** In order of time, those not in force last. */
  readonly ruleSets: readonly RuleSet[];
  ruleSetAt(at: Date): RuleSet;
  readonly signaturePolicy: JudgingPolicy;
  /** Hex SHA-256 over all tables, all schema files, the code that judges and the name of the signature policy, see `digest.ts`. */
  readonly digest: string;
}

/**
 * @throws Error naming file and place when a table is missing, is not JSON, has the wrong shape, or names what another table lacks.
 */
export function readStandard(files: StandardFiles, signaturePolicy: JudgingPolicy): Standard {
  const table = (name: string): JsonValue => parseTable(files, `${TABLES_FOLDER}/${name}.json`);
  const forms = readForms(table('forms'));
  const datedProcedures = readProcedures(table('procedures'));
  checkForms([...datedProcedures.values()].flat(), forms);
  const datedProvinces = readProvinces(table('provinces'));
  const datedIvans = readIvans(table('ivans'));
  const describedCodeLists = readCodeLists(table('codes'));
  const instruments = readInstruments(table('instruments'));
  const ruleSets = readRuleSets(table('rule-sets'), instruments);
  return {
    forms,
    procedures: new Map([...datedProcedures].flatMap(([code, rows]) => rows.slice(-1).map((row) => [code, row] as const))),
    datedProcedures,
    procedureAt: (code, at) => procedureAt(datedProcedures, code, at),
    firstRegistrationAt: (at) => firstRegistrationAt(datedProcedures, at),
    nationalServices: readNationalServices(table('national-services'), datedProcedures),
    agencies: readAgencies(table('agencies'), datedProvinces),
    ivans: new Map([...datedIvans].flatMap(([code, rows]) => rows.slice(-1).map(({ name }) => [code, name] as const))),
    datedIvans,
    provinces: datedProvinces.current,
    datedProvinces,
    codeLists: new Map([...describedCodeLists].map(([id, { codes }]) => [id, new Map([...codes].map(([code, { nameVi }]) => [code, nameVi]))])),
    describedCodeLists,
    calendar: readCalendar(table('calendar')),
    labour: readLabourTables(table),
    instruments,
    obligations: readObligationRules(table('obligations')),
    ruleSets,
    ruleSetAt: (at) => ruleSetAt(ruleSets, at),
    signaturePolicy,
    digest: digestOf(files, signaturePolicy),
  };
}

/** Forms that a procedure names must be there, and be such as a dossier holds. */
function checkForms(procedures: readonly Procedure[], forms: Forms): void {
  for (const procedure of procedures) {
    const stranger = [...allowedForms(procedure), ...(procedure.firstRegistration?.optionalForms ?? [])].find((code) => !isFiled(forms.get(code)));
    if (stranger !== undefined) throw new Error(`procedures.json: procedure ${procedure.code} names ${stranger}, which is no form that is filed`);
  }
}

function isFiled(form: Form | undefined): boolean {
  return form !== undefined && (form.kind === 'declaration' || form.code === attachmentForm);
}

function parseTable(files: StandardFiles, path: string): JsonValue {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`${path} is missing`);
  return parseJson(bytes, path);
}

function digestOf(files: StandardFiles, { name }: JudgingPolicy): string {
  const policyFile = { path: 'signature-policy', bytes: Buffer.from(`${name}\n`) };
  return ruleSetDigest([...[...files].map(([path, bytes]) => ({ path, bytes })), policyFile]);
}
