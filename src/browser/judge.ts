// The judge for a browser: the same code as the gateway's, bundled with the standard's own files. `bundle.ts` puts the two together.
import { judgeOffline } from '../intake/offline.ts';
import type { OfflineVerdict } from '../intake/offline.ts';
import type { Sender } from '../standard/dossier.ts';
import { compileSchemas } from '../standard/schema.ts';
import type { StandardFiles } from '../standard/standard-files.ts';
import { readStandard } from '../standard/standard.ts';
import { fieldPolicy } from '../signature/policy.ts';
import { restoreTrustMaterial } from '../trust/material.ts';

export interface BrowserQuestion {
  /** The dossier as it would be sent. */
  readonly bytes: Uint8Array;
  /** Certificates and revocation lists as one PEM bundle. */
  readonly trust?: Uint8Array;
  /** Now unless given. */
  readonly at: Date;
  readonly sender?: Sender;
}

export interface BrowserJudge {
  /** Digest of the rule set, as it stands in receipts. */
  readonly digest: string;
  judge(question: BrowserQuestion): OfflineVerdict;
}

/** `texts`: path in the package → text, of the tables and schemas. */
export function createBrowserJudge(texts: Readonly<Record<string, string>>): BrowserJudge {
  const files: StandardFiles = new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
  const standard = readStandard(files, fieldPolicy);
  const schemas = compileSchemas(files);
  return {
    digest: standard.digest,
    judge: ({ bytes, trust, at, sender }) =>
      judgeOffline({
        bytes: Buffer.from(bytes),
        at,
        standard,
        schemas,
        trust: trust === undefined ? undefined : restoreTrustMaterial(trust),
        ...(sender === undefined ? {} : { sender }),
      }),
  };
}
