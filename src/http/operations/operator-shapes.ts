// The JSON bodies of the operator's calls, and of an I-VAN's question about a registration.
import { findingTexts } from '../../errors/findings.ts';
import { contractStates } from '../../standard/contract-states.ts';
import { MOST_DOWNTIME_PERCENT } from '../../standard/ivan-terms.ts';
import { registrationForms } from '../../standard/registration-form.ts';
import { closed, day, digest, flag, instant, list, oneOf, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const when = orNull(instant);
const reason = orNull(text);
const state = oneOf(contractStates);
const limits = { ackMinutes: whole, forwardMinutes: whole, relayMinutes: whole, downtimePercent: { type: 'number', minimum: 0, maximum: MOST_DOWNTIME_PERCENT }, maxFiles: whole, maxBytes: whole };
const summary = { number: text, ivan: pattern('^\\d{5}$'), name: text, taxCode: orNull(text), state, from: when, until: when, terms: orNull(ref('IvanTerms')), changedAt: instant };
const item = { code: text, obligatory: flag, clause: text, vi: text, en: text };
const certificate = pattern('^-----BEGIN CERTIFICATE-----');
const optionalDay = { from: day, until: day };

const declared = closed({
  form: oneOf(registrationForms), unitName: text, unitCode: text, taxCode: text, agency: text, email: text, filedOn: text, effectiveOn: text, reason: text,
  certificates: list(closed({ serial: text, from: text, until: text, isWithdrawn: flag })),
  signer: orNull(closed({ fingerprint: digest, serialNumber: text, subject: text, notBefore: text, notAfter: text })),
});

const finding = closed({ code: oneOf(Object.keys(findingTexts)), wireCode: text, severity: oneOf(['refuse', 'warn']), place: ref('Place'), vi: text, en: text }, { value: text });

export const operatorShapes: Readonly<Record<string, JsonSchema>> = {
  IvanTerms: closed({ template: text, signedOn: day, ...limits }),
  AgreedTerms: closed({ template: text, signedOn: day }, limits),
  ContractApplication: closed({ number: text, ivan: pattern('^\\d{5}$'), name: text, taxCode: pattern('^\\d{10}(-\\d{3})?$') }),
  ChecklistAnswers: closed({ items: list(closed({ item: text, met: flag, evidence: text })) }),
  /** Which of them a step asks for is the step's. */
  ContractStep: closed({}, { reason: text, terms: ref('AgreedTerms'), from: day, until: day }),
  ContractCertificate: closed({ certificate, purpose: oneOf(['connect', 'sign']) }, optionalDay),
  Nothing: closed({}),
  Checklist: closed({ items: list(closed(item)) }),
  Contracts: closed({ contracts: list(closed(summary)) }),
  Contract: closed({
    ...summary,
    possible: list(text),
    checklist: list(closed({ ...item, met: orNull(flag), evidence: reason, answeredBy: reason, answeredAt: when })),
    inTheWay: list(text),
    certificates: list(closed({ fingerprint: digest, purpose: oneOf(['connect', 'sign']), from: when, until: when, registeredBy: text, registeredAt: instant, endedAt: when })),
    history: list(closed({ sequence: whole, action: text, state, from: when, until: when, terms: orNull(ref('IvanTerms')), reason, by: text, at: instant })),
  }),
  RegistrationState: closed({ digest, state: oneOf(['received', 'forwarded']), form: text, transactionCode: text, receivedAt: instant, forwardDueAt: when, forwardedAt: when, decisionDueAt: when }),
  Registration: closed({
    id: text, digest, ivan: text, form: orNull(text), state: oneOf(['received', 'forwarded', 'accepted', 'refused', 'rejected']), late: list(oneOf(['forward', 'decision', 'relay'])), transactionCode: text,
    receivedAt: instant, forwardDueAt: when, forwardedAt: when, decisionDueAt: when, decidedAt: when, decidedBy: reason, reason, effectiveAt: when, relayDueAt: when, relayedAt: when,
    declared: orNull(declared), findings: list(finding), unitTie: orNull(ref('UnitTie')), flags: list(oneOf(['UNIT_NOT_TIED', 'UNIT_CLAIMED_TWICE'])), rivals: list(text),
  }),
  UnitTie: closed({ source: oneOf(['certificate', 'use', 'result', 'operator']) }, { id: text, grounds: text }),
  Registrations: closed({ registrations: list(ref('Registration')), next: orNull(text) }),
  RegistrationDecision: closed({ decision: oneOf(['accept', 'refuse']) }, { reason: text, certificates: list(certificate), unitGrounds: text }),
  Uses: closed({ uses: list(closed({ id: text, agency: text, unitCode: text, taxCode: text, ivan: text, beganAt: instant, endedAt: when })) }),
  UnitCertificates: closed({
    certificates: list(closed({ id: text, agency: text, unitCode: text, fingerprint: digest, serialNumber: text, subject: text, from: instant, until: instant, registeredAt: instant, endedAt: when })),
  }),
  UseRules: closed({ rules: list(closed({ agency: text, from: instant, required: flag })) }),
  UseRule: closed({ agency: text, from: day, required: flag }),
};
