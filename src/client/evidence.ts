// The gateway's answer to who asks for evidence: a container whose every file its signature covers, about the dossier that was asked about; or that it has
// received nothing of the kind. Whose signature it is, is for whoever has trust material to say.
import { Refusal } from '../errors/outcomes.ts';
import { openContainer } from '../evidence/container/seal.ts';
import type { OpenContainer } from '../evidence/container/seal.ts';
import { CONTAINER_TYPE } from '../evidence/container/write.ts';
import { isNonReceipt, isOf, problemOf, sealedMessage } from './answers.ts';
import { ClientError } from './errors.ts';
import type { HttpAnswer } from './transport.ts';
import { checkDigest, digestOf } from './verify-message.ts';
import type { SealedMessage } from './verify-message.ts';

export type EvidenceAnswer =
  | ({ readonly kind: 'evidence'; readonly container: Buffer } & OpenContainer)
  | { readonly kind: 'unknown'; readonly nonReceipt: Buffer; readonly message: SealedMessage };

export async function evidenceOf(answer: HttpAnswer, digest: string): Promise<EvidenceAnswer> {
  if (isNonReceipt(answer)) return { kind: 'unknown', nonReceipt: answer.body, message: await sealedMessage(answer, digest, ['CHUA_NHAN']) };
  if (answer.status !== 200 || !isOf(answer, CONTAINER_TYPE)) throw problemOf(answer);
  try {
    const opened = openContainer(answer.body);
    checkDigest({ digest: digestOf(opened.files.get('dossier.xml') ?? Buffer.alloc(0)) }, digest);
    return { kind: 'evidence', container: answer.body, ...opened };
  } catch (error) {
    if (error instanceof Refusal) throw new ClientError('ANSWER_UNEXPECTED', answer.place, error.findings.map(({ code }) => code).join(', '), { cause: error });
    throw error;
  }
}
