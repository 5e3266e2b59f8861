// Which agency codes (CoQuanQuanLy) exist, and what stands behind one at a date. The full national table is not public: besides the codes on
// record and the two test agencies, a code of the right shape is taken as known – 5 digits '0' + former province + office order, or 3 digits
// '0' + former province for the provincial office. So a mistyped office order is not caught here; the agency's own backend is the judge of it.
import { keyed, listOf, memberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { provinceOfFormer } from './provinces.ts';
import type { Province, Provinces } from './provinces.ts';
import { inForceAt, inOrder, readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

export interface Agencies {
  /** Codes on record with their names. */
  readonly known: ReadonlyMap<string, string>;
  readonly knownEn: ReadonlyMap<string, string>;
  /** Codes that real I-VANs use for tests; no real agency stands behind them. */
  readonly test: ReadonlySet<string>;
  /** The 63 province codes before 2025-07-01, whose digits agency codes kept. */
  readonly provinces: ReadonlySet<string>;
  /** How the agency is built, by date, in order of time. */
  readonly structure: readonly AgencyStructure[];
}

/** What the offices of one time are called. */
export interface AgencyStructure extends Validity {
  readonly provincialVi: string;
  readonly provincialEn: string;
  readonly localVi: string;
  readonly localEn: string;
  readonly basis: string;
}

export interface Agency {
  readonly code: string;
  readonly kind: 'central' | 'provincial' | 'local' | 'test';
  readonly nameVi: string;
  readonly nameEn: string;
  /** Absent for the central and the test agencies. */
  readonly province: Province | undefined;
  /** False when only the shape of the code speaks for it. */
  readonly onRecord: boolean;
}

const CENTRAL = '0003';

export function isKnownAgency(agencies: Agencies, code: string): boolean {
  return agencies.known.has(code) || agencies.test.has(code) || formerProvinceOf(agencies, code) !== undefined;
}

/** What the code means at that time; undefined when there is no such agency. */
export function agencyAt(agencies: Agencies, provinces: Provinces, code: string, at: Date): Agency | undefined {
  const [nameVi, nameEn] = [agencies.known.get(code), agencies.knownEn.get(code)];
  const onRecord = nameVi !== undefined;
  if (agencies.test.has(code)) return { code, kind: 'test', nameVi: 'Cơ quan thử nghiệm', nameEn: 'Test agency', province: undefined, onRecord: true };
  if (code === CENTRAL) return { code, kind: 'central', nameVi: nameVi ?? '', nameEn: nameEn ?? '', province: undefined, onRecord };
  const former = formerProvinceOf(agencies, code);
  const province = former === undefined ? undefined : provinceOfFormer(provinces, former, at);
  if (province === undefined) return undefined;
  const structure = inForceAt(agencies.structure, at);
  const order = code.slice(3);
  const isLocal = order !== '' && order !== '00';
  const kind = isLocal ? ('local' as const) : ('provincial' as const);
  const called = { vi: isLocal ? structure?.localVi : structure?.provincialVi, en: isLocal ? structure?.localEn : structure?.provincialEn };
  return {
    code,
    kind,
    nameVi: nameVi ?? `${called.vi ?? ''} ${isLocal ? `${order}, ` : ''}${province.name}`,
    nameEn: nameEn ?? `${called.en ?? ''} ${isLocal ? `${order}, ` : ''}${province.nameEn}`,
    province,
    onRecord,
  };
}

/** @throws Error naming the place when a row is not an agency, or a code comes twice. */
export function readAgencies(table: JsonValue, { former }: Provinces): Agencies {
  const rows = memberOf(table, 'known');
  const known = keyed(listOf(rows, (row) => ({ code: textOf(memberOf(row, 'code')), vi: textOf(memberOf(row, 'nameVi')), en: textOf(memberOf(row, 'nameEn')) })), ({ code }) => code, rows.at);
  const structure = memberOf(table, 'structure');
  return {
    known: new Map([...known].map(([code, { vi }]) => [code, vi])),
    knownEn: new Map([...known].map(([code, { en }]) => [code, en])),
    test: new Set(listOf(memberOf(table, 'test'), (code) => textOf(code, /^\d{3,5}$/))),
    provinces: new Set(former.keys()),
    structure: inOrder(listOf(structure, readStructure), structure.at),
  };
}

function readStructure(row: JsonValue): AgencyStructure {
  const text = (name: string): string => textOf(memberOf(row, name));
  return { ...readValidity(row), provincialVi: text('provincialVi'), provincialEn: text('provincialEn'), localVi: text('localVi'), localEn: text('localEn'), basis: text('basis') };
}

function formerProvinceOf({ provinces }: Agencies, code: string): string | undefined {
  const digits = /^0(\d{2})(?:\d{2})?$/.exec(code)?.[1];
  return digits !== undefined && provinces.has(digits) ? digits : undefined;
}
