// The closed list of what can be wrong with a dossier: internal code → wire code (MA_LOI) → Vietnamese and English sentence → what to do
// now → clause. Words in braces are the finding's params. `CE047` is the agency's own code for an unsigned declaration; `GW…` are ours.
// One code is one rule; the groups stand in `findings/`, one file for each block of wire codes.
import { acrossDossiersFindings } from './findings/across-dossiers.ts';
import { answerFindings } from './findings/answer.ts';
import { benefitFindings } from './findings/benefit.ts';
import { certificateFindings } from './findings/certificate.ts';
import { containerFindings } from './findings/container.ts';
import { envelopeFindings } from './findings/envelope.ts';
import { healthVoluntaryFindings } from './findings/health-voluntary.ts';
import { labourFindings } from './findings/labour.ts';
import { personFindings } from './findings/person.ts';
import { process320Findings } from './findings/process-320.ts';
import { profileFindings } from './findings/profile.ts';
import { registrationFindings } from './findings/registration.ts';
import { signatureFindings } from './findings/signature.ts';
import { unitFindings } from './findings/unit.ts';
import type { FindingText } from './findings/text.ts';
import { markupFindings } from './findings/markup.ts';
import { typeFindings } from './findings/values.ts';
import { fillIn } from './reasons.ts';

export const findingTexts = {
  ...markupFindings,
  ...containerFindings,
  ...signatureFindings,
  ...certificateFindings,
  ...envelopeFindings,
  ...profileFindings,
  ...typeFindings,
  ...registrationFindings,
  ...answerFindings,
  ...labourFindings,
  ...personFindings,
  ...benefitFindings,
  ...healthVoluntaryFindings,
  ...unitFindings,
  ...process320Findings,
  ...acrossDossiersFindings,
} satisfies Record<string, FindingText>;

export type FindingCode = keyof typeof findingTexts;

export function severityOf(code: FindingCode): 'refuse' | 'warn' {
  return findingTexts[code].severity;
}

/** The code's sentences with `{name}` replaced by the finding's params. */
export function sentencesOf(code: FindingCode, params: Readonly<Record<string, string>>): { vi: string; en: string } {
  const { vi, en } = findingTexts[code];
  return { vi: fillIn(vi, params, 0), en: fillIn(en, params, 1) };
}
