// A book under review in process 320: what is written in it, what the collection data (SMS) say of the same person, what was found and decided.
// Months are numbers (months.ts). Everything is plain data: it is stored with its line as it is.
import type { BookKind } from '../dossier-rows.ts';
import type { Month } from '../months.ts';

export type Fund = 'BHXH' | 'BHTN';

export interface Period {
  readonly fund: Fund;
  readonly from: Month;
  readonly to: Month;
  readonly rank: string;
  readonly post: string;
  readonly unit: string;
  /** In đồng, or a coefficient before 2000. */
  readonly wage: string;
  readonly allowance: string;
  /** Code of the province. */
  readonly place: string;
  /** Signed by the agency, in the book or when it was closed. */
  readonly confirmed: boolean;
}

export interface Identity {
  readonly name: string;
  readonly bornOn: string;
  readonly sex: string;
  readonly nationality: string;
}

export interface BookRecord {
  readonly identity: Identity;
  readonly periods: readonly Period[];
}

export interface Benefit {
  readonly kind: 'one-off' | 'unemployment';
  readonly decided: Month;
  /** Months of unemployment benefit granted. */
  readonly granted: number;
  /** Months really paid: fewer when it was ended early (Phòng Chế độ). */
  readonly paid: number;
  /** Whether the city's own data know the contributions it was paid for. */
  readonly known: boolean;
}

export type Group = 'identity' | 'periods' | 'work' | 'pay' | 'place';

export interface Difference {
  readonly group: Group;
  readonly field: string;
  readonly inBook: string;
  readonly inData: string;
}

export interface Fault {
  /** SAI, THIEU, RACH, MO. */
  readonly kind: string;
  readonly inBook: string;
  readonly inData: string;
  readonly asked: string;
}

export interface Cut {
  /** CT: one-off insurance taken; TT: unemployment benefit taken. */
  readonly code: 'CT' | 'TT';
  readonly fund: Fund;
  readonly months: number;
  /** Used time of a benefit from 01/2016 on is printed in QLST, not in SMS. */
  readonly printedIn: 'SMS' | 'QLST';
}

export type Branch = 'cover' | 'a' | 'b' | 'c';

export interface Decision {
  readonly branch: Branch;
  /** Confirmed up to the cut-off, code TX. */
  readonly confirmedTo: Month;
  /** Of the leaf up to 12/2009. */
  readonly leaf: 'QT' | 'BL';
  readonly withdrawsBook: boolean;
  readonly withdrawsLeaves: boolean;
  readonly reissuesCover: boolean;
  readonly yearly: { readonly from: Month; readonly to: Month } | null;
}

export interface BookContent {
  readonly kind: BookKind;
  readonly leaves: number;
  readonly record: BookRecord;
  readonly data: BookRecord;
  readonly damage: 'RACH' | 'MO' | null;
  /** A leaf has a line of adjustment, or the unit asks for one. */
  readonly adjusted: boolean;
  /** Issued by another province's agency. */
  readonly foreign: boolean;
  readonly paidTo: Month;
  /** Still insured at the cut-off. */
  readonly open: boolean;
  readonly benefits: readonly Benefit[];
  /** The benefits room ended a benefit that SMS has not cut. */
  readonly uncut: boolean;
  readonly faults: readonly Fault[];
  readonly slip: string | null;
  readonly letter: string | null;
  readonly task: string | null;
  readonly cuts: readonly Cut[];
  /** Months left of each fund. */
  readonly left: Readonly<Record<Fund, number>> | null;
  readonly decision: Decision | null;
  readonly blanks: readonly string[];
}
