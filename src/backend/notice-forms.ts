// C12-TS and D08a-TS as the agency draws them up, unsigned. The money is made up from what the unit's latest labour list says (rates of the
// funds: contribution-rates.json), the people due from chance that is the same every month. Pure.
import { documentXml } from '../receipts/markup.ts';
import type { Markup } from '../receipts/markup.ts';
import { issuerOf } from '../receipts/issue.ts';
import { signatureSummary } from '../receipts/receipt.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { formatDay, formatIsoDay } from '../standard/time.ts';
import type { NoticedUnit } from './notice-store.ts';
import { seeded, seededBetween, seededOf } from './seeded.ts';

const DAY_MS = 86_400_000;
const PLACE = 'Hà Nội';
const DEBTORS = 0.1;
const MONTHLY_PAY = 6_000_000;
/** In percent of the pay: BHXH, BHYT, BHTN, BHTNLĐ. */
const rates = { BHXH: 25.5, BHYT: 4.5, BHTN: 2, BHTNLD: 0.5 } as const;

export function contributionNotice(unit: NoticedUnit, month: string, at: Date, signing: SigningIdentity): Buffer {
  const { agency, code, name, taxCode } = unit;
  const people = unit.people > 0 ? unit.people : seededBetween(3, 40, 'people', agency, code);
  const pay = unit.wages > 0 ? unit.wages : people * MONTHLY_PAY;
  const owed = seeded('debt', agency, code, month) < DEBTORS ? pay : 0;
  const rows: [string, string, number][] = [['A', 'Kỳ trước mang sang', owed], ['B', 'Phát sinh trong kỳ', pay], ['C', 'Số tiền đã nộp trong kỳ', pay], ['D', 'Phân bổ tiền đóng', pay], ['Đ', 'Chuyển kỳ sau', owed]];
  return documentXml('BHXH', {
    ...heading({ agency, code, name, taxCode }, at, signing),
    C12_TS: {
      PHIENBAN: 1,
      SO: `${month.replace('/', '')}/${code}/C12`,
      KY: month,
      SO_LAODONG: people,
      BANG: { DONG: rows.map(([number, what, of]) => ({ STT: number, NOIDUNG: what, ...amountsOf(of) })) },
      HAN_NOP: formatDay(endOfMonth(at)),
      CONGVAN_DONDOC: owed > 0 ? '01-ĐĐ' : '',
      GHICHU: '',
    },
  });
}

export function dueList(agency: string, agent: string, month: string, at: Date, signing: SigningIdentity): Buffer {
  const count = seededBetween(1, 5, 'due', agency, month);
  const people = Array.from({ length: count }, (_, index) => personDue(agency, month, index, at)).toSorted((one, other) => one.due.getTime() - other.due.getTime());
  return documentXml('BHXH', {
    ...heading({ agency, code: agent, name: `ĐẠI LÝ THU ${agency} (THỬ NGHIỆM)`, taxCode: '' }, at, signing),
    D08A_TS: {
      PHIENBAN: 1,
      KY: month,
      TU_NGAY: formatDay(at),
      DEN_NGAY: formatDay(new Date(at.getTime() + 30 * DAY_MS)),
      MA_DAILY: agent,
      TEN_DAILY: `ĐẠI LÝ THU ${agency} (THỬ NGHIỆM)`,
      DANHSACH: { NGUOI: people.map(rowDue) },
    },
  });
}

function rowDue({ due, ...person }: PersonDue, index: number): Markup {
  const term = person.LOAI === 'BHXH_TN' ? { SO_THANG: 3, SO_TIEN: 990_000 } : { SO_THANG: 12, SO_TIEN: 1_263_600 };
  const { HO_TEN, MASO_BHXH, LOAI, DIACHI, DIENTHOAI } = person;
  return { STT: index + 1, HO_TEN, MASO_BHXH, LOAI, DIACHI, DIENTHOAI, HAN_DONG: formatDay(due), ...term };
}

interface PersonDue {
  readonly due: Date;
  readonly LOAI: string;
  readonly HO_TEN: string;
  readonly MASO_BHXH: string;
  readonly DIACHI: string;
  readonly DIENTHOAI: string;
}

function personDue(agency: string, month: string, index: number, at: Date): PersonDue {
  const seed = ['person', agency, month, index] as const;
  const name = `${seededOf(['Nguyễn', 'Trần', 'Lê', 'Phạm'], ...seed, 'family')} ${seededOf(['Văn', 'Thị'], ...seed, 'middle')} ${seededOf(['Thử', 'Mẫu', 'Nghiệm', 'Minh Họa'], ...seed, 'given')}`;
  return {
    HO_TEN: name,
    MASO_BHXH: String(7_900_000_000 + seededBetween(0, 99_999_999, ...seed)),
    LOAI: seededOf(['BHXH_TN', 'BHYT_HGD'], ...seed, 'kind'),
    DIACHI: 'Phường Thử',
    DIENTHOAI: '',
    due: new Date(at.getTime() + seededBetween(1, 30, ...seed, 'day') * DAY_MS),
  };
}

function heading({ agency, code, name, taxCode }: Pick<NoticedUnit, 'agency' | 'code' | 'name' | 'taxCode'>, at: Date, signing: SigningIdentity): Markup {
  const issuer = issuerOf(signing.certificates[0] ?? Buffer.alloc(0), 'Cơ quan BHXH (thử nghiệm)', PLACE, '1900 9068');
  const unit = { DIADIEM: PLACE, NGAY_THONGBAO: formatIsoDay(at), TEN_DVI: name, MA_DVI: code, MST: taxCode, TEN_COQUAN: agency };
  return { XACNHAN_GDICH: { TTDVI: unit, TTCKY_BHXH: signatureSummary(at, issuer) } };
}

function amountsOf(pay: number): Markup {
  const amounts = Object.entries(rates).map(([fund, percent]) => [fund, Math.round((pay * percent) / 100)] as const);
  return { ...Object.fromEntries(amounts), CONG: amounts.reduce((sum, [, amount]) => sum + amount, 0) };
}

function endOfMonth(instant: Date): Date {
  const [year = 0, month = 0] = formatIsoDay(instant).split('-').map(Number);
  return new Date(Date.UTC(year, month, 0));
}
