// What is wrong with an agency’s answer (GW401–409; GW402 was given once and is not given again).
import { STANDARD, refused } from './text.ts';
import type { FindingText } from './text.ts';

export const answerFindings = {
  ANSWER_SIGNER: refused(['GW401', 'Kết quả do {subject} ký, không phải chứng thư số của cơ quan xử lý.', 'The answer is signed by {subject}, which is not a certificate of the processing agency.', 'Cơ quan xử lý ký lại bằng chứng thư số đã đăng ký.', 'The agency signs again with its registered certificate.', STANDARD]),
} satisfies Record<string, FindingText>;
