// The receipt: what the gateway signs about a submission – accepted, refused, in conflict. Element names of the branch XACNHAN_GDICH are
// those of the field (wire-format §4.1: 01/TB-GD and the reception notice), so that its style sheets render it; what is new stands in BIENNHAN.
// Pure: the same facts give the same octets.
import { findingTexts, sentencesOf } from '../errors/findings.ts';
import { severityOfFinding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { DueDate } from '../standard/calendar.ts';
import type { Declared, DossierSigner } from '../standard/dossier.ts';
import { formatDateTime, formatInstant, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import type { Markup } from './markup.ts';

/** Facts of the gateway that stand in everything it signs. */
export interface Issuer {
  readonly name: string;
  /** Common name and serial number of the signing certificate. */
  readonly certificateName: string;
  readonly certificateSerial: string;
  /** DIADIEM: where notices are dated from. */
  readonly placeName: string;
  readonly supportTelephone: string;
}

export interface ReceiptFacts {
  readonly kind: 'accepted' | 'refused' | 'conflict';
  /** SHA-256 of the submission's octets, hex. */
  readonly digest: string;
  readonly size: number;
  readonly receivedAt: Date;
  readonly transactionCode: string;
  /** I-VAN code, or 'direct'. */
  readonly sender: string;
  readonly declared: Declared | undefined;
  readonly findings: readonly Finding[];
  readonly ruleSetDigest: string;
  /** Id of the rule set in force at reception; absent for what was received before sets had ids. */
  readonly ruleSet?: string;
  readonly trustDigest: string;
  /** Accepted only. */
  readonly accepted?: AcceptedFacts;
  /** The dossier that this one supplements; accepted only. */
  readonly supplements?: { readonly digest: string; readonly dossierNumber: string };
  /** Conflict only. */
  readonly conflict?: ConflictFacts;
  /** That the submission is in the log, as C2SP tlog-proof has it; absent for what was received before there was a log. */
  readonly logProof?: string;
}

export interface AcceptedFacts {
  /** NNNNN/YYYY/<agency>. */
  readonly dossierNumber: string;
  readonly dueAt: Date;
  /** The due date counts days of a year whose holidays are not announced yet. */
  readonly dueProvisional: boolean;
  /** Until when the agency may return it or ask for a supplement; absent where no instrument says. */
  readonly returnBy?: DueDate;
  /** When the agency's reception slip, or whatever `nextEvent` names, is due. */
  readonly slipDueAt: Date;
  readonly nextEvent?: string;
  readonly signer: DossierSigner;
}

export interface ConflictFacts {
  /** The key that both submissions were sent with; absent when what they have in common is their signed content. */
  readonly key?: string;
  /** The earlier submission under that key, or with that content. */
  readonly digest: string;
  readonly receivedAt: Date;
}

export const kindNames = { accepted: 'TIEP_NHAN', refused: 'TU_CHOI', conflict: 'XUNG_DOT' } as const;
const outcomeSentences = {
  accepted: 'Hợp lệ',
  refused: 'Không hợp lệ',
  conflict: 'Trùng mã giao dịch của bên gửi nhưng khác nội dung',
} as const;
const SAME_CONTENT = 'Nội dung đã ký này đã được tiếp nhận trước đó trong một tệp khác';

/** Wire codes of the two automatic steps: 200 is the field's "Hợp lệ", GW409 is ours. */
const VALID = '200';
const CONFLICT = 'GW409';

/** The unsigned receipt; the signature goes in as the root's last child. */
export function receiptXml(facts: ReceiptFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: { TTDVI: unitBranch(facts, issuer), TTGDICH: transactionBranch(facts, issuer), TTCKY_BHXH: signatureSummary(facts.receivedAt, issuer) },
    BIENNHAN: receiptBranch(facts, issuer),
  });
}

export function signatureSummary(at: Date, issuer: Issuer): Markup {
  return { TTCKY: { SUBJECT: issuer.certificateName, SERIAL: issuer.certificateSerial, TIME: formatDateTime(at) } };
}

function unitBranch({ declared, receivedAt }: ReceiptFacts, issuer: Issuer): Markup {
  return {
    DIADIEM: issuer.placeName,
    NGAY_THONGBAO: formatIsoDay(receivedAt),
    TEN_DVI: declared?.unitName ?? '',
    MA_DVI: declared?.unitCode ?? '',
    MST: declared?.taxCode ?? '',
    TEN_COQUAN: declared?.agency ?? '',
  };
}

