// A message of the gateway's: receipt, refusal, conflict, non-receipt, result, notice, statement on the log. What it says is taken from what its signature covers and from
// nothing else; a result's own agency answer is examined the same way, and a receipt's proof of the log is followed. That a trusted certificate signed does not
// make it the gateway's: whoever asks has to name the gateway's certificate. The log's entry commits to a part of what a receipt says, and to nobody's signature.
import { Refusal } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { commitmentTo, entryOctets } from '../log/entry.ts';
import { leafHash } from '../log/merkle.ts';
import { parseVerifier } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import { REGISTRATION, SUBMISSION } from '../receipts/log-entry.ts';
import { readLogStatement } from '../receipts/log-statement.ts';
import type { LogStatement } from '../receipts/log-statement.ts';
import { readNoticeFacts } from '../receipts/notice-facts.ts';
import type { NoticeFacts } from '../receipts/notice-facts.ts';
import { readAgencyFacts, readMessageFacts } from '../receipts/read.ts';
import type { AgencyFacts, MessageFacts } from '../receipts/read.ts';
import { passed, statusOf, worst } from '../report/model.ts';
import type { Fact, ObjectKind, ObjectReport, ProofEntry, Reason, Status, Words } from '../report/model.ts';
import { localTime } from '../report/words.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import { canonicalDocument, inclusiveForm } from '../xml/canonical.ts';
import { parse } from '../xml/parse.ts';
import type { XmlDocument } from '../xml/document.ts';
import { attempted, attemptedLater } from './attempted.ts';
import { ClientError } from './errors.ts';
import type { Explanation } from './errors.ts';
import type { ExamineBasis, Examined, Named } from './examined.ts';
import { factsOfSigner, isExpected, kindTitles, reportOn } from './examined.ts';
import { checkpointEntry } from './examine-entries.ts';
import { examineProof } from './examine-log.ts';
import type { ExaminedProof } from './examine-log.ts';
import { examineSignature } from './examine-signature.ts';
import type { ExaminedSignature } from './examine-signature.ts';
import { reasonFor, reasonOfError, reasonOfFinding } from './reasons.ts';
import { confirmed } from './second-opinion.ts';
import { digestOf } from './verify-message.ts';

type Said = { readonly message: MessageFacts } | { readonly notice: NoticeFacts };

const gatewayRole: Words = { vi: 'Chữ ký trên thông điệp', en: 'The signature on the message' };
const agencyRole: Words = { vi: 'Chữ ký của cơ quan BHXH', en: 'The agency’s signature' };
const agencyTitle: Words = { vi: 'Văn bản của cơ quan BHXH', en: 'The agency’s own answer' };

export async function examineMessage(what: Named, bytes: Buffer, document: XmlDocument, basis: ExamineBasis): Promise<Examined> {
  const signed = attempted(() => verifySignature(document, messagePlace));
  const statement = signed instanceof Refusal ? undefined : await attemptedLater(() => readLogStatement(canonicalOctets(signed)));
  if (statement !== undefined && !(statement instanceof Refusal)) return examineStatement(what, bytes, document, statement, basis);
  const said = signed instanceof Refusal ? undefined : (statement ?? (await attemptedLater(() => read(signed))));
  const known = said instanceof Refusal ? undefined : said;
  const claimed = known && ('message' in known ? known.message.at : known.notice.at);
  const found = await examined(bytes, document, gatewayRole, { ...basis, claimed });
  const log = known !== undefined && 'message' in known ? logProof(known.message, basis) : undefined;
  const absent = known !== undefined && 'message' in known ? absentFrom(known.message, basis) : [];
  const answer = known !== undefined && 'message' in known && known.message.agency !== undefined ? await examineAnswer(known.message, known.message.agency, basis) : undefined;
  const wrong = [...(known === undefined ? [] : complaints('message' in known ? known.message.digest : known.notice.digest, found, basis)), ...(answer?.errors ?? [])];
  const unreadable = said instanceof Refusal ? said.findings : [];
  const role = unshown(basis, log);
  const own = worst([...(unreadable.length > 0 ? [statusOf('TOTAL-FAILED', 'FORMAT_FAILURE')] : []), ...(wrong.length > 0 ? [statusOf('TOTAL-FAILED')] : []), ...role.map(() => statusOf('INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE'))]);
  const report = reportOn(what, kindOf(known), {
    signatures: [found.entry],
    proofs: [...(log === undefined ? [] : [log.entry]), ...absent],
    facts: known === undefined ? [] : factsOf(known),
    reasons: [...unreadable.map(reasonOfFinding), ...wrong.map(reasonOfError), ...role],
    objects: answer === undefined ? [] : [answer.report],
  }, own, titleOf(known));
  const signer = factsOfSigner(found);
  return {
    report,
    kind: 'message',
    ...(known === undefined ? {} : { content: { ...known, signer, trustedAt: new Date(found.entry.then.at), ...(answer?.facts === undefined ? {} : { agencyAnswer: { ...answer.facts, signer: answer.signer } }) } }),
    ...(log === undefined ? {} : { log }),
    findings: [...unreadable, ...found.findings].map(publishedFinding),
    ...errorOf(wrong, found),
  };
}

