// A dossier that supplements one whose case waits for it: the case goes on under its first number, judged by the new octets; the term begins
// anew, because it runs from the full dossier (Luật BHXH 41/2024/QH15 Điều 28(4)). The new dossier gets a slip and, in the end, the result too.
import type { CaseFile } from './case-file.ts';
import { addHistory, beginStep, changeCase } from './case-store.ts';
import { assignDossier } from './dossier-store.ts';
import { slip } from './messages.ts';
import { officerOf, roomName } from './officers.ts';
import { planFor, workflowOf } from './office.ts';
import type { Office } from './office.ts';
import { say } from './outbox.ts';
import type { Addressee } from './outbox.ts';
import { readyAt } from './plan.ts';
import type { Query } from './store.ts';

export type Newcomer = Addressee;

/** The case is locked by the caller. */
export async function resume(office: Office, query: Query, file: CaseFile, newcomer: Newcomer, at: Date): Promise<void> {
  const { workflow, days } = workflowOf(office, file.procedure, at);
  const [first] = workflow.steps;
  if (first === undefined) throw new Error('a workflow without steps');
  const plan = planFor(office, workflow, days, file.digest, at);
  const dueAt = new Date(plan.dues.at(-1) ?? at);
  const nextAt = new Date(plan.moves[0]?.at ?? at);
  await changeCase(query, file.digest, { state: 'open', judged: newcomer.digest, plan, move: 0, nextAt, dueAt, readyAt: readyAt(plan) });
  await assignDossier(query, newcomer.digest, file.digest, readyAt(plan));
  const officer = officerOf('TNHS', file.digest);
  await beginStep(query, file.digest, { number: 1, name: first.name, room: first.room, receivedAt: at, dueAt: new Date(plan.dues[0] ?? at) });
  await addHistory(query, file.digest, [{ step: 1, at, room: 'TNHS', officer, action: `Nhận hồ sơ bổ sung số ${newcomer.dossierNumber}` }]);
  await say(query, office, file, [{ to: newcomer, sayings: [slip({ desk: roomName('TNHS'), officer, days, receivedAt: at, dueAt })] }], at);
}
