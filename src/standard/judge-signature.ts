// One signature, judged whole: value and content, then the signer's certificate, then the report of both. The same way for the envelope, for
// every declaration inside it, and for an I-VAN's counter-signature.
import { refuse, shorten, Unavailable } from '../errors/outcomes.ts';
import type { Finding, Place } from '../errors/outcomes.ts';
import { examineArchived } from '../signature/archive.ts';
import type { ArchivedSignature } from '../signature/archive.ts';
import { verifyCounterSignature } from '../signature/counter-signature.ts';
import { claimedSigningTime } from '../signature/signing-time.ts';
import type { SignatureFacts } from '../signature/value.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignaturePlace, SignedContent } from '../signature/verify.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import { readValues } from '../trust/embedded-values.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { NotTrusted, trustSigner } from '../trust/path.ts';
import type { Extra, Signer } from '../trust/path.ts';
import { findPaths } from '../trust/path-search.ts';
import { verifyTimeStamp } from '../trust/timestamp.ts';
import type { TimeStamp } from '../trust/timestamp.ts';
import type { XmlDocument } from '../xml/document.ts';
import { at, attempt } from './attempt.ts';
import { signatureReport } from './signature-report.ts';
import type { JudgedPath, SignatureReport, SignatureRole } from './signature-report.ts';
import type { Standard } from './tables.ts';

/** By what, and as of when, signatures are judged. */
export interface SignatureContext {
  readonly standard: Pick<Standard, 'signaturePolicy'>;
  readonly trust: TrustMaterial;
  /** The OCSP answers at hand for these certificates. */
  readonly answersFor?: (certificates: readonly Certificate[]) => readonly OcspResponse[];
  readonly receivedAt: Date;
  /**
   * Where given, takes what would be thrown because a signer's revocation state is unknown: whoever gives it goes on and finds what is wrong
   * for certain, and must believe no such signer.
   */
  readonly undecided?: Unavailable[];
}

export interface JudgedSignature {
  readonly signed: SignedContent | undefined;
  readonly signer: Signer | undefined;
  /** Absent when there is no signature to report on. */
  readonly report: SignatureReport | undefined;
  readonly findings: readonly Finding[];
}

/** Throws `Unavailable` when the revocation state of the signer is unknown and the context has nowhere to put it, nothing else. */
export function judgeSignature(document: XmlDocument, place: SignaturePlace, role: SignatureRole, context: SignatureContext, file?: string): JudgedSignature {
  const findings: Finding[] = [];
  const signed = attempt(findings, () => verifySignature(document, place, context.standard.signaturePolicy));
  const believed = signed && believe(signed, context, findings);
  const isMissing = findings.some(({ code }) => code === 'SIGNATURE_MISSING');
  const xpath = `/${[...place.path, 'Signature'].join('/')}`;
  const archived = findings.some(({ code }) => code === 'CRYPTO_CONSTRAINTS_FAILURE') ? examineArchived(document, place) : undefined;
  const report = isMissing ? undefined : reported(role, xpath, context, { document, findings, facts: signed, ...believed, file, archived });
  return { signed, signer: believed?.signer, report, findings };
}

/** The I-VAN's signature, when there is one. Throws `Unavailable` like the other. */
export function judgeCounterSignature(document: XmlDocument, place: SignaturePlace, context: SignatureContext): Pick<JudgedSignature, 'signer' | 'report' | 'findings'> & { readonly certificate?: Buffer } {
  const findings: Finding[] = [];
  const signature = attempt(findings, () => verifyCounterSignature(document, place, context.standard.signaturePolicy));
  if (signature === undefined && findings.length === 0) return { signer: undefined, report: undefined, findings };
  const believed = signature && believe(signature, context, findings);
  const xpath = `/${[place.path[0] ?? '', place.appendix ?? '', 'Signature'].join('/')}`;
  return { signer: believed?.signer, report: reported('counter-signature', xpath, context, { document, findings, facts: signature, ...believed, covers: signature?.covers }), findings, ...(signature === undefined ? {} : { certificate: signature.certificate }) };
}

/** A signature that was verified over what is not in its own document: the same judgement of its certificate. Throws `Unavailable` like the other. */
export function judgeDetached(document: XmlDocument, facts: PlacedFacts, xpath: string, context: SignatureContext): Pick<JudgedSignature, 'signer' | 'report' | 'findings'> {
  const findings: Finding[] = [];
  const believed = believe(facts, context, findings);
  return { signer: believed.signer, report: reported('dossier', xpath, context, { document, findings, facts, ...believed }), findings };
}

export type PlacedFacts = SignatureFacts & { readonly place: Place; readonly warnings: readonly Finding[] };

