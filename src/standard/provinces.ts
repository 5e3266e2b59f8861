// Provinces by date: 63 until 2025-06-30, 34 since (QĐ 19/2025/QĐ-TTg), and which became which. A code that stayed may have changed its name, and
// agency codes keep the digits of the former province: so the key is always code and date, never a name.
import { keyed, listOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { datedRows, readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

const CODE = /^\d{2}$/;

export interface Province extends Validity {
  readonly code: string;
  /** In Vietnamese. */
  readonly name: string;
  readonly nameEn: string;
  /** Codes of the former provinces that it was made of; none for a former one. */
  readonly mergedFrom: readonly string[];
  /** Code of the province that it went into; absent for one in force. */
  readonly became: string | undefined;
  readonly basis: string;
}

export interface Provinces {
  /** Rows by code, in order of time. */
  readonly rows: ReadonlyMap<string, readonly Province[]>;
  /** The 34, by code. */
  readonly current: ReadonlyMap<string, Province>;
  /** The 63, by code. */
  readonly former: ReadonlyMap<string, Province>;
}

/** Where the land of a former province belongs at that time: itself as long as it was, then what it became. */
export function provinceOfFormer({ former, current }: Provinces, code: string, at: Date): Province | undefined {
  const province = former.get(code);
  if (province === undefined || province.until === undefined) return province;
  return at < new Date(`${province.until}T00:00:00+07:00`) ? province : current.get(province.became ?? '');
}

/** @throws Error naming the place when a row is not a province, or one that went away did not become another. */
export function readProvinces(table: JsonValue): Provinces {
  const list = memberOf(table, 'provinces');
  const all = listOf(list, readProvince);
  const [former, current] = [all.filter(({ until }) => until !== undefined), all.filter(({ until }) => until === undefined)];
  const byCode = keyed(current, ({ code }) => code, list.at);
  const lost = former.find(({ code, became }) => byCode.get(became ?? '')?.mergedFrom.includes(code) !== true);
  if (lost !== undefined) throw new Error(`${list.at}: province ${lost.code} became nothing that was made of it`);
  return { rows: datedRows(all, ({ code }) => code, list.at), current: byCode, former: keyed(former, ({ code }) => code, list.at) };
}

function readProvince(row: JsonValue): Province {
  const [mergedFrom, became] = [optionalMemberOf(row, 'mergedFrom'), optionalMemberOf(row, 'became')];
  return {
    code: textOf(memberOf(row, 'code'), CODE),
    ...readValidity(row),
    name: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    mergedFrom: mergedFrom === undefined ? [] : listOf(mergedFrom, (code) => textOf(code, CODE)),
    became: became === undefined ? undefined : textOf(became, CODE),
    basis: textOf(memberOf(row, 'basis')),
  };
}
