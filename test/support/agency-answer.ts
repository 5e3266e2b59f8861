// An agency's answer in its older shape, without a number and without documents: agencies that write it so must be understood for good.
import { documentXml } from '../../src/receipts/markup.ts';
import { formatInstant } from '../../src/standard/time.ts';

export interface AnswerFacts {
  readonly digest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  readonly decision: { readonly code: string; readonly text: string; readonly agency: string; readonly unitCode?: string };
  readonly at: Date;
}

export function answerXml({ digest, dossierNumber, transactionCode, decision, at }: AnswerFacts): Buffer {
  const { code, text, agency, unitCode } = decision;
  return documentXml('BHXH', {
    KETQUA_XULY: { SHA256: digest, SO_HSO: dossierNumber, MA_GDICH: transactionCode, MA_KQUA: code, KQUA: text, THOIDIEM: formatInstant(at), CO_QUAN: agency, MA_DVI: unitCode },
  });
}
