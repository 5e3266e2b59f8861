// A stored message of the gateway, verified: its signature, its certificate at the instant it was made, and, octet for octet, that it is the
// message which the stored facts make. The issuer's own particulars (name, place, telephone) are read from the message, because they may
// have been different then.
import { canonicalDocument, inclusiveForm } from '../xml/canonical.ts';
import { elementAt } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import { issuerOf } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import { trustContent } from '../standard/signer.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { checkThat, checkVerifies } from './lie.ts';

export interface StoredMessage {
  readonly where: string;
  readonly body: Buffer;
  readonly trust: TrustMaterial;
  readonly at: Date;
  /** SHA-256 fingerprints of the certificates that this gateway signed with. */
  readonly signers: ReadonlySet<string>;
}

/** Makes the unsigned message from stored facts; what is nowhere else but in the message is read from it. */
export type Rebuild = (issuer: Issuer, signed: SignedContent) => Buffer;

/** Throws `Lie`. */
export function checkMessage(message: StoredMessage, branch: string, rebuild: Rebuild): void {
  checkOctets(message.where, checkSigned(message), branch, rebuild);
}

/** What was signed is, octet for octet, what the stored facts make. */
export function checkOctets(where: string, signed: SignedContent, branch: string, rebuild: Rebuild): void {
  checkThat(areOctets(signed, branch, rebuild), where, 'it is not what the stored facts make');
}

/** For what one of several facts may have made. */
export function areOctets(signed: SignedContent, branch: string, rebuild: Rebuild): boolean {
  const rebuilt = rebuild(readIssuer(signed, branch), signed);
  if (isAllButSignature(signed, rebuilt)) return true;
  const expected = parse(rebuilt);
  return canonicalDocument(signed.document, signed.root, inclusiveForm).equals(canonicalDocument(expected, expected.root, inclusiveForm));
}

/** The same octets are the same message; what was only written otherwise is parsed and compared in its canonical form. */
function isAllButSignature({ document: { bytes }, root }: SignedContent, rebuilt: Buffer): boolean {
  const [start, end, ...more] = root.views.omitted;
  if (start === undefined || end === undefined || more.length > 0 || bytes.length - (end - start) !== rebuilt.length) return false;
  return bytes.compare(rebuilt, 0, start, 0, start) === 0 && bytes.compare(rebuilt, start, rebuilt.length, end) === 0;
}

/** The signature, its certificate, and that it is one of this gateway's own: any certificate under a trusted root can sign an XML file. */
export function checkSigned({ where, body, trust, at, signers }: StoredMessage): SignedContent {
  const signed = checkVerifies(where, 'its signature does not verify', () => verifySignature(parse(body), messagePlace));
  const signer = checkVerifies(where, 'its signer is not trusted', () => trustContent(signed, trust, at));
  checkThat(signers.has(signer.certificate.fingerprint), where, 'it is signed by a certificate that is not the gateway’s');
  return signed;
}

/** Only that it is signed by a certificate that this gateway has signed with: for what is stored without the trust material of its time. */
export function checkOwnSignature(where: string, body: Buffer, signers: ReadonlySet<string>): SignedContent {
  const signed = checkVerifies(where, 'its signature does not verify', () => verifySignature(parse(body), messagePlace));
  checkThat(signers.has(parseCertificate(signed.certificate).fingerprint), where, 'it is signed by a certificate that is not the gateway’s');
  return signed;
}

function readIssuer(signed: SignedContent, branch: string): Issuer {
  const read = (path: readonly string[]): string => {
    const element = elementAt(signed.root, path);
    return element === undefined ? '' : textOf(signed.document, element);
  };
  const unit = ['XACNHAN_GDICH', 'TTDVI'];
  const place = read([...unit, 'DIADIEM']) || read([...unit, 'DiaDiem']);
  return issuerOf(signed.certificate, read([branch, 'CONG']), place, read(['XACNHAN_GDICH', 'TTGDICH', 'DTHOAI_HTRO']));
}
