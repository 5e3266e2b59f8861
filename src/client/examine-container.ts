// An evidence container (ETSI EN 319 162-1 §4.4): the gateway's signature over every file of it, then each document by what is inside – certificates, lists,
// answers – as of the time that the log's checkpoint and its time stamps prove. Nothing inside is believed for being inside: paths lead to the anchors of
// whoever asks alone, and keys of the log that came along prove nothing. Whose documents and whose seal they are is shown by what comes from elsewhere: the log's
// key, under which each document's octets are an entry, or the gateway's certificate (`container-roles.ts`). Pure and offline.
import { finding, Refusal } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { readContainer } from '../evidence/container/read.ts';
import { SIGNATURE_FILE, TYPE_FILE, writeContainer } from '../evidence/container/write.ts';
import type { MessageFacts } from '../receipts/read.ts';
import { objectOf, passed, statusOf, worst } from '../report/model.ts';
import type { BestTime, ObjectReport, ProofEntry, Reason, SignatureEntry, Status, Words } from '../report/model.ts';
import { verifyDetached } from '../signature/detached.ts';
import { statusOfCodes } from '../standard/signature-report.ts';
import { parse } from '../xml/parse.ts';
import { enclosedTrust } from './enclosed-trust.ts';
import { examine, refused } from './examine.ts';
import { attempted } from './attempted.ts';
import { ClientError } from './errors.ts';
import { examineEntries } from './examine-entries.ts';
import type { Entries } from './examine-entries.ts';
import { reportOn } from './examined.ts';
import type { ExamineBasis, Examined, Named } from './examined.ts';
import { rolesOf } from './container-roles.ts';
import { examineMaterial } from './examine-material.ts';
import { examineSignature } from './examine-signature.ts';
import { reasonFor, reasonOfError, reasonOfPublished } from './reasons.ts';
import { confirmedSeal } from './second-opinion.ts';
import { digestOf } from './verify-message.ts';

const sealRole: Words = { vi: 'Chữ ký của cổng trên mọi tệp trong gói', en: 'The gateway’s signature over every file of the container' };
const sealPlace = { path: ['XAdESSignatures'] };

export async function examineContainer(name: string, bytes: Buffer, given: ExamineBasis): Promise<Examined> {
  const what: Named = { name, digest: digestOf(bytes), size: bytes.length };
  const files = attempted(() => readContainer(bytes).files);
  if (files instanceof Refusal) return refused(what, files, 'container');
  const basis = { ...given, ...enclosedTrust(files, given) };
  const entries = examineEntries(files, basis);
  const seal = await examineSeal(files, basis);
  const inner = await examineDocuments(files, basis, entries);
  const roles = rolesOf(seal.entry, inner.objects, basis);
  const objects = roles.objects;
  const other = given.about !== undefined && files.get('dossier.xml') !== undefined && inner.dossier !== given.about ? [new ClientError('OTHER_DOSSIER', '/', `${inner.dossier.slice(0, 12)} ≠ ${given.about.slice(0, 12)}`)] : [];
  // No signature is over what ZIP says of the files: only octets that the gateway itself would write leave nothing open.
  const isAsWritten = writeContainer(files).equals(bytes);
  const own = worst([objects.length === 0 || other.length > 0 ? statusOf('TOTAL-FAILED') : passed, seal.status, isAsWritten ? passed : statusOf('INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE')]);
  const signatures = roles.seal === undefined ? [] : [roles.seal];
  const isCarried = roles.seal !== undefined && roles.isSealShown && isEnded(roles.seal) && objects.every(isProven);
  const examined = reportOn(what, 'container', {
    signatures: isCarried ? [] : signatures,
    proofs: [...entries.ofCheckpoint, ...examineMaterial(files, inner.receipt)],
    reasons: [...seal.reasons, ...(isAsWritten ? [] : [reasonFor('CONTAINER_REPACKED')]), ...(isCarried ? [reasonFor('SEAL_ENDED')] : []), ...(objects.length === 0 ? [reasonFor('CONTAINER_NO_DOCUMENT')] : []), ...other.map(reasonOfError)],
    facts: [{ vi: 'Số tệp', en: 'Files', value: String(files.size) }],
    objects,
  }, own);
  const report = { ...examined, signatures };
  return { report, kind: undefined, findings: seal.findings, ...(other[0] === undefined ? {} : { error: other[0] }) };
}

/** Whole, in order when it was made, as it says, and its certificate has ended since. */
function isEnded({ integrity, then, now, bestTime, managers, indication, subIndication, engines }: SignatureEntry): boolean {
  const hasEnded = indication === 'INDETERMINATE' && subIndication === 'OUT_OF_BOUNDS_NO_POE' && now.codes.includes('EXPIRED');
  return hasEnded && integrity === 'whole' && engines.length > 1 && then.indication === 'TOTAL-PASSED' && bestTime.proof === 'claimed' && managers.length > 0;
}

