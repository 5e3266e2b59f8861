// Who signs: a private key and its certificates, from PEM. A key that is not the certificate's is never returned. Reads no files.
import { createPrivateKey, X509Certificate } from 'node:crypto';

import type { SigningIdentity } from './sign.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificate chain (leaf first) and private key from PEM. Throws when the key is not the certificate's. */
export function readIdentity(chainPem: string, keyPem: string, passphrase?: string): SigningIdentity {
  const certificates = (chainPem.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  const key = createPrivateKey(passphrase === undefined ? keyPem : { key: keyPem, passphrase });
  if (certificates[0]?.checkPrivateKey(key) !== true) throw new Error('the private key is not that of the first certificate');
  return { key, certificates: certificates.map(({ raw }) => raw) };
}
