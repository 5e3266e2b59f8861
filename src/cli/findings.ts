// Findings for people: file, line and column, code, the sentence in both languages, what to do now, and where it stands in the tree.
import type { PublishedFinding } from '../errors/published.ts';
import { actionLine, factLine } from './lines.ts';
import type { Line } from './lines.ts';

export function findingLines({ code, wireCode, severity, place, value, vi, en, actionVi, actionEn }: PublishedFinding): readonly Line[] {
  const position = place.line === undefined ? '' : `:${place.line}:${place.column ?? 1}`;
  const where = `${place.file ?? 'Hoso'}${position}`;
  const shown = value === undefined ? '' : ` [${value}]`;
  return [
    { vi: `${where} ${wireCode} ${code}${severity === 'warn' ? ' (cảnh báo)' : ''}`, en: `${where} ${wireCode} ${code}${severity === 'warn' ? ' (warning)' : ''}` },
    { vi: `  ${vi}${shown}`, en: `  ${en}${shown}` },
    actionLine(actionVi, actionEn),
    ...factLine('Tại', 'At', place.xpath),
  ];
}
