// The agency's answer to a dossier (KETQUA_XULY), unsigned; the agency's signature goes in as the root's last child. Pure: the same facts
// give the same octets. It holds what the gateway needs to match it to a receipt and to tell the sender; no personal data.
import { documentXml } from '../receipts/markup.ts';
import { formatInstant } from '../standard/time.ts';
import type { Decision } from './decision.ts';

export interface AnswerFacts {
  /** SHA-256 of the submission's octets, hex. */
  readonly digest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  readonly decision: Decision;
  /** When the case was due, which is when it counts as decided. */
  readonly at: Date;
}

export function answerXml({ digest, dossierNumber, transactionCode, decision, at }: AnswerFacts): Buffer {
  return documentXml('BHXH', {
    KETQUA_XULY: {
      SHA256: digest,
      SO_HSO: dossierNumber,
      MA_GDICH: transactionCode,
      MA_KQUA: decision.code,
      KQUA: decision.text,
      THOIDIEM: formatInstant(at),
      CO_QUAN: decision.agency,
      MA_DVI: decision.unitCode,
    },
  });
}
