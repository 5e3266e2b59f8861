// The JSON bodies of the calls about dossiers, of problems and of health.
import { findingTexts } from '../../errors/findings.ts';
import { problemTexts } from '../../errors/problems.ts';
import { closed, digest, flag, instant, list, oneOf, open, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const wireCode = pattern('^(GW|CE)\\d{3}$');
const severity = oneOf(['refuse', 'warn']);
const sentences = { vi: text, en: text, actionVi: text, actionEn: text };
const utc = pattern('^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$');

export const dossierShapes: Readonly<Record<string, JsonSchema>> = {
  Problem: closed({ title: text, type: text, status: whole, code: oneOf(Object.keys(problemTexts)), ...sentences, requestId: text }),
  Finding: closed(
    { code: oneOf(Object.keys(findingTexts)), wireCode, severity, place: ref('Place'), ...sentences, clause: text },
    { value: text },
  ),
  Place: closed({}, { file: text, xpath: text, line: whole, column: whole }),
  DryRun: closed({ outcome: oneOf(['accepted', 'refused']), findings: list(ref('Finding')), signatures: list(ref('SignatureReport')) }),
  SignatureReport: open(
    {
      xpath: text,
      role: oneOf(['dossier', 'declaration', 'counter-signature']),
      indication: oneOf(['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED']),
      codes: list(text),
      policy: text,
      at: utc,
    },
    {
      file: text,
      subIndication: text,
      method: text,
      certificate: digest,
      path: list(digest),
      revocation: list(closed({ certificate: digest, kind: oneOf(['crl', 'ocsp']), digest, thisUpdate: text, nextUpdate: text })),
      level: oneOf(['XMLDSig', 'XAdES-B', 'XAdES-T', 'XAdES-LT']),
      claimedSigningTime: text,
    },
  ),
  DossierState: closed({
    digest,
    state: oneOf(['waiting', 'delivered', 'answered', 'refused', 'conflict']),
    transactionCode: text,
    dossierNumber: orNull(text),
    receivedAt: instant,
    deliveredAt: orNull(instant),
    answeredAt: orNull(instant),
    dueAt: orNull(instant),
    case: orNull(ref('Case')),
  }),
  /** Where it stands at the agency; null before it is accepted. */
  Case: closed({
    state: oneOf(['received', 'slip', 'processing', 'supplement', 'decided']),
    changedAt: orNull(instant),
    promisedAt: orNull(instant),
    apologies: whole,
    step: orNull(closed({ number: whole, name: text, room: text, ended: flag })),
    supplementUntil: orNull(instant),
    notices: whole,
  }),
  Notices: closed({ notices: list(closed({ number: orNull(whole), kind: text, issuedAt: instant, document: text, agencyMessage: orNull(text) })) }),
  Live: closed({ live: flag }),
  Ready: closed({ ready: flag, database: flag, backlogFull: flag, revocation: closed({ authorities: whole, stale: list(text), failing: list(text) }), stamping: closed({ on: flag, refusing: flag, waitingSince: orNull(instant), lastAt: orNull(instant), failing: list(text) }), log: closed({ setBack: orNull(text), stuck: whole, stuckSince: orNull(instant), failing: flag }) }),
};
