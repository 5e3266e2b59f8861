// The dossier of the demonstration: procedure 600 with a labour list of made-up employees and a PDF, built and signed as an employer's
// software does it.
import { buildD02, buildEnvelope, signDeclaration, signDossier } from '../client/index.ts';
import type { Employee, SigningIdentity } from '../client/index.ts';
import { formatDay } from '../standard/time.ts';
import { developmentIvan } from './ivan.ts';

const people: readonly [name: string, bornOn: string, male: boolean, position: string][] = [
  ['Nguyễn Thị Thử Nghiệm', '02/03/1991', false, 'Kế toán viên'],
  ['Trần Văn Minh Họa', '15/08/1988', true, 'Kỹ sư phần mềm'],
  ['Lê Hoàng Mẫu', '27/11/1995', true, 'Nhân viên kinh doanh'],
];

/** The unit of the demonstration: the development employer's own certificate names its tax code. */
const unit = {
  name: 'CÔNG TY TNHH PHẦN MỀM SAO KHUÊ (THỬ NGHIỆM)',
  code: 'TS12345',
  taxCode: '0101300842',
  signatory: 'Phạm Thị Đại Diện',
  telephone: '02400000000',
  agency: '00101',
} as const;

export async function demonstrationDossier(employer: SigningIdentity, now: Date): Promise<Buffer> {
  const period = formatDay(now).slice(3);
  const employees = people.map(([fullName, bornOn, male, position], index): Employee => ({
    fullName,
    insuranceNumber: `01234567${String(index).padStart(2, '0')}`,
    position,
    salary: String(7_000_000 + index * 1_500_000),
    fromMonth: period,
    change: 'TM',
    rate: '32.0',
    recalculate: '0',
    hasBook: '1',
    wageZone: '01',
    changeKind: '1',
    deceased: '0',
    bornOn,
    male: male ? '1' : '0',
    // As an identity card has it: place, century and sex, year of birth, a number.
    identityNumber: `001${male ? 0 : 1}${bornOn.slice(-2)}0000${String(index).padStart(2, '0')}`,
    note: `Hợp đồng lao động số ${index + 1}`,
  }));
  const labourList = await signDeclaration(buildD02({ employees, byteOrderMark: true }), employer, now);
  const envelope = buildEnvelope({
    ivan: developmentIvan,
    unit,
    procedure: { code: '600', name: 'Báo tăng, báo giảm, điều chỉnh đóng BHXH, BHYT, BHTN, BHTNLĐ, BNN' },
    period,
    filedOn: formatDay(now),
    files: [
      { form: 'D02-TS', description: 'Danh sách lao động tham gia BHXH, BHYT, BHTN, BHTNLĐ, BNN', name: 'D02-TS-595.xml', extension: '.xml', content: labourList },
      { form: 'CT-DK', description: 'Chứng từ đính kèm', name: 'hop-dong.pdf', extension: '.pdf', content: minimalPdf() },
    ],
  });
  return signDossier(envelope, employer, now);
}

/** One empty page, made here so that no file of anybody's is needed. */
function minimalPdf(): Buffer {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(`${text}xref\n0 4\n0000000000 65535 f \n${table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`, 'latin1');
}