/** By itself, as of a time that others prove, with nothing of its proofs wrong: what the seal adds is that all lay in one container. */
function isProven({ indication, signatures, proofs }: ObjectReport): boolean {
  const byOthers = signatures.length > 0 && signatures.every(({ bestTime: { proof } }) => proof === 'timestamp' || proof === 'witness');
  return indication === 'TOTAL-PASSED' && byOthers && proofs.some(({ kind, state }) => kind === 'log' && state === 'passed');
}

interface Seal {
  readonly entry?: SignatureEntry;
  readonly status: Status;
  readonly reasons: readonly Reason[];
  readonly findings: Examined['findings'];
}

/** What is not as it was signed has no entry: the signature says nothing of what is there. */
async function examineSeal(files: ReadonlyMap<string, Buffer>, basis: ExamineBasis): Promise<Seal> {
  const octets = files.get(SIGNATURE_FILE);
  if (octets === undefined) return brokenSeal(new Refusal([finding('CONTAINER_FILE_MISSING', { params: { name: SIGNATURE_FILE } })]));
  const rest = new Map([...files].filter(([name]) => name !== SIGNATURE_FILE && name !== TYPE_FILE));
  const verified = attempted(() => verifyDetached(parse(octets), rest));
  if (verified instanceof Refusal) return brokenSeal(verified);
  const question = { ...basis, document: parse(octets), place: sealPlace, role: sealRole, claimed: verified.xades.signingTime, proven: undefined, detached: { ...verified, place: { file: SIGNATURE_FILE } } };
  const judged = examineSignature(question);
  if (judged === undefined) throw new Error('a seal without a report');
  const found = await confirmedSeal({ ...judged, certificate: verified.certificate }, octets, files);
  return { entry: found.entry, status: passed, reasons: [], findings: found.entry.indication === 'TOTAL-PASSED' ? [] : found.findings.map(publishedFinding) };
}

function brokenSeal({ findings }: Refusal): Seal {
  const [indication, subIndication] = statusOfCodes(findings.map(({ code }) => code), ['TOTAL-FAILED', 'HASH_FAILURE']) ?? ['TOTAL-FAILED', 'FORMAT_FAILURE'];
  const published = findings.map(publishedFinding);
  return { status: statusOf(indication, subIndication), reasons: published.map(reasonOfPublished), findings: published };
}

interface Inner {
  readonly objects: readonly ObjectReport[];
  /** SHA-256 of the dossier; of nothing when there is none. */
  readonly dossier: string;
  /** What the receipt says, if it may be believed. */
  readonly receipt: MessageFacts | undefined;
}

async function examineDocuments(files: ReadonlyMap<string, Buffer>, basis: ExamineBasis, entries: Entries): Promise<Inner> {
  const dossier = digestOf(files.get('dossier.xml') ?? Buffer.alloc(0));
  const objects: ObjectReport[] = [];
  let receipt: MessageFacts | undefined;
  for (const name of [...files.keys()].filter(isDocument).sort(byRank)) {
    const isAboutDossier = /^(?:receipt\.xml|results\/)/.test(name);
    const isAgencys = name.startsWith('agency/');
    const proven: BestTime | undefined = entries.times.get(name);
    const examined = await examineInner(name, files.get(name) ?? Buffer.alloc(0), { ...basis, proven, receivedAt: receipt?.receivedAt, about: isAboutDossier ? dossier : undefined, isEnclosed: true, fingerprints: isAgencys || name === 'dossier.xml' ? undefined : basis.fingerprints });
    if (name === 'receipt.xml' && examined.content !== undefined && 'message' in examined.content && examined.report.indication === 'TOTAL-PASSED') receipt = examined.content.message;
    objects.push(withProofs(examined.report, entries.proofs.get(name)));
  }
  return { objects, dossier, receipt };
}

/** The receipt first: it says when the dossier was received. */
function byRank(a: string, b: string): number {
  const rank = (name: string): number => ['receipt.xml', 'dossier.xml'].indexOf(name) + 1 || 9;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function isDocument(name: string): boolean {
  return /^(?:dossier|receipt|results\/[^/]+|notices\/[^/]+|agency\/(?:results|notices)\/[^/]+)\.xml$/.test(name);
}

/** Of no kind that we know: failed, in a container, where everything has its name. */
async function examineInner(name: string, octets: Buffer, basis: ExamineBasis): Promise<Examined> {
  try {
    return await examine(name, octets, basis);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const report = reportOn({ name, digest: digestOf(octets), size: octets.length }, 'unknown', { signatures: [], reasons: [reasonOfError(error)] }, statusOf('TOTAL-FAILED', 'FORMAT_FAILURE'));
    return { report, kind: undefined, findings: [], error };
  }
}

function withProofs(report: ObjectReport, proofs: readonly ProofEntry[] = []): ObjectReport {
  return proofs.length === 0 ? report : objectOf({ ...report, proofs: [...report.proofs, ...proofs] }, statusOf(report.indication, report.subIndication));
}
