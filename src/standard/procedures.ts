// The procedures that can be filed, with their forms, time limits and who may file them, by date (QĐ 838/QĐ-BHXH 2024; codes as seen in the
// field). A code may have several rows, each for its own time. Where no time limit is on record the table's default of 5 working days
// stands, and `workingDaysAssumed` says so. None of them costs a fee.
import { countOf, flagOf, listOf, memberOf, oneOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { datedRows, inForceAt, inOrder, readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

const CODE = /^\d{3}(?:[a-z]|-\d)?$/;
const NATIONAL_CODE = /^\d\.\d{6}(?:\.\d{2})?$/;

export const procedureGroups = ['thu', 'so-the', 'che-do'] as const;
/** Contributions, books and cards, benefits. */
export type ProcedureGroup = (typeof procedureGroups)[number];

export const filerKinds = ['organisation', 'individual'] as const;
export type FilerKind = (typeof filerKinds)[number];

export interface Procedure extends Validity {
  /** As in MaThuTuc, e.g. `600`, `630a`, `603-3`. */
  readonly code: string;
  /** In Vietnamese. */
  readonly name: string;
  readonly nameEn: string;
  /** Form codes (MaToKhai) that must be there. */
  readonly requiredForms: readonly string[];
  /** Of each of these, one form at least must be there. */
  readonly requiredOneOf: readonly (readonly string[])[];
  /** Form codes that may be there besides. */
  readonly optionalForms: readonly string[];
  readonly workingDays: number;
  /** True when no limit is on record for this time: the default, or what was last on record. */
  readonly workingDaysAssumed: boolean;
  /** Where the limit stands, or why it is assumed. */
  readonly workingDaysBasis: string;
  readonly group: ProcedureGroup;
  readonly filedBy: readonly FilerKind[];
  readonly throughIvan: boolean;
  /** In đồng; none of the procedures costs anything. */
  readonly fee: 0;
  readonly basis: string;
  /** Where the code was seen, and how sure its content is: A seen in real data, B read in a product, C inferred. */
  readonly source: string;
  readonly confidence: 'A' | 'B' | 'C';
  /** Code of the national public-service portal. */
  readonly nationalCode?: string;
  /** How its dossiers are numbered, where it is not NNNNN/YYYY/<agency>. */
  readonly numberFormat?: string;
  /** The form of the slip that is handed over with its papers. */
  readonly slip?: string;
  /** That a unit without a code registers by it, and how that differs from what units with a code file by it. */
  readonly firstRegistration?: FirstRegistrationTerms;
  /** The offices it passes through, for one-stop processes; their days add up to `workingDays`. */
  readonly steps?: readonly ProcedureStep[];
}

export interface FirstRegistrationTerms {
  /** In Vietnamese. */
  readonly name: string;
  readonly nameEn: string;
  /** Forms that may be there besides those of the procedure. */
  readonly optionalForms: readonly string[];
  readonly workingDays: number;
  readonly workingDaysBasis: string;
}

export interface ProcedureStep {
  readonly step: number;
  readonly unit: string;
  readonly unitEn: string;
  readonly workingDays: number;
  readonly system: string;
  /** Forms that the office may issue meanwhile. */
  readonly mayIssue: readonly string[];
  /** A question to another office, with its own clock. */
  readonly subTask?: { readonly form: string; readonly to: string; readonly workingDays: number };
}

/** All rows by code, those of one code in order of time. */
export type DatedProcedures = ReadonlyMap<string, readonly Procedure[]>;

export function procedureAt(procedures: DatedProcedures, code: string, at: Date): Procedure | undefined {
  return inForceAt(procedures.get(code) ?? [], at);
}

/** The procedure by which a unit registers for the first time, with the names, forms and time limit of that. */
export function firstRegistrationAt(procedures: DatedProcedures, at: Date): Procedure | undefined {
  for (const rows of procedures.values()) {
    const procedure = inForceAt(rows, at);
    if (procedure?.firstRegistration === undefined) continue;
    const { optionalForms, ...terms } = procedure.firstRegistration;
    return { ...procedure, ...terms, workingDaysAssumed: false, optionalForms: [...procedure.optionalForms, ...optionalForms] };
  }
  return undefined;
}

/** Every form that the procedure takes. */
export function allowedForms({ requiredForms, requiredOneOf, optionalForms }: Procedure): ReadonlySet<string> {
  return new Set([...requiredForms, ...requiredOneOf.flat(), ...optionalForms]);
}

/** What a dossier with these forms lacks; a choice is written with slashes. */
export function missingForms({ requiredForms, requiredOneOf }: Procedure, forms: readonly string[]): readonly string[] {
  const choices = requiredOneOf.filter((choice) => !choice.some((form) => forms.includes(form)));
  return [...requiredForms.filter((form) => !forms.includes(form)), ...choices.map((choice) => choice.join(' / '))];
}

/** @throws Error naming the place when a row is not a procedure, or two rows of one code are in force on one day. */
export function readProcedures(table: JsonValue): DatedProcedures {
  const standardDays = countOf(memberOf(table, 'defaultWorkingDays'));
  const rows = memberOf(table, 'procedures');
  const procedures = listOf(rows, (row) => readProcedure(row, standardDays));
  // A first registration names no procedure: on no day may it belong to two.
  inOrder(procedures.filter(({ firstRegistration }) => firstRegistration !== undefined), `${table.at}: first registrations`);
  return datedRows(procedures, ({ code }) => code, table.at);
}

function readProcedure(row: JsonValue, standardDays: number): Procedure {
  const code = textOf(memberOf(row, 'code'), CODE);
  const texts = (name: string): string[] => listOf(memberOf(row, name), (item) => textOf(item));
  const choices = optionalMemberOf(row, 'requiredOneOf');
  return {
    code,
    ...readValidity(row),
    name: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    requiredForms: texts('requiredForms'),
    requiredOneOf: choices === undefined ? [] : listOf(choices, (choice) => listOf(choice, (form) => textOf(form))),
    optionalForms: texts('optionalForms'),
    ...readLimit(row, standardDays),
    group: oneOf(memberOf(row, 'group'), procedureGroups),
    filedBy: listOf(memberOf(row, 'filedBy'), (item) => oneOf(item, filerKinds)),
    throughIvan: flagOf(memberOf(row, 'throughIvan')),
    fee: 0,
    basis: textOf(memberOf(row, 'basis')),
    source: textOf(memberOf(row, 'source')),
    confidence: oneOf(memberOf(row, 'confidence'), ['A', 'B', 'C'] as const),
    ...readExtras(row),
  };
}

function readLimit(row: JsonValue, standardDays: number): Pick<Procedure, 'workingDays' | 'workingDaysAssumed' | 'workingDaysBasis'> {
  const days = memberOf(row, 'workingDays');
  const assumed = optionalMemberOf(row, 'workingDaysAssumed');
  return {
    workingDays: days.value === null ? standardDays : countOf(days),
    workingDaysAssumed: days.value === null || (assumed !== undefined && flagOf(assumed)),
    workingDaysBasis: textOf(memberOf(row, 'workingDaysBasis')),
  };
}

function readExtras(row: JsonValue): Pick<Procedure, 'nationalCode' | 'numberFormat' | 'slip' | 'firstRegistration' | 'steps'> {
  const [nationalCode, numberFormat, slip, first, steps] = ['nationalCode', 'numberFormat', 'slip', 'firstRegistration', 'steps'].map((name) => optionalMemberOf(row, name));
  return {
    ...(nationalCode === undefined ? {} : { nationalCode: textOf(nationalCode, NATIONAL_CODE) }),
    ...(numberFormat === undefined ? {} : { numberFormat: textOf(numberFormat) }),
    ...(slip === undefined ? {} : { slip: textOf(slip) }),
    ...(first === undefined ? {} : { firstRegistration: readFirstRegistration(first) }),
    ...(steps === undefined ? {} : { steps: listOf(steps, readStep) }),
  };
}

function readFirstRegistration(row: JsonValue): FirstRegistrationTerms {
  return {
    name: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    optionalForms: listOf(memberOf(row, 'optionalForms'), (form) => textOf(form)),
    workingDays: countOf(memberOf(row, 'workingDays')),
    workingDaysBasis: textOf(memberOf(row, 'workingDaysBasis')),
  };
}

function readStep(row: JsonValue): ProcedureStep {
  const issued = optionalMemberOf(row, 'mayIssue');
  const task = optionalMemberOf(row, 'subTask');
  return {
    step: countOf(memberOf(row, 'step')),
    unit: textOf(memberOf(row, 'unit')),
    unitEn: textOf(memberOf(row, 'unitEn')),
    workingDays: countOf(memberOf(row, 'workingDays')),
    system: textOf(memberOf(row, 'system')),
    mayIssue: issued === undefined ? [] : listOf(issued, (form) => textOf(form)),
    ...(task === undefined ? {} : { subTask: { form: textOf(memberOf(task, 'form')), to: textOf(memberOf(task, 'to')), workingDays: countOf(memberOf(task, 'workingDays')) } }),
  };
}
