// A dossier's first turn: its case is opened, or the one that waited for it goes on, in the transaction that stores it, with the slip that says
// who received it and when the result is promised.
import { Refusal } from '../errors/outcomes.ts';
import type { CaseFile } from './case-file.ts';
import { beginStep, draw, findCase, insertCase, lockCase } from './case-store.ts';
import { readDossier } from './dossier.ts';
import type { Dossier } from './dossier.ts';
import { assignDossier, dossierOctets, learnUnit } from './dossier-store.ts';
import { countPeople } from './labour.ts';
import { slip, stepReport } from './messages.ts';
import { planFor, workflowOf } from './office.ts';
import type { Office } from './office.ts';
import { officerOf, roomName } from './officers.ts';
import { say } from './outbox.ts';
import { readyAt } from './plan.ts';
import { resume } from './resume.ts';
import type { Newcomer } from './resume.ts';
import type { Query } from './store.ts';
import type { Workflow } from './workflow.ts';

const UNREADABLE: Dossier = { procedure: '', registers: false, agency: '', unit: { code: '', name: '', taxCode: '' }, signatory: '', telephone: '', forms: [], changes: undefined, books: undefined };

/** Undefined when nobody can read it: the gateway never forwards such a dossier, but whoever did gets an answer all the same. */
export async function readOrUndefined(octets: Buffer): Promise<Dossier | undefined> {
  try {
    return await readDossier(octets);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Within the transaction that stores the dossier. `supplements` is the digest of the dossier it completes. */
export async function takeIn(office: Office, query: Query, newcomer: Newcomer, dossier: Dossier | undefined, at: Date, supplements: string | undefined): Promise<void> {
  const first = supplements === undefined ? undefined : await findCase(query, supplements);
  const waiting = first === undefined ? undefined : await lockCase(query, first.digest);
  if (waiting?.state === 'waiting') await resume(office, query, waiting, newcomer, at);
  else await openCase(office, query, newcomer, dossier ?? UNREADABLE, at);
}

async function openCase(office: Office, query: Query, newcomer: Newcomer, dossier: Dossier, at: Date): Promise<void> {
  const { digest, dossierNumber } = newcomer;
  const { agency, unit, procedure, changes } = dossier;
  const { workflow, days } = workflowOf(office, procedure, at);
  const plan = planFor(office, workflow, days, digest, at);
  const dueAt = new Date(plan.dues.at(-1) ?? at);
  const number = workflow.numberFormat === undefined ? dossierNumber : await drawNumber(query, workflow.numberFormat, procedure);
  const row = { digest, number, procedure, agency, unitCode: unit.code, unitName: unit.name, taxCode: unit.taxCode, plan, dueAt, readyAt: readyAt(plan) };
  await insertCase(query, { ...row, nextAt: new Date(plan.moves[0]?.at ?? at) });
  await assignDossier(query, digest, digest, row.readyAt);
  if (unit.code !== '' && agency !== '') await learnUnit(query, { agency, ...unit, people: countPeople(changes ?? []), wages: (changes ?? []).reduce((sum, { wage }) => sum + wage, 0) }, at);
  const file = await findCase(query, digest);
  if (file === undefined) throw new Error('the case just opened is not there');
  await sayReceived(office, query, file, workflow, at);
}

async function sayReceived(office: Office, query: Query, file: CaseFile, workflow: Workflow, at: Date): Promise<void> {
  const [first] = workflow.steps;
  if (first === undefined) throw new Error('a workflow without steps');
  const days = workflow.steps.reduce((sum, step) => sum + step.days, 0);
  const received = slip({ desk: roomName('TNHS'), officer: officerOf('TNHS', file.digest), days, receivedAt: at, dueAt: file.dueAt });
  await beginStep(query, file.digest, { number: 1, name: first.name, room: first.room, receivedAt: at, dueAt: new Date(file.plan.dues[0] ?? at) });
  const begun = stepReport({ number: 1, name: first.name, room: roomName(first.room), receivedAt: at, returnedAt: null, history: [] });
  await say(query, office, file, [{ to: file, sayings: first.report === 'both' ? [received, begun] : [received] }], at, true);
}

/** Dossiers taken in by a program that knew no cases get theirs. */
export async function adopt(office: Office, now: Date): Promise<void> {
  const { store } = office;
  const strays = await store.query<Newcomer>(`SELECT digest, dossier_number AS "dossierNumber", transaction_code AS "transactionCode" FROM backend.dossiers WHERE case_digest IS NULL AND answer IS NULL`);
  for (const stray of strays) {
    const dossier = await readOrUndefined(await dossierOctets(store.query, stray.digest));
    await store.transaction((query) => takeIn(office, query, stray, dossier, now, undefined));
  }
}

/** `320/0001/SO`: each procedure counts by itself. */
async function drawNumber(query: Query, format: string, procedure: string): Promise<string> {
  return format.replace('{number}', String(await draw(query, `number ${procedure}`)).padStart(4, '0'));
}
