// Our messages, signed: enveloped XML signature by the gateway's certificate as the last child of the root, so that xmlsec1, the JDK, .NET
// and browsers verify it with no option but the root certificate.
import { signEnveloped } from '../signature/sign.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Issuer } from './receipt.ts';

/** Signs an unsigned message of ours. */
export type Issue = (message: Buffer) => Promise<Buffer>;

export function issueWith(identity: SigningIdentity, root = 'BHXH'): Issue {
  return (message) => signEnveloped(message, identity, { path: [root] });
}

/** Our particulars in a message: the certificate (DER) that signs it, and what the configuration says. */
export function issuerOf(signingCertificate: Buffer, name: string, placeName: string, supportTelephone: string): Issuer {
  const { commonName, serialNumber } = parseCertificate(signingCertificate);
  return { name, certificateName: commonName, certificateSerial: serialNumber, placeName, supportTelephone };
}
