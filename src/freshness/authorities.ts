// Who an authority is, whatever number of certificates it has: its name and its key. A list belongs to these two, so a renewed certificate of
// the same key shares the list, and another generation of the same name does not.
import { createHash } from 'node:crypto';

import { BoundedMap } from '../bounded-map.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { RevocationList } from '../trust/crl.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { isSignedBy } from '../trust/signed.ts';

const keys = new BoundedMap<string, string>(1024);

/** SHA-256 over name and public key, hex. */
export function authorityKey({ fingerprint, subjectDer, publicKey }: Certificate): string {
  return keys.getOrCompute(fingerprint, () => createHash('sha256').update(subjectDer).update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex'));
}

export function authoritiesOf({ anchors, intermediates }: TrustMaterial): readonly Certificate[] {
  return [...anchors, ...intermediates];
}

/** The authority of the material that verifiably signed a certificate, if there is one. Only such a certificate's URLs are ever used. */
export function issuerOf(certificate: Certificate, material: TrustMaterial): Certificate | undefined {
  return authoritiesOf(material).find((authority) => isIssuedBy(certificate, authority));
}

export function isIssuedBy(certificate: Certificate, authority: Certificate): boolean {
  return certificate.issuerDer.equals(authority.subjectDer) && isSignedBy(certificate, authority);
}

/** Authorities of this name, as encoded, and those whom they let sign lists. */
export function signersNamed(name: Buffer, material: TrustMaterial): readonly Certificate[] {
  return [...authoritiesOf(material), ...material.delegates].filter(({ subjectDer }) => subjectDer.equals(name));
}

/** All certificates, of any generation of an authority, whose key signed the list; a list may be signed by another key of its issuer's name. */
export function signersOf(list: RevocationList, name: Buffer, material: TrustMaterial): readonly Certificate[] {
  return signersNamed(name, material).filter((signer) => isListOf(list, signer));
}

/** The authority's newest usable list that speaks of the same certificates as `like`, or of any without it; current or not. */
export function newestList(authorities: readonly Certificate[], { revocationLists }: TrustMaterial, like?: RevocationList): RevocationList | undefined {
  const usable = revocationLists.filter((list) => list.unusable === undefined && authorities.some((authority) => isListOf(list, authority)));
  return usable
    .filter((list) => like === undefined || partOf(list) === partOf(like))
    .reduce<RevocationList | undefined>((newest, list) => (newest === undefined || list.thisUpdate > newest.thisUpdate ? list : newest), undefined);
}

function isListOf(list: RevocationList, authority: Certificate): boolean {
  return list.issuerDer.equals(authority.subjectDer) && authority.keyUsage?.has('cRLSign') !== false && isSignedBy(list, authority);
}

/** Which of its issuer's certificates a list speaks of: equal for lists that replace each other. */
export function partOf({ scope: { of, points } }: RevocationList): string {
  return [of, ...[...(points ?? [])].sort()].join(' ');
}
