// Checks one stored result: the agency's signature over its answer and the gateway's over the notice, both at the instant it came, and that
// both are about the dossier it is stored with. Throws `Lie`.
import { elementAt } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import { resultXml } from '../receipts/result.ts';
import { verifySignature } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import { trustContent } from '../standard/signer.ts';
import type { DossierRow, ResultRow, SubmissionRow } from '../store/tables.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { checkThat, checkVerifies } from './lie.ts';
import { checkMessage } from './message.ts';

export type ResultSubmission = Pick<SubmissionRow, 'id' | 'digest' | 'transactionCode' | 'receivedAt'>;

export function checkResult(result: ResultRow, submission: ResultSubmission, dossier: DossierRow, trust: TrustMaterial, signers: ReadonlySet<string>): void {
  const where = `result of submission ${submission.id}`;
  const signed = checkVerifies(where, 'the agency’s signature does not verify', () => verifySignature(parse(result.agencyAnswer), messagePlace));
  const signer = checkVerifies(where, 'the agency’s certificate is not trusted', () => trustContent(signed, trust, result.answeredAt));
  const field = (name: string): string => {
    const element = elementAt(signed.root, ['KETQUA_XULY', name]);
    return element === undefined ? '' : textOf(signed.document, element).trim();
  };
  checkThat(field('SHA256') === submission.digest && field('SO_HSO') === dossier.number, where, 'the agency’s answer is about another dossier');
  checkThat(field('MA_KQUA') === result.code, where, 'its code is not the agency’s');
  checkThat((dossier.unitCode === '' ? field('MA_DVI') : '') === result.unitCode, where, 'gives the unit another code than the agency’s answer');
  const facts = {
    digest: submission.digest,
    transactionCode: submission.transactionCode,
    dossierNumber: dossier.number,
    agency: dossier.agency,
    unitName: dossier.unitName,
    unitCode: dossier.unitCode,
    givenUnitCode: field('MA_DVI'),
    taxCode: dossier.taxCode,
    receivedAt: submission.receivedAt,
    dueAt: dossier.dueAt,
    answeredAt: result.answeredAt,
    resultCode: result.code,
    resultText: field('KQUA'),
    agencySigner: signer.commonName,
    agencyAnswer: result.agencyAnswer,
  };
  checkMessage({ where, body: result.body, trust, at: result.answeredAt, signers }, 'KETQUA', (issuer) => resultXml(facts, issuer));
}
