// The papers of process 320 as the agency draws them up, unsigned, in the shape of their schemas: PGNHS 320, Mẫu 02, Mẫu 01a, C02-TS, C06-TS
// and the hand-over minutes. Pure.
import { documentXml } from '../../receipts/markup.ts';
import type { Markup } from '../../receipts/markup.ts';
import { formatDay } from '../../standard/time.ts';
import type { BookRow, CaseFile, DraftDocument, SubTask } from '../case-file.ts';
import type { Dossier } from '../dossier.ts';
import { formatMonth } from '../months.ts';
import type { Month } from '../months.ts';
import type { Cut } from './book.ts';

interface Drawn {
  readonly file: CaseFile;
  readonly at: Date;
  readonly officer: string;
}

function unitOf({ unitName, unitCode }: CaseFile): Markup {
  return { TenDonVi: unitName, MaDonVi: unitCode };
}

function draft(kind: string, name: string, copies: number, forSender: boolean, content: Markup): DraftDocument {
  return { kind, name, copies, forSender, xml: documentXml(kind, { ...content, Cky: '' }) };
}

export interface SlipFacts extends Drawn {
  readonly dossier: Dossier;
  readonly postedAs: string;
  readonly returnedAt: Date | undefined;
}

/** Two copies; the second time it says when the result was returned. */
export function handOverSlip({ file, at, officer, dossier, postedAs, returnedAt }: SlipFacts): DraftDocument {
  const lines = dossier.books?.lines ?? [];
  const papers: [string, number][] = [['Mẫu 01', 2], ['D02-TS', 1], ['Sổ BHXH, bìa sổ', lines.length], ['Tờ rời', lines.reduce((sum, { leaves }) => sum + leaves, 0)]];
  const received = file.receivedAt;
  return draft('PGNHS-320', `Phiếu giao nhận hồ sơ ${file.number}`, 2, returnedAt !== undefined, {
    NoiDung: {
      SoHoSo: file.number,
      ...unitOf(file),
      CoQuanBHXH: file.agency,
      NguoiNop: dossier.signatory,
      DienThoai: dossier.telephone,
      NoiNhan: 'BD',
      SoBuuGui: postedAs,
      NgayNhan: formatDay(received),
      GioNhan: new Date(received.getTime() + 7 * 3_600_000).toISOString().slice(11, 16),
      NgayHenTra: formatDay(file.dueAt),
      DSGiayTo: { GiayTo: papers.map(([name, count], index) => ({ STT: index + 1, TenGiayTo: name, SoLuong: count, GhiChu: '' })) },
      TongSoSo: lines.length,
      SoBan: 2,
      NguoiNhan: officer,
      NgayTraKetQua: returnedAt === undefined ? '' : formatDay(at),
    },
  });
}

export function faultSlip({ file, at, officer }: Drawn, book: BookRow, number: string, until: Date): DraftDocument {
  return draft('M02-320', `Mẫu 02 số ${number}: ${book.name}`, 1, true, {
    NoiDung: {
      ...unitOf(file),
      SoPhieu: number,
      SoHoSo: file.number,
      NgayLap: formatDay(at),
      MasoBHXH: book.number,
      HoTen: book.name,
      LoaiSo: book.kind,
      DSLoi: { Loi: book.content.faults.map(({ kind, inBook, inData, asked }, index) => ({ STT: index + 1, LoaiLoi: kind, Trang: '', NoiDungTrenSo: inBook, NoiDungDeNghi: inData, YeuCau: asked })) },
      HanBoSung: formatDay(until),
      CanBo: officer,
      DienThoai: '1900 9068',
    },
  });
}

/** Identities and periods of all books that are handed over, with the room's own checksum beside it. */
export function dataFile({ file, at, officer }: Drawn, books: readonly BookRow[], cutoff: Month): DraftDocument {
  const people = books.map(({ number, kind, content: { record } }, index) => ({
    STT: index + 1, MasoBHXH: number, HoTen: record.identity.name, NgaySinh: record.identity.bornOn, GioiTinh: record.identity.sex, CCNS: '', QuocTich: record.identity.nationality, LoaiSo: kind, XacNhan: '',
  }));
  const periods = books.flatMap(({ number, content: { record } }) => record.periods.map((period) => ({
    MasoBHXH: number,
    Quy: period.fund,
    TuThang: formatMonth(period.from),
    DenThang: formatMonth(period.to),
    CapBac: period.rank,
    ChucVu: period.post,
    TenDonVi: period.unit,
    Matinh: period.place,
    TienLuong: period.wage,
    PhuCapKhac: period.allowance,
    DaHuong: 0,
    CoXacNhan: period.confirmed ? 1 : 0,
  })));
  return draft('M01a-320', `Mẫu 01a: dữ liệu ${books.length} sổ`, 1, false, {
    ThongTinKhac: { ...unitOf(file), SoHoSo: file.number, DenThang: formatMonth(cutoff), NgayLap: formatDay(at), CanBo: officer },
    NoiDung: { DSNguoi: { Nguoi: people }, DSQuaTrinh: { QuaTrinh: periods.map((period, index) => ({ STT: index + 1, ...period })) } },
  });
}

