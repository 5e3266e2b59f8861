// The services of the national public-service portal by which the agency lists what can be done with it (QĐ 838/QĐ-BHXH of 05/6/2024), and which
// of our procedures each is. Data for people and for publication: a dossier is judged by its procedure. That the two tables agree is checked
// when they are read, so that no procedure carries a national code that nobody listed.
import { countOf, keyed, listOf, memberOf, oneOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { filerKinds, procedureGroups } from './procedures.ts';
import type { DatedProcedures, FilerKind } from './procedures.ts';
import { readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

/** Six digits behind the point; one code of the list is printed with five. */
const CODE = /^\d\.\d{5,6}(?:\.\d{2})?$/;
/** Those of the procedures, contracts for health care, ways of payment, and what several authorities do in one step. */
const groups = [...procedureGroups, 'bhyt', 'chi-tra', 'lien-thong'] as const;
const confidences = ['A', 'B', 'C'] as const;

export interface NationalService extends Validity {
  /** As on the portal, e.g. `1.002051.01`. */
  readonly code: string;
  readonly group: (typeof groups)[number];
  readonly nameVi: string;
  readonly nameEn: string;
  /** Empty where the list does not tell. */
  readonly filedBy: readonly FilerKind[];
  /** Codes of procedures (MaThuTuc) for the same matter. */
  readonly procedures: readonly string[];
  /** How sure that is; absent where there are none. */
  readonly match: (typeof confidences)[number] | undefined;
  readonly basis: string;
  /** How sure the row itself is. */
  readonly confidence: (typeof confidences)[number];
}

export type NationalServices = ReadonlyMap<string, NationalService>;

/** @throws Error naming the place when a row is no service, rows are missing, or the table and that of the procedures contradict each other. */
export function readNationalServices(table: JsonValue, procedures: DatedProcedures): NationalServices {
  const rows = memberOf(table, 'services');
  const services = keyed(listOf(rows, readService), ({ code }) => code, rows.at);
  if (services.size !== countOf(memberOf(table, 'listed'))) throw new Error(`${rows.at}: not as many as are listed`);
  for (const { code, procedures: named } of services.values()) {
    const stranger = named.find((procedure) => !procedures.has(procedure));
    if (stranger !== undefined) throw new Error(`${rows.at}: ${code} names ${stranger}, which is no procedure`);
  }
  for (const { code, nationalCode } of [...procedures.values()].flat()) {
    const agrees = nationalCode === undefined || services.get(nationalCode)?.procedures.includes(code) === true;
    if (!agrees) throw new Error(`${rows.at}: procedure ${code} is ${nationalCode}, which does not name it`);
  }
  return services;
}

function readService(row: JsonValue): NationalService {
  const procedures = listOf(memberOf(row, 'procedures'), (item) => textOf(item));
  const match = optionalMemberOf(row, 'match');
  if ((match === undefined) !== (procedures.length === 0)) throw new Error(`${row.at}: match goes with procedures`);
  return {
    code: textOf(memberOf(row, 'code'), CODE),
    ...readValidity(row),
    group: oneOf(memberOf(row, 'group'), groups),
    nameVi: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    filedBy: listOf(memberOf(row, 'filedBy'), (item) => oneOf(item, filerKinds)),
    procedures,
    match: match === undefined ? undefined : oneOf(match, confidences),
    basis: textOf(memberOf(row, 'basis')),
    confidence: oneOf(memberOf(row, 'confidence'), confidences),
  };
}
