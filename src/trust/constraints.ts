// What every certificate of a path must satisfy at an instant (RFC 5280 §6.1; ETSI EN 319 102-1 §5.2.6; key sizes of TT 15/2025/TT-BKHCN
// PL I 1.2): validity, CA flag, path length, usages and purposes, names, understood critical extensions, sound keys and algorithms. Collects
// every finding, because a refusal lists all of them. Links and revocation are not looked at here.
import { finding, type Finding } from '../errors/outcomes.ts';
import { keyWeakness } from '../signature/algorithms.ts';
import type { Certificate } from './certificate.ts';
import { extensionOids } from './extensions.ts';
import { nameViolation } from './name-constraints.ts';
import { authorityObjections, leafObjections, type Role } from './purposes.ts';
import { unsoundAlgorithm } from './signed.ts';

/**
 * Policies are recognised because none is asked for: then mappings and the ban on anyPolicy change nothing. A path that must have a policy
 * (requireExplicitPolicy) is refused, critical or not, for the tree of RFC 5280 §6.1.2 is not computed.
 */
const understood: readonly string[] = [
  extensionOids.basicConstraints,
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.subjectAlternativeName,
  extensionOids.nameConstraints,
  extensionOids.crlDistributionPoints,
  extensionOids.certificatePolicies,
  extensionOids.policyMappings,
  extensionOids.policyConstraints,
  extensionOids.inhibitAnyPolicy,
];

/** Beyond this a key only costs time: verification grows with the square of its length. */
const LONGEST_RSA = 8192;

/** `path` runs from the leaf to the anchor. The algorithm of the leaf's signature is `signatureFindings`, asked before a path is sought. */
export function findingsOfPath(path: readonly Certificate[], at: Date, role: Role): readonly Finding[] {
  const [leaf, ...authorities] = path;
  if (leaf === undefined) throw new Error('a path without certificates');
  const isAnchor = (index: number): boolean => index === authorities.length - 1;
  const ofAuthorities = authorities.flatMap((authority, index) => findingsOfAuthority(authority, authorities.slice(0, index), at, role, isAnchor(index)));
  return [...findingsOfLeaf(leaf, at, role), ...ofAuthorities, ...nameFindings(path)];
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

function findingsOfLeaf(leaf: Certificate, at: Date, role: Role): readonly Finding[] {
  const findings = [...extensionFindings(leaf), ...keyFindings(leaf)];
  const subject = leaf.commonName;
  if (isBefore(at, leaf)) findings.push(finding('NOT_YET_VALID', { params: { subject, from: leaf.notBefore.toISOString() } }));
  if (isAfter(at, leaf)) findings.push(finding('EXPIRED', { params: { subject, until: leaf.notAfter.toISOString() } }));
  return [...findings, ...leafObjections(leaf, role).map((reason) => constraint(leaf, reason))];
}

/** `below` are the authorities between the leaf and this one. */
function findingsOfAuthority(authority: Certificate, below: readonly Certificate[], at: Date, role: Role, isAnchor: boolean): readonly Finding[] {
  const findings = [...extensionFindings(authority), ...keyFindings(authority), ...authorityObjections(authority, role).map((reason) => constraint(authority, reason))];
  // An anchor is trusted for being in the folder; nothing rests on the signature that it puts on itself.
  if (!isAnchor) findings.push(...signatureFindings(authority));
  if (isBefore(at, authority)) findings.push(constraint(authority, `notBefore = ${authority.notBefore.toISOString()}`));
  if (isAfter(at, authority)) findings.push(constraint(authority, `notAfter = ${authority.notAfter.toISOString()}`));
  if (!authority.isAuthority) findings.push(constraint(authority, 'basicConstraints cA = FALSE'));
  if (authority.keyUsage?.has('keyCertSign') === false) findings.push(constraint(authority, 'keyUsage ∌ keyCertSign'));
  if (below.filter(isNotSelfIssued).length > (authority.pathLength ?? Infinity)) findings.push(constraint(authority, `pathLenConstraint = ${authority.pathLength ?? ''}`));
  return findings;
}

/** One for each certificate that an authority above it may not have certified. */
function nameFindings(path: readonly Certificate[]): readonly Finding[] {
  return path.flatMap((certificate, index) => {
    const violations = path.slice(index + 1).map((authority) => nameViolation(certificate, authority, index === 0));
    return [...new Set(violations.filter((reason) => reason !== undefined))].map((reason) => constraint(certificate, `nameConstraints ${reason}`));
  });
}

function extensionFindings(certificate: Certificate): readonly Finding[] {
  const unknown = certificate.criticalExtensions.filter((oid) => !understood.includes(oid)).map((oid) => `critical = ${oid}`);
  const policy = certificate.requiresPolicy ? ['policyConstraints requireExplicitPolicy'] : [];
  return [...unknown, ...policy].map((reason) => constraint(certificate, reason));
}

function keyFindings(certificate: Certificate): readonly Finding[] {
  const weakness = weaknessOf(certificate);
  return weakness === undefined ? [] : [finding('CRYPTO_CONSTRAINTS_FAILURE', { params: { algorithm: weakness } })];
}

/** Of the room below, and what only the certificate's own encoding shows. */
export function weaknessOf({ keyType, keyBits = 0, curve, publicKey }: Certificate): string | undefined {
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
