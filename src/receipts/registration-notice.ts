// The signed notice of what the agency decided on a form 04, 05 or 06: 01/TB-GD in the field's element names (wire-format §4.1), the decision in a branch
// of its own. A refusal says why (NĐ 166/2016/NĐ-CP Điều 26–29). Pure: the same facts give the same octets.
import { formatDateTime, formatInstant, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

export interface NoticeFacts {
  readonly decision: 'accepted' | 'refused';
  /** '' where none was given. */
  readonly reason: string;
  /** SHA-256 of the form's octets, hex. */
  readonly digest: string;
  readonly transactionCode: string;
  readonly receivedAt: Date;
  readonly decidedAt: Date;
  /** From when on it holds; accepted only. */
  readonly effectiveAt: Date | undefined;
  /** Until when the I-VAN tells the unit. */
  readonly relayDueAt: Date;
  readonly form: string;
  readonly formName: string;
  readonly ivanCode: string;
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly agency: string;
  /** Certificates registered by it. */
  readonly certificates: readonly { readonly serial: string; readonly fingerprint: string; readonly from: string; readonly until: string }[];
  /** Listed serial numbers of which no certificate was at hand. */
  readonly missing: readonly string[];
}

const ACCEPTED = '200';
const REFUSED = 'GW420';
const sentences = { accepted: 'Chấp nhận', refused: 'Không chấp nhận' } as const;

export function registrationNoticeXml(facts: NoticeFacts, issuer: Issuer): Buffer {
  const { decision, reason, decidedAt } = facts;
  const code = decision === 'accepted' ? ACCEPTED : REFUSED;
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(decidedAt), TEN_DVI: facts.unitName, MA_DVI: facts.unitCode, MST: facts.taxCode, TEN_COQUAN: facts.agency },
      TTGDICH: {
        SO_HSO: '',
        TEN_GDICH: facts.formName,
        MALOAI_HSO: facts.form,
        NGAY_GDICH: formatDateTime(facts.receivedAt),
        KY_KKHAI: '',
        MA_GDICH: facts.transactionCode,
        MA_KQUA: code,
        KQUA: sentences[decision],
        MA_LOI: decision === 'accepted' ? '' : REFUSED,
        MOTA_LOI: decision === 'accepted' ? '' : reason,
        DTHOAI_HTRO: issuer.supportTelephone,
      },
      TTCKY_BHXH: signatureSummary(decidedAt, issuer),
    },
    QUYETDINH: {
      PHIENBAN: 1,
      LOAI: decision === 'accepted' ? 'CHAP_NHAN' : 'KHONG_CHAP_NHAN',
      CONG: issuer.name,
      SHA256: facts.digest,
      THOIDIEM: formatInstant(decidedAt),
      HIEULUC_TU: facts.effectiveAt && formatInstant(facts.effectiveAt),
      MA_IVAN: facts.ivanCode,
      LY_DO: reason === '' ? undefined : reason,
      HAN_CHUYEN: formatInstant(facts.relayDueAt),
      CHUNGTHU: facts.certificates.map(({ serial, fingerprint, from, until }) => ({ SERIAL: serial, SHA256: fingerprint, TU: formatInstant(new Date(from)), DEN: formatInstant(new Date(until)) })),
      THIEU_CHUNGTHU: facts.missing.map((serial) => ({ SERIAL: serial })),
    },
  });
}
