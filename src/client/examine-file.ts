// A file, whatever it is: a container, or one document.
import { looksLikeContainer } from '../evidence/container/read.ts';
import { examine } from './examine.ts';
import { examineContainer } from './examine-container.ts';
import type { ExamineBasis, Examined } from './examined.ts';

/** Throws `ClientError` FORM_UNKNOWN for what is neither. */
export async function examineFile(name: string, bytes: Buffer, basis: ExamineBasis): Promise<Examined> {
  return looksLikeContainer(bytes) ? examineContainer(name, bytes, basis) : examine(name, bytes, basis);
}
