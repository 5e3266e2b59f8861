// What the agency decides about a labour list, of the same octets always the same: nobody listed twice with the same change, nobody who is
// insured elsewhere, on unemployment benefit or on pension (returned at once, QĐ 366/QĐ-BHXH Điều 5(1.3.2a)), nobody without a number and
// without the form that asks for one (supplemented, Điều 5(1.1)). Pure.
import { createHash } from 'node:crypto';

import type { Dossier } from './dossier.ts';
import type { LabourChange } from './dossier-rows.ts';
import { consequenceOf } from './register.ts';
import type { Consequence, Register } from './register.ts';

export interface Outcome {
  /** MA_KQUA: 200, or a code of the agency's own. */
  readonly code: string;
  /** KQUA, in Vietnamese. */
  readonly text: string;
  /** Given to a unit that registers for the first time. */
  readonly unitCode?: string;
}

export interface Lack {
  /** Form code or file. */
  readonly file: string;
  readonly what: string;
  readonly why: string;
}

const SETTLED = '200';
const PERSON_TWICE = 'GW-TC01';
const INSURED_ELSEWHERE = 'GW-TC03';
const MOST_TEXT = 500;
const ACCOUNT = /(?:STK|TK|tài khoản)\D{0,12}\d{6,}/i;
/** New, new contract, from another province, from another unit. */
const INCREASES: ReadonlySet<string> = new Set(['TM', 'TH', 'TC', 'TD']);

/** Undefined: nobody is to be returned. */
export function automaticReturn(changes: readonly LabourChange[], register: Register): Outcome | undefined {
  const returned = consequences(changes, register).filter(({ rule }) => rule === 'return');
  if (returned.length === 0) return undefined;
  const people = returned.map(({ row, because }) => `dòng ${row} ${because}`).join('; ');
  return { code: INSURED_ELSEWHERE, text: shorten(`Trả lại tự động: ${people}. Đề nghị liên hệ cơ quan BHXH.`) };
}

export function lacksOf({ changes, forms }: Pick<Dossier, 'changes' | 'forms'>): readonly Lack[] {
  if (forms.includes('TK1-TS')) return [];
  const unknown = (changes ?? []).filter(({ change, person }) => INCREASES.has(change) && person === undefined);
  return unknown.map(({ row, name }) => ({
    file: 'TK1-TS',
    what: shorten(`Tờ khai TK1-TS của người lao động ở dòng ${row} (${name})`),
    why: 'Người lao động chưa có mã số BHXH và số định danh',
  }));
}

export function settleLabour(changes: readonly LabourChange[] | undefined, register: Register): Outcome {
  if (changes === undefined) return { code: SETTLED, text: 'Đã giải quyết: hồ sơ không có danh sách lao động.' };
  const repeated = firstRepeated(changes);
  if (repeated !== undefined) return { code: PERSON_TWICE, text: `Từ chối giải quyết: người lao động ở dòng ${repeated.row} bị kê khai trùng.` };
  const notes = consequences(changes, register).flatMap((one) => noteOn(one) ?? []);
  return { code: SETTLED, text: shorten([`Đã giải quyết: ${countPeople(changes)} người lao động.`, ...notes].join(' ')) };
}

/** A unit that registers for the first time gets a code: one code for one tax code, as a real agency's register would give it. */
export function registered(outcome: Outcome, taxCode: string): Outcome {
  if (outcome.code !== SETTLED) return outcome;
  const number = BigInt(`0x${createHash('sha256').update(taxCode).digest('hex')}`) % 100_000n;
  const unitCode = `TZ${String(number).padStart(5, '0')}`;
  return { code: SETTLED, text: `Đã cấp mã đơn vị ${unitCode}.`, unitCode };
}

/** (b) a refund to the account in the note; (c) the other card is cut. */
function noteOn({ rule, row, because, note }: Consequence & LabourChange): string | undefined {
  if (rule === 'end-other') return `Dòng ${row} ${because}: giảm tự động và thu hồi thẻ.`;
  if (rule !== 'refund') return undefined;
  const account = ACCOUNT.test(note) ? 'hoàn trả vào tài khoản đã ghi' : 'chưa ghi số tài khoản, đề nghị bổ sung vào cột ghi chú';
  return `Dòng ${row} ${because}: lập danh sách hoàn trả C16-TS, ${account}.`;
}

function consequences(changes: readonly LabourChange[], register: Register): (Consequence & LabourChange)[] {
  return changes.flatMap((change) => {
    const state = change.numbers.map((number) => register.get(number)).find((found) => found !== undefined);
    return state === undefined || !INCREASES.has(change.change) ? [] : [{ ...change, ...consequenceOf(state) }];
  });
}

function firstRepeated(changes: readonly LabourChange[]): LabourChange | undefined {
  const seen = new Set<string>();
  return changes.find(({ person, change, fromMonth }) => {
    if (person === undefined) return false;
    const key = [person, change, fromMonth].join(' ');
    const repeated = seen.has(key);
    seen.add(key);
    return repeated;
  });
}

/** A person may have several changes; somebody without any number counts as another person each time. */
export function countPeople(changes: readonly LabourChange[]): number {
  const numbered = changes.flatMap(({ person }) => (person === undefined ? [] : [person]));
  return new Set(numbered).size + changes.length - numbered.length;
}

function shorten(text: string): string {
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 1)}…`;
}
