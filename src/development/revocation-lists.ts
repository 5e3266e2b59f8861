// Certificate revocation lists (RFC 5280 section 5, version 2) for development and tests. Complete lists only: no deltas, no indirect lists.
import forge from 'node-forge';
import { type Credential, authorityKeyIdentifier, subjectOf } from './certificates.ts';
import { type Der, type Hash, decode, enumerated, extension, fromPem, integer, itemsOf, sequence, signatureAlgorithm, signedPem, tagged, time } from './der.ts';

const reasonCodes = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
} as const;

export interface RevokedCertificate {
  /** Hexadecimal, as `X509Certificate.serialNumber` shows it. */
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason?: keyof typeof reasonCodes;
}

export interface CrlRequest {
  readonly issuer: Credential;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked?: readonly RevokedCertificate[];
  /** Absent: the seconds of `thisUpdate`, which grow with every new list. */
  readonly number?: number;
  /** The OID of a critical extension that no verifier knows. */
  readonly unknownCriticalExtension?: string;
  readonly hash?: Hash;
}

/** The signed list, PEM. */
export function issueCrl(request: CrlRequest): string {
  const { issuer, thisUpdate, nextUpdate, revoked = [], hash = 'sha256' } = request;
  const number = request.number ?? Math.floor(thisUpdate.getTime() / 1000);
  const unknown = request.unknownCriticalExtension;
  const content = sequence(
    integer('1'),
    signatureAlgorithm(issuer.privateKeyPem, hash),
    subjectOf(issuer.certificatePem),
    time(thisUpdate),
    time(nextUpdate),
    // An empty list is left out (5.1.2.6).
    ...(revoked.length === 0 ? [] : [sequence(...revoked.map(entryOf))]),
    tagged(0, [
      sequence(
        authorityKeyIdentifier(issuer.privateKeyPem),
        extension('2.5.29.20', false, integer(number.toString(16))),
        ...(unknown === undefined ? [] : [extension(unknown, true, integer('0'))]),
      ),
    ]),
  );
  return signedPem('X509 CRL', content, issuer.privateKeyPem, hash);
}

function entryOf({ serial, revokedAt, reason }: RevokedCertificate): Der {
  const extensions = reason === undefined ? [] : [sequence(extension('2.5.29.21', false, enumerated(reasonCodes[reason])))];
  return sequence(integer(serial), time(revokedAt), ...extensions);
}

/** When a list made here must be replaced by the next. */
export function nextUpdateOf(crlPem: string): Date {
  const [content] = itemsOf(decode(fromPem(crlPem)));
  const field = itemsOf(content)[4];
  if (field === undefined || typeof field.value !== 'string') throw new Error('not a revocation list made here');
  const late = field.type === forge.asn1.Type.GENERALIZEDTIME;
  return late ? forge.asn1.generalizedTimeToDate(field.value) : forge.asn1.utcTimeToDate(field.value);
}
