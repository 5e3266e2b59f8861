// One signature, judged as of the best time at which it is known to have existed and as of now (ETSI EN 319 102-1 §5.5, §5.6): what is out of bounds now
// holds all the same when somebody else than the document proves that it existed while it was in bounds.
import { Refusal } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { Explanation } from './errors.ts';
import { reasonFor, reasonOfFinding } from './reasons.ts';
import type { BestTime, CertificateEntry, Reason, SignatureEntry, Status, Validity, Words } from '../report/model.ts';
import { passed, statusOf } from '../report/model.ts';
import { fieldPolicy } from '../signature/policy.ts';
import type { SignaturePlace, SignedContent } from '../signature/verify.ts';
import { judgeCounterSignature, judgeDetached, judgeSignature } from '../standard/judge-signature.ts';
import type { JudgedSignature, PlacedFacts } from '../standard/judge-signature.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import type { Signer } from '../trust/path.ts';
import type { XmlDocument } from '../xml/document.ts';

/** What the signature is judged by. */
export interface SignatureBasis {
  readonly trust: TrustMaterial;
  readonly now: Date;
  /** As of when whoever asks wants it judged. */
  readonly at?: Date | undefined;
  /** By when others prove that the octets were there. */
  readonly proven?: BestTime | undefined;
  readonly responses?: readonly OcspResponse[];
}

export interface SignatureQuestion extends SignatureBasis {
  readonly document: XmlDocument;
  readonly place: SignaturePlace;
  readonly role: Words;
  /** What the document says of its own time. */
  readonly claimed?: Date | undefined;
  readonly isCounter?: boolean;
  /** Instead of the signature at the place: one that was verified over what is not in its document. */
  readonly detached?: PlacedFacts;
}

export interface ExaminedSignature {
  readonly entry: SignatureEntry;
  /** What makes it not pass, and what is only said, as of the best time. */
  readonly findings: readonly Finding[];
  readonly report: SignatureReport | undefined;
  /** DER of the certificate whose key verified the signature. */
  readonly certificate: Buffer | undefined;
  /** Of what is whole: what was signed. */
  readonly signed: SignedContent | undefined;
  /** Why the second engine does not agree. */
  readonly engineError?: Explanation;
  /** Whom the path as of then, or as of now, leads from. */
  readonly signer: Signer | undefined;
}

type Judged = Pick<JudgedSignature, 'signer' | 'report' | 'findings'> & Partial<Pick<JudgedSignature, 'signed'>> & { readonly certificate?: Buffer };

const proven: ReadonlySet<BestTime['proof']> = new Set(['timestamp', 'witness', 'given']);

/** Undefined where there is no counter-signature to examine. */
export function examineSignature(question: SignatureQuestion): ExaminedSignature | undefined {
  const { now } = question;
  const present = judgeAs(question, now);
  if (present.report === undefined && present.findings.length === 0) return undefined;
  const best = bestTime(question, present.report);
  const past = best.proof === 'now' ? present : judgeAs(question, new Date(best.at));
  const [then, today] = [validityOf(past, best.at), validityOf(present, now.toISOString())];
  const status = notYetValid(past, best) ?? decide(then, today, best);
  const deciding = status.indication === 'TOTAL-PASSED' || isDecided(then) || status.subIndication === NOT_YET_VALID ? past : present;
  const entry = entryOf(question, { past, present, best, then, today, status, deciding });
  return { entry, findings: deciding.findings, report: past.report, certificate: certificateOf(past), signed: past.signed, signer: past.signer ?? present.signer };
}

function judgeAs({ document, place, trust, responses = [], isCounter = false, detached }: SignatureQuestion, at: Date): Judged {
  const context = { standard: { signaturePolicy: fieldPolicy }, trust, receivedAt: at, undecided: [], ...(responses.length === 0 ? {} : { answersFor: () => responses }) };
  if (detached !== undefined) return judgeDetached(document, detached, `/${[...place.path, 'Signature'].join('/')}`, context);
  return isCounter ? judgeCounterSignature(document, place, context) : judgeSignature(document, place, 'dossier', context);
}

/** What whoever asks says goes before all; then what others prove, the earliest of it. */
function bestTime({ now, at, proven: given, claimed }: SignatureQuestion, report: SignatureReport | undefined): BestTime {
  if (at !== undefined) return { at: at.toISOString(), proof: 'given' };
  const stamps = (report?.timestamps ?? []).map(({ time, certificate }): BestTime => ({ at: time, proof: 'timestamp', by: certificate.slice(0, 12) }));
  const [earliest] = [...stamps, ...(given === undefined ? [] : [given])].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (earliest !== undefined) return earliest;
  return claimed === undefined || claimed > now ? { at: now.toISOString(), proof: 'now' } : { at: claimed.toISOString(), proof: 'claimed' };
}

function validityOf({ report, findings }: Judged, at: string): Validity {
  const { indication, subIndication } = report ?? { indication: 'TOTAL-FAILED' as const, subIndication: 'FORMAT_FAILURE' };
  return { at, ...statusOf(indication, subIndication), codes: findings.map(({ code }) => code), revocation: report?.revocation ?? [] };
}

