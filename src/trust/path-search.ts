// Every verified path from a certificate to an anchor, by name and signature (RFC 4158), within a bound of work that depends on the arguments
// alone. Certificates that a sender sent along may be links of a path; they are searched apart, within bounds of their own, so that nothing
// sent can hide a path over our own material or make an excess of it. A path ends at the first anchor.
import { BoundedMap } from '../bounded-map.ts';
import type { Certificate } from './certificate.ts';
import { weaknessOf } from './constraints.ts';
import type { TrustMaterial } from './material.ts';
import { isSignedBy } from './signed.ts';

export type Path = readonly Certificate[];

export interface Found {
  /** The shortest first; those over our own material before those over certificates that were sent. */
  readonly paths: readonly Path[];
  /** Our own material made more candidates than the bound: there may be further paths. */
  readonly isCutShort: boolean;
}

interface Search {
  readonly anchors: readonly Certificate[];
  readonly authorities: readonly Certificate[];
  linksLeft: number;
}

/** In certificates, leaf and anchor included. In Vietnam a path has three. */
const LONGEST_PATH = 6;
/** Candidate links looked at for one leaf. Cross-signed authorities make their number grow exponentially; real material needs under ten. */
const MOST_LINKS = 100;
/** Of certificates sent along. A real sender's chain has two. */
const MOST_CANDIDATES = 16;
/**
 * Leaves for which paths are remembered with one material. A leaf without a path costs its digest, one with a path itself and references to
 * authorities: 1024 times 16 KiB at most, and that only for whoever has so many certificates of our authorities.
 */
const PATHS_REMEMBERED = 1024;

/** Forgotten with the material. */
const remembered = new WeakMap<TrustMaterial, BoundedMap<string, Found>>();

/** The instant plays no part in it: constraints and revocation are judged for each path anew. */
export function findPaths(leaf: Certificate, material: TrustMaterial, candidates: readonly Certificate[] = []): Found {
  const known = remembered.get(material) ?? new BoundedMap<string, Found>(PATHS_REMEMBERED);
  remembered.set(material, known);
  const further = usefulCandidates(candidates, material);
  const key = [leaf, ...further].map(({ fingerprint }) => fingerprint).join(' ');
  return known.getOrCompute(key, () => search(leaf, material, further));
}

function search(leaf: Certificate, { anchors, intermediates }: TrustMaterial, candidates: readonly Certificate[]): Found {
  const own: Search = { anchors, authorities: [...anchors, ...intermediates], linksLeft: MOST_LINKS };
  const paths = pathsFrom(leaf, own);
  const isCutShort = own.linksLeft === 0;
  if (candidates.length === 0) return { paths, isCutShort };
  const wide: Search = { anchors, authorities: [...own.authorities, ...candidates], linksLeft: MOST_LINKS };
  const overCandidates = pathsFrom(leaf, wide).filter((path) => path.some((certificate) => candidates.includes(certificate)));
  return { paths: [...paths, ...overCandidates], isCutShort };
}

/** Authorities with sound keys that we do not have ourselves, each once: nothing else could be a link, and a monstrous key costs time. */
function usefulCandidates(candidates: readonly Certificate[], { anchors, intermediates }: TrustMaterial): readonly Certificate[] {
  if (candidates.length === 0) return [];
  const known = new Set([...anchors, ...intermediates].map(({ fingerprint }) => fingerprint));
  const useful = new Map<string, Certificate>();
  for (const candidate of candidates) {
    if (useful.size === MOST_CANDIDATES) break;
    if (candidate.isAuthority && !known.has(candidate.fingerprint) && weaknessOf(candidate) === undefined) useful.set(candidate.fingerprint, candidate);
  }
  return [...useful.values()];
}

function pathsFrom(leaf: Certificate, search: Search): readonly Path[] {
  const open: Path[] = [[leaf]];
  const found: Path[] = [];
  for (const path of open) {
    for (const issuer of verifiedIssuersOf(path, search)) {
      const ends = search.anchors.includes(issuer);
      (ends ? found : open).push([...path, issuer]);
    }
  }
  return found;
}

function verifiedIssuersOf(path: Path, search: Search): readonly Certificate[] {
  const last = path.at(-1);
  if (last === undefined || path.length === LONGEST_PATH) return [];
  const isNew = ({ fingerprint }: Certificate): boolean => !path.some((certificate) => certificate.fingerprint === fingerprint);
  const candidates = issuersOf(last, search.authorities).filter(isNew).slice(0, search.linksLeft);
  search.linksLeft -= candidates.length;
  return candidates.filter((issuer) => isSignedBy(last, issuer));
}

/**
 * By name, the likeliest first: key identifier, or issuer and serial number, that the certificate says its issuer has. They are hints and no
 * proof (RFC 4158 §3.5.12): one that misleads costs a step and hides nothing.
 */
function issuersOf(certificate: Certificate, authorities: readonly Certificate[]): readonly Certificate[] {
  const named = authorities.filter((authority) => authority.subjectDer.equals(certificate.issuerDer));
  return named.length < 2 ? named : named.toSorted((a, b) => likelihood(b, certificate) - likelihood(a, certificate));
}

function likelihood(authority: Certificate, { authorityKeyIdentifier, authorityIssuerDer, authoritySerialNumber }: Certificate): number {
  const isKey = authority.subjectKeyIdentifier === authorityKeyIdentifier;
  const isVeryCertificate = authorityIssuerDer?.equals(authority.issuerDer) === true && authoritySerialNumber === authority.serialNumber;
  return (isVeryCertificate ? 2 : 0) + (isKey ? 1 : 0);
}
