// The labour list D02-TS as senders write it: every element of the 2023 order (wire-format §2.1), empty where nothing is said. Checks nothing
// but that the text can be written; the schema and the gateway judge the rest.
import { writeDocument } from './write.ts';
import type { WritingOptions, WrittenElement } from './write.ts';

const labourListForm = 'D02-TS';

/** English field → element, in the order of the wire; the row number comes before them. */
const employeeFields = [
  ['fullName', 'HoTen'],
  ['insuranceNumber', 'MasoBHXH'],
  ['position', 'ChucVu'],
  ['workplace', 'NoiLamViec'],
  ['salary', 'TienLuong'],
  ['positionAllowance', 'PhuCapCV'],
  ['seniorityBeyondScale', 'PhuCapTNVK'],
  ['professionSeniority', 'PhuCapTNNghe'],
  ['salaryAllowance', 'PhuCapLuong'],
  ['supplement', 'PhuCapBosung'],
  ['fromMonth', 'TuThang'],
  ['untilMonth', 'DenThang'],
  ['note', 'Ghichu'],
  ['change', 'PA'],
  ['rate', 'TyleDong'],
  ['recalculate', 'TinhLai'],
  ['hasBook', 'DaCoSo'],
  ['benefitLevel', 'MucHuong'],
  ['department', 'MaPhongBan'],
  ['livingZone', 'MavungSS'],
  ['wageZone', 'MavungLTT'],
  ['id', 'ID'],
  ['changeKind', 'Loai'],
  ['deceased', 'CoGiamChet'],
  ['deceasedOn', 'NgayChet'],
  ['bornOn', 'NgaySinh'],
  ['male', 'GioiTinh'],
  ['identityNumber', 'CMND'],
  ['managerFrom', 'Vtvl_nql_tungay'],
  ['managerUntil', 'Vtvl_nql_denngay'],
  ['highSkillFrom', 'Vtvl_cmktbc_tungay'],
  ['highSkillUntil', 'Vtvl_cmktbc_denngay'],
  ['mediumSkillFrom', 'Vtvl_cmktbt_tungay'],
  ['mediumSkillUntil', 'Vtvl_cmktbt_denngay'],
  ['otherSkillFrom', 'Vtvl_khac_tungay'],
  ['otherSkillUntil', 'Vtvl_khac_denngay'],
  ['hazardousFrom', 'Nndh_tungay'],
  ['hazardousUntil', 'Nndh_denngay'],
  ['openContractFrom', 'Hdld_tungay'],
  ['fixedContractFrom', 'Hdld_xdth_tungay'],
  ['fixedContractUntil', 'Hdld_xdth_denngay'],
  ['otherContractFrom', 'Hdld_khac_tungay'],
  ['otherContractUntil', 'Hdld_khac_denngay'],
] as const;

type EmployeeField = (typeof employeeFields)[number][0];
type RequiredField = 'fullName' | 'insuranceNumber' | 'salary' | 'fromMonth' | 'change';

/** As on the wire: months MM/yyyy, days dd/MM/yyyy, `change` a code of the list PA; a boolean becomes 1 or 0. `insuranceNumber` may be ''. */
export type Employee = Readonly<Record<RequiredField, string | number> & Partial<Record<EmployeeField, string | number | boolean>>>;

export interface LabourListFacts extends WritingOptions {
  readonly employees: readonly Employee[];
  /** Counts of book covers, loose sheets and health-insurance cards asked for. */
  readonly bookCovers?: number;
  readonly bookSheets?: number;
  readonly cards?: number;
}

/** The unsigned form; the employer's signature goes into its last element. */
export function writeLabourList(facts: LabourListFacts): Buffer {
  const { employees, bookCovers, bookSheets, cards } = facts;
  const counts: WrittenElement = [
    'ThongTinKhac',
    [['SoToBiaSoBHXH', wireText(bookCovers)], ['SoToRoiSoBHXH', wireText(bookSheets)], ['SoTheBHYT', wireText(cards)]],
  ];
  const rows = employees.map((employee, index): WrittenElement => ['LaoDong', [['STT', String(index + 1)], ...fieldsOf(employee)]]);
  return writeDocument([labourListForm, [counts, ['NoiDung', rows], ['Cky', '']]], facts);
}

function fieldsOf(employee: Employee): WrittenElement[] {
  return employeeFields.map(([field, name]) => [name, wireText(employee[field])]);
}

function wireText(value: string | number | boolean | undefined): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === undefined ? '' : String(value);
}
