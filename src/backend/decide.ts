// The end of a case: its outcome, given to each of its dossiers with the documents that are the sender's, in the transaction that decides it.
import type { CaseFile } from './case-file.ts';
import { changeCase } from './case-store.ts';
import { keepDocument } from './documents.ts';
import { dossiersOfCase, learnUnit } from './dossier-store.ts';
import type { Outcome } from './labour.ts';
import type { Saying } from './messages.ts';
import { settlementNotice } from './settlement-notice.ts';
import { say } from './outbox.ts';
import type { Office } from './office.ts';
import { documentsForSender } from './paper-store.ts';
import type { Query } from './store.ts';

const SETTLED: Outcome = { code: '200', text: 'Đã giải quyết.' };

/** `before` is said ahead of the result, about the case's first dossier. */
export async function decide(office: Office, query: Query, file: CaseFile, outcome: Outcome = SETTLED, at: Date, before: readonly Saying[]): Promise<void> {
  await keepDocument(office, query, file.digest, settlementNotice(file, outcome, at, office.signing), at);
  if (outcome.unitCode !== undefined) await learnUnit(query, { agency: file.agency, code: outcome.unitCode, name: file.unitName, taxCode: file.taxCode, people: 0, wages: 0 }, at);
  const documents = await documentsForSender(query, file.digest);
  const result: Saying = { kind: 'KETQUA_XULY', outcome, documents };
  const dossiers = await dossiersOfCase(query, file.digest);
  await changeCase(query, file.digest, { state: 'decided', nextAt: null, outcome, readyAt: at });
  await say(query, office, file, dossiers.map((to, index) => ({ to, sayings: index === 0 ? [...before, result] : [result] })), at);
}
