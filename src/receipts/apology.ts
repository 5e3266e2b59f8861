// The gateway's signed apology for a result that is not there, with the new date: template 04 of TT 01/2018/TT-VPCP (schema XLHL), in the field's element
// names. Pure: the same facts give the same octets.
import { formatDateTime, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

export interface ApologyFacts {
  /** SHA-256 of the dossier's octets, hex. */
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly procedure: string;
  readonly procedureName: string;
  readonly agency: string;
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
  readonly issuedAt: Date;
  readonly oldDueAt: Date;
  readonly newDueAt: Date;
}

const REASON = 'Hồ sơ chưa được giải quyết xong trong thời hạn đã hẹn';
const APOLOGY = 'Xin lỗi quý đơn vị vì sự chậm trễ và mong nhận được sự thông cảm';

export function apologyXml(facts: ApologyFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(facts.issuedAt), TEN_DVI: facts.unitName, MA_DVI: facts.unitCode, MST: facts.taxCode, TEN_COQUAN: facts.agency },
      TTGDICH: {
        SO_HSO: facts.dossierNumber,
        TEN_GDICH: facts.procedureName,
        MALOAI_HSO: facts.procedure,
        NGAY_GDICH: formatDateTime(facts.receivedAt),
        MA_GDICH: facts.transactionCode,
        DTHOAI_HTRO: issuer.supportTelephone,
      },
      TTCKY_BHXH: signatureSummary(facts.issuedAt, issuer),
    },
    XINLOI_HENLAI: {
      PHIENBAN: 1,
      SHA256: facts.digest,
      LAN: 1,
      HEN_CU: formatDateTime(facts.oldDueAt),
      HEN_MOI: formatDateTime(facts.newDueAt),
      LYDO: REASON,
      LOI_XINLOI: APOLOGY,
      NGUOI_KY_PHIEU: issuer.certificateName,
    },
  });
}
