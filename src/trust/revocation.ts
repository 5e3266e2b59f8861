// Was a certificate revoked at an instant? Decided from the revocation lists at hand (RFC 5280 §6.3), never from the network. Three answers:
// evidence that it was not; a finding that it was; or `Unavailable`, because no usable list covers the instant. The last is "not now": silence
// of a CA neither accepts nor refuses a dossier. Delta, partitioned and indirect lists are not used (`crl.ts` marks them).
import { finding, Unavailable, type Finding } from '../errors/outcomes.ts';
import type { Certificate } from './certificate.ts';
import type { RevocationList } from './crl.ts';
import type { TrustMaterial } from './material.ts';
import { isSignedBy } from './signed.ts';

/** Which list answered for a certificate. */
export interface RevocationEvidence {
  /** Fingerprint of the certificate the evidence is about. */
  readonly certificate: string;
  readonly issuer: string;
  readonly number: string | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** SHA-256 of the list. */
  readonly digest: string;
}

export type RevocationAnswer = { readonly revokedAt: Date } | { readonly evidence: RevocationEvidence };

interface CurrentList extends RevocationList {
  readonly nextUpdate: Date;
}

/** Lists are published daily or rarer, and fetched in the background: asking again at once is of no use. */
const RETRY_SECONDS = 300;

export function revocationOf(certificate: Certificate, issuer: Certificate, material: TrustMaterial, at: Date): RevocationAnswer {
  const list = listFor(certificate, issuer, material, at);
  const entry = list.entries.get(certificate.serialNumber);
  // A hold counts: whoever is suspended at the instant of reception cannot sign at that instant.
  if (entry !== undefined && entry.date <= at) return { revokedAt: entry.date };
  const { number, thisUpdate, nextUpdate, fingerprint: digest } = list;
  return { evidence: { certificate: certificate.fingerprint, issuer: list.issuer, number, thisUpdate, nextUpdate, digest } };
}

export function revokedFinding(certificate: Certificate, revokedAt: Date): Finding {
  return finding('REVOKED', { params: { subject: certificate.commonName, revokedAt: revokedAt.toISOString() } });
}

/**
 * The newest list there is, even if newer than the instant: it knows at least as much, and its dates decide. Not one issued after the
 * certificate expired, though, for by then the entry may have been dropped (§3.3).
 */
function listFor(certificate: Certificate, issuer: Certificate, material: TrustMaterial, at: Date): CurrentList {
  const usable = material.revocationLists
    .filter((list) => list.unusable === undefined && isFrom(list, issuer) && list.thisUpdate <= certificate.notAfter)
    .sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
  // Only the newest: what an older one does not know yet, it must not clear.
  const [newest] = usable;
  if (newest !== undefined && isCurrent(newest, at)) return newest;
  const state = newest === undefined ? 'there is no usable revocation list' : `the revocation list expired at ${newest.nextUpdate?.toISOString() ?? ''}`;
  throw new Unavailable('REVOCATION_UNKNOWN', { retryAfterSeconds: RETRY_SECONDS, detail: `${state}: ${issuer.subject}` });
}

function isCurrent(list: RevocationList, at: Date): list is CurrentList {
  return list.nextUpdate !== undefined && list.nextUpdate > at;
}

function isFrom(list: RevocationList, issuer: Certificate): boolean {
  if (!list.issuerDer.equals(issuer.subjectDer)) return false;
  if (issuer.keyUsage?.has('cRLSign') === false) return false;
  return isSignedBy(list, issuer);
}
