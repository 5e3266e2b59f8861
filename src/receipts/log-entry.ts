// What the log's entry of a submission commits to: texts that stand in its receipt, so that whoever holds a receipt computes the entry, and shows by the
// proof in it that the submission was in the log before the receipt was given. Pure.
import { createHash } from 'node:crypto';

import { formatInstant } from '../standard/time.ts';
import { elementAt } from '../xml/document.ts';
import type { XmlDocument } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import { kindNames, senderText } from './receipt.ts';
import type { ReceiptFacts } from './receipt.ts';

/** Names of the receipt's elements in their order. Of what a dossier lacks, such as a number, the text is empty. */
export const loggedNames = ['SHA256', 'DO_LON', 'THOIDIEM_NHAN', 'MA_GDICH', 'NGUOI_GUI', 'LOAI', 'SO_HSO', 'BO_QUYTAC', 'VATLIEU_TINCAY'] as const;

/** By the names of the receipt's elements. */
export type LoggedSubmission = Readonly<Record<(typeof loggedNames)[number], string>>;

/** Kinds of entries that are made as something is received: of dossiers, of forms 04, 05 and 06, and of the receipts of dossiers. */
export const SUBMISSION = 'submission';
export const REGISTRATION = 'registration';
export const RECEIPT = 'receipt';

export interface Loggable extends Pick<ReceiptFacts, 'digest' | 'size' | 'receivedAt' | 'transactionCode' | 'sender' | 'kind' | 'ruleSetDigest' | 'trustDigest'> {
  readonly dossierNumber: string | undefined;
}

export function loggedSubmission({ digest, size, receivedAt, transactionCode, sender, kind, dossierNumber, ruleSetDigest, trustDigest }: Loggable): LoggedSubmission {
  return {
    SHA256: digest,
    DO_LON: String(size),
    THOIDIEM_NHAN: formatInstant(receivedAt),
    MA_GDICH: transactionCode,
    NGUOI_GUI: senderText(sender),
    LOAI: kindNames[kind],
    SO_HSO: dossierNumber ?? '',
    BO_QUYTAC: ruleSetDigest,
    VATLIEU_TINCAY: trustDigest,
  };
}

/** `rowDigest`: of the row of its submission, as the store has it; the receipt as signed. */
export function loggedReceipt(submissionId: string, rowDigest: string, receipt: Buffer): Readonly<Record<string, string>> {
  return { submission_id: submissionId, submission: rowDigest, receipt: createHash('sha256').update(receipt).digest('hex') };
}

/** What a receipt of ours proves by; undefined for one from before there was a log. To be given receipts from the store. */
export function proofIn(receipt: Buffer): string | undefined {
  return proofInDocument(parse(receipt));
}

export function proofInDocument(document: XmlDocument): string | undefined {
  return textIn(document, 'NHATKY');
}

/** The id of the rule set that a receipt of ours names; undefined for one from before they had ids. To be given receipts from the store. */
export function ruleSetIn(receipt: Buffer): string | undefined {
  return textIn(parse(receipt), 'MA_BO_QUYTAC');
}

function textIn(document: XmlDocument, name: string): string | undefined {
  const element = elementAt(document.root, ['BIENNHAN', name]);
  return element && textOf(document, element);
}
