// One signature, judged whole: value and content, then the signer's certificate, then the report of both. The same way for the envelope, for
// every declaration inside it, and for an I-VAN's counter-signature.
import { shorten } from '../errors/outcomes.ts';
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
import type { TrustMaterial } from '../trust/material.ts';
import type { OcspResponse } from '../trust/ocsp.ts';
import { trustSigner } from '../trust/path.ts';
import type { Extra, Signer } from '../trust/path.ts';
import type { XmlDocument } from '../xml/document.ts';
import { at, attempt } from './attempt.ts';
import { signatureReport } from './signature-report.ts';
import type { SignatureReport, SignatureRole } from './signature-report.ts';
import type { Standard } from './tables.ts';

/** By what, and as of when, signatures are judged. */
export interface SignatureContext {
  readonly standard: Pick<Standard, 'signaturePolicy'>;
  readonly trust: TrustMaterial;
  /** The OCSP answers at hand for these certificates. */
  readonly answersFor?: (certificates: readonly Certificate[]) => readonly OcspResponse[];
  readonly receivedAt: Date;
}

export interface JudgedSignature {
  readonly signed: SignedContent | undefined;
  readonly signer: Signer | undefined;
  /** Absent when there is no signature to report on. */
  readonly report: SignatureReport | undefined;
  readonly findings: readonly Finding[];
}

/** Throws `Unavailable` when the revocation state of the signer is unknown, nothing else. */
export function judgeSignature(document: XmlDocument, place: SignaturePlace, role: SignatureRole, context: SignatureContext, file?: string): JudgedSignature {
  const findings: Finding[] = [];
  const signed = attempt(findings, () => verifySignature(document, place, context.standard.signaturePolicy));
  if (signed !== undefined) findings.push(...signed.warnings);
  const signer = signed && attempt(findings, () => trustFacts(signed, context));
  const isMissing = findings.some(({ code }) => code === 'SIGNATURE_MISSING');
  const xpath = `/${[...place.path, 'Signature'].join('/')}`;
  const archived = findings.some(({ code }) => code === 'CRYPTO_CONSTRAINTS_FAILURE') ? examineArchived(document, place) : undefined;
  const report = isMissing ? undefined : reported(role, xpath, context, { document, findings, facts: signed, signer, file, archived });
  return { signed, signer, report, findings };
}

/** The I-VAN's signature, when there is one. Throws `Unavailable` like the other. */
export function judgeCounterSignature(document: XmlDocument, place: SignaturePlace, context: SignatureContext): Pick<JudgedSignature, 'report' | 'findings'> {
  const findings: Finding[] = [];
  const signature = attempt(findings, () => verifyCounterSignature(document, place, context.standard.signaturePolicy));
  if (signature === undefined && findings.length === 0) return { report: undefined, findings };
  const signer = signature && attempt(findings, () => trustFacts(signature, context));
  const xpath = `/${[place.path[0] ?? '', place.appendix ?? '', 'Signature'].join('/')}`;
  return { report: reported('counter-signature', xpath, context, { document, findings, facts: signature, signer }), findings };
}

interface Found {
  readonly document: XmlDocument;
  readonly findings: readonly Finding[];
  readonly facts: SignatureFacts | undefined;
  readonly signer: Signer | undefined;
  readonly file?: string | undefined;
  readonly archived?: ArchivedSignature | undefined;
}

function reported(role: SignatureRole, xpath: string, { standard, receivedAt }: SignatureContext, { document, findings, facts, signer, file, archived }: Found): SignatureReport {
  return signatureReport({
    role,
    file: file === undefined ? undefined : shorten(file),
    xpath,
    policy: standard.signaturePolicy.name,
    at: receivedAt,
    findings,
    facts,
    signer,
    archived,
    claimedSigningTime: facts && claimedSigningTime(document, facts.element),
  });
}

/** Throws `Refusal` (certificate codes, at the signature) or `Unavailable` (revocation unknown). */
function trustFacts(facts: SignatureFacts & { readonly place: Place }, { trust, receivedAt, answersFor }: SignatureContext): Signer {
  return at(() => facts.place, () => {
    const leaf = parseCertificate(facts.certificate);
    const candidates = facts.candidates.flatMap(readable).filter(({ fingerprint }) => fingerprint !== leaf.fingerprint);
    const extra: Extra = { candidates, lists: [], responses: answersFor?.([leaf, ...candidates]) ?? [] };
    return trustSigner(leaf, trust, receivedAt, 'signature', extra);
  });
}

/** A certificate that cannot be read leads nowhere; the signer's own is read where its failure is a finding. */
function readable(der: Buffer): Certificate[] {
  return attempt([], () => [parseCertificate(der)]) ?? [];
}
