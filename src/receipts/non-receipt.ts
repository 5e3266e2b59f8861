// The signed statement that nothing with a digest was in the log of a size (promise 2). It carries the log's signed checkpoint of that size, so that a
// receipt whose proof is of an earlier place shows it to be a lie.
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
  /** The newest checkpoint then: its size and signed note. */
  readonly checkpoint: { readonly size: number; readonly note: string };
}

export function nonReceiptXml({ digest, at, logSize, checkpoint }: NonReceiptFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(at) },
      TTGDICH: { NGAY_GDICH: formatDateTime(at), MA_KQUA: 'GW404', KQUA: 'Chưa nhận được hồ sơ có mã băm này', DTHOAI_HTRO: issuer.supportTelephone },
      TTCKY_BHXH: signatureSummary(at, issuer),
    },
    BIENNHAN: {
      PHIENBAN: 1, LOAI: 'CHUA_NHAN', CONG: issuer.name, SHA256: digest, THOIDIEM: formatInstant(at), SO_BAN_GHI: logSize,
      NHATKY: { KICH_THUOC: checkpoint.size, DIEM_KIEM_TRA: checkpoint.note },
    },
  });
}
