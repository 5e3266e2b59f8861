// What a certificate may be used for, by keyUsage and extKeyUsage (RFC 5280 §4.2.1.3, §4.2.1.12; RFC 3161 §2.3; RFC 6960 §4.2.2.2). Issuers in
// Vietnam name purposes freely for those who sign dossiers (client authentication, e-mail, documents of Microsoft or Adobe, arcs of their
// own), so a purpose nobody knows is no objection; but a certificate whose purposes are all known and none of them signing signs no dossier.
import type { Certificate } from './certificate.ts';
import { extensionOids, type KeyUsage } from './extensions.ts';

/** What a leaf is trusted for. */
export type Purpose = 'signature' | 'timestamp';
/** Besides: who signs revocation data for an authority. */
export type Role = Purpose | 'revocationList' | 'ocspResponse';

const ANY = '2.5.29.37.0';
const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

const signingDocuments: readonly string[] = [
  ANY,
  CLIENT,
  '1.3.6.1.5.5.7.3.4', // e-mail protection
  '1.3.6.1.5.5.7.3.36', // document signing (RFC 9336)
  '1.3.6.1.4.1.311.10.3.12', // Microsoft document signing
  '1.2.840.113583.1.1.5', // Adobe authentic documents
];

const known: ReadonlySet<string> = new Set([
  ...signingDocuments,
  SERVER,
  '1.3.6.1.5.5.7.3.3', // code
  '1.3.6.1.5.5.7.3.5', // IPsec, three generations of it
  '1.3.6.1.5.5.7.3.6',
  '1.3.6.1.5.5.7.3.7',
  '1.3.6.1.5.5.7.3.17',
  TIME_STAMPING,
  OCSP_SIGNING,
]);

const signing: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation'];
const keyUsages: Readonly<Record<Role, readonly KeyUsage[]>> = { signature: signing, timestamp: signing, ocspResponse: signing, revocationList: ['cRLSign'] };

/** What forbids the leaf of a path this role, in the words of RFC 5280. */
export function leafObjections(leaf: Certificate, role: Role): readonly string[] {
  const wanted = keyUsages[role];
  const objections: string[] = [];
  // An authority signs its own lists with any of its keys; nothing else that is judged here is signed by one.
  if (leaf.isAuthority && role !== 'revocationList') objections.push('basicConstraints cA = TRUE');
  if (leaf.keyUsage && !wanted.some((usage) => leaf.keyUsage?.has(usage))) objections.push(`keyUsage ∌ ${wanted.join(', ')}`);
  if (!purposesAllow[role](leaf)) objections.push(`extKeyUsage = ${leaf.extendedKeyUsage?.join(', ') ?? '∅'}`);
  return objections;
}

/** The purposes of an authority bind what it certifies; so do browsers and OpenSSL take them. */
export function authorityObjections(authority: Certificate, role: Role): readonly string[] {
  const isOf = role === 'timestamp' ? [ANY, TIME_STAMPING] : signingDocuments;
  if (role === 'ocspResponse' || role === 'revocationList' || !isForOthers(authority, isOf)) return [];
  return [`extKeyUsage = ${authority.extendedKeyUsage?.join(', ') ?? ''}`];
}

const purposesAllow: Readonly<Record<Role, (leaf: Certificate) => boolean>> = {
  signature: (leaf) => !isForOthers(leaf, isServer(leaf) ? signingDocuments.filter((oid) => oid !== CLIENT) : signingDocuments),
  // Alone and critical, so that no key that signs time signs anything else (RFC 3161 §2.3).
  timestamp: ({ extendedKeyUsage, criticalExtensions }) => extendedKeyUsage?.join() === TIME_STAMPING && criticalExtensions.includes(extensionOids.extendedKeyUsage),
  // Not `any`: an answer for an authority needs the authority's word for it.
  ocspResponse: ({ extendedKeyUsage }) => extendedKeyUsage?.includes(OCSP_SIGNING) === true,
  revocationList: () => true,
};

/** Where the extension is critical the issuer meant to exclude whatever it does not name; otherwise a purpose we do not know may be ours. */
function isForOthers({ extendedKeyUsage, criticalExtensions }: Certificate, ours: readonly string[]): boolean {
  if (extendedKeyUsage === undefined || extendedKeyUsage.some((oid) => ours.includes(oid))) return false;
  return criticalExtensions.includes(extensionOids.extendedKeyUsage) || extendedKeyUsage.every((oid) => known.has(oid));
}

/** TLS servers are certified as servers and clients in one; who signs documents besides has nonRepudiation, which no TLS server has. */
function isServer({ extendedKeyUsage, keyUsage }: Certificate): boolean {
  return extendedKeyUsage?.includes(SERVER) === true && keyUsage?.has('nonRepudiation') !== true;
}
