// Our messages, signed: enveloped XML signature by the gateway's certificate as the last child of the root, so that xmlsec1, the JDK, .NET
// and browsers verify it with no option but the root certificate.
import { X509Certificate } from 'node:crypto';

import { signEnveloped } from '../signature/sign.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import type { Issuer } from './receipt.ts';

export { readIdentity } from '../signature/identity.ts';

/** Signs an unsigned message of ours. */
export type Issue = (message: Buffer) => Promise<Buffer>;

export function issueWith(identity: SigningIdentity, root = 'BHXH'): Issue {
  return (message) => signEnveloped(message, identity, { path: [root] });
}

export function issuerOf(identity: SigningIdentity, name: string, placeName: string, supportTelephone: string): Issuer {
  const certificate = new X509Certificate(identity.certificates[0] ?? Buffer.alloc(0));
  return {
    name,
    certificateName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject,
    certificateSerial: certificate.serialNumber.toLowerCase(),
    placeName,
    supportTelephone,
  };
}
