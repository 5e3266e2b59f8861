// Leaf → Signer: the only place that decides whether a certificate is believed at an instant (RFC 5280 §6.1, RFC 4158; ETSI EN 319 102-1
// §5.2.6). Every path to an anchor is sought by name and verified link by link, within a bound of work that depends on the arguments alone;
// the first that satisfies all constraints and is not revoked is taken. Reads no clock and no network: the same arguments give the same
// answer in an audit ten years later. Does not ask whose tax code it is.
import { refuse, Refusal, Unavailable, type Finding } from '../errors/outcomes.ts';
import type { Certificate } from './certificate.ts';
import { constraint, findingsOfPath, signatureFindings, type Purpose } from './constraints.ts';
import type { TrustMaterial } from './material.ts';
import { revocationOf, revokedFinding, type RevocationEvidence } from './revocation.ts';
import { isSignedBy } from './signed.ts';

declare const signerBrand: unique symbol;

interface SignerFields {
  readonly certificate: Certificate;
  /** From the leaf to the anchor. */
  readonly path: readonly Certificate[];
  readonly subject: string;
  readonly commonName: string;
  readonly taxCodes: readonly string[];
  /** One for each certificate of the path except the anchor, in the order of the path. */
  readonly revocation: readonly RevocationEvidence[];
  readonly at: Date;
}

/** Only `trustSigner` makes one. */
export type Signer = SignerFields & { readonly [signerBrand]: true };

type Path = readonly Certificate[];

interface Search {
  readonly material: TrustMaterial;
  linksLeft: number;
}

/** In certificates, leaf and anchor included. In Vietnam a path has three. */
const LONGEST_PATH = 6;
/** Candidate links looked at for one leaf. Cross-signed authorities make their number grow exponentially; real material needs under ten. */
const MOST_LINKS = 100;

export function trustSigner(leaf: Certificate, material: TrustMaterial, at: Date, purpose: Purpose): Signer {
  if (Number.isNaN(at.getTime())) throw new Error('the instant of trust is not a date');
  refuseAny(findingsOfLeafAlone(leaf, material));
  const search: Search = { material, linksLeft: MOST_LINKS };
  const judged = pathsFrom(leaf, search).map((path) => ({ path, findings: findingsOfPath(path, at, purpose) }));
  const [best] = judged.toSorted((a, b) => a.findings.length - b.findings.length);
  // The material is ours, so an excess of it is no fault of the dossier.
  if (search.linksLeft === 0 && best?.findings.length !== 0) throw new Unavailable('TRUST_MATERIAL', { retryAfterSeconds: 300, detail: `too many candidate paths from ${leaf.issuer}` });
  if (best === undefined) refuse('NO_CERTIFICATE_CHAIN_FOUND', { params: { issuer: leaf.issuer } });
  refuseAny(best.findings);
  return firstUnrevoked(judged.filter(({ findings }) => findings.length === 0).map(({ path }) => path), material, at);
}

/** What holds whatever path is found. An authority's own certificate is not a signer's, even if it lacks the mark of one. */
function findingsOfLeafAlone(leaf: Certificate, { anchors, intermediates }: TrustMaterial): readonly Finding[] {
  const isTrustMaterial = [...anchors, ...intermediates].some((authority) => authority.fingerprint === leaf.fingerprint);
  return isTrustMaterial ? [constraint(leaf, 'basicConstraints cA = TRUE')] : signatureFindings(leaf);
}

/** Every verified path from the leaf to an anchor, the shortest first. */
function pathsFrom(leaf: Certificate, search: Search): readonly Path[] {
  const open: Path[] = [[leaf]];
  const found: Path[] = [];
  for (const path of open) {
    for (const issuer of verifiedIssuersOf(path, search)) {
      const ends = search.material.anchors.includes(issuer);
      (ends ? found : open).push([...path, issuer]);
    }
  }
  return found;
}

function verifiedIssuersOf(path: Path, search: Search): readonly Certificate[] {
  const last = path.at(-1);
  if (last === undefined || path.length === LONGEST_PATH) return [];
  const candidates = issuersOf(last, search.material).filter((issuer) => !path.includes(issuer)).slice(0, search.linksLeft);
  search.linksLeft -= candidates.length;
  return candidates.filter((issuer) => isSignedBy(last, issuer));
}

/** By name; those whose key identifier is the one named first, for it is a hint and no proof (RFC 4158 §3.5.12). */
function issuersOf(certificate: Certificate, { anchors, intermediates }: TrustMaterial): readonly Certificate[] {
  const named = [...anchors, ...intermediates].filter((authority) => authority.subjectDer.equals(certificate.issuerDer));
  const isHinted = (authority: Certificate): boolean => authority.subjectKeyIdentifier === certificate.authorityKeyIdentifier;
  return [...named.filter(isHinted), ...named.filter((authority) => !isHinted(authority))];
}

/** A revoked leaf ends the search. Otherwise one good path is enough, and what no list covers leaves the question open. */
function firstUnrevoked(paths: readonly Path[], material: TrustMaterial, at: Date): Signer {
  const failures: (Refusal | Unavailable)[] = [];
  for (const path of paths) {
    const outcome = attempt(() => signerOf(path, material, at));
    if (!(outcome instanceof Error)) return outcome;
    if (outcome instanceof Refusal && outcome.findings.some(({ code }) => code === 'REVOKED')) throw outcome;
    failures.push(outcome);
  }
  throw failures.find((failure) => failure instanceof Unavailable) ?? failures[0] ?? new Error('no path to judge');
}

function signerOf(path: Path, material: TrustMaterial, at: Date): Signer {
  const [leaf] = path;
  if (leaf === undefined) throw new Error('a path without certificates');
  const revocation = path.slice(0, -1).map((certificate, index) => evidenceFor(certificate, path[index + 1] ?? certificate, material, at, index === 0));
  const { subject, commonName, taxCodes } = leaf;
  const signer: SignerFields = { certificate: leaf, path, subject, commonName, taxCodes, revocation, at: new Date(at) };
  return signer as Signer;
}

function evidenceFor(certificate: Certificate, issuer: Certificate, material: TrustMaterial, at: Date, isLeaf: boolean): RevocationEvidence {
  const answer = revocationOf(certificate, issuer, material, at);
  if ('evidence' in answer) return answer.evidence;
  const { revokedAt } = answer;
  throw new Refusal([isLeaf ? revokedFinding(certificate, revokedAt) : constraint(certificate, `revocationDate = ${revokedAt.toISOString()}`)]);
}

function attempt(decide: () => Signer): Signer | Refusal | Unavailable {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unavailable) return error;
    throw error;
  }
}

function refuseAny(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new Refusal(findings);
}
