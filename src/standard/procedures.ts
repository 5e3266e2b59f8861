// The procedures an employer can file under, with their forms and time limits (QĐ 838/QĐ-BHXH 2024; codes as seen in the field).
// Where no time limit is on record the table's default of 5 working days stands, and `workingDaysAssumed` says so.
import { countOf, keyed, listOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';

export interface Procedure {
  /** As in MaThuTuc, e.g. `600`, `630a`. */
  readonly code: string;
  readonly name: string;
  /** Form codes (MaToKhai) that must be there. */
  readonly requiredForms: readonly string[];
  /** Form codes that may be there besides. */
  readonly optionalForms: readonly string[];
  readonly workingDays: number;
  /** True when `workingDays` is the default because no limit is on record. */
  readonly workingDaysAssumed: boolean;
  /** `thu` contributions, `so-the` books and cards, `che-do` benefits. */
  readonly group: string;
  readonly basis: string;
  /** Code of the national public-service portal. */
  readonly nationalCode?: string;
  /** The offices it passes through, for one-stop processes; their days add up to `workingDays`. */
  readonly steps?: readonly ProcedureStep[];
}

export interface ProcedureStep {
  readonly step: number;
  readonly unit: string;
  readonly workingDays: number;
  readonly system: string;
}

export function readProcedures(table: JsonValue): ReadonlyMap<string, Procedure> {
  const standardDays = countOf(memberOf(table, 'defaultWorkingDays'));
  const rows = listOf(memberOf(table, 'procedures'), (row) => readProcedure(row, standardDays));
  return keyed(rows, (row) => row.code, table.at);
}

function readProcedure(row: JsonValue, standardDays: number): Procedure {
  const days = memberOf(row, 'workingDays');
  const nationalCode = optionalMemberOf(row, 'nationalCode');
  const steps = optionalMemberOf(row, 'steps');
  return {
    code: textOf(memberOf(row, 'code'), /^\d{3}[a-z]?$/),
    name: textOf(memberOf(row, 'name')),
    requiredForms: listOf(memberOf(row, 'requiredForms'), (form) => textOf(form)),
    optionalForms: listOf(memberOf(row, 'optionalForms'), (form) => textOf(form)),
    workingDays: days.value === null ? standardDays : countOf(days),
    workingDaysAssumed: days.value === null,
    group: textOf(memberOf(row, 'group')),
    basis: textOf(memberOf(row, 'basis')),
    ...(nationalCode === undefined ? {} : { nationalCode: textOf(nationalCode) }),
    ...(steps === undefined ? {} : { steps: listOf(steps, readStep) }),
  };
}

function readStep(row: JsonValue): ProcedureStep {
  return {
    step: countOf(memberOf(row, 'step')),
    unit: textOf(memberOf(row, 'unit')),
    workingDays: countOf(memberOf(row, 'workingDays')),
    system: textOf(memberOf(row, 'system')),
  };
}
