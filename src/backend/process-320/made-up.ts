// Books and data that this agency has only for demonstration, made from the numbers in the list: the same number has always the same past, the
// same faults (faults.json) and the same benefits. Pure but for the one reading.
import { readFileSync } from 'node:fs';

import { packageFile } from '../../paths.ts';
import { countOf, listOf, memberOf, oneOf, parseJson } from '../../standard/json.ts';
import type { ListedBook } from '../dossier-rows.ts';
import { month } from '../months.ts';
import type { Month } from '../months.ts';
import { seeded, seededBetween, seededOf } from '../seeded.ts';
import type { Benefit, BookContent, BookRecord, Period } from './book.ts';

const faultCodes = ['birth', 'missing-period', 'torn', 'blurred', 'unsigned', 'post', 'wage', 'other-province', 'unemployment-start', 'not-cut'] as const;
export type FaultCode = (typeof faultCodes)[number];

const FIRST_UNEMPLOYMENT = month(2009, 1);
const LAST_OLD = month(1994, 12);

export interface Setting {
  readonly unit: string;
  readonly place: string;
  readonly cutoff: Month;
}

const table: readonly { readonly code: FaultCode; readonly perMille: number }[] = readTable();

function readTable(): { code: FaultCode; perMille: number }[] {
  const file = parseJson(readFileSync(packageFile('src', 'backend', 'process-320', 'faults.json')), 'faults.json');
  return listOf(memberOf(file, 'faults'), (row) => ({ code: oneOf(memberOf(row, 'code'), faultCodes), perMille: countOf(memberOf(row, 'perMille')) }));
}

export function faultOf(number: string): FaultCode | undefined {
  let rest = seeded('fault-320', number) * 1000;
  return table.find(({ perMille }) => (rest -= perMille) < 0)?.code;
}

/** The book as it came and the data as they are, with what is wrong with them. */
export function makeUp(listed: ListedBook, setting: Setting): BookContent {
  const { number, kind, leaves } = listed;
  const fault = faultOf(number);
  const chance = (what: string): number => seeded(what, number);
  const open = chance('open') >= 0.12;
  const truth = recordOf(listed, setting, open ? setting.cutoff : setting.cutoff - seededBetween(14, 40, 'closed', number));
  const benefits = benefitsOf(number, truth, fault);
  return {
    kind,
    leaves,
    record: written(truth, fault),
    data: known(truth, fault),
    damage: fault === 'torn' ? 'RACH' : fault === 'blurred' ? 'MO' : null,
    adjusted: chance('adjusted') < 0.3,
    foreign: fault === 'other-province',
    paidTo: chance('debt') < 0.08 ? setting.cutoff - seededBetween(2, 6, 'debt-months', number) : setting.cutoff,
    open,
    benefits,
    uncut: fault === 'not-cut' && benefits.length > 0,
    faults: [],
    slip: null,
    letter: null,
    task: null,
    cuts: [],
    left: null,
    decision: null,
    blanks: [],
  };
}

function recordOf({ number, name, bornOn, sex }: ListedBook, { unit, place }: Setting, until: Month): BookRecord {
  const begun = month(seededBetween(1989, 2012, 'begun', number), seededBetween(1, 12, 'begun-month', number));
  const span = (fund: Period['fund'], from: Month, to: Month, changes: Partial<Period> = {}): Period[] => {
    const post = seededOf(['Nhân viên', 'Công nhân', 'Kỹ thuật viên', 'Kế toán'], 'post', number);
    const period = { fund, from, to, rank: '', post, unit, wage: String(seededBetween(30, 90, 'wage', number) * 100_000), allowance: '', place, confirmed: false };
    return from > to ? [] : [{ ...period, ...changes }];
  };
  const old = begun <= LAST_OLD;
  return {
    identity: { name, bornOn, sex, nationality: 'VN' },
    periods: [
      ...(old ? span('BHXH', begun, LAST_OLD, { unit: 'XÍ NGHIỆP MẪU', wage: '2.18', confirmed: true }) : []),
      ...span('BHXH', Math.max(begun, LAST_OLD + 1), until),
      ...span('BHTN', Math.max(begun, FIRST_UNEMPLOYMENT), until),
    ],
  };
}

function written(truth: BookRecord, fault: FaultCode | undefined): BookRecord {
  const last = truth.periods.findLastIndex(({ fund }) => fund === 'BHXH');
  const change = (changes: Partial<Period>): BookRecord => ({ ...truth, periods: truth.periods.map((period, index) => (index === last ? { ...period, ...changes } : period)) });
  switch (fault) {
    case 'birth':
      return { ...truth, identity: { ...truth.identity, bornOn: otherDay(truth.identity.bornOn) } };
    case 'missing-period':
      return { ...truth, periods: truth.periods.filter((_period, index) => index !== last) };
    case 'unsigned':
      return { ...truth, periods: truth.periods.map((period) => ({ ...period, confirmed: false })) };
    case 'post':
      return change({ post: 'Lao động phổ thông' });
    case 'wage':
      return change({ wage: '5000001' });
    case 'other-province':
      return change({ place: '01' });
    case 'torn':
    case 'blurred':
    case 'unemployment-start':
    case 'not-cut':
    case undefined:
      return truth;
  }
}

/** What SMS has: nothing before 1995; with this fault unemployment insurance begins two months late. */
function known(truth: BookRecord, fault: FaultCode | undefined): BookRecord {
  const periods = truth.periods.filter(({ from }) => from > LAST_OLD);
  if (fault !== 'unemployment-start') return { ...truth, periods };
  return { ...truth, periods: periods.map((period) => (period.fund === 'BHTN' ? { ...period, from: Math.min(period.from + 2, period.to) } : period)) };
}

function benefitsOf(number: string, { periods }: BookRecord, fault: FaultCode | undefined): Benefit[] {
  const first = Math.min(...periods.map(({ from }) => from));
  const kind = seeded('benefit', number);
  const unemployment = (decided: Month, granted: number, paid: number): Benefit => ({ kind: 'unemployment', decided, granted, paid, known: seeded('local', number) >= 0.2 });
  const all: Benefit[] = [];
  if (kind < 0.1 && first < month(2008, 1)) all.push({ kind: 'one-off', decided: month(2008, seededBetween(1, 12, 'one-off', number)), granted: 0, paid: 0, known: true });
  if (kind >= 0.1 && kind < 0.18) all.push(unemployment(month(2012, seededBetween(1, 12, 'old-tt', number)), 3, 3));
  if ((kind >= 0.18 && kind < 0.3) || fault === 'not-cut') all.push(unemployment(month(2015, 1) + seededBetween(0, 22, 'new-tt', number), 3, seededBetween(1, 3, 'paid', number)));
  return all.filter(({ decided }) => decided > first);
}

function otherDay(bornOn: string): string {
  return bornOn.length === 10 ? `${bornOn.slice(0, 6)}${Number(bornOn.slice(6)) + 1}` : `${bornOn}1`.slice(-4);
}