const statementTitle: Words = { vi: 'Lời khẳng định của cổng về nhật ký', en: 'The gateway’s statement on its log' };

/** Whose the log's keys are is what the statement is for: its checkpoint is held against those that whoever asks brought, and else against those that it names. */
async function examineStatement(what: Named, bytes: Buffer, document: XmlDocument, { at, keys, note }: LogStatement, basis: ExamineBasis): Promise<Examined> {
  const found = await examined(bytes, document, gatewayRole, { ...basis, claimed: at });
  const wrong = complaints(undefined, found, basis);
  const role = unshown(basis, undefined);
  const named = keys.flatMap((key) => parseVerifier(key) ?? []);
  const proof = checkpointEntry(note, { ...basis.logKeys, logs: basis.logKeys.logs.length > 0 ? basis.logKeys.logs : named }, { vi: 'Điểm kiểm tra của nhật ký', en: 'The log’s checkpoint' });
  const own = worst([...(wrong.length > 0 ? [statusOf('TOTAL-FAILED')] : []), ...role.map(() => statusOf('INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE'))]);
  const facts: readonly Fact[] = [{ vi: 'Thời điểm', en: 'At', value: localTime(at.toISOString()) }, ...keys.map((key): Fact => ({ vi: 'Khóa của nhật ký', en: 'Key of the log', value: key }))];
  const report = reportOn(what, 'notice', { signatures: [found.entry], proofs: [proof], facts, reasons: [...wrong.map(reasonOfError), ...role] }, own, statementTitle);
  return { report, kind: 'message', findings: found.findings.map(publishedFinding), ...errorOf(wrong, found) };
}

async function examined(bytes: Buffer, document: XmlDocument, role: Words, basis: ExamineBasis & { readonly claimed: Date | undefined }): Promise<ExaminedSignature> {
  const found = examineSignature({ ...basis, document, place: messagePlace, role });
  if (found === undefined) throw new Error('a message without a report of its signature');
  return confirmed(found, bytes, messagePlace);
}

function errorOf([first]: readonly Explanation[], { engineError }: ExaminedSignature): { readonly error?: Explanation } {
  const error = engineError ?? first;
  return error === undefined ? {} : { error };
}

async function read(signed: SignedContent): Promise<Said> {
  const notice = readNoticeFacts(signed);
  return notice === undefined ? { message: await readMessageFacts(canonicalOctets(signed)) } : { notice };
}

function canonicalOctets({ document, root }: SignedContent): Buffer {
  return canonicalDocument(document, root, inclusiveForm);
}

/** Another signer or another dossier than whoever asks expects. */
function complaints(digest = '', { entry }: ExaminedSignature, { fingerprints, about }: ExamineBasis): readonly ClientError[] {
  const signer = entry.signer;
  const isOther = fingerprints !== undefined && !isExpected(signer?.fingerprint, fingerprints);
  return [
    ...(isOther ? [new ClientError('SIGNER_UNEXPECTED', '/', `${signer?.subject ?? '?'}, ${signer?.fingerprint ?? '?'}`)] : []),
    ...(about !== undefined && about !== digest ? [new ClientError('OTHER_DOSSIER', '/', `${digest.slice(0, 12)} ≠ ${about.slice(0, 12)}`)] : []),
  ];
}

/** Why nobody knows yet whose message it is. A copy of a receipt's proof fits into what others write; a checkpoint fits into any non-receipt. */
function unshown({ fingerprints, isEnclosed = false }: ExamineBasis, log: ExaminedProof | undefined): readonly Reason[] {
  if (isEnclosed || fingerprints !== undefined) return [];
  return [reasonFor(log?.entry.state === 'passed' ? 'ROLE_NOT_SHOWN_BY_ENTRY' : 'ROLE_NOT_SHOWN')];
}

