// The dossier of process 320 for demonstrations: Form 01 with forty books, or fewer, and the labour list that goes with it, built and signed as an
// employer's software does it. The numbers begin where the reference agency has every fault, branch and cut there is.
import { buildD02, buildEnvelope, signDeclaration, signDossier } from '../client/index.ts';
import type { SigningIdentity } from '../client/index.ts';
import { formatDay, yearOf } from '../standard/time.ts';
import { writeDocument } from '../standard/write.ts';
import type { WrittenElement } from '../standard/write.ts';
import { developmentIvan } from './ivan.ts';

const FIRST_NUMBER = 7_900_003_100;
const kinds = ['BIA', 'S24', 'S46', 'BIA', 'S46'] as const;

const unit = {
  name: 'CÔNG TY TNHH PHẦN MỀM SAO KHUÊ (THỬ NGHIỆM)',
  code: 'TS12345',
  taxCode: '0101300842',
  signatory: 'Phạm Thị Đại Diện',
  telephone: '02400000000',
  agency: '00101',
} as const;

export async function demonstrationBooks(employer: SigningIdentity, now: Date, count = 40): Promise<Buffer> {
  const period = formatDay(now).slice(3);
  const list = await signDeclaration(bookList(now, count), employer, now);
  const labour = await signDeclaration(buildD02({ employees: [changeOfOne(period)] }), employer, now);
  const envelope = buildEnvelope({
    ivan: developmentIvan,
    unit,
    procedure: { code: '320', name: 'Rà soát, cấp lại sổ, in tờ rời để bàn giao sổ' },
    period,
    filedOn: formatDay(now),
    files: [
      { form: 'M01-320', description: 'Mẫu 01: danh sách rà soát sổ BHXH', name: 'M01-320.xml', extension: '.xml', content: list },
      { form: 'D02-TS', description: 'Danh sách lao động tham gia BHXH, BHYT, BHTN, BHTNLĐ, BNN', name: 'D02-TS-595.xml', extension: '.xml', content: labour },
    ],
  });
  return signDossier(envelope, employer, now);
}

function bookList(now: Date, count: number): Buffer {
  const books = Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'BIA';
    return { kind, leaves: kind === 'BIA' ? 2 : index % 3, number: String(FIRST_NUMBER + index), name: `NGƯỜI THỬ SỐ ${index + 1}` };
  });
  const totals: WrittenElement[] = [
    ['SoNguoi', String(count)], ['SoSo', String(count)], ['SoBia', String(books.filter(({ kind }) => kind === 'BIA').length)], ['SoToRoi', String(books.reduce((sum, { leaves }) => sum + leaves, 0))],
  ];
  const head: WrittenElement[] = [['TenDonVi', unit.name], ['MaDonVi', unit.code], ['CoQuanBHXH', unit.agency], ['DenThang', `12/${yearOf(now) - 1}`], ['Dot', '1'], ...totals, ['NgayLap', formatDay(now)]];
  const rows = books.map(({ kind, leaves, number, name }, index): WrittenElement => ['NguoiLaoDong', [
    ['STT', String(index + 1)], ['MasoBHXH', number], ['HoTen', name], ['NgaySinh', '02/09/1970'], ['GioiTinh', '1'], ['LoaiSo', kind], ['SoToRoi', String(leaves)],
  ]]);
  return writeDocument(['M01-320', [['ThongTinKhac', head], ['NoiDung', rows], ['Cky', '']]]);
}

/** The list must name somebody; nothing changes but a position. */
function changeOfOne(period: string): Parameters<typeof buildD02>[0]['employees'][number] {
  return {
    fullName: 'NGƯỜI THỬ SỐ 1', insuranceNumber: String(FIRST_NUMBER), position: 'Nhân viên', salary: '7000000', fromMonth: period, change: 'CD', rate: '32.0', recalculate: '0', hasBook: '1',
    wageZone: '01', changeKind: '3', deceased: '0', bornOn: '02/09/1970', male: '1', identityNumber: '001070000001', note: 'Điều chỉnh chức danh',
  };
}
