// The I-VANs on record (wire-format §1.8), by date. Whether one may send is for its contract to say, not for this list. Names are for display:
// senders write them as they like.
import { listOf, memberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { datedRows, inForceAt, readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

export interface Ivan extends Validity {
  readonly code: string;
  readonly name: string;
  /** When and where it was seen. */
  readonly source: string;
}

/** Rows by code, those of one code in order of time. */
export type DatedIvans = ReadonlyMap<string, readonly Ivan[]>;

export function ivanAt(ivans: DatedIvans, code: string, at: Date): Ivan | undefined {
  return inForceAt(ivans.get(code) ?? [], at);
}

/** @throws Error naming the place when a row is not an I-VAN, or two rows of one code are in force on one day. */
export function readIvans(table: JsonValue): DatedIvans {
  const rows = memberOf(table, 'ivans');
  return datedRows(listOf(rows, readIvan), ({ code }) => code, rows.at);
}

function readIvan(row: JsonValue): Ivan {
  return { code: textOf(memberOf(row, 'code'), /^\d{5}$/), name: textOf(memberOf(row, 'name')), source: textOf(memberOf(row, 'source')), ...readValidity(row) };
}
