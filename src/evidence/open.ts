// The gateway's log: its key is kept with it, and its name stays what it was when it began.
import { createPrivateKey } from 'node:crypto';

import { checkpointText } from '../log/checkpoint.ts';
import { emptyTree, rootOf } from '../log/merkle.ts';
import { noteText, parseVerifier, signatureLine, signerOf, verifierText } from '../log/note.ts';
import type { NoteSigner } from '../log/note.ts';
import type { Query } from '../store/database.ts';
import { keepLogKey, listLogKeys } from '../store/log.ts';
import type { ServedCheckpoint } from '../store/log-serving.ts';

export interface LogName {
  readonly origin: string;
  /** PKCS #8 PEM, Ed25519. */
  readonly keyPem: string;
}

/** @throws Error for a key that is none, or when the log of this database has another name. */
export async function openLog(query: Query, { origin, keyPem }: LogName, now: Date): Promise<NoteSigner> {
  const signer = signerOfLog(origin, keyPem);
  const other = (await listLogKeys(query)).find((verifier) => parseVerifier(verifier)?.name !== origin);
  if (other !== undefined) throw new Error(`GATEWAY_LOG_ORIGIN: the log of this database is called ${other.slice(0, other.indexOf('+'))}, and has to be as long as it is there`);
  await keepLogKey(query, verifierText(signer), now);
  return signer;
}

/** The checkpoint of the log before anything is in it: every tree begins with that one, so it is not kept. */
export function emptyLog(signer: NoteSigner): ServedCheckpoint {
  const [size, root] = [0, rootOf(emptyTree)];
  const text = checkpointText({ origin: signer.name, size, root });
  return { size, root, note: noteText({ text, lines: [signatureLine(text, signer)] }), cosignatures: [] };
}

function signerOfLog(origin: string, keyPem: string): NoteSigner {
  try {
    return signerOf(origin, createPrivateKey(keyPem));
  } catch (error) {
    throw new Error(`GATEWAY_LOG_KEY_FILE or GATEWAY_LOG_ORIGIN cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
