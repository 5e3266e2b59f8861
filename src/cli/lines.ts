// Lines for people: Vietnamese first with English beneath, or English alone.
import { rowText } from '../report/text.ts';
import type { Row } from '../report/rows.ts';

export type Language = 'vi' | 'en';

/** One text for both languages, or one for each. */
export type Line = string | Both | Row | { readonly name: string | Both; readonly value: string };

interface Both {
  readonly vi: string;
  readonly en: string;
}

export function printed(lines: readonly Line[], language: Language): string {
  return lines.flatMap((line) => textsOf(line, language)).map((text) => `${text}\n`).join('');
}

export function textsOf(line: Line, language: Language): readonly string[] {
  if (typeof line === 'string') return [line];
  if (isRow(line)) return rowText(line, language).split('\n');
  if ('value' in line) return [`  ${nameIn(line.name, language)}: ${line.value}`];
  if (language === 'en') return [line.en];
  const [margin = ''] = /^ */.exec(line.en) ?? [];
  return [line.vi, line.vi === line.en ? [] : `${margin}  ${line.en.trimStart()}`].flat();
}

function isRow(line: Exclude<Line, string>): line is Row {
  return 'depth' in line;
}

function nameIn(name: string | Both, language: Language): string {
  if (typeof name === 'string') return name;
  return language === 'en' ? name.en : `${name.vi} / ${name.en}`;
}

export function actionLine(vi: string, en: string): Line {
  return { vi: `  → ${vi}`, en: `  → ${en}` };
}

/** A name, in both languages on one line, and its value; left out when there is no value. */
export function factLine(vi: string, en: string, value: string | number | undefined): readonly Line[] {
  return value === undefined || value === '' ? [] : [{ name: vi === en ? vi : { vi, en }, value: String(value) }];
}
