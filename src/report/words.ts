// The words of a report for people, in both languages: the questions of TT 15/2025/TT-BKHCN Art. 6 and how they are answered.
import { levelName, meaningOf } from '../standard/signature-words.ts';
import { formatDateTime } from '../standard/time.ts';
import type { BestTime, SignatureEntry, Status, Words } from './model.ts';

export const questions = {
  signer: { vi: 'Người ký', en: 'Signer' },
  taxCode: { vi: 'Mã số thuế', en: 'Tax code' },
  issuer: { vi: 'Tổ chức cấp chứng thư', en: 'Certificate issuer' },
  managers: { vi: 'Tổ chức quản lý chứng thư', en: 'Certificate manager' },
  certificate: { vi: 'Chứng thư (SHA-256)', en: 'Certificate (SHA-256)' },
  period: { vi: 'Hiệu lực của chứng thư', en: 'Certificate valid' },
  time: { vi: 'Thời điểm ký', en: 'Time of signature' },
  integrity: { vi: 'Tính toàn vẹn', en: 'Integrity' },
  then: { vi: 'Hiệu lực khi ký', en: 'Validity then' },
  now: { vi: 'Hiệu lực khi kiểm tra', en: 'Validity now' },
  revocation: { vi: 'Thu hồi', en: 'Revocation' },
  method: { vi: 'Thuật toán', en: 'Algorithm' },
  level: { vi: 'Mức', en: 'Level' },
  engines: { vi: 'Bộ kiểm tra', en: 'Engines' },
  place: { vi: 'Chữ ký tại', en: 'Signature at' },
  claimed: { vi: 'Thời điểm tự khai', en: 'Time claimed' },
  revocationThen: { vi: 'Thu hồi, khi ký', en: 'Revocation, then' },
  revocationNow: { vi: 'Thu hồi, khi kiểm tra', en: 'Revocation, now' },
} as const satisfies Record<string, Words>;

const proofs: Readonly<Record<BestTime['proof'], Words>> = {
  timestamp: { vi: 'có dấu thời gian chứng minh', en: 'proven by a time stamp' },
  witness: { vi: 'có nhân chứng của nhật ký chứng minh', en: 'proven by a witness of the log' },
  given: { vi: 'do người kiểm tra nêu', en: 'given by whoever asks' },
  claimed: { vi: 'tự khai, chưa được chứng minh', en: 'as claimed, not proven' },
  now: { vi: 'không rõ; xét tại lúc kiểm tra', en: 'not known; judged as of now' },
};

const integrities: Readonly<Record<SignatureEntry['integrity'], Words>> = {
  whole: { vi: 'nguyên vẹn: nội dung đúng là nội dung đã ký', en: 'whole: the content is what was signed' },
  broken: { vi: 'không nguyên vẹn', en: 'broken' },
  unknown: { vi: 'chưa xác định được', en: 'cannot be determined' },
};

const titles: Readonly<Record<Status['indication'], Words>> = {
  'TOTAL-PASSED': { vi: 'HỢP LỆ', en: 'VALID' },
  'TOTAL-FAILED': { vi: 'KHÔNG HỢP LỆ', en: 'NOT VALID' },
  INDETERMINATE: { vi: 'CHƯA KẾT LUẬN ĐƯỢC', en: 'CANNOT BE DECIDED' },
};

/** The verdict's title alone. */
export function titleOf({ indication }: Status): Words {
  return titles[indication];
}

export function verdictOf(status: Status): Words {
  const { vi, en } = titles[status.indication];
  const words = [status.indication, status.subIndication].filter((part) => part !== undefined).join(' / ');
  return { vi: `${vi} (${words})`, en: `${en} (${words})` };
}

/** Where a dossier is judged at reception the dictionary says so; here it is judged as of whatever time. */
const ownMeanings: ReadonlyMap<string, Words> = new Map([
  ['OUT_OF_BOUNDS_NO_POE', { vi: 'chứng thư không có hiệu lực vào thời điểm xét, và không có gì chứng minh chữ ký có từ khi chứng thư còn hiệu lực', en: 'the certificate is not in force as of that time, and nothing proves that the signature is from when it was' }],
  ['REVOKED_NO_POE', { vi: 'chứng thư đã bị thu hồi vào thời điểm xét, và không có gì chứng minh chữ ký có từ trước đó', en: 'the certificate is revoked as of that time, and nothing proves that the signature is from before' }],
  ['GENERIC', { vi: 'hai bộ kiểm tra chưa cùng kết luận', en: 'the two engines have not both come to a conclusion' }],
  ['NOT_YET_VALID', { vi: 'chữ ký đã có trước khi chứng thư bắt đầu có hiệu lực', en: 'the signature was there before the certificate began' }],
]);

export function validityWords({ indication, subIndication }: Status): Words {
  const word = [indication, subIndication].filter((part) => part !== undefined).join(' / ');
  const own = ownMeanings.get(subIndication ?? '');
  const general = meaningOf(indication, own === undefined ? subIndication : undefined);
  const meaning = own === undefined ? general : { vi: `${general.vi}: ${own.vi}`, en: `${general.en}: ${own.en}` };
  return { vi: `${word} – ${meaning.vi}`, en: `${word} – ${meaning.en}` };
}

export function integrityWords(integrity: SignatureEntry['integrity']): Words {
  return integrities[integrity];
}

export function timeWords({ at, proof, by }: BestTime): Words {
  const of = by === undefined ? '' : `, ${by}`;
  const byThen = proof === 'timestamp' || proof === 'witness' ? { vi: 'không muộn hơn ', en: 'no later than ' } : { vi: '', en: '' };
  return { vi: `${byThen.vi}${localTime(at)} (${proofs[proof].vi}${of})`, en: `${byThen.en}${localTime(at)} (${proofs[proof].en}${of})` };
}

export function localTime(instant: string): string {
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? instant : `${formatDateTime(time)} +07:00`;
}

export { levelName };
