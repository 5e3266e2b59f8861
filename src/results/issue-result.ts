// A verified answer → the gateway's signed result, stored with the state of its delivery and its event in one transaction.
import { resultXml } from '../receipts/result.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { Database } from '../store/database.ts';
import { endQuestion, insertResult } from '../store/results.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import { meet } from '../store/obligations.ts';
import type { Answer } from './answer.ts';

export interface ResultSettings {
  readonly database: Database;
  readonly issue: Issue;
  readonly issuer: Issuer;
}

export async function issueResult({ database, issue, issuer }: ResultSettings, delivery: ClaimedDelivery, answer: Answer, agencyAnswer: Buffer, trustDigest: string, at: Date): Promise<void> {
  const body = await issue(
    resultXml(
      {
        digest: delivery.digest,
        transactionCode: delivery.transactionCode,
        dossierNumber: delivery.dossierNumber,
        agency: delivery.agency,
        unitName: delivery.unitName,
        unitCode: delivery.unitCode,
        givenUnitCode: answer.unitCode,
        taxCode: delivery.taxCode,
        receivedAt: delivery.receivedAt,
        dueAt: delivery.dueAt,
        answeredAt: at,
        resultCode: answer.code,
        resultText: answer.text,
        agencySigner: answer.signer,
        agencyAnswer,
      },
      issuer,
    ),
  );
  const { submissionId } = delivery;
  await database.transaction(async (query) => {
    const isFirst = await insertResult(query, { submissionId, answeredAt: at, code: answer.code, agencyAnswer, trustDigest, body });
    await endQuestion(query, delivery.id);
    await meet(query, [{ submissionId, kind: 'result', at }]);
    if (isFirst) await insertEvents(query, [{ at, kind: 'result_issued', submissionId, detail: { code: answer.code, signer: answer.signer, document: `/v1/dossiers/${delivery.digest}/result` } }]);
  });
}