/** Revocation that is not known as of then is known when it is as of now: whoever is not revoked now was not then. */
function decide(then: Validity, today: Validity, { proof }: BestTime): Status {
  if (isDecided(then)) return statusOf(then.indication, then.subIndication);
  if (today.indication === 'TOTAL-PASSED') return passed;
  if (then.indication === 'TOTAL-PASSED' && proven.has(proof)) return passed;
  return statusOf(today.indication, today.subIndication);
}

const NOT_YET_VALID = 'NOT_YET_VALID';

/** What others prove to be older than its certificate cannot be by whom the certificate names (EN 319 102-1 §5.5.4); of any other time nothing of the kind is known. */
function notYetValid(past: Judged, { at, proof }: BestTime): Status | undefined {
  if (proof !== 'timestamp' && proof !== 'witness') return undefined;
  const leaf = past.signer?.certificate ?? leafOf(past);
  return leaf !== undefined && past.report?.indication === 'INDETERMINATE' && new Date(at) < leaf.notBefore ? statusOf('TOTAL-FAILED', NOT_YET_VALID) : undefined;
}

/** Not in order, whatever becomes known of revocation. */
function isDecided({ indication, subIndication }: Status): boolean {
  return indication !== 'TOTAL-PASSED' && subIndication !== 'TRY_LATER';
}

interface Outcome {
  readonly past: Judged;
  readonly present: Judged;
  readonly best: BestTime;
  readonly then: Validity;
  readonly today: Validity;
  readonly status: Status;
  readonly deciding: Judged;
}

function entryOf({ place, role, trust, isCounter = false }: SignatureQuestion, { past, present, best, then, today, status, deciding }: Outcome): SignatureEntry {
  const report = past.report;
  const path = pathOf(past, present, trust);
  const [leaf, ...managers] = path;
  return {
    role,
    xpath: report?.xpath ?? `/${[...(isCounter ? [place.path[0] ?? '', place.appendix ?? ''] : place.path), 'Signature'].join('/')}`,
    ...status,
    integrity: integrityOf(past),
    engines: report === undefined ? [] : ['ivan-gateway'],
    ...(leaf === undefined ? {} : { signer: certificateEntry(leaf) }),
    managers: managers.map(certificateEntry),
    bestTime: best,
    then,
    now: today,
    ...(report?.method === undefined ? {} : { method: report.method }),
    ...(report?.level === undefined ? {} : { level: report.level }),
    policy: report?.policy ?? fieldPolicy.name,
    ...(report?.claimedSigningTime === undefined ? {} : { claimedTime: report.claimedSigningTime }),
    timestamps: (report?.timestamps ?? []).map(({ time, certificate }) => ({ time, certificate })),
    reasons: [...reasonsOf(deciding, status), ...timeReasons(status, then, best)],
  };
}

/** The value and the content hold as soon as the certificate that signed is reported. */
function integrityOf({ report, findings }: Judged): SignatureEntry['integrity'] {
  if (report?.method !== undefined) return 'whole';
  return report === undefined || report.indication === 'TOTAL-FAILED' || findings.some(({ code }) => code === 'HASH_FAILURE' || code === 'SIG_CRYPTO_FAILURE') ? 'broken' : 'unknown';
}

/** From the leaf to the anchor, as far as it is known; of a signer that is not believed, as near as a path came. */
function pathOf(past: Judged, present: Judged, { anchors, intermediates }: TrustMaterial): readonly Certificate[] {
  const signer = past.signer ?? present.signer;
  if (signer !== undefined) return signer.path;
  const [, ...above] = past.report?.path ?? present.report?.path ?? [];
  const known = new Map([...anchors, ...intermediates].map((one) => [one.fingerprint, one]));
  const leaf = leafOf(past) ?? leafOf(present);
  return leaf === undefined ? [] : [leaf, ...above.flatMap((fingerprint) => known.get(fingerprint) ?? [])];
}

/** DER of the one whose key verified the value. */
function certificateOf({ signed, certificate, signer }: Judged): Buffer | undefined {
  return signed?.certificate ?? certificate ?? signer?.certificate.der;
}

function leafOf(judged: Judged): Certificate | undefined {
  try {
    const der = certificateOf(judged);
    return der === undefined ? undefined : parseCertificate(der);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

export function certificateEntry({ commonName, subject, issuer, serialNumber, taxCodes, notBefore, notAfter, fingerprint }: Certificate): CertificateEntry {
  return { name: commonName, subject, issuer, serialNumber, taxCodes, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), fingerprint };
}

/** In order as of a time that only the document itself claims. */
function timeReasons({ subIndication = '' }: Status, then: Validity, { proof }: BestTime): readonly Reason[] {
  if (subIndication === NOT_YET_VALID) return [reasonFor('SIGNED_BEFORE_CERTIFICATE')];
  return subIndication.endsWith('_NO_POE') && !proven.has(proof) && (proof === 'now' || then.indication === 'TOTAL-PASSED') ? [reasonFor('NO_PROOF_OF_TIME')] : [];
}

/** Warnings are said too. Of revocation that is not known no finding speaks. */
function reasonsOf({ findings }: Judged, { subIndication }: Status): readonly Reason[] {
  const unknown: readonly Reason[] = subIndication === 'TRY_LATER' ? [reasonFor('REVOCATION_UNKNOWN')] : [];
  return [...findings.map(reasonOfFinding), ...unknown];
}
