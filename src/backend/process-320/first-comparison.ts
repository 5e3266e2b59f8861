// Step 2, the collection room: every book against SMS in the five groups of data, time before 01/1995 by its signature. A book with faults gets
// its own Mẫu 02 and goes back with the rest at the end; one of another province's agency is asked about by letter. What is sound goes on with
// the data file Mẫu 01a. Unemployment insurance is looked at in step 3, with the benefits taken from it.
import { dueAfterWorkingDays } from '../../standard/calendar.ts';
import type { BookRow, DraftDocument, Work } from '../case-file.ts';
import { cutoffOf } from '../months.ts';
import type { BookContent, Difference, Fault } from './book.ts';
import { dataFile, faultSlip } from './documents.ts';
import { differences, spanOf, unproven } from './rules.ts';

/** For the unit to bring what a Mẫu 02 asks for. */
const FAULT_DAYS = 10;

const asked: Readonly<Record<Difference['group'], string>> = {
  identity: 'Nộp bản sao giấy khai sinh hoặc căn cước',
  periods: 'Nộp hồ sơ chứng minh quá trình tham gia',
  work: 'Nộp hợp đồng lao động, quyết định bổ nhiệm',
  pay: 'Nộp hợp đồng lao động, bảng lương',
  place: 'Xác nhận nơi làm việc',
};

export const compareFirst: Work = async ({ file, at, officer, books, draw, standard }) => {
  const until = dueAfterWorkingDays(standard.calendar, at, FAULT_DAYS, 'keep_time_of_day').at;
  const documents: DraftDocument[] = [];
  const letters: string[] = [];
  const compared: BookRow[] = [];
  for (const book of await books()) {
    const faults = faultsOf(book.content);
    if (faults.length === 0) {
      compared.push({ ...book, state: 'entered' });
    } else if (book.content.foreign) {
      const letter = `${await draw('letter-320')}/CV-BHXH`;
      letters.push(letter);
      compared.push({ ...book, state: 'queried', content: { ...book.content, faults, letter } });
    } else {
      const slip = `02-320/${String(await draw('slip-320')).padStart(4, '0')}`;
      const faulty: BookRow = { ...book, state: 'faulty', content: { ...book.content, faults, slip } };
      documents.push(faultSlip({ file, at, officer }, faulty, slip, until));
      compared.push(faulty);
    }
  }
  return {
    actions: [
      { action: `Đối chiếu ${compared.length} sổ với SMS theo năm nhóm thông tin: ${compared.length - documents.length - letters.length} sổ khớp` },
      ...(documents.length > 0 ? [{ action: `Lập ${documents.length} phiếu Mẫu 02` }] : []),
      ...letters.map((letter) => ({ action: `Công văn ${letter} đề nghị cơ quan cấp sổ tỉnh khác xác minh, lãnh đạo ký` })),
    ],
    documents,
    books: compared,
  };
};

/** In a book, without looking at unemployment insurance. */
export function faultsOf({ record, data, damage }: Pick<BookContent, 'record' | 'data' | 'damage'>): readonly Fault[] {
  const damaged: Fault[] = damage === null ? [] : [{ kind: damage, inBook: '', inData: '', asked: damage === 'RACH' ? 'Sổ rách: nộp đơn đề nghị cấp lại' : 'Chữ mờ: nộp quyết định, hợp đồng của thời gian đó' }];
  const differing = differences(record, data)
    .filter(({ group, field }) => group !== 'periods' || field !== 'BHTN')
    .map(({ group, inBook, inData }): Fault => ({ kind: inBook === '' ? 'THIEU' : 'SAI', inBook, inData, asked: asked[group] }));
  const unsigned = unproven(record, data)
    .filter(({ fund }) => fund === 'BHXH')
    .map((period): Fault => ({ kind: 'THIEU', inBook: spanOf(period), inData: '', asked: 'Thời gian trước 01/1995 phải có chữ ký xác nhận của cơ quan BHXH' }));
  return [...damaged, ...differing, ...unsigned];
}

export const handOver: Work = async ({ file, at, officer, books }) => {
  const sound = (await books()).filter(({ state }) => state !== 'faulty');
  if (sound.length === 0) return { actions: [{ action: 'Không có sổ nào đủ điều kiện chuyển' }] };
  return {
    actions: [{ action: `Lập tệp dữ liệu Mẫu 01a của ${sound.length} sổ, có mã kiểm tra` }],
    documents: [dataFile({ file, at, officer }, sound, cutoffOf(file.receivedAt))],
  };
};
