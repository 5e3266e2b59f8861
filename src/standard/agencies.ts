// Which agency codes (CoQuanQuanLy) exist. The full national table is not public: besides the codes on record and the two test agencies,
// a code of the right shape is taken as known – 5 digits '0' + former province + office order, or 3 digits '0' + former province for the
// provincial office. So a mistyped office order is not caught here; the agency's own backend is the judge of it.

export interface Agencies {
  /** Codes on record with their names. */
  readonly known: ReadonlyMap<string, string>;
  /** Codes that real I-VANs use for tests; no real agency stands behind them. */
  readonly test: ReadonlySet<string>;
  /** The 63 province codes before 2025-07-01, whose digits agency codes kept. */
  readonly provinces: ReadonlySet<string>;
}

export function isKnownAgency(agencies: Agencies, code: string): boolean {
  if (agencies.known.has(code) || agencies.test.has(code)) return true;
  const match = /^0(\d{2})(?:\d{2})?$/.exec(code);
  return match?.[1] !== undefined && agencies.provinces.has(match[1]);
}
