// The signed statement that nothing with a digest was received up to an instant (promise 2). It names how far the store had grown, so that a
// later statement that contradicts it can be shown to.
import { formatDateTime, formatInstant, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

export interface NonReceiptFacts {
  /** SHA-256 asked for, hex. */
  readonly digest: string;
  readonly at: Date;
  /** Position of the last submission recorded when the question was answered. */
  readonly logSize: number;
}

export function nonReceiptXml({ digest, at, logSize }: NonReceiptFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(at) },
      TTGDICH: { NGAY_GDICH: formatDateTime(at), MA_KQUA: 'GW404', KQUA: 'Chưa nhận được hồ sơ có mã băm này', DTHOAI_HTRO: issuer.supportTelephone },
      TTCKY_BHXH: signatureSummary(at, issuer),
    },
    BIENNHAN: { PHIENBAN: 1, LOAI: 'CHUA_NHAN', CONG: issuer.name, SHA256: digest, THOIDIEM: formatInstant(at), SO_BAN_GHI: logSize },
  });
}