/** The entry is of a dossier or of a form: which of the two, its receipt says by its kind alone, so either will do. */
function logProof({ log }: MessageFacts, { logKeys }: ExamineBasis): ExaminedProof | undefined {
  if (log === undefined) return undefined;
  const salt = parseProof(log.proof)?.extra ?? Buffer.alloc(0);
  const leaves = [SUBMISSION, REGISTRATION].map((kind) => leafHash(entryOctets(kind, commitmentTo({ ...log.facts }, salt))));
  return examineProof(log.proof, leaves, logKeys);
}

const absentTitle: Words = { vi: 'Điểm kiểm tra của nhật ký không có hồ sơ này', en: 'The checkpoint of the log that lacks this dossier' };

/** Of a non-receipt: who signed the log that nothing with that digest is said to be in. */
function absentFrom({ absentFrom: log }: MessageFacts, { logKeys }: ExamineBasis): readonly ProofEntry[] {
  return log === undefined ? [] : [checkpointEntry(log.checkpoint, logKeys, absentTitle)];
}

interface ExaminedAnswer {
  readonly report: ObjectReport;
  readonly facts: AgencyFacts | undefined;
  readonly signer: ReturnType<typeof factsOfSigner>;
  readonly errors: readonly ClientError[];
}

/** As of the same time as the result. */
async function examineAnswer(result: MessageFacts, { answer, digest }: NonNullable<MessageFacts['agency']>, basis: ExamineBasis): Promise<ExaminedAnswer> {
  const what = { name: 'KETQUA/CO_QUAN/VANBAN', digest: digestOf(answer), size: answer.length };
  const differs = (reason: string): ClientError => new ClientError('ANSWER_DIFFERS', 'agency answer', reason);
  const document = attempted(() => parse(answer));
  const unread = (refusal: Refusal): ExaminedAnswer => ({ report: reportOn(what, 'notice', { signatures: [], reasons: refusal.findings.map(reasonOfFinding) }, statusOf('TOTAL-FAILED', 'FORMAT_FAILURE'), agencyTitle), facts: undefined, signer: undefined, errors: [] });
  if (document instanceof Refusal) return unread(document);
  const found = await examined(answer, document, agencyRole, { ...basis, claimed: result.at });
  const signed = found.signed;
  const facts = signed === undefined ? undefined : await attemptedLater(() => readAgencyFacts(canonicalOctets(signed)));
  if (facts instanceof Refusal) return unread(facts);
  const same = facts === undefined || (facts.digest === result.digest && facts.dossierNumber === result.dossierNumber && facts.code === result.result.code && facts.text.trim() === result.result.text.trim());
  const errors = [...(digest === what.digest ? [] : [differs('SHA-256')]), ...(same ? [] : [differs(`${facts.dossierNumber} ${facts.digest.slice(0, 12)}`)])];
  const own: Status = errors.length > 0 ? statusOf('TOTAL-FAILED', 'HASH_FAILURE') : passed;
  return { report: reportOn(what, 'notice', { signatures: [found.entry] }, own, agencyTitle), facts, signer: factsOfSigner(found), errors };
}

function kindOf(said: Said | undefined): ObjectKind {
  if (said === undefined || 'notice' in said) return 'notice';
  if (said.message.kind === 'KETQUA') return 'result';
  return said.message.decision === undefined ? 'receipt' : 'notice';
}

function titleOf(said: Said | undefined): Words {
  return said === undefined ? { vi: 'Thông điệp', en: 'Message' } : kindTitles[kindOf(said)];
}

function factsOf(said: Said): readonly Fact[] {
  const { dossierNumber, transactionCode, digest, at } = 'message' in said ? said.message : said.notice;
  const fact = (vi: string, en: string, value: string | undefined): Fact[] => (value === undefined || value === '' ? [] : [{ vi, en, value }]);
  return [
    ...fact('Loại', 'Kind', 'message' in said ? said.message.kind : said.notice.form),
    ...fact('Số hồ sơ', 'Dossier number', dossierNumber),
    ...fact('Mã giao dịch', 'Transaction code', transactionCode),
    ...fact('Thời điểm', 'At', at && localTime(at.toISOString())),
    ...fact('Về hồ sơ (SHA-256)', 'About the dossier (SHA-256)', digest),
  ];
}
