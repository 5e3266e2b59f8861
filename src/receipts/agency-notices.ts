// What the gateway issues under its own signature on an agency's message: the slip with the appointment (TNHT), the request to supplement (YCBS),
// the apology with a new date (XLHL), in the published shapes (TT 01/2018/TT-VPCP, templates 01, 02, 04). The agency's own signed message is kept
// beside each. Pure: the same facts give the same octets.
import { formatDateTime, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import type { Markup } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

/** The dossier that a notice is about. */
export interface NoticeSubject {
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly agency: string;
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly procedure: string;
  readonly receivedAt: Date;
  /** As its receipt says. */
  readonly listed: ListedInReceipt;
}

export interface ListedInReceipt {
  readonly procedureName: string;
  readonly files: readonly string[];
  /** The due date may move with holidays that were not announced. */
  readonly provisional: boolean;
}

export interface SlipNotice {
  readonly desk: string;
  readonly officer: string;
  readonly days: number;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

export interface SupplementNotice {
  readonly reference: string;
  readonly askedAt: Date;
  readonly until: Date;
  readonly items: readonly { readonly file: string; readonly what: string; readonly why: string }[];
}

export interface ApologyNotice {
  readonly time: number;
  readonly before: Date;
  readonly now: Date;
  readonly reason: string;
}

const RETURNED_HERE = 'Bản điện tử, qua cổng';
const WHOLE_DOSSIER = 'Hồ sơ điện tử';
const SORRY = 'Cơ quan bảo hiểm xã hội xin lỗi đơn vị về sự chậm trễ này.';

export function slipXml(subject: NoticeSubject, { desk, officer, days, receivedAt, dueAt }: SlipNotice, at: Date, issuer: Issuer): Buffer {
  const { digest, unitName, taxCode, listed } = subject;
  const papers = listed.files.length === 0 ? [WHOLE_DOSSIER] : listed.files;
  return documentXml('BHXH', {
    XACNHAN_GDICH: headBranch(subject, at, issuer),
    PHIEU_TIEPNHAN: {
      PHIENBAN: 1,
      SHA256: digest,
      BO_PHAN: desk,
      NGUOI_NOP: unitName.trim() === '' ? taxCode : unitName,
      DIACHI: '',
      DIENTHOAI: '',
      EMAIL: '',
      THANHPHAN: { GIAYTO: papers.map((name, index) => ({ STT: index + 1, TEN: name.trim() === '' ? WHOLE_DOSSIER : name, SO_LUONG: 1 })) },
      SO_NGAY: days,
      NHAN_LUC: formatDateTime(receivedAt),
      TRA_LUC: formatDateTime(dueAt),
      TAM_TINH: listed.provisional ? 'CO' : 'KHONG',
      NOI_TRA: RETURNED_HERE,
      NGUOI_TIEPNHAN: officer,
      QUYEN_SO: '',
    },
  });
}

export function supplementXml(subject: NoticeSubject, { reference, askedAt, until, items }: SupplementNotice, at: Date, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: headBranch(subject, at, issuer),
    YEUCAU_BOSUNG: {
      PHIENBAN: 1,
      SHA256: subject.digest,
      SO: reference,
      NGAY_YEUCAU: formatDateTime(askedAt),
      BOSUNG: { MUC: items.map(({ file, what, why }, index) => ({ STT: index + 1, TEP: file, NOIDUNG: what, LYDO: why })) },
      HAN_BOSUNG: formatDateTime(until),
      NGUOI_YEUCAU: '',
    },
  });
}

/** Also for an apology that is the gateway's own. */
export function apologyXml(subject: NoticeSubject, { time, before, now, reason }: ApologyNotice, at: Date, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: headBranch(subject, at, issuer),
    XINLOI_HENLAI: { PHIENBAN: 1, SHA256: subject.digest, LAN: time, HEN_CU: formatDateTime(before), HEN_MOI: formatDateTime(now), LYDO: reason, LOI_XINLOI: SORRY, NGUOI_KY_PHIEU: '' },
  });
}

function headBranch(subject: NoticeSubject, at: Date, issuer: Issuer): Markup {
  const { agency, unitName, unitCode, taxCode, dossierNumber, transactionCode, procedure, receivedAt, listed } = subject;
  return {
    TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(at), TEN_DVI: unitName, MA_DVI: unitCode, MST: taxCode, TEN_COQUAN: agency },
    TTGDICH: { SO_HSO: dossierNumber, TEN_GDICH: listed.procedureName, MALOAI_HSO: procedure, NGAY_GDICH: formatDateTime(receivedAt), MA_GDICH: transactionCode, DTHOAI_HTRO: issuer.supportTelephone },
    TTCKY_BHXH: signatureSummary(at, issuer),
  };
}
