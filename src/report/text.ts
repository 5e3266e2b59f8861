// Rows of a report as text: Vietnamese with English beside it, or English alone.
import type { Words } from './model.ts';
import type { Row } from './rows.ts';

export type ReportLanguage = 'vi' | 'en';

export function rowText(row: Row, language: ReportLanguage): string {
  const { depth, kind, name, value } = row;
  const margin = '  '.repeat(depth * 2 + margins[kind]);
  const mark = marks.get(kind) ?? '';
  return `${margin}${mark}${nameIn(row, language)}${value === undefined ? '' : `: ${language === 'vi' ? value.vi : value.en}`}${value === undefined && language === 'vi' && name.vi !== name.en ? `\n${margin}${' '.repeat(mark.length)}${name.en}` : ''}`;
}

const margins: Readonly<Record<Row['kind'], number>> = { object: 0, summary: 1, signature: 1, proof: 1, fact: 2, reason: 2, action: 3 };
const marks: ReadonlyMap<Row['kind'], string> = new Map([['reason', '! '], ['action', '→ '], ['summary', '· ']]);

/** The names of facts and of what is said are short enough for both languages on one line. */
function nameIn({ name, value, kind }: Row, language: ReportLanguage): string {
  if (language === 'en') return name.en;
  return value === undefined || kind === 'object' || name.vi === name.en ? name.vi : both(name);
}

function both({ vi, en }: Words): string {
  return `${vi} / ${en}`;
}
