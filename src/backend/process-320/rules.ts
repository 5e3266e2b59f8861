// The rules of reviewing a book (3142/TB-BHXH), each by itself and pure: what differs in the five groups of data, time without proof, which
// branch a book takes, and how far its yearly leaf goes.
import { formatMonth, month } from '../months.ts';
import type { Month } from '../months.ts';
import type { BookKind } from '../dossier-rows.ts';
import type { BookRecord, Branch, Decision, Difference, Period } from './book.ts';

const FIRST_PROVEN = month(1995, 1);
const LAST_OF_OLD_LEAF = month(2009, 12);

/** In the order of the notice: identity, periods, rank and post, pay, place. */
export function differences(book: BookRecord, data: BookRecord): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (group: Difference['group'], field: string, inBook: string, inData: string): void => {
    if (inBook !== inData) found.push({ group, field, inBook, inData });
  };
  for (const field of ['name', 'bornOn', 'sex', 'nationality'] as const) compare('identity', field, book.identity[field], data.identity[field]);
  const known = new Map(data.periods.map((period) => [keyOf(period), period]));
  const written = new Set(book.periods.map(keyOf));
  for (const period of book.periods) {
    const same = known.get(keyOf(period));
    if (same === undefined) {
      if (period.from >= FIRST_PROVEN) found.push({ group: 'periods', field: period.fund, inBook: spanOf(period), inData: '' });
      continue;
    }
    for (const field of ['rank', 'post', 'unit'] as const) compare('work', field, period[field], same[field]);
    for (const field of ['wage', 'allowance'] as const) compare('pay', field, period[field], same[field]);
    compare('place', 'place', period.place, same.place);
  }
  for (const period of data.periods) if (!written.has(keyOf(period))) found.push({ group: 'periods', field: period.fund, inBook: '', inData: spanOf(period) });
  return found;
}

function keyOf({ fund, from, to }: Period): string {
  return `${fund} ${from} ${to}`;
}

export function spanOf({ fund, from, to }: Pick<Period, 'fund' | 'from' | 'to'>): string {
  return `${fund} ${formatMonth(from)}–${formatMonth(to)}`;
}

/** V-1995: time before 01/1995 must be signed by the agency; from then on it must stand in SMS, or be confirmed by closing. */
export function unproven(book: BookRecord, data: BookRecord): readonly Period[] {
  const inData = (period: Period): boolean => data.periods.some((known) => known.fund === period.fund && known.from <= Math.max(period.from, FIRST_PROVEN) && known.to >= period.to);
  return book.periods.filter((period) => {
    if (period.confirmed) return false;
    return period.from < FIRST_PROVEN || !inData(period);
  });
}

export interface BookFacts {
  readonly kind: BookKind;
  readonly leaves: number;
  readonly adjusted: boolean;
  readonly open: boolean;
}

/** A cover with leaves is of the new type; an old book of 24 or 46 pages has no leaf (a), leaves without adjustment (b), or with one (c). */
export function branchOf({ kind, leaves, adjusted }: Pick<BookFacts, 'kind' | 'leaves' | 'adjusted'>): Branch {
  if (kind === 'BIA') return 'cover';
  if (leaves === 0) return 'a';
  return adjusted ? 'c' : 'b';
}

export interface PrintFacts {
  /** December of the year before filing. */
  readonly cutoff: Month;
  /** Paid up to here; less than the cut-off for a unit in debt. */
  readonly paidTo: Month;
  /** First month with contributions. */
  readonly firstMonth: Month;
  readonly open: boolean;
}

/** The yearly leaf: from the month after the old leaf to the cut-off, in debt only to the month paid; a closed book has none. */
export function yearlyLeaf({ cutoff, paidTo, firstMonth, open }: PrintFacts): Decision['yearly'] {
  const from = Math.max(LAST_OF_OLD_LEAF + 1, firstMonth);
  const to = Math.min(cutoff, paidTo);
  return open && from <= to ? { from, to } : null;
}

/** The old book is withdrawn, punched and archived, its cover reissued for the reason "khác"; of branch c the leaves are withdrawn too. */
export function decideBook(facts: BookFacts & PrintFacts): Decision {
  const branch = branchOf(facts);
  const old = branch !== 'cover';
  return {
    branch,
    confirmedTo: facts.cutoff,
    leaf: facts.open || branch === 'cover' ? 'QT' : 'BL',
    withdrawsBook: old,
    withdrawsLeaves: branch === 'c',
    reissuesCover: old,
    yearly: yearlyLeaf(facts),
  };
}
