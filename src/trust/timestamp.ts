// Token, octets → TimeStamp: was this the state of these octets at an instant that an authority vouches for (RFC 3161 §2.4.2, RFC 5816; ETSI
// EN 319 102-1 §5.4)? The token must be about exactly these octets, signed by the certificate that it names by digest, and that certificate is
// for time stamping and nothing else and leads to an anchor (`path.ts`). Pure: the material and the instant of judgement are given.
import { createHash } from 'node:crypto';
import { finding, refuse, Refusal, Unavailable } from '../errors/outcomes.ts';
import type { ReasonCode } from '../errors/reasons.ts';
import type { Certificate } from './certificate.ts';
import { hashOf, isMadeBy, readSignedMessage, UnknownAlgorithm, type SignedMessage } from './cms.ts';
import { fieldsOf, integerOf, tags, type Der } from './der.ts';
import { noValues, readValues } from './embedded-values.ts';
import type { TrustMaterial } from './material.ts';
import { trustSigner, type Extra, type Signer } from './path.ts';
import { readTokenInfo, type TokenInfo } from './token-info.ts';

declare const timeStampBrand: unique symbol;

interface TimeStampFields {
  readonly genTime: Date;
  readonly accuracyMs: number;
  /** Lower-case hex, as the authority numbers its tokens. */
  readonly serialNumber: string;
  readonly tsa: Signer;
  /** SHA-256 of the token, lower-case hex. */
  readonly digest: string;
}

/** Only `verifyTimeStamp` makes one. */
export type TimeStamp = TimeStampFields & { readonly [timeStampBrand]: true };

export interface TimeStampClaim {
  readonly token: Buffer;
  /** What the token must be about. */
  /** Or, of what is not there any more, their SHA-256 in hex. */
  readonly octets: Buffer | { readonly sha256: string };
  /** What came with the signature that the token is about: the authority's certificate may be among it. */
  readonly extra?: Extra;
}

const TOKEN_INFO = '1.2.840.113549.1.9.16.1.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
/** Authorities keep to a second (ETSI EN 319 421 §7.7.2). What may be off by days is no instant, and would reach from the future into the past. */
export const LEAST_ACCURATE_MS = 60_000;
/** Two clocks, ours and the authority's. */
const CLOCK_SKEW_MS = 60_000;

/** `at` is the instant of judgement: an authority revoked since the token was made is not believed. */
export function verifyTimeStamp({ token, octets, extra = noValues }: TimeStampClaim, material: TrustMaterial, at: Date): TimeStamp {
  const { message, info } = readToken(token);
  if (!isImprint(octets, info)) invalid('TOKEN_IMPRINT');
  const own = readValues({ ...message, responses: [] });
  const candidates = [...own.candidates, ...extra.candidates];
  const authority = candidates.find((candidate) => isNamed(candidate, message));
  if (authority === undefined) return invalid('TOKEN_SIGNER');
  if (!isMadeBy(message, authority.publicKey)) invalid('TOKEN_SIGNATURE');
  const earliest = new Date(info.genTime.getTime() - info.accuracyMs);
  if (info.accuracyMs > LEAST_ACCURATE_MS || earliest.getTime() > at.getTime() + CLOCK_SKEW_MS || info.genTime < authority.notBefore || info.genTime > authority.notAfter) invalid('TOKEN_TIME');
  const tsa = trusted(authority, () => trustSigner(authority, material, at, 'timestamp', { candidates, lists: [...own.lists, ...extra.lists], responses: extra.responses }));
  const { genTime, accuracyMs, serialNumber } = info;
  const fields: TimeStampFields = { genTime, accuracyMs, serialNumber, tsa, digest: createHash('sha256').update(token).digest('hex') };
  return fields as TimeStamp;
}

function isImprint(octets: TimeStampClaim['octets'], { imprintHash, imprint }: Pick<TokenInfo, 'imprintHash' | 'imprint'>): boolean {
  if ('sha256' in octets) return imprintHash === 'sha256' && imprint.toString('hex') === octets.sha256;
  return createHash(imprintHash).update(octets).digest().equals(imprint);
}

function readToken(token: Buffer): { readonly message: SignedMessage; readonly info: TokenInfo } {
  try {
    const message = readSignedMessage(token);
    if (message.contentType !== TOKEN_INFO) throw new Error('not a time-stamp token');
    return { message, info: readTokenInfo(message.content) };
  } catch (error) {
    return invalid(error instanceof UnknownAlgorithm ? 'TOKEN_ALGORITHM' : 'TOKEN_MALFORMED');
  }
}

/** By the name in the signer's entry and by the digest among the signed attributes (RFC 5816 §2.2.1). */
function isNamed(certificate: Certificate, { signer, attributes }: SignedMessage): boolean {
  const isSigner = 'issuerDer' in signer
    ? signer.issuerDer.equals(certificate.issuerDer) && signer.serialNumber === certificate.serialNumber
    : signer.subjectKeyIdentifier === certificate.subjectKeyIdentifier;
  // A digest with SHA-1 alone names nobody for certain; beside the other it must at least not contradict it.
  const [older, newer] = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].map((type) => attributes.get(type));
  return isSigner && newer !== undefined && namesIt(newer, certificate, 'sha256') && (older === undefined || namesIt(older, certificate, 'sha1'));
}

/** SigningCertificate and SigningCertificateV2: the first entry is the signer's (RFC 5035 §5.4). Anything unreadable names nobody. */
function namesIt(attribute: Der, certificate: Certificate, defaultHash: 'sha1' | 'sha256'): boolean {
  try {
    const entry = fieldsOf(fieldsOf(fieldsOf(attribute).next()).next());
    const algorithm = defaultHash === 'sha1' ? undefined : entry.optional(tags.sequence);
    const digest = entry.next(tags.octetString).content;
    const issuerSerial = entry.optional(tags.sequence);
    entry.end();
    const own = createHash(algorithm === undefined ? defaultHash : hashOf(algorithm)).update(certificate.der).digest();
    return own.equals(digest) && (issuerSerial === undefined || isIssuerSerialOf(issuerSerial, certificate));
  } catch {
    return false;
  }
}

function isIssuerSerialOf(issuerSerial: Der, certificate: Certificate): boolean {
  const directoryName = 0xa4;
  const fields = fieldsOf(issuerSerial);
  const name = fieldsOf(fields.next()).next(directoryName);
  const serialNumber = integerOf(fields.next());
  fields.end();
  return name.content.equals(certificate.issuerDer) && serialNumber === certificate.serialNumber;
}

/** The findings of a path speak of the dossier's signer; here they are the reason why a time stamp is not believed. */
function trusted(authority: Certificate, decide: () => Signer): Signer {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Unavailable || !(error instanceof Refusal)) throw error;
    const reasons = error.findings.map(({ code, params }) => [code, params['reason'] ?? params['algorithm']].filter((part) => part !== undefined).join(' '));
    return untrusted(authority, reasons.join('; '));
  }
}

function untrusted(authority: Certificate, reason: string): never {
  throw new Refusal([finding('TIMESTAMP_UNTRUSTED', { params: { subject: authority.commonName, reason } })]);
}

function invalid(reason: ReasonCode): never {
  return refuse('TIMESTAMP_INVALID', { params: { reason } });
}
