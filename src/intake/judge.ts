// Half of the map: bytes → verdict, in the order parse → verify → trust → validate. Pure: the same bytes, instant, sender and rulebook
// always give the same verdict, so that an auditor's second run decides identically. A refusal carries every finding of every step that
// could still be taken; only signed content of a trusted signer without a refusing finding becomes a Dossier.
import { finding, refuse, severityOfFinding } from '../errors/outcomes.ts';
import type { Finding, Unavailable } from '../errors/outcomes.ts';
import { readUnsigned } from '../signature/verify.ts';
import { attempt } from '../standard/attempt.ts';
import type { Declared, Dossier, Sender } from '../standard/dossier.ts';
import { envelopeForm, envelopePlace } from '../standard/envelope.ts';
import { judgeCounterSignature, judgeSignature } from '../standard/judge-signature.ts';
import { underRuleSet } from '../standard/rule-sets.ts';
import type { SignedDeclaration } from '../standard/rules/across-dossiers.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import { taxCodeFindings } from '../standard/signer.ts';
import { buildDossier, examine, ruleSetOf } from '../standard/validate.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { XmlDocument } from '../xml/document.ts';
import { fullBudget } from '../xml/faults.ts';
import type { Budget } from '../xml/faults.ts';
import { parse } from '../xml/parse.ts';
import { placeOf } from '../xml/place.ts';

const MOST_FINDINGS = 500;

export interface JudgeInput {
  readonly bytes: Buffer;
  readonly sender: Sender;
  readonly receivedAt: Date;
}

export type Verdict = Accepted | Refused;

export interface Accepted {
  readonly outcome: 'accepted';
  /** SHA-256 of the canonical octets that are signed, hex: the same however they are written down. */
  readonly contentDigest: string;
  readonly dossier: Dossier;
  /** To be held against what the unit filed before. */
  readonly declarations: readonly SignedDeclaration[];
  readonly declared: Declared;
  /** Warnings only. */
  readonly findings: readonly Finding[];
  /** Of every signature inside: the unit's, the I-VAN's, then one for each signed declaration. */
  readonly signatures: readonly SignatureReport[];
}

export interface Refused {
  readonly outcome: 'refused';
  /** What the submission says of itself, as far as it can be read; signed by nobody we trust. */
  readonly declared: Declared | undefined;
  readonly findings: readonly Finding[];
  readonly signatures: readonly SignatureReport[];
}

/**
 * Throws `Unavailable` when only the revocation state of a signer stands between a dossier and its acceptance ("not now"), nothing else: what is
 * wrong in any case is refused, whatever is not known besides.
 */
export function judge({ bytes, sender, receivedAt }: JudgeInput, rulebook: Rulebook): Verdict {
  const ofMarkup: Finding[] = [];
  const budget = fullBudget();
  const document = attempt(ofMarkup, () => parseEnvelope(bytes, budget));
  if (document === undefined) return { outcome: 'refused', declared: undefined, findings: ofMarkup, signatures: [] };

  const undecided: Unavailable[] = [];
  const context = { ...rulebook, receivedAt, undecided };
  const { signed, signer, report, findings: ofSignature } = judgeSignature(document, envelopePlace, 'dossier', context);
  const counter = judgeCounterSignature(document, envelopePlace, context);
  const examination = examine(signed ?? readUnsigned(document, envelopePlace), { sender, receivedAt, rulebook, budget, signer, undecided });
  // As a literal: five hundred files can have more findings than a call may have arguments.
  const found = [...ofSignature, ...counter.findings, ...taxCodeFindings(signer, examination.envelope.taxCode, () => signed?.place ?? {}), ...examination.findings];
  const findings = underRuleSet(ruleSetOf(rulebook, receivedAt), found);

  const { declared } = examination;
  const signatures = [report, counter.report, ...examination.signatures].filter((entry) => entry !== undefined);
  const refusing = findings.some((entry) => severityOfFinding(entry) === 'refuse');
  const [firstDoubt] = undecided;
  if (firstDoubt !== undefined && !refusing) throw firstDoubt;
  if (signed === undefined || signer === undefined || refusing) return { outcome: 'refused', declared, findings: cut(findings), signatures };
  const dossier = buildDossier(signed, signer, examination, rulebook, receivedAt);
  return { outcome: 'accepted', declared, findings: cut(findings), signatures, contentDigest: signed.canonicalDigest, dossier, declarations: examination.declarations };
}

/** A document whose root is `Hoso`. Throws `Refusal`. */
export function parseEnvelope(bytes: Buffer, budget: Budget): XmlDocument {
  const document = parse(bytes, budget);
  const { root } = document;
  if (root.local === envelopeForm && root.namespace === '') return document;
  return refuse('ENVELOPE_ROOT', { place: placeOf(bytes, root, root), value: root.local, params: { expected: envelopeForm, found: root.namespace === '' ? root.local : `${root.local} (xmlns="${root.namespace}")` } });
}

/** Keeps a receipt readable and small whatever was sent: the first findings, those that refuse before those that warn, then how many were left out, here and by the rules. */
export function cut(findings: readonly Finding[]): readonly Finding[] {
  const listed = findings.filter(({ code }) => code !== 'FINDINGS_OMITTED');
  const omitted = findings.reduce((sum, { code, params }) => sum + (code === 'FINDINGS_OMITTED' ? Number(params['count']) : 0), Math.max(0, listed.length - MOST_FINDINGS));
  if (omitted === 0) return findings;
  const refusing = listed.filter((entry) => severityOfFinding(entry) === 'refuse');
  const kept = listed.length <= MOST_FINDINGS ? listed : [...refusing, ...listed.filter((entry) => severityOfFinding(entry) !== 'refuse')].slice(0, MOST_FINDINGS);
  return [...kept, finding('FINDINGS_OMITTED', { params: { count: omitted } })];
}
