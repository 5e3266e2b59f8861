// What every certificate of a path must satisfy at an instant (RFC 5280 §6.1; ETSI EN 319 102-1 §5.2.6; key sizes of TT 15/2025/TT-BKHCN
// PL I 1.2): validity, CA flag, path length, key usage, understood critical extensions, sound keys and algorithms. Collects every finding,
// because a refusal lists all of them. Links and revocation are not looked at here.
import { finding, type Finding } from '../errors/outcomes.ts';
import { keyWeakness } from '../signature/algorithms.ts';
import type { Certificate } from './certificate.ts';
import { extensionOids, type KeyUsage } from './extensions.ts';
import { unsoundAlgorithm } from './signed.ts';

/** What a leaf is trusted for, and what its extensions must allow for that: one of the usages, one of the extended usages. */
export type Purpose = 'signature';

interface Allowed {
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage: readonly string[];
}

const allowed: Readonly<Record<Purpose, Allowed>> = {
  signature: {
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    extendedKeyUsage: [
      '2.5.29.37.0', // any
      '1.3.6.1.5.5.7.3.2', // client authentication
      '1.3.6.1.5.5.7.3.4', // e-mail protection
      '1.3.6.1.5.5.7.3.36', // document signing (RFC 9336)
      '1.3.6.1.4.1.311.10.3.12', // Microsoft document signing
      '1.2.840.113583.1.1.5', // Adobe authentic documents
    ],
  },
};

/** Policies are recognised because no policy is required of a path; name and policy constraints are not, so a critical one refuses. */
const understood: readonly string[] = [
  extensionOids.basicConstraints,
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.certificatePolicies,
];

/** Beyond this a key only costs time: verification grows with the square of its length. */
const LONGEST_RSA = 8192;

/** `path` runs from the leaf to the anchor. The algorithm of the leaf's signature is `signatureFindings`, asked before a path is sought. */
export function findingsOfPath(path: readonly Certificate[], at: Date, purpose: Purpose): readonly Finding[] {
  const [leaf, ...authorities] = path;
  if (leaf === undefined) throw new Error('a path without certificates');
  const isAnchor = (index: number): boolean => index === authorities.length - 1;
  const ofAuthorities = authorities.flatMap((authority, index) => findingsOfAuthority(authority, authorities.slice(0, index), at, isAnchor(index)));
  return [...findingsOfLeaf(leaf, at, purpose), ...ofAuthorities];
}

/** `reason` in the words of RFC 5280, for it stands in a Vietnamese and in an English sentence alike. */
export function constraint(certificate: Certificate, reason: string): Finding {
  return finding('CHAIN_CONSTRAINTS_FAILURE', { params: { reason: `${reason} (${certificate.subject})` } });
}

/** Of a leaf, asked first: a signature that cannot be verified for its algorithm must not be reported as an unknown issuer. */
export function signatureFindings(certificate: Certificate): readonly Finding[] {
  const algorithm = unsoundAlgorithm(certificate.signed);
  return algorithm === undefined ? [] : [finding('CRYPTO_CONSTRAINTS_FAILURE', { params: { algorithm } })];
}

function findingsOfLeaf(leaf: Certificate, at: Date, purpose: Purpose): readonly Finding[] {
  const { keyUsage, extendedKeyUsage } = allowed[purpose];
  const findings = [...criticalFindings(leaf), ...keyFindings(leaf)];
  const subject = leaf.commonName;
  if (isBefore(at, leaf)) findings.push(finding('NOT_YET_VALID', { params: { subject, from: leaf.notBefore.toISOString() } }));
  if (isAfter(at, leaf)) findings.push(finding('EXPIRED', { params: { subject, until: leaf.notAfter.toISOString() } }));
  if (leaf.isAuthority) findings.push(constraint(leaf, 'basicConstraints cA = TRUE'));
  if (leaf.keyUsage && !keyUsage.some((usage) => leaf.keyUsage?.has(usage))) findings.push(constraint(leaf, `keyUsage ∌ ${keyUsage.join(', ')}`));
  if (isForOtherPurposes(leaf, extendedKeyUsage)) findings.push(constraint(leaf, `extKeyUsage = ${leaf.extendedKeyUsage?.join(', ') ?? ''}`));
  return findings;
}

/** Issuers in use list usages freely; only where the extension is critical did the issuer mean to exclude the others. */
function isForOtherPurposes(leaf: Certificate, purposes: readonly string[]): boolean {
  return leaf.criticalExtensions.includes(extensionOids.extendedKeyUsage) && !leaf.extendedKeyUsage?.some((oid) => purposes.includes(oid));
}

/** `below` are the authorities between the leaf and this one. */
function findingsOfAuthority(authority: Certificate, below: readonly Certificate[], at: Date, isAnchor: boolean): readonly Finding[] {
  const findings = [...criticalFindings(authority), ...keyFindings(authority)];
  // An anchor is trusted for being in the folder; nothing rests on the signature that it puts on itself.
  if (!isAnchor) findings.push(...signatureFindings(authority));
  if (isBefore(at, authority)) findings.push(constraint(authority, `notBefore = ${authority.notBefore.toISOString()}`));
  if (isAfter(at, authority)) findings.push(constraint(authority, `notAfter = ${authority.notAfter.toISOString()}`));
  if (!authority.isAuthority) findings.push(constraint(authority, 'basicConstraints cA = FALSE'));
  if (authority.keyUsage?.has('keyCertSign') === false) findings.push(constraint(authority, 'keyUsage ∌ keyCertSign'));
  if (below.filter(isNotSelfIssued).length > (authority.pathLength ?? Infinity)) findings.push(constraint(authority, `pathLenConstraint = ${authority.pathLength ?? ''}`));
  return findings;
}

function criticalFindings(certificate: Certificate): readonly Finding[] {
  return certificate.criticalExtensions.filter((oid) => !understood.includes(oid)).map((oid) => constraint(certificate, `critical = ${oid}`));
}

function keyFindings(certificate: Certificate): readonly Finding[] {
  const weakness = weaknessOf(certificate);
  return weakness === undefined ? [] : [finding('CRYPTO_CONSTRAINTS_FAILURE', { params: { algorithm: weakness } })];
}

/** Of the room below, and what only the certificate's own encoding shows. */
function weaknessOf({ keyType, keyBits = 0, curve, publicKey }: Certificate): string | undefined {
  const weakness = keyWeakness(publicKey);
  if (weakness !== undefined) return weakness;
  if (keyType === 'ec') return curve === undefined ? 'EC explicit parameters' : undefined;
  if (keyBits > LONGEST_RSA) return `RSA-${keyBits}`;
  // With exponent 1 every value is its own signature.
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent ?? 0n;
  return exponent >= 3n ? undefined : `RSA exponent ${exponent}`;
}

/** Written so that whatever does not compare is outside the period. */
function isBefore(at: Date, { notBefore }: Certificate): boolean {
  return !(at >= notBefore);
}

function isAfter(at: Date, { notAfter }: Certificate): boolean {
  return !(at <= notAfter);
}

function isNotSelfIssued(certificate: Certificate): boolean {
  return !certificate.issuerDer.equals(certificate.subjectDer);
}
