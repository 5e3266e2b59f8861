// The works that workflows may ask for, by name.
import { bookWorks } from './process-320/works.ts';
import type { Work } from './case-file.ts';
import { automaticReturn, lacksOf, registered, settleLabour } from './labour.ts';
import { Refusal } from '../errors/outcomes.ts';

const UNREADABLE = { code: 'GW-TC02', text: 'Từ chối giải quyết: không đọc được hồ sơ.' };

/** At once, by software: whoever is insured elsewhere, on unemployment benefit or on pension is returned. */
const checkPeople: Work = async ({ dossier, register }) => {
  const outcome = automaticReturn((await dossier()).changes ?? [], register);
  if (outcome === undefined) return { actions: [{ action: 'Kiểm tra tự động trên cơ sở dữ liệu: không có người phải trả lại' }] };
  return { actions: [{ action: 'Phần mềm trả lại tự động', officer: 'Phần mềm TNHS' }], outcome, closes: true };
};

const checkWhole: Work = async ({ dossier }) => {
  const lacks = lacksOf(await dossier());
  return { actions: [{ action: lacks.length === 0 ? 'Kiểm tra thành phần hồ sơ: đủ' : `Kiểm tra thành phần hồ sơ: thiếu ${lacks.length}` }], lacks };
};

const settleList: Work = async ({ dossier, register }) => {
  const outcome = settleLabour((await dossier()).changes, register);
  return { actions: [{ action: 'Cập nhật dữ liệu thu, trình lãnh đạo phê duyệt' }], outcome };
};

const settle: Work = async ({ dossier, register }) => {
  try {
    const { changes, registers, unit } = await dossier();
    const outcome = settleLabour(changes, register);
    return { actions: [{ action: 'Thẩm định, giải quyết hồ sơ' }], outcome: registers ? registered(outcome, unit.taxCode) : outcome };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { actions: [{ action: 'Không đọc được hồ sơ' }], outcome: UNREADABLE };
  }
};

export const works: ReadonlyMap<string, Work> = new Map([
  ['check-people', checkPeople], ['check-whole', checkWhole], ['settle-labour', settleList], ['settle', settle], ...bookWorks,
]);
