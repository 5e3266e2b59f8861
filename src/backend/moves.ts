// One move of a case: a work done, a hand-over given or taken, the end. Everything a move brings is written here, in the caller's transaction.
// A hand-over is confirmed by both sides, each with its officer and time; where a data file goes with it, the taker computes its checksum anew.
import { createHash } from 'node:crypto';

import { dueAfterWorkingDays } from '../standard/calendar.ts';
import type { CaseFile, Turn } from './case-file.ts';
import { addHistory, beginStep, changeCase, draw, endStep, give, listHistory, listSteps, take } from './case-store.ts';
import type { CaseChange } from './case-store.ts';
import { decide } from './decide.ts';
import { keepDocument } from './documents.ts';
import type { Dossier } from './dossier.ts';
import { apology, stepReport, supplementRequest } from './messages.ts';
import type { Saying } from './messages.ts';
import { officerOf, roomName, rooms } from './officers.ts';
import type { Room } from './officers.ts';
import { say } from './outbox.ts';
import { workflowOf } from './office.ts';
import type { Office } from './office.ts';
import { addBookEvents, addParcel, dropBooks, latestDocument, listBooks, listDocuments, listTasks, saveBooks, saveTasks } from './paper-store.ts';
import type { Move } from './plan.ts';
import type { Query } from './store.ts';
import type { WorkflowStep } from './workflow.ts';
import { works } from './works.ts';

/** For the unit to answer a request to supplement. */
const SUPPLEMENT_DAYS = 10;
/** The data file of process 320, which a hand-over is checked by. */
const DATA_FILE = 'M01a-320';
const LAPSED = { code: 'GW-TC04', text: 'Trả lại hồ sơ: quá hạn bổ sung.' };
const WHY_LATE = 'Cần thêm thời gian đối chiếu, xác minh dữ liệu';

interface Now {
  readonly office: Office;
  readonly query: Query;
  readonly file: CaseFile;
  readonly move: Move;
  readonly at: Date;
  readonly step: WorkflowStep;
  readonly officer: string;
  readonly dossier: DossierOf;
}

/** Throws `Refusal` when the dossier of this digest cannot be read. */
export type DossierOf = (digest: string) => Promise<Dossier>;

/** The case is locked by the caller. */
export async function makeMove(office: Office, query: Query, file: CaseFile, dossier: DossierOf): Promise<void> {
  const move = file.plan.moves[file.move];
  if (move === undefined) throw new Error('the plan has ended and the case has not');
  const { workflow } = workflowOf(office, file.procedure, file.receivedAt);
  const step = workflow.steps[move.step];
  if (step === undefined) throw new Error('the workflow has no such step');
  const now: Now = { office, query, file, move, at: new Date(move.at), step, officer: officerOf(step.room, file.digest), dossier };
  switch (move.kind) {
    case 'work':
      return doWork(now);
    case 'give':
      return giveOn(now, workflow.steps[move.step + 1]);
    case 'take':
      return takeOn(now, workflow.steps[move.step + 1]);
    case 'finish':
      await endStep(query, file.digest, move.step + 1, now.at);
      return decide(office, query, file, file.outcome ?? undefined, now.at, [await reportOf(now)]);
    case 'apologise':
      return apologise(now);
    case 'lapse':
      return decide(office, query, file, LAPSED, now.at, []);
  }
}

async function doWork(now: Now): Promise<void> {
  const { office, query, file, move, at, step, officer, dossier } = now;
  const work = works.get(move.work ?? '');
  if (work === undefined) throw new Error(`there is no work ${move.work ?? ''}`);
  const turn = await work({
    file,
    at,
    room: step.room,
    officer,
    standard: office.standard,
    register: office.register,
    dossier: () => dossier(file.judged),
    books: () => listBooks(query, file.digest),
    tasks: () => listTasks(query, file.digest),
    draw: (series, count) => draw(query, series, count),
  });
  await keep(now, turn);
  if (turn.closes === true) {
    await endStep(query, file.digest, move.step + 1, at);
    return decide(office, query, file, turn.outcome, at, [await reportOf(now)]);
  }
  if (turn.lacks !== undefined && turn.lacks.length > 0) return askFor(now, turn.lacks);
  await moveOn(now, turn.outcome === undefined ? {} : { outcome: turn.outcome });
}

async function keep({ office, query, file, move, at, step, officer }: Now, turn: Turn): Promise<void> {
  const { digest } = file;
  const rows = (turn.actions ?? []).map(({ action, room = step.room, officer: other }) => ({ step: move.step + 1, at, room, officer: other ?? (room === step.room ? officer : officerOf(room, digest)), action }));
  await addHistory(query, digest, rows);
  for (const draft of turn.documents ?? []) await keepDocument(office, query, digest, draft, at);
  if (turn.freshBooks === true) await dropBooks(query, digest);
  await saveBooks(query, digest, turn.books ?? []);
  await addBookEvents(query, digest, turn.events ?? [], at, officer);
  await saveTasks(query, digest, turn.tasks ?? []);
  if (turn.parcel !== undefined) await addParcel(query, digest, turn.parcel, at);
}

