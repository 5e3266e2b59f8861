// What an examination is given and what it gives: the report, and what the object says where that may be believed to be what was signed.
import type { PublishedFinding } from '../errors/published.ts';
import type { NoticeFacts } from '../receipts/notice-facts.ts';
import type { AgencyFacts, MessageFacts } from '../receipts/read.ts';
import { objectOf, passed } from '../report/model.ts';
import type { Fact, ObjectKind, ObjectReport, Reason, Status, Words } from '../report/model.ts';
import type { DocumentKind } from '../standard/kind.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Explanation } from './errors.ts';
import type { ExaminedProof, LogKeys } from './examine-log.ts';
import type { ExaminedSignature, SignatureBasis } from './examine-signature.ts';
import type { SignerFacts } from './verify-message.ts';

export interface ExamineBasis extends SignatureBasis {
  readonly logKeys: LogKeys;
  /** SHA-256 of the only certificates that may have signed a message: that they are the gateway's, whoever asks knows from elsewhere. */
  readonly fingerprints?: readonly string[] | undefined;
  /** Of a document in a container, which is what shows whose it is. */
  readonly isEnclosed?: boolean;
  /** Digest that a message must be about. */
  readonly about?: string | undefined;
  /** When a receipt says that the document was received. */
  readonly receivedAt?: Date | undefined;
}

export interface Examined {
  readonly report: ObjectReport;
  /** Undefined when it is none of the standard's documents. */
  readonly kind: DocumentKind | undefined;
  readonly content?: MessageContent;
  /** Of a receipt from a log. */
  readonly log?: ExaminedProof;
  /** Of a dossier or form. */
  readonly signed?: { readonly signer: SignerFacts | undefined; readonly trustedAt: Date; readonly signatures: readonly SignatureReport[] };
  readonly findings: readonly PublishedFinding[];
  readonly error?: Explanation;
}

/** What a message says, once what it was signed over is known. */
export type MessageContent = ({ readonly message: MessageFacts } | { readonly notice: NoticeFacts }) & {
  readonly signer: SignerFacts | undefined;
  readonly trustedAt: Date;
  readonly agencyAnswer?: AgencyFacts & { readonly signer: SignerFacts | undefined };
};

export const kindTitles: Readonly<Record<ObjectKind, Words>> = {
  container: { vi: 'Gói chứng cứ (ASiC-E)', en: 'Evidence container (ASiC-E)' },
  dossier: { vi: 'Hồ sơ', en: 'Dossier' },
  declaration: { vi: 'Tờ khai', en: 'Form' },
  receipt: { vi: 'Biên nhận của cổng', en: 'The gateway’s receipt' },
  result: { vi: 'Kết quả giải quyết', en: 'Result' },
  notice: { vi: 'Thông báo', en: 'Notice' },
  unknown: { vi: 'Không rõ loại tệp', en: 'A file of unknown kind' },
};

/** Whether it is one of those that whoever asks expects. */
export function isExpected(fingerprint: string | undefined, expected: readonly string[]): boolean {
  return expected.some((one) => one.replaceAll(':', '').toLowerCase() === fingerprint);
}

export interface Named {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
}

export interface Parts {
  readonly signatures: ObjectReport['signatures'];
  readonly proofs?: ObjectReport['proofs'];
  readonly facts?: readonly Fact[];
  readonly reasons?: readonly Reason[];
  readonly objects?: readonly ObjectReport[];
}

export function reportOn(what: Named, kind: ObjectKind, { signatures, proofs = [], facts = [], reasons = [], objects = [] }: Parts, own: Status = passed, title = kindTitles[kind]): ObjectReport {
  return objectOf({ ...what, what: kind, title, facts, signatures, proofs, reasons, objects }, own);
}

export function factsOfSigner({ entry: { signer } }: Pick<ExaminedSignature, 'entry'>): SignerFacts | undefined {
  return signer && { name: signer.name, subject: signer.subject, issuer: signer.issuer, serialNumber: signer.serialNumber, taxCodes: signer.taxCodes, fingerprint: signer.fingerprint };
}
