// What signatures were judged by, out of all that the gateway trusted and knew at the time: the certificates above their signers, and the revocation lists
// and OCSP answers that speak of any certificate between. The manifests name the rest by its digests.
import { partsNamed, isManifest } from '../trust/manifest.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Query } from '../store/database.ts';
import { findEvidenceBodies, findTrustBodies, listTrustHeads } from '../store/dossier-evidence.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import { issuerOfList } from '../trust/list-issuer.ts';
import { partsOf, restoreTrustMaterial } from '../trust/material.ts';
import type { TrustPart } from '../trust/material.ts';

export interface TrustUsed {
  /** Trust material by digest: its list of parts (or, of before there were lists, itself), and of its parts those that were used. */
  readonly materials: ReadonlyMap<string, { readonly body: Buffer; readonly parts: readonly TrustPart[] }>;
  /** OCSP answers by digest. */
  readonly answers: ReadonlyMap<string, Buffer>;
}

/** `digests`: of trust material. @throws Error when the store lacks any of it. */
export async function findTrustUsed(query: Query, digests: readonly string[], signers: readonly Certificate[], reports: readonly SignatureReport[]): Promise<TrustUsed> {
  const bodies = await findTrustBodies(query, digests);
  const whole = new Map<string, readonly TrustPart[]>();
  for (const digest of new Set(digests)) whole.set(digest, await headsOf(query, bodies.get(digest), digest));
  const heads = [...new Map([...whole.values()].flat().map((part) => [part.digest, part])).values()];
  const wanted = chosen(heads, signers, reports);
  const answers = [...new Set(reports.flatMap(({ answers: named = [] }) => named))].sort();
  const found = await findEvidenceBodies(query, [...wanted, ...answers]);
  const bodyOf = (digest: string): Buffer => found.get(digest) ?? missing(digest);
  return {
    materials: new Map([...whole].map(([digest, parts]) => [
      digest,
      // A material of before there were parts holds them whole.
      { body: bodies.get(digest) ?? missing(digest), parts: parts.filter((part) => wanted.has(part.digest)).map((part) => ({ ...part, body: found.get(part.digest) ?? (isManifestBody(bodies, digest) ? missing(part.digest) : part.body) })) },
    ])),
    answers: new Map(answers.map((digest) => [digest, bodyOf(digest)])),
  };
}

function isManifestBody(bodies: ReadonlyMap<string, Buffer>, digest: string): boolean {
  return isManifest(bodies.get(digest) ?? Buffer.alloc(0));
}

/** Of lists no more than their first octets. */
async function headsOf(query: Query, body: Buffer | undefined, digest: string): Promise<readonly TrustPart[]> {
  if (body === undefined) return missing(digest);
  return isManifest(body) ? listTrustHeads(query, partsNamed(body).map((part) => part.digest)) : partsOf(restoreTrustMaterial(body));
}

/** Digests of the parts that have a say about the signers or about whoever certified them. */
function chosen(heads: readonly TrustPart[], signers: readonly Certificate[], reports: readonly SignatureReport[]): ReadonlySet<string> {
  const named = new Set(reports.flatMap(({ path = [], revocation = [] }) => [...path, ...revocation.map(({ digest }) => digest)]));
  const certificates = heads.filter(({ kind }) => kind === 'certificate').map(({ body }) => parseCertificate(body));
  const used = new Map(certificates.filter(({ fingerprint }) => named.has(fingerprint)).map((certificate) => [certificate.fingerprint, certificate]));
  const issuers = new Set<string>();
  for (let news: readonly Certificate[] = [...signers, ...used.values()]; news.length > 0;) {
    for (const { issuerDer } of news) issuers.add(issuerDer.toString('hex'));
    news = certificates.filter((certificate) => !used.has(certificate.fingerprint) && isAbove(certificate, issuers));
    for (const certificate of news) used.set(certificate.fingerprint, certificate);
  }
  const voices = new Set([...issuers, ...[...used.values()].map(({ subjectDer }) => subjectDer.toString('hex'))]);
  const lists = heads.filter(({ kind, body, digest }) => kind === 'crl' && (named.has(digest) || voices.has(issuerOfList(body)?.toString('hex') ?? '')));
  return new Set([...used.keys(), ...lists.map(({ digest }) => digest)]);
}

/** An issuer, or one whom an issuer has sign its lists and answers. */
function isAbove({ isAuthority, subjectDer, issuerDer }: Certificate, issuers: ReadonlySet<string>): boolean {
  return issuers.has((isAuthority ? subjectDer : issuerDer).toString('hex'));
}

function missing(digest: string): never {
  throw new Error(`trust material or evidence ${digest} is not there`);
}
