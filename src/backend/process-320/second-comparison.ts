// Step 3 begins with a second pair of eyes: books against SMS again, benefits looked up on both sites. What does not agree goes back by C02-TS,
// each with two working days of its own: to the collection room, or to the benefits room where a benefit it ended is not cut in SMS.
import { dueAfterWorkingDays } from '../../standard/calendar.ts';
import type { Action, BookRow, DraftDocument, SubTask, Work } from '../case-file.ts';
import { formatMonth } from '../months.ts';
import { officerOf } from '../officers.ts';
import type { Room } from '../officers.ts';
import type { BookContent } from './book.ts';
import { transferSlip } from './documents.ts';
import type { Question } from './documents.ts';
import { differences } from './rules.ts';

const TRANSFER_DAYS = 2;

export const compareSecond: Work = async ({ file, at, officer, books, draw, standard }) => {
  const dueAt = dueAfterWorkingDays(standard.calendar, at, TRANSFER_DAYS, 'keep_time_of_day').at;
  const documents: DraftDocument[] = [];
  const tasks: SubTask[] = [];
  const compared: BookRow[] = [];
  const cleared: Action[] = [];
  for (const book of (await books()).filter(({ state }) => state !== 'faulty')) {
    const content = answeredBy(book);
    if (book.content.letter !== null) cleared.push({ action: `Cơ quan cấp sổ trả lời công văn ${book.content.letter}: sổ ${book.number} đúng như dữ liệu` });
    const question = questionOn(content);
    if (question === undefined) {
      compared.push({ ...book, state: 'compared', content });
      continue;
    }
    const number = `C02-${String(await draw('C02-TS')).padStart(4, '0')}/${at.getUTCFullYear()}`;
    const task = { number, bookLine: book.line, fromRoom: 'SO_THE', toRoom: content.uncut ? 'CHE_DO' : 'THU', askedAt: at, dueAt, answeredAt: null, answer: null };
    tasks.push(task);
    documents.push(transferSlip({ file, at, officer }, book, task, question));
    compared.push({ ...book, content: { ...content, task: number } });
  }
  const actions = [
    ...cleared,
    { action: `Đối chiếu lần hai ${compared.length} sổ với SMS` },
    { action: `Tra cứu BHXH một lần và trợ cấp thất nghiệp của ${compared.length} người: ${compared.filter(({ content }) => content.benefits.length > 0).length} người đã hưởng` },
    ...tasks.map(({ number, toRoom }) => ({ action: `Chuyển ${toRoom === 'THU' ? 'Quản lý thu' : 'Chế độ BHXH'} phiếu ${number}, trả lời trong ${TRANSFER_DAYS} ngày làm việc` })),
  ];
  return { actions, documents, tasks, books: compared };
};

/** What the other province answered is what SMS has. */
function answeredBy({ content }: BookRow): BookContent {
  return content.letter === null ? content : { ...content, record: content.data, faults: [] };
}

export function questionOn({ record, data, uncut, benefits }: Pick<BookContent, 'record' | 'data' | 'uncut' | 'benefits'>): Question | undefined {
  const [benefit] = benefits;
  if (uncut && benefit !== undefined) {
    return { inBook: `Hưởng trợ cấp thất nghiệp từ ${formatMonth(benefit.decided)}, đã chấm dứt`, inData: 'SMS chưa cắt thời gian đã hưởng', asked: 'Xác nhận số tháng đã hưởng để cắt trên SMS' };
  }
  const periods = differences(record, data).filter(({ group, field }) => group === 'periods' && field === 'BHTN');
  if (periods.length === 0) return undefined;
  const texts = (side: 'inBook' | 'inData'): string => periods.map((one) => one[side]).filter((text) => text !== '').join(', ');
  return { inBook: texts('inBook'), inData: texts('inData'), asked: 'Kiểm tra tháng bắt đầu đóng BHTN' };
}

export const transferAnswered: Work = async ({ file, at, officer, books, tasks }) => {
  const open = (await tasks()).filter(({ answeredAt }) => answeredAt === null);
  const lines = new Map((await books()).map((book) => [book.line, book]));
  const documents: DraftDocument[] = [];
  const answered: SubTask[] = [];
  const corrected: BookRow[] = [];
  const actions: Action[] = [];
  for (const task of open) {
    const book = lines.get(task.bookLine ?? 0);
    const question = book === undefined ? undefined : questionOn(book.content);
    if (book === undefined || question === undefined) throw new Error(`nobody knows what ${task.number} asked`);
    const room: Room = task.toRoom === 'CHE_DO' ? 'CHE_DO' : 'THU';
    const answer = room === 'THU' ? 'Đã điều chỉnh SMS theo sổ' : `Đã hưởng ${book.content.benefits[0]?.paid ?? 0} tháng, SMS được cắt`;
    const done = { ...task, answeredAt: at, answer };
    const by = officerOf(room, file.digest);
    answered.push(done);
    documents.push(transferSlip({ file, at, officer }, book, done, question, by));
    corrected.push({ ...book, state: 'compared', content: { ...book.content, data: book.content.record, uncut: false } });
    actions.push({ action: `Trả lời phiếu ${task.number}: ${answer}`, room, officer: by });
  }
  return { actions: open.length === 0 ? [{ action: 'Không có phiếu C02-TS nào chờ trả lời' }] : actions, documents, tasks: answered, books: corrected };
};
