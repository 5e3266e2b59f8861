// Leaf → Signer: the only place that decides whether a certificate is believed at an instant (RFC 5280 §6.1; ETSI EN 319 102-1 §5.2.6). Of all
// verified paths to an anchor the first that satisfies all constraints and is not revoked is taken. Reads no clock and no network: the same
// arguments give the same answer in an audit ten years later. Does not ask whose tax code it is.
import { refuse, Refusal, Unavailable, type Finding } from '../errors/outcomes.ts';
import type { Certificate } from './certificate.ts';
import { constraint, findingsOfPath, signatureFindings } from './constraints.ts';
import type { RevocationList } from './crl.ts';
import type { TrustMaterial } from './material.ts';
import type { OcspResponse } from './ocsp.ts';
import { findPaths, type Path } from './path-search.ts';
import type { Purpose } from './purposes.ts';
import { revocationOf, revokedFinding, RevocationUnknown, type Missing, type Revoked, type RevocationAnswer, type RevocationEvidence } from './revocation.ts';

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

/** What came with a signature, or was fetched for it. Nothing of it is believed for being here. */
export interface Extra {
  /** Links of paths, or signers of revocation data: each must itself satisfy everything. */
  readonly candidates: readonly Certificate[];
  readonly lists: readonly RevocationList[];
  readonly responses: readonly OcspResponse[];
}

/** Why a certificate is not believed, with the path that came nearest, if there is one, and the revocation data that decided. */
export class NotTrusted extends Refusal {
  readonly path: readonly Certificate[];
  readonly revocation: readonly RevocationEvidence[];

  constructor(findings: readonly Finding[], path: readonly Certificate[], revocation: readonly RevocationEvidence[] = []) {
    super(findings);
    this.path = path;
    this.revocation = revocation;
  }
}

const nothing: Extra = { candidates: [], lists: [], responses: [] };

/**
 * Of lists, of answers and of certificates each; every one may cost a verification. An excess is refused and never cut off: what is cut could be
 * the very list that revokes.
 */
const MOST_EXTRA = 64;

/** A path with what the data at hand say about each of its certificates but the anchor. */
interface Judged {
  readonly path: Path;
  readonly answers: readonly RevocationAnswer[];
}

export function trustSigner(leaf: Certificate, material: TrustMaterial, at: Date, purpose: Purpose, extra: Extra = nothing): Signer {
  if (Number.isNaN(at.getTime())) throw new Error('the instant of trust is not a date');
  refuseAny([...findingsOfLeafAlone(leaf, material), ...excessFindings(leaf, extra)]);
  const { paths, isCutShort } = findPaths(leaf, material, extra.candidates);
  const judged = paths.map((path) => ({ path, findings: findingsOfPath(path, at, purpose) }));
  const [best] = judged.toSorted((a, b) => a.findings.length - b.findings.length);
  // The material is ours, so an excess of it is no fault of the dossier.
  if (isCutShort && best?.findings.length !== 0) throw new Unavailable('TRUST_MATERIAL', { retryAfterSeconds: 300, detail: `too many candidate paths from ${leaf.issuer}` });
  if (best === undefined) refuse('NO_CERTIFICATE_CHAIN_FOUND', { params: { issuer: leaf.issuer } });
  if (best.findings.length > 0) throw new NotTrusted(best.findings, best.path);
  return firstUnrevoked(judged.filter(({ findings }) => findings.length === 0).map(({ path }) => path), material, at, extra);
}

/** What holds whatever path is found. An authority's own certificate is not a signer's, even if it lacks the mark of one. */
function findingsOfLeafAlone(leaf: Certificate, { anchors, intermediates }: TrustMaterial): readonly Finding[] {
  const isTrustMaterial = [...anchors, ...intermediates].some((authority) => authority.fingerprint === leaf.fingerprint);
  return isTrustMaterial ? [constraint(leaf, 'basicConstraints cA = TRUE')] : signatureFindings(leaf);
}

