// Who would hand a dossier in, by what it says itself: the I-VAN that it names, under a contract in force, or the employer directly. A rough look
// for judging without a gateway; admission knows the sender by its certificate, and the rules read what is written properly.
import type { Sender } from './dossier.ts';

const FAR = 4096;

export function namedSender(bytes: Buffer): Sender {
  const code = /<MaI(VAN|Van)>\s*(?<code>\d{5})\s*<\/MaI\1>/.exec(bytes.subarray(0, FAR).toString('latin1'))?.groups?.['code'];
  if (code === undefined) return { kind: 'direct' };
  return { kind: 'ivan', code, contract: { state: 'active', from: new Date(0), until: new Date(8.64e15) } };
}
