// A gateway's message for people.
import type { SignerFacts } from '../client/verify-message.ts';
import type { DecisionFacts, MessageFacts, MessageKind } from '../receipts/read.ts';
import { formatDateTime } from '../standard/time.ts';
import { findingLines } from './findings.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';

const titles: Readonly<Record<MessageKind, Line>> = {
  TIEP_NHAN: { vi: 'Hồ sơ đã được tiếp nhận.', en: 'The dossier was accepted.' },
  TU_CHOI: { vi: 'Hồ sơ bị từ chối.', en: 'The dossier was refused.' },
  XUNG_DOT: { vi: 'Mã giao dịch này đã dùng cho hồ sơ khác.', en: 'This key was used for another dossier before.' },
  CHUA_NHAN: { vi: 'Cổng xác nhận chưa nhận được hồ sơ này.', en: 'The gateway states that it has not received this dossier.' },
  CHAP_NHAN: { vi: 'Cơ quan BHXH chấp nhận mẫu này.', en: 'The agency accepted this form.' },
  KHONG_CHAP_NHAN: { vi: 'Cơ quan BHXH không chấp nhận mẫu này.', en: 'The agency did not accept this form.' },
  KETQUA: { vi: 'Đã có kết quả giải quyết.', en: 'The agency’s result is there.' },
};

export function messageLines(message: MessageFacts): readonly Line[] {
  const { kind, dossierNumber, transactionCode, at, dueAt, digest, findings, earlier, result, logSize, absentFrom, rules, decision } = message;
  return [
    titles[kind],
    ...factLine('Số hồ sơ', 'Dossier number', dossierNumber),
    ...factLine('Mã giao dịch', 'Transaction code', transactionCode),
    ...factLine('Thời điểm', 'At', `${formatDateTime(at)} +07:00`),
    ...factLine('Hạn trả kết quả', 'Due', dueAt && `${formatDateTime(dueAt)} +07:00`),
    ...(kind === 'KETQUA' ? factLine('Kết quả', 'Result', `${result.code} ${result.text}`) : []),
    ...(decision === undefined ? [] : decisionLines(decision)),
    ...(earlier?.key === undefined ? factLine('Hồ sơ trước cùng nội dung đã ký', 'Earlier dossier of the same signed content', earlier?.digest) : factLine('Hồ sơ trước cùng mã', 'Earlier dossier of that key', earlier.digest)),
    ...factLine('Số bản ghi khi trả lời', 'Records at that time', logSize),
    ...factLine('Không có trong nhật ký gồm số mục', 'Not in the log of so many entries', absentFrom?.size),
    ...factLine('Bộ quy tắc', 'Rule set', rules?.ruleSet),
    ...factLine('SHA-256', 'SHA-256', digest),
    ...findings.flatMap(findingLines),
  ];
}

function decisionLines({ form, formName, effectiveAt, reason, relayDueAt, certificates, missing }: DecisionFacts): readonly Line[] {
  return [
    ...factLine('Mẫu', 'Form', `${form} ${formName}`),
    ...factLine('Có hiệu lực từ', 'In effect from', effectiveAt && `${formatDateTime(effectiveAt)} +07:00`),
    ...factLine('Lý do', 'Reason', reason),
    ...certificates.flatMap(({ serial, from, until }) => factLine('Chứng thư số được ký', 'Certificate that may sign', `${serial}, ${formatDateTime(from)} – ${formatDateTime(until)} +07:00`)),
    ...missing.flatMap((serial) => factLine('Chứng thư số còn thiếu', 'Certificate not at hand', serial)),
    ...factLine('I-VAN chuyển cho đơn vị trước', 'The I-VAN tells the unit by', `${formatDateTime(relayDueAt)} +07:00`),
  ];
}

export function signerLines({ name, issuer, fingerprint, taxCodes }: SignerFacts): readonly Line[] {
  return [
    ...factLine('Người ký', 'Signed by', name),
    ...factLine('Mã số thuế', 'Tax code', taxCodes.join(', ')),
    ...factLine('Nhà cung cấp', 'Issued by', issuer),
    ...factLine('Dấu vân tay SHA-256 của chứng thư', 'SHA-256 of the certificate', fingerprint),
  ];
}

/** For programs: everything but the agency's octets, which are in the file. */
export function messageFacts(message: MessageFacts): Readonly<Record<string, unknown>> {
  const { kind, digest, gateway, at, transactionCode, dossierNumber, receivedAt, dueAt, unit, result, size, findings, files, earlier, logSize, absentFrom, rules, decision } = message;
  return { kind, digest, gateway, at, transactionCode, dossierNumber, receivedAt, dueAt, unit, result, size, rules, findings, files, earlier, logSize, absentFrom, ...(decision === undefined ? {} : { decision }) };
}
