// The least that any verifier must do: SHA-256 of the received bytes and one RSA verification with a key that is ready. Nothing is parsed;
// the signature lies in a file beside the document and is over its bytes.
import { verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Contestant } from './contestant.ts';

export const floorSuffix = '.sig';

export function open(certificatePem: string): Contestant {
  const key = new X509Certificate(certificatePem).publicKey;
  return {
    version: `OpenSSL ${process.versions.openssl}`,
    verifier: ({ bytes, path }) => {
      const signature = readFileSync(`${path}${floorSuffix}`);
      return () => verify('sha256', bytes, key, signature);
    },
  };
}
