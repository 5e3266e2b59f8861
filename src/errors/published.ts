// A finding with everything that somebody needs to mend it, as the gateway publishes it in receipts, dry runs and offline judgements.
import { findingTexts, sentencesOf } from './findings.ts';
import { severityOfFinding } from './outcomes.ts';
import type { Finding, Place } from './outcomes.ts';

export interface PublishedFinding {
  readonly code: string;
  readonly wireCode: string;
  readonly severity: 'refuse' | 'warn';
  readonly place: Place;
  readonly value: string | undefined;
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;
  readonly clause: string;
}

export function publishedFinding(entry: Finding): PublishedFinding {
  const { code, place, params, value } = entry;
  const { wireCode, actionVi, actionEn, clause } = findingTexts[code];
  return { code, wireCode, severity: severityOfFinding(entry), place, value, ...sentencesOf(code, params), actionVi, actionEn, clause };
}
