// 03/TB-TS, the notice on settling a dossier, as the agency draws it up and signs it; it comes with every result. Pure.
import { documentXml } from '../receipts/markup.ts';
import { issuerOf } from '../receipts/issue.ts';
import { signatureSummary } from '../receipts/receipt.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { formatDay } from '../standard/time.ts';
import type { CaseFile, DraftDocument } from './case-file.ts';
import type { Outcome } from './labour.ts';

const AGENCY = { name: 'Cơ quan BHXH (thử nghiệm)', place: 'Hà Nội', telephone: '1900 9068' };

export function settlementNotice(file: CaseFile, { text }: Outcome, at: Date, signing: SigningIdentity): DraftDocument {
  const issuer = issuerOf(signing.certificates[0] ?? Buffer.alloc(0), AGENCY.name, AGENCY.place, AGENCY.telephone);
  const xml = documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DiaDiem: AGENCY.place, NGAY_THONGBAO: formatDay(at), TEN_DVI: file.unitName, MA_DVI: file.unitCode, MST: file.taxCode, TEN_COQUAN: file.agency },
      TTGDICH: {
        SO_HSO: file.dossierNumber,
        GIO_NHAN: clockOf(file.receivedAt),
        NGAY_NHAN: formatDay(file.receivedAt),
        NGAY_TRA: formatDay(file.dueAt),
        KQUA: text,
        DTHOAI_HTRO: AGENCY.telephone,
      },
      TTCKY_BHXH: signatureSummary(at, issuer),
    },
  });
  return { kind: '03-TB-TS', name: 'Thông báo giải quyết hồ sơ', copies: 1, forSender: true, xml };
}

function clockOf(instant: Date): string {
  return new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(11, 16);
}