export interface Question {
  readonly inBook: string;
  readonly inData: string;
  readonly asked: string;
}

/** Drawn up with the question, and again with its answer. */
export function transferSlip({ file, at, officer }: Drawn, book: BookRow, task: SubTask, { inBook, inData, asked }: Question, answeredBy = ''): DraftDocument {
  return draft('C02-TS', `C02-TS số ${task.number}${task.answer === null ? '' : ', đã trả lời'}: ${book.name}`, 1, false, {
    NoiDung: {
      SoPhieu: task.number,
      SoHoSo: file.number,
      ...unitOf(file),
      NoiGui: task.fromRoom,
      NoiNhan: task.toRoom,
      NgayGui: formatDay(task.askedAt),
      HanTraLoi: formatDay(task.dueAt),
      DSYeuCau: {
        YeuCau: [{ STT: 1, MasoBHXH: book.number, HoTen: book.name, NoiDungTrenSo: inBook, NoiDungDuLieu: inData, NoiDungYeuCau: asked, KetQua: task.answer ?? '', NgayTraLoi: task.answer === null ? '' : formatDay(at) }],
      },
      CanBoGui: officer,
      CanBoTraLoi: answeredBy,
    },
  });
}

export interface Blank {
  readonly serial: string;
  readonly form: 'BIA' | 'TO_ROI';
  readonly book: BookRow;
  readonly why: string;
}

/** Two copies: one to file, one to the keeper of blanks. */
export function blanksSlip({ file, at, officer }: Drawn, number: string, blanks: readonly Blank[]): DraftDocument {
  return draft('C06-TS', `C06-TS số ${number}`, 2, false, {
    NoiDung: {
      SoPhieu: number,
      SoHoSo: file.number,
      ...unitOf(file),
      NgayLap: formatDay(at),
      DSPhoi: { Phoi: blanks.map(({ serial, form, book, why }, index) => ({ STT: index + 1, LoaiPhoi: form, SoSeri: serial, MasoBHXH: book.number, HoTen: book.name, LyDo: why })) },
      SoBia: blanks.filter(({ form }) => form === 'BIA').length,
      SoToRoi: blanks.filter(({ form }) => form === 'TO_ROI').length,
      SoBan: 2,
      CanBo: officer,
    },
  });
}

/** Two copies; every book of the dossier has its row, what was returned unprocessed too. */
export function minutes({ file, at, officer }: Drawn, books: readonly BookRow[], cutoff: Month, taker: string): DraftDocument {
  const returned = books.filter(({ content }) => content.decision === null);
  return draft('BBGN-320', `Biên bản bàn giao ${books.length} sổ`, 2, true, {
    NoiDung: {
      SoHoSo: file.number,
      ...unitOf(file),
      NgayLap: formatDay(at),
      DenThang: formatMonth(cutoff),
      DSSo: { So: books.map((book, index) => ({ STT: index + 1, ...minutesRow(book) })) },
      SoIn: books.length - returned.length,
      SoTraLai: returned.length,
      SoBan: 2,
      BenGiao: officer,
      BenNhan: taker,
      SoBuuGui: '',
    },
  });
}

function minutesRow({ number, name, content }: BookRow): Markup {
  const { decision, slip, left, cuts } = content;
  const who = { MasoBHXH: number, HoTen: name };
  if (decision === null) return { ...who, XuLy: 'TRA_LAI', GhiChu: slip === null ? 'Chưa xử lý' : `Kèm Mẫu 02 số ${slip}` };
  const yearly = decision.yearly === null ? {} : { InTu: formatMonth(decision.yearly.from), InDen: formatMonth(decision.yearly.to) };
  return {
    ...who,
    XuLy: decision.reissuesCover ? 'CAP_LAI' : 'IN',
    LoaiSo: 'BIA',
    LuaChon: decision.leaf,
    ...yearly,
    ThangBHXH: left?.BHXH ?? 0,
    ThangBHTN: left?.BHTN ?? 0,
    Cat: cuts.map(cutText).join('; '),
    GhiChu: decision.reissuesCover ? `Nhánh ${decision.branch}: thu hồi sổ cũ, cấp lại bìa, lý do khác` : '',
  };
}

export function cutText({ code, fund, months, printedIn }: Cut): string {
  return `${code} ${fund} ${months} tháng (${printedIn})`;
}