function transactionBranch(facts: ReceiptFacts, issuer: Issuer): Markup {
  const { kind, declared, accepted } = facts;
  const [first] = facts.findings.filter((entry) => severityOfFinding(entry) === 'refuse');
  const wireCode = resultCode(facts);
  return {
    SO_HSO: accepted?.dossierNumber ?? '',
    TEN_GDICH: declared?.procedureName ?? '',
    MALOAI_HSO: declared?.procedure ?? '',
    NGAY_GDICH: formatDateTime(facts.receivedAt),
    KY_KKHAI: declared?.period ?? '',
    MA_GDICH: facts.transactionCode,
    MA_KQUA: wireCode,
    KQUA: outcomeSentence(facts),
    MA_LOI: kind === 'accepted' ? '' : wireCode,
    MOTA_LOI: first === undefined ? '' : sentencesOf(first.code, first.params).vi,
    GIO_NHAN: formatDateTime(facts.receivedAt).slice(11, 16),
    NGAY_NHAN: formatDateTime(facts.receivedAt).slice(0, 10),
    NGAY_TRA: accepted === undefined ? '' : formatDateTime(accepted.dueAt),
    CTIET_GDICH: { ROW_CTIET: (declared?.files ?? []).map((file, index) => ({ STT: index + 1, TEN_HSO: file.name, SO_LUONG: 1 })) },
    DTHOAI_HTRO: issuer.supportTelephone,
  };
}

function resultCode({ kind, findings }: ReceiptFacts): string {
  if (kind === 'accepted') return VALID;
  const [first] = findings.filter((entry) => severityOfFinding(entry) === 'refuse');
  return first === undefined ? CONFLICT : findingTexts[first.code].wireCode;
}

function outcomeSentence({ kind, conflict }: ReceiptFacts): string {
  return conflict !== undefined && conflict.key === undefined ? SAME_CONTENT : outcomeSentences[kind];
}

function receiptBranch(facts: ReceiptFacts, issuer: Issuer): Markup {
  const { accepted, conflict, declared } = facts;
  return {
    PHIENBAN: 1,
    LOAI: kindNames[facts.kind],
    CONG: issuer.name,
    SHA256: facts.digest,
    DO_LON: facts.size,
    THOIDIEM_NHAN: formatInstant(facts.receivedAt),
    LOAI_HSO: declared?.kind === 'first-registration' ? 'DANG_KY_LAN_DAU' : undefined,
    NGUOI_GUI: senderText(facts.sender),
    BO_QUYTAC: facts.ruleSetDigest,
    MA_BO_QUYTAC: facts.ruleSet,
    VATLIEU_TINCAY: facts.trustDigest,
    BUOC: [
      { SO: 1, TEN: 'Tiếp nhận gói hồ sơ', MA: VALID, MOTA: 'Hợp lệ' },
      { SO: 2, TEN: 'Kết quả kiểm tra hồ sơ điện tử tự động', MA: resultCode(facts), MOTA: outcomeSentence(facts) },
    ],
    HAN_TRA: accepted && dueBranch({ at: accepted.dueAt, provisional: accepted.dueProvisional }),
    HAN_YCBS: accepted?.returnBy && dueBranch(accepted.returnBy),
    SUKIEN_TIEP: accepted && { TEN: accepted.nextEvent ?? 'PHIEU_TIEP_NHAN', TRUOC: formatInstant(accepted.slipDueAt) },
    BO_SUNG_CHO: facts.supplements && { SO_HSO: facts.supplements.dossierNumber, SHA256: facts.supplements.digest },
    NGUOI_KY: accepted && { TEN: accepted.signer.name, SERIAL: accepted.signer.serialNumber, MST: accepted.signer.taxCodes.join(', '), NHA_CUNG_CAP: accepted.signer.issuer },
    XUNG_DOT: conflict && { MA_BEN_GUI: conflict.key, SHA256_TRUOC: conflict.digest, THOIDIEM_NHAN_TRUOC: formatInstant(conflict.receivedAt) },
    TEPS: { TEP: (declared?.files ?? []).map((file) => ({ TEN: file.name, MA: file.form, DO_LON: file.size, SHA256: file.digest })) },
    KIEMTRA: { PHATHIEN: facts.findings.map(findingBranch) },
    NHATKY: facts.logProof,
  };
}

/** NGUOI_GUI. */
export function senderText(sender: string): string {
  return sender === 'direct' ? 'TRUC_TIEP' : sender;
}

function dueBranch({ at, provisional }: DueDate): Markup {
  return { THOIDIEM: formatInstant(at), TAM_TINH: provisional ? 'CO' : 'KHONG' };
}

function findingBranch(entry: Finding): Markup {
  const { code, place, params, value } = entry;
  const text = findingTexts[code];
  const { vi, en } = sentencesOf(code, params);
  return {
    MA: text.wireCode,
    TEN: code,
    MUC: severityOfFinding(entry) === 'refuse' ? 'TU_CHOI' : 'CANH_BAO',
    TEP: place.file,
    XPATH: place.xpath,
    DONG: place.line,
    COT: place.column,
    GIATRI: value,
    MOTA: vi,
    MOTA_EN: en,
    XULY: text.actionVi,
    XULY_EN: text.actionEn,
    CANCU: text.clause,
  };
}
