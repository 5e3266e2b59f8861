// Octets → what a verification finds of them, whatever they are: a message of the gateway's, a signed dossier or form. Never throws for what the document
// is: that is what the report says. Two engines must agree on every signature. Pure and offline; a container is for `examine-container.ts`.
import { Refusal } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { statusOf } from '../report/model.ts';
import { documentKind, signaturePlaceOf } from '../standard/kind.ts';
import { statusOfCodes } from '../standard/signature-report.ts';
import { parse } from '../xml/parse.ts';
import type { XmlDocument } from '../xml/document.ts';
import { attempted } from './attempted.ts';
import { ClientError } from './errors.ts';
import { examineMessage } from './examine-message.ts';
import { examineSignature } from './examine-signature.ts';
import type { ExaminedSignature } from './examine-signature.ts';
import { factsOfSigner, reportOn } from './examined.ts';
import type { ExamineBasis, Examined, Named } from './examined.ts';
import { reasonFor, reasonOfPublished } from './reasons.ts';
import { confirmed, confirmedCounter } from './second-opinion.ts';
import { digestOf } from './verify-message.ts';

/** Throws `ClientError` FORM_UNKNOWN for what is none of the standard's documents. */
export async function examine(name: string, bytes: Buffer, basis: ExamineBasis): Promise<Examined> {
  const what = { name, digest: digestOf(bytes), size: bytes.length };
  const document = attempted(() => parse(bytes));
  if (document instanceof Refusal) return refused(what, document);
  const kind = documentKind(document);
  if (kind === undefined) throw new ClientError('FORM_UNKNOWN', `/${document.root.local}`, document.root.local);
  if (kind !== 'message') return examineDocument(what, bytes, document, kind, basis);
  return examineMessage(what, bytes, document, basis);
}

/** What cannot even be read: no advice to whoever wrote it is of use to whoever examines it. */
export function refused(what: Named, { findings }: Refusal, kind: 'container' | 'unknown' = 'unknown'): Examined {
  const published = findings.map(publishedFinding);
  const [indication, subIndication] = statusOfCodes(findings.map(({ code }) => code), ['TOTAL-FAILED', 'FORMAT_FAILURE']) ?? ['TOTAL-FAILED', 'FORMAT_FAILURE'];
  const reasons = published.map(reasonOfPublished);
  const own = kind === 'container' ? reasons : [reasonFor(what.size === 0 ? 'FILE_EMPTY' : 'FILE_NOT_READ'), ...(what.size === 0 ? [] : reasons.map(({ code, vi, en, place }) => ({ code, vi, en, ...(place === undefined ? {} : { place }) })))];
  const report = reportOn(what, kind, { signatures: [], reasons: own }, statusOf(indication, subIndication));
  return { report, kind: undefined, findings: published };
}

async function examineDocument(what: Named, bytes: Buffer, document: XmlDocument, kind: 'dossier' | 'declaration', basis: ExamineBasis): Promise<Examined> {
  const place = signaturePlaceOf(document);
  if (place === undefined) throw new Error('a kind of document without a place for its signature');
  const question = { ...basis, document, place, claimed: basis.receivedAt };
  const own = examineSignature({ ...question, role: { vi: 'Chữ ký của đơn vị', en: 'The unit’s signature' } });
  const counter = examineSignature({ ...question, role: { vi: 'Chữ ký của I-VAN', en: 'The I-VAN’s signature' }, isCounter: true });
  const found: ExaminedSignature[] = [];
  if (own !== undefined) found.push(await confirmed(own, bytes, place));
  if (counter !== undefined) found.push(await confirmedCounter(counter, bytes, place));
  const report = reportOn(what, kind, { signatures: found.map(({ entry }) => entry) });
  const findings = found.flatMap((one) => one.findings).map(publishedFinding);
  const trustedAt = own === undefined ? basis.now : new Date(own.entry.then.at);
  const signed = { signer: own?.signer && factsOfSigner(own), trustedAt, signatures: found.flatMap((one) => one.report ?? []) };
  return { report, kind, signed, findings };
}
