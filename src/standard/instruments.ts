// The laws, decrees and decisions that electronic dealings rest on: from when to when each applies, to what, and what it means for a gateway.
// Several apply at once; a rule set names those it stands on. Data for people and for publication; no rule reads it.
import { keyed, listOf, memberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

export interface Instrument extends Validity {
  /** Short and stable, e.g. `nd164-2025`. */
  readonly id: string;
  /** As it is cited. */
  readonly citation: string;
  readonly nameVi: string;
  readonly nameEn: string;
  readonly scopeVi: string;
  readonly scopeEn: string;
  /** What it changes for a gateway. */
  readonly effectVi: string;
  readonly effectEn: string;
  /** Where validity and effect are known from. */
  readonly basis: string;
}

export type Instruments = ReadonlyMap<string, Instrument>;

export function readInstruments(table: JsonValue): Instruments {
  const rows = memberOf(table, 'instruments');
  return keyed(listOf(rows, readInstrument), ({ id }) => id, rows.at);
}

function readInstrument(row: JsonValue): Instrument {
  const text = (name: string): string => textOf(memberOf(row, name));
  return {
    id: textOf(memberOf(row, 'id'), /^[a-z0-9-]+$/),
    ...readValidity(row),
    citation: text('citation'),
    nameVi: text('nameVi'),
    nameEn: text('nameEn'),
    scopeVi: text('scopeVi'),
    scopeEn: text('scopeEn'),
    effectVi: text('effectVi'),
    effectEn: text('effectEn'),
    basis: text('basis'),
  };
}