interface Believed {
  readonly signer: Signer | undefined;
  /** Of a certificate that is not believed, too; absent when no path was found. */
  readonly judgedPath: JudgedPath | undefined;
  /** True when the revocation state is unknown. */
  readonly tryLater: boolean;
  /** SHA-256 of the OCSP answers that were given, whether or not they decided. */
  readonly answers: readonly string[];
  readonly stamps: readonly TimeStamp[];
}

function believe(facts: PlacedFacts, context: SignatureContext, findings: Finding[]): Believed {
  findings.push(...facts.warnings);
  const extra = extraOf(facts);
  const answers: OcspResponse[] = [];
  let refused: NotTrusted | undefined;
  let tryLater = false;
  const signer = attempt(findings, () => at(() => facts.place, () => {
    try {
      return trustFacts(facts, extra, context, answers);
    } catch (error) {
      if (error instanceof NotTrusted) refused = error;
      if (!(error instanceof Unavailable) || context.undecided === undefined) throw error;
      context.undecided.push(error);
      tryLater = true;
      return undefined;
    }
  }));
  return { signer, tryLater, judgedPath: signer ?? refused, stamps: stampsOf(facts, extra, context, findings), answers: answers.map(({ fingerprint }) => fingerprint) };
}

interface Found extends Partial<Believed> {
  readonly document: XmlDocument;
  readonly findings: readonly Finding[];
  readonly facts: SignatureFacts | undefined;
  readonly file?: string | undefined;
  readonly archived?: ArchivedSignature | undefined;
  readonly covers?: 'document' | 'body' | undefined;
}

function reported(role: SignatureRole, xpath: string, { standard, receivedAt }: SignatureContext, { document, findings, facts, judgedPath, tryLater = false, covers, stamps = [], answers = [], file, archived }: Found): SignatureReport {
  return signatureReport({
    role,
    file: file === undefined ? undefined : shorten(file),
    xpath,
    policy: standard.signaturePolicy.name,
    at: receivedAt,
    findings,
    facts,
    judgedPath,
    tryLater,
    covers,
    stamps,
    answers,
    archived,
    claimedSigningTime: facts && claimedSigningTime(document, facts.element),
  });
}

/** Throws `Refusal` (certificate codes) or `Unavailable` (revocation unknown). */
function trustFacts({ certificate }: SignatureFacts, extra: Extra, { trust, receivedAt, answersFor }: SignatureContext, given: OcspResponse[]): Signer {
  const leaf = parseCertificate(certificate);
  if (answersFor !== undefined) given.push(...distinct(answersFor(certificatesToAskAbout(leaf, trust, extra))));
  return trustSigner(leaf, trust, receivedAt, 'signature', { ...extra, responses: [...extra.responses, ...given] });
}

/** The signer's first, then the authorities between it and an anchor: of our own material too, for not every one of them is on a list. */
function certificatesToAskAbout(leaf: Certificate, trust: TrustMaterial, { candidates }: Extra): readonly Certificate[] {
  return [...new Set(findPaths(leaf, trust, candidates).paths.flatMap((path) => path.slice(0, -1)))];
}

/** Each once and in one order, whoever gives them: an audit must come to the same report. */
function distinct(answers: readonly OcspResponse[]): readonly OcspResponse[] {
  return [...new Map(answers.map((answer) => [answer.fingerprint, answer])).values()].toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** Everything that came with the signature and may help to judge its certificate; what cannot be read helps nobody. */
function extraOf({ certificate, candidates, xades }: SignatureFacts): Extra {
  const others = candidates.filter((candidate) => candidate !== certificate);
  return readValues({ certificates: [...others, ...(xades?.certificates ?? [])], lists: xades?.lists ?? [], responses: xades?.responses ?? [] });
}

/**
 * The time stamps of the value. One that is wrong is the signature's fault; one whose authority is not believed, or cannot be at present, only
 * vouches for nothing, because no acceptance rests on it.
 */
function stampsOf(facts: PlacedFacts, extra: Extra, { trust, receivedAt }: SignatureContext, findings: Finding[]): readonly TimeStamp[] {
  return (facts.xades?.timestamps ?? []).flatMap(({ token, canonicalSignatureValue: octets }) => {
    const stamp = attempt(findings, () => at(() => facts.place, () => unlessUnavailable(() => verifyTimeStamp({ token, octets, extra }, trust, receivedAt))));
    return stamp === undefined ? [] : [stamp];
  });
}

function unlessUnavailable<Value>(step: () => Value): Value {
  try {
    return step();
  } catch (error) {
    if (error instanceof Unavailable) return refuse('TIMESTAMP_UNTRUSTED', { params: { subject: '?', reason: error.reason } });
    throw error;
  }
}
