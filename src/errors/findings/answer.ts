// What is wrong with an agency’s answer (GW401–409).
import { STANDARD, refused } from './text.ts';
import type { FindingText } from './text.ts';

export const answerFindings = {
  ANSWER_SIGNER: refused(['GW401', 'Kết quả do {subject} ký, không phải chứng thư số của cơ quan xử lý.', 'The answer is signed by {subject}, which is not a certificate of the processing agency.', 'Cơ quan xử lý ký lại bằng chứng thư số đã đăng ký.', 'The agency signs again with its registered certificate.', STANDARD]),
  ANSWER_MISMATCH: refused(['GW402', 'Kết quả không thuộc hồ sơ này: {found} thay vì {expected}.', 'The answer is not about this dossier: {found} instead of {expected}.', 'Cơ quan xử lý gửi lại kết quả của đúng hồ sơ.', 'The agency sends the answer to this very dossier.', STANDARD]),
} satisfies Record<string, FindingText>;