async function askFor(now: Now, lacks: NonNullable<Turn['lacks']>): Promise<void> {
  const { office, query, file, at } = now;
  const until = dueAfterWorkingDays(office.standard.calendar, at, SUPPLEMENT_DAYS, 'keep_time_of_day').at;
  const number = `BS-${String(await draw(query, 'supplement')).padStart(5, '0')}/${at.getUTCFullYear()}`;
  await addAction(now, `Yêu cầu bổ sung hồ sơ, phiếu số ${number}`);
  const plan = { ...file.plan, moves: [{ at: until.toISOString(), step: now.move.step, kind: 'lapse' as const }] };
  await changeCase(query, file.digest, { state: 'waiting', plan, move: 0, nextAt: until, readyAt: until, supplements: file.supplements + 1 });
  await say(query, office, file, [{ to: file, sayings: [supplementRequest(number, until, lacks)] }], at);
}

async function giveOn(now: Now, next: WorkflowStep | undefined): Promise<void> {
  const { query, file, at, step, officer } = now;
  const data = await latestDocument(query, file.digest, DATA_FILE);
  const [documents, books] = [await listDocuments(query, file.digest), await listBooks(query, file.digest)];
  const what = [books.length > 0 ? `${books.length} sổ` : undefined, `${documents.length} tài liệu`].filter((part) => part !== undefined).join(', ');
  await give(query, file.digest, { fromRoom: step.room, toRoom: next?.room ?? 'TNHS', givenBy: officer, givenAt: at, what, checksum: data?.sha256 ?? null });
  await endStep(query, file.digest, now.move.step + 1, at);
  await addAction(now, `Bàn giao cho ${roomName(next?.room ?? 'TNHS')}: ${what}`);
  await moveOn(now, {});
}

async function takeOn(now: Now, next: WorkflowStep | undefined): Promise<void> {
  const { office, query, file, at, move } = now;
  if (next === undefined) throw new Error('the last step is handed over to nobody');
  const taker = officerOf(next.room, file.digest);
  const checksum = await take(query, file.digest, taker, at);
  await checkData(query, file.digest, checksum);
  const ended = await reportOf(now);
  const number = move.step + 2;
  await beginStep(query, file.digest, { number, name: next.name, room: next.room, receivedAt: at, dueAt: new Date(file.plan.dues[move.step + 1] ?? at) });
  await addHistory(query, file.digest, [{ step: number, at, room: next.room, officer: taker, action: checksum === null ? 'Nhận bàn giao' : `Nhận bàn giao, mã kiểm tra tệp dữ liệu khớp (${checksum.slice(0, 12)})` }]);
  const begun = stepReport({ number, name: next.name, room: roomName(next.room), receivedAt: at, returnedAt: null, history: [] });
  await moveOn(now, {});
  await say(query, office, file, [{ to: file, sayings: next.report === 'both' ? [ended, begun] : [ended] }], at);
}

async function checkData(query: Query, digest: string, checksum: string | null): Promise<void> {
  if (checksum === null) return;
  const data = await latestDocument(query, digest, DATA_FILE);
  const found = data === undefined ? '' : createHash('sha256').update(data.body).digest('hex');
  if (found !== checksum) throw new Error(`the data file handed over is not the one that was given: ${found}`);
}

async function apologise(now: Now): Promise<void> {
  const { office, query, file, at } = now;
  const promised = file.readyAt;
  await addAction(now, 'Gửi phiếu xin lỗi và hẹn lại ngày trả kết quả');
  await moveOn(now, { dueAt: promised, apologies: file.apologies + 1 });
  await say(query, office, file, [{ to: file, sayings: [apology(file.apologies + 1, file.dueAt, promised, WHY_LATE)] }], at);
}

async function moveOn({ query, file }: Now, change: CaseChange): Promise<void> {
  const next = file.plan.moves[file.move + 1];
  if (next === undefined) throw new Error('the plan ends before the case');
  await changeCase(query, file.digest, { move: file.move + 1, nextAt: new Date(next.at), ...change });
}

async function addAction({ query, file, move, at, step, officer }: Now, action: string): Promise<void> {
  await addHistory(query, file.digest, [{ step: move.step + 1, at, room: step.room, officer, action }]);
}

/** The step as it stands now, with everything done in it. */
async function reportOf({ query, file, move }: Now): Promise<Saying> {
  const number = move.step + 1;
  const step = (await listSteps(query, file.digest)).find((row) => row.number === number);
  if (step === undefined) throw new Error('the step has not begun');
  const history = (await listHistory(query, file.digest)).filter((row) => row.step === number);
  return stepReport({ ...step, room: roomOf(step.room), history });
}

function roomOf(code: string): string {
  const room: Room | undefined = rooms.find((known) => known === code);
  return room === undefined ? code : roomName(room);
}