function excessFindings(leaf: Certificate, { candidates, lists, responses }: Extra): readonly Finding[] {
  const isExcessive = Math.max(candidates.length, lists.length, responses.length) > MOST_EXTRA;
  return isExcessive ? [constraint(leaf, `CertificateValues, RevocationValues > ${MOST_EXTRA}`)] : [];
}

/** A revoked leaf ends the search. Otherwise one good path is enough, and what nothing covers leaves the question open. */
function firstUnrevoked(paths: readonly Path[], material: TrustMaterial, at: Date, extra: Extra): Signer {
  const judged: Judged[] = [];
  for (const path of paths) {
    const answers = answersFor(path, material, at, extra);
    const evidence = answers.flatMap((answer) => (answer.state === 'good' ? [answer.evidence] : []));
    if (evidence.length === answers.length) return signerOf(path, evidence, at);
    refuseRevokedLeaf(path, answers);
    judged.push({ path, answers });
  }
  return refuseOrWait(judged);
}

function answersFor(path: Path, { anchors, intermediates, delegates: known, revocationLists }: TrustMaterial, at: Date, extra: Extra): readonly RevocationAnswer[] {
  const lists = extra.lists.length === 0 ? revocationLists : [...revocationLists, ...extra.lists];
  const delegates = [...anchors, ...intermediates, ...known, ...extra.candidates];
  return path.slice(0, -1).map((certificate, index) => {
    const [issuer = certificate, ...others] = path.slice(index + 1);
    return revocationOf({ certificate, issuers: [issuer, ...others], lists, responses: extra.responses, delegates, at });
  });
}

function signerOf(path: Path, revocation: readonly RevocationEvidence[], at: Date): Signer {
  const [leaf] = path;
  if (leaf === undefined) throw new Error('a path without certificates');
  const { subject, commonName, taxCodes } = leaf;
  const signer: SignerFields = { certificate: leaf, path, subject, commonName, taxCodes, revocation, at: new Date(at) };
  return signer as Signer;
}

function refuseRevokedLeaf(path: Path, [answer]: readonly RevocationAnswer[]): void {
  const [leaf] = path;
  if (leaf !== undefined && answer?.state === 'revoked') throw new NotTrusted([revokedFinding(leaf, answer)], path, [answer.evidence]);
}

/** None of the paths is good. One on which nothing is revoked may become so; if there is none, the first revocation is the reason. */
function refuseOrWait(judged: readonly Judged[]): never {
  const open = judged.filter(({ answers }) => answers.every(({ state }) => state !== 'revoked'));
  if (open.length > 0) throw new RevocationUnknown(distinct(open.flatMap(missingOf)), open.flatMap(({ answers }) => answers.flatMap(whyOf)).join('; '));
  const [first] = judged.flatMap(({ path, answers }) => answers.flatMap((answer, index) => revokedOnPath(path, index, answer)));
  throw first ?? new Error('no path to judge');
}

function missingOf({ path, answers }: Judged): readonly Missing[] {
  return answers.flatMap(({ state }, index) => {
    const [certificate, issuer] = path.slice(index);
    return state === 'unknown' && certificate !== undefined && issuer !== undefined ? [{ certificate, issuer }] : [];
  });
}

function distinct(missing: readonly Missing[]): readonly Missing[] {
  return [...new Map(missing.map((entry) => [`${entry.certificate.fingerprint} ${entry.issuer.fingerprint}`, entry])).values()];
}

function whyOf(answer: RevocationAnswer): readonly string[] {
  return answer.state === 'unknown' ? [answer.why] : [];
}

function revokedOnPath(path: Path, index: number, answer: RevocationAnswer): readonly NotTrusted[] {
  const certificate = path[index];
  return certificate !== undefined && answer.state === 'revoked' ? [new NotTrusted([constraint(certificate, wordsOf(answer))], path, [answer.evidence])] : [];
}

function wordsOf({ revokedAt, reason }: Revoked): string {
  return `revocationDate = ${revokedAt.toISOString()}, reasonCode = ${reason}`;
}

function refuseAny(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new Refusal(findings);
}
