// What a verification found out, as plain data: of each object what it is, of each signature whose it is, who issued and who manages the certificate, when it
// existed at the latest and what proves that, whether the content is whole, and whether the certificate was valid then and is now (TT 15/2025/TT-BKHCN
// Art. 6), each with the words of ETSI EN 319 102-1. Every instant is a text in ISO 8601.
import type { Indication } from '../standard/signature-report.ts';

export interface Words {
  readonly vi: string;
  readonly en: string;
}

/** An indication with the reason in the standard's words; there is none for what passed. */
export interface Status {
  readonly indication: Indication;
  readonly subIndication?: string;
}

/** Why, for people, with the code that other answers of ours have for it. */
export interface Reason extends Words {
  readonly code: string;
  /** What to do now. */
  readonly action?: Words;
  /** File, line and column, XPath: as far as it is known. */
  readonly place?: string;
}

export interface Fact extends Words {
  readonly value: string;
}

export interface Report extends Status {
  /** When the verification was made. */
  readonly at: string;
  readonly objects: readonly ObjectReport[];
}

/** A file, or a document inside one. The status is the worst of all that it consists of. */
export interface ObjectReport extends Status {
  readonly name: string;
  readonly what: ObjectKind;
  readonly title: Words;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly size: number;
  readonly facts: readonly Fact[];
  readonly signatures: readonly SignatureEntry[];
  /** That it was in the log, or that its octets were there at a time. */
  readonly proofs: readonly ProofEntry[];
  /** What is wrong with the object beside its signatures. */
  readonly reasons: readonly Reason[];
  readonly objects: readonly ObjectReport[];
}

export type ObjectKind = 'container' | 'dossier' | 'declaration' | 'receipt' | 'result' | 'notice' | 'unknown';

export interface SignatureEntry extends Status {
  readonly role: Words;
  readonly xpath: string;
  /** Whether what was signed is what is there, and the value is of this key. */
  readonly integrity: 'whole' | 'broken' | 'unknown';
  /** The engines that say so; one that was not asked is not among them. */
  readonly engines: readonly string[];
  readonly signer?: CertificateEntry;
  /** From who issued the signer's certificate up to the anchor: who manage it. */
  readonly managers: readonly CertificateEntry[];
  readonly bestTime: BestTime;
  /** At the best time, and when the verification was made. */
  readonly then: Validity;
  readonly now: Validity;
  readonly method?: string;
  readonly level?: string;
  readonly policy: string;
  readonly claimedTime?: string;
  readonly timestamps: readonly { readonly time: string; readonly certificate: string }[];
  readonly reasons: readonly Reason[];
}

export interface CertificateEntry {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serialNumber: string;
  readonly taxCodes: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256, hex. */
  readonly fingerprint: string;
}

/** By when the signature existed. `timestamp`, `witness`: proven by others; `given`: whoever asked says so; `claimed`: the document says so; `now`: nothing is known but that it is there. */
export interface BestTime {
  readonly at: string;
  readonly proof: 'timestamp' | 'witness' | 'given' | 'claimed' | 'now';
  /** Whose word it is. */
  readonly by?: string;
}

export interface Validity extends Status {
  readonly at: string;
  readonly codes: readonly string[];
  readonly revocation: readonly { readonly certificate: string; readonly kind: string; readonly digest: string; readonly thisUpdate: string; readonly nextUpdate: string }[];
}

/** `unchecked` says nothing against it: what would be needed was not given. */
export interface ProofEntry {
  readonly kind: 'log' | 'timestamp' | 'revocation' | 'rules';
  readonly state: 'passed' | 'failed' | 'unchecked';
  readonly title: Words;
  readonly facts: readonly Fact[];
  readonly reasons: readonly Reason[];
}

const order: readonly Indication[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED'];

/** What failed is failed, whatever else is open. Of nothing: passed. */
export function worst(statuses: readonly Status[]): Status {
  const found = order.map((indication) => statuses.find((status) => status.indication === indication)).find((status) => status !== undefined);
  return found === undefined ? passed : statusOf(found.indication, found.subIndication);
}

export const passed: Status = { indication: 'TOTAL-PASSED' };

export function statusOf(indication: Indication, subIndication?: string): Status {
  return subIndication === undefined || indication === 'TOTAL-PASSED' ? { indication } : { indication, subIndication };
}

/** Of the command: 0 passed, 1 failed, 2 indeterminate. */
export function exitCodeOf({ indication }: Status): 0 | 1 | 2 {
  return ({ 'TOTAL-PASSED': 0, 'TOTAL-FAILED': 1, INDETERMINATE: 2 } as const)[indication];
}

export function proofStatus({ state }: ProofEntry): Status {
  return state === 'failed' ? statusOf('TOTAL-FAILED', 'HASH_FAILURE') : passed;
}

export function reportOf(at: Date, objects: readonly ObjectReport[]): Report {
  return { at: at.toISOString(), ...worst(objects), objects };
}

/** The object's own status from all that it consists of. */
export function objectOf(parts: Omit<ObjectReport, 'indication' | 'subIndication'>, own: Status = passed): ObjectReport {
  return { ...parts, ...worst([own, ...parts.signatures, ...parts.proofs.map(proofStatus), ...parts.objects]) };
}
