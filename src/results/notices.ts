// What goes to the sender, or to the unit, on a message that is news: the unsigned notice or result. Pure; which message is news was judged before.
import { createHash } from 'node:crypto';

import { apologyXml, slipXml, supplementXml } from '../receipts/agency-notices.ts';
import type { ListedInReceipt, NoticeSubject } from '../receipts/agency-notices.ts';
import type { Issuer } from '../receipts/receipt.ts';
import { resultXml } from '../receipts/result.ts';
import type { CaseDossier } from '../store/cases.ts';
import type { AgencyMessage } from './message.ts';

/** Forms of the notices that are about a dossier, by what the agency said. */
export const dossierNotices = { slip: 'TNHT', supplement: 'YCBS', apology: 'XLHL' } as const;
export type DossierNotice = keyof typeof dossierNotices;

export type SubjectRow = Pick<CaseDossier, 'digest' | 'transactionCode' | 'receivedAt' | 'number' | 'agency' | 'unitCode' | 'unitName' | 'taxCode' | 'procedure'>;

/** Undefined for what has no notice. */
export function noticeXml({ said, about }: Pick<AgencyMessage, 'said' | 'about'>, dossier: SubjectRow, listed: ListedInReceipt, at: Date, issuer: Issuer): { readonly form: string; readonly xml: Buffer } | undefined {
  const subject: NoticeSubject = { ...dossier, dossierNumber: dossier.number, listed };
  switch (said.kind) {
    case 'slip':
      return { form: dossierNotices.slip, xml: slipXml(subject, said, at, issuer) };
    case 'supplement':
      return { form: dossierNotices.supplement, xml: supplementXml(subject, { ...said, askedAt: about.at }, at, issuer) };
    case 'apology':
      return { form: dossierNotices.apology, xml: apologyXml(subject, said, at, issuer) };
    case 'step':
    case 'result':
    case 'notice':
      return undefined;
  }
}

export function isNoticed(kind: string): kind is DossierNotice {
  return Object.hasOwn(dossierNotices, kind);
}

/** The agency's own octets stand inside. */
export function resultOf({ said, signer }: Pick<AgencyMessage, 'said' | 'signer'>, dossier: SubjectRow & { readonly dueAt: Date }, octets: Buffer, at: Date, issuer: Issuer): Buffer {
  if (said.kind !== 'result') throw new Error('not a result');
  const facts = { ...dossier, dossierNumber: dossier.number, givenUnitCode: said.unitCode, answeredAt: at, resultCode: said.code, resultText: said.text, agencySigner: signer, agencyAnswer: octets };
  return resultXml(facts, issuer);
}

export function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
