// A credential's PEM as octets and key.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export function certificateOf(certificatePem: string, privateKeyPem: string): { readonly key: KeyObject; readonly certificate: Buffer } {
  return { key: createPrivateKey(privateKeyPem), certificate: new X509Certificate(certificatePem).raw };
}
