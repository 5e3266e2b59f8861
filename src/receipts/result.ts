// The gateway's signed result: the agency's answer, as signed by the agency, inside a notice with the element names of 03/TB-TS
// (wire-format §4.1). The agency's own octets are embedded whole, so that one file proves both.
import { createHash } from 'node:crypto';

import { formatDateTime, formatInstant, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

export interface ResultFacts {
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly agency: string;
  readonly unitName: string;
  /** Under which it was filed, '' at a first registration. */
  readonly unitCode: string;
  /** That the agency's answer gives the unit, '' for none; counts only where it had none. */
  readonly givenUnitCode: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  /** When the agency's answer reached the gateway. */
  readonly answeredAt: Date;
  readonly resultCode: string;
  readonly resultText: string;
  readonly agencySigner: string;
  /** The agency's signed answer, octet for octet. */
  readonly agencyAnswer: Buffer;
}

export function resultXml(facts: ResultFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: {
        DiaDiem: issuer.placeName,
        NGAY_THONGBAO: formatDateTime(facts.answeredAt).slice(0, 10),
        TEN_DVI: facts.unitName,
        MA_DVI: facts.unitCode === '' ? facts.givenUnitCode : facts.unitCode,
        MST: facts.taxCode,
        TEN_COQUAN: facts.agency,
      },
      TTGDICH: {
        SO_HSO: facts.dossierNumber,
        MA_GDICH: facts.transactionCode,
        NGAY_GDICH: formatDateTime(facts.receivedAt),
        GIO_NHAN: formatDateTime(facts.receivedAt).slice(11, 16),
        NGAY_NHAN: formatDateTime(facts.receivedAt).slice(0, 10),
        NGAY_TRA: formatDateTime(facts.dueAt),
        MA_KQUA: facts.resultCode,
        KQUA: facts.resultText,
        DTHOAI_HTRO: issuer.supportTelephone,
      },
      TTCKY_BHXH: signatureSummary(facts.answeredAt, issuer),
    },
    KETQUA: {
      PHIENBAN: 1,
      CONG: issuer.name,
      SHA256: facts.digest,
      THOIDIEM: formatInstant(facts.answeredAt),
      NGAY: formatIsoDay(facts.answeredAt),
      CO_QUAN: { MA: facts.agency, NGUOI_KY: facts.agencySigner, SHA256: createHash('sha256').update(facts.agencyAnswer).digest('hex'), VANBAN: facts.agencyAnswer.toString('base64') },
    },
  });
}
