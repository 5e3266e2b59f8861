// What tells a person from others and what a person's numbers and addresses tell, wherever forms list people: insurance number, identity card,
// the personal number (NĐ 137/2015/NĐ-CP Điều 13), e-mail, telephone. Predicates only; what is wrong about it, the rules say.
import type { RecordTable } from '../form-content.ts';
import { isDigits, nameOf } from './written.ts';

/** Fields that most forms write one way and some another. */
const BENEFIT_SPELLING: ReadonlyMap<string, string> = new Map([['MasoBHXH', 'SoBHXH'], ['CMND', 'SoCMND']]);
const spellings: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['M01B-HSB', BENEFIT_SPELLING],
  ['M05A-HSB', BENEFIT_SPELLING],
  ['D05-TS', new Map([['TuThang', 'Tuthang']])],
]);

/** The name by which a form writes a field; rules use the name of the labour list. */
export function spelledIn(form: string, field: string): string {
  return spellings.get(form)?.get(field) ?? field;
}

/** What tells a row's person from others: insurance number, else identity number, else name and birth; '' when nothing does. */
export function personsOf(list: RecordTable, form = ''): readonly string[] {
  const [numbers, identities] = ['MasoBHXH', 'CMND'].map((name) => list.column(spelledIn(form, name)));
  return Array.from({ length: list.size }, (_, row) => {
    const number = numbers?.[row] ?? '';
    if (number !== '') return number;
    const identity = identities?.[row] ?? '';
    if (identity !== '') return `#${identity}`;
    // Names are the longest column: read only for a list that needs them.
    const [name, birth] = ['HoTen', 'NgaySinh'].map((field) => list.column(spelledIn(form, field))[row] ?? '');
    return name === '' || birth === '' ? '' : `${nameOf(name ?? '')}\n${birth ?? ''}`;
  });
}

/** Those that are there more than once. */
export function repeatedIn(persons: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const person of persons) {
    if (person === '') continue;
    if (seen.has(person)) repeated.add(person);
    else seen.add(person);
  }
  return repeated;
}

/** An identity card: 9 digits, or the 12 of the personal number. */
export function isCard(number: string): boolean {
  return isDigits(number) && (number.length === 9 || number.length === 12);
}

/** The fourth digit tells century and sex, the next two the year (NĐ 137/2015/NĐ-CP Điều 13): even male, odd female; 0, 1 for 1900 to 1999 and so on. */
export function readPersonalNumber(number: string): { readonly male: boolean; readonly year: number } | undefined {
  if (number.length !== 12 || !isDigits(number)) return undefined;
  const sex = Number(number[3]);
  return { male: sex % 2 === 0, year: 1900 + Math.floor(sex / 2) * 100 + Number(number.slice(4, 6)) };
}

export function isAddress(text: string): boolean {
  const [name = '', host = '', ...more] = text.split('@');
  return more.length === 0 && name !== '' && !/\s/.test(text) && host.includes('.') && host.split('.').every((label) => label !== '');
}

export function isTelephone(text: string): boolean {
  return /^(?:\+84|0)\d{8,10}$/.test(text.replace(/[\s.()-]/g, ''));
}

/** A telephone number is personal: its length says enough. */
export function maskedNumber(number: string): string {
  return `${number.slice(0, 2)}… (${number.length})`;
}
