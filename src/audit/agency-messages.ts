// Re-verifies what the agencies said, from the stored octets, at the instant each message came and with the trust of that instant; judges each case
// again, message after message; and holds against it where the case stands, what was issued and the result. Throws `Lie`.
import { createHash } from 'node:crypto';

import { Unavailable } from '../errors/outcomes.ts';
import { readListed } from '../receipts/listed.ts';
import { caseAtReception, judgeStep } from '../results/case-steps.ts';
import type { CaseFacts, Earlier, Judgement } from '../results/case-steps.ts';
import { isTold } from '../results/judge.ts';
import type { AgencyMessage } from '../results/message.ts';
import { isNoticed, noticeXml } from '../results/notices.ts';
import { readOne } from '../results/take.ts';
import type { Schemas } from '../standard/schema.ts';
import type { AuditedRows } from '../store/audit.ts';
import type { Query } from '../store/database.ts';
import { findCases, hasResult, messagesOfCases, messagesOfNoCase, noticesOfCases, noticesOnMessage } from '../store/message-audit.ts';
import type { AuditedCase, AuditedMessage, AuditedNotice } from '../store/message-audit.ts';
import { grouped } from './grouped.ts';
import { attempt, checkThat, Lie } from './lie.ts';
import type { Found } from './lie.ts';
import { checkMessage, checkSigned } from './message.ts';
import { sameJson } from './same.ts';
import type { MaterialReader } from './trust.ts';

export interface MessageAudit {
  readonly query: Query;
  readonly schemas: Schemas;
  readonly materialOf: MaterialReader;
  readonly found: Found;
  /** SHA-256 fingerprints of the certificates that this gateway signed with. */
  readonly signers: ReadonlySet<string>;
}

/** Reasons that lie outside of the octets: which dossiers there are. */
const outside = new Set(['DOSSIER_UNKNOWN', 'NUMBER_MISMATCH', 'AGENCY_MISMATCH', 'BACKEND_MISMATCH']);
const PAGE = 100;

/** Gives how many messages there are about the dossier. */
export async function checkCase(audit: MessageAudit, { submission, dossier, receipt, result }: AuditedRows, stored: CaseAsStored): Promise<number> {
  if (dossier === null || receipt === null) return 0;
  const { standing, messages, notices } = stored;
  const where = `case of submission ${submission.id}`;
  if (messages.length === 0 && standing === undefined) {
    checkThat(result === null && notices.length === 0, where, 'has a result, or notices, and no state');
    return 0;
  }
  const answered = messages.find(({ verdict, kind }) => verdict === 'taken' && kind === 'result');
  const isOfBefore = result !== null && answered === undefined;
  let facts: CaseFacts = isOfBefore ? { ...caseAtReception, state: 'decided' } : caseAtReception;
  const earlier: Earlier[] = [];
  let changedAt = isOfBefore ? result.answeredAt : null;
  for (const row of messages) {
    const message = await readAgain(audit, row);
    const { about, said, sense } = message;
    checkThat(about.digest === submission.digest && about.dossierNumber === dossier.number && about.transactionCode === submission.transactionCode, nameOf(row), 'is about another dossier');
    const isAnswerOfBefore = isOfBefore && createHash('sha256').update(result.agencyAnswer).digest('hex') === row.digest;
    const judged: Judgement = isAnswerOfBefore ? { verdict: 'repeated', reason: 'SAME', firstId: null, after: facts } : judgeStep(facts, earlier, message, row.receivedAt);
    checkThat(judged.verdict === row.verdict && judged.reason === row.reason, nameOf(row), `was ${row.verdict} (${row.reason ?? '–'}), is ${judged.verdict} (${judged.reason ?? '–'}) when judged again`);
    checkThat(judged.firstId === null || judged.firstId === row.firstId, nameOf(row), 'names another message than it repeats or contradicts');
    if (judged.verdict === 'taken' || judged.verdict === 'late') earlier.push({ id: row.id, kind: said.kind, number: about.number ?? null, sense });
    if (judged.verdict === 'taken') changedAt = row.receivedAt;
    facts = judged.after;
    const issued = notices.filter(({ agencyMessageId }) => agencyMessageId === row.id);
    const isDue = isTold(judged, said) && isNoticed(said.kind);
    checkThat(issued.length === (isDue ? 1 : 0), nameOf(row), `has ${issued.length} notices`);
    const [notice] = issued;
    if (notice !== undefined) await checkNotice(audit, notice, row, (issuer) => noticeXml(message, { ...dossier, digest: submission.digest, transactionCode: submission.transactionCode, receivedAt: submission.receivedAt }, readListed(receipt.body), row.receivedAt, issuer)?.xml);
  }
  for (const notice of notices.filter(({ agencyMessageId }) => agencyMessageId === null)) await checkOwnNotice(audit, notice);
  checkThat(standing !== undefined && sameJson(standing, { ...facts, submissionId: submission.id, changedAt, messages: messages.length, notices: notices.length }), where, 'is not where its messages lead');
  checkThat((facts.state === 'decided') === (result !== null || (await hasResult(audit.query, submission.id))), where, 'is decided without a result, or has one and is not');
  if (answered !== undefined && result !== null) checkThat(result.agencyAnswer.equals(answered.body) && result.answeredAt.getTime() === answered.receivedAt.getTime(), where, 'has a result that is not the answer that was taken');
  return messages.length;
}

export interface CaseAsStored {
  readonly standing: AuditedCase | undefined;
  readonly messages: readonly AuditedMessage[];
  readonly notices: readonly AuditedNotice[];
}

/** By their submissions. A gateway may record while it is audited: what is read in several statements must be of one moment. */
export async function readCases(query: Query, submissionIds: readonly string[], triesLeft = 5): Promise<(submissionId: string) => CaseAsStored> {
  const standings = new Map((await findCases(query, submissionIds)).map((row) => [row.submissionId, row]));
  const [messages, notices] = [grouped(await messagesOfCases(query, submissionIds), ({ submissionId }) => submissionId ?? ''), grouped(await noticesOfCases(query, submissionIds), ({ submissionId }) => submissionId ?? '')];
  const of = (id: string): CaseAsStored => ({ standing: standings.get(id), messages: messages.get(id) ?? [], notices: notices.get(id) ?? [] });
  const areOne = submissionIds.every((id) => {
    const { standing, ...read } = of(id);
    return (standing?.messages ?? 0) === read.messages.length && (standing?.notices ?? 0) === read.notices.length;
  });
  return areOne || triesLeft === 0 ? of : readCases(query, submissionIds, triesLeft - 1);
}

/** Rejected messages and notices to units; gives how many. */
export async function checkOtherMessages(audit: MessageAudit): Promise<number> {
  let count = 0;
  for (let after = '0'; ; ) {
    const page = await messagesOfNoCase(audit.query, after, PAGE);
    for (const row of page) {
      await attempt(audit.found, () => (row.verdict === 'rejected' ? checkRejected : checkUnitMessage)(audit, row));
    }
    count += page.length;
    const last = page.at(-1);
    if (last === undefined) return count;
    after = last.id;
  }
}

async function checkRejected(audit: MessageAudit, row: AuditedMessage): Promise<void> {
  checkOctets(row);
  const read = readOne(row.body, { schemas: audit.schemas, trust: await audit.materialOf(row.trustDigest, nameOf(row)), signers: signersOf(row) }, row.receivedAt);
  const again = typeof read === 'string' ? read : '';
  checkThat(again === row.reason || (typeof read !== 'string' && isOutside(row)), nameOf(row), `was rejected as ${row.reason ?? ''}, is ${again === '' ? 'believed' : again} when read again`);
}

async function checkUnitMessage(audit: MessageAudit, row: AuditedMessage): Promise<void> {
  const { about, said } = await readAgain(audit, row);
  checkThat(said.kind === 'notice' && (row.verdict === 'taken' || row.verdict === 'repeated'), nameOf(row), 'is about a dossier and has none');
  const notices = await noticesOnMessage(audit.query, row.id);
  checkThat(notices.length === (row.verdict === 'taken' ? 1 : 0), nameOf(row), `has ${notices.length} notices`);
  for (const notice of notices) {
    const isSame = notice.agency === about.agency && notice.unitCode === said.unitCode && notice.taxCode === said.taxCode && notice.kind === said.form && notice.body.equals(said.text);
    checkThat(isSame, `notice ${notice.id}`, 'is not what the agency sent the unit');
  }
}

/** The message as it must be read from its octets; what its row says of it is what it says. */
async function readAgain({ schemas, materialOf }: MessageAudit, row: AuditedMessage): Promise<AgencyMessage> {
  checkOctets(row);
  const where = nameOf(row);
  const read = readOne(row.body, { schemas, trust: await materialOf(row.trustDigest, where), signers: signersOf(row) }, row.receivedAt);
  if (typeof read === 'string' || read instanceof Unavailable) throw new Lie(where, `was believed, and is not when read again: ${typeof read === 'string' ? read : read.message}`);
  const { said, about, sense } = read;
  checkThat(said.kind === row.kind && sense === row.sense && (about.number ?? null) === row.number && about.at.getTime() === row.saidAt?.getTime() && row.saidAtIsWhole === true, where, 'does not say what its row says');
  return read;
}

function signersOf({ signers }: AuditedMessage): ReadonlySet<string> | undefined {
  return signers === null ? undefined : new Set(signers);
}

/** Whether the octets do not say. Which certificates might sign was not always recorded. */
function isOutside({ reason, signers }: AuditedMessage): boolean {
  return outside.has(reason ?? '') || (reason === 'ANSWER_SIGNER' && signers === null);
}

function checkOctets({ id, body, digest }: AuditedMessage): void {
  checkThat(createHash('sha256').update(body).digest('hex') === digest, `agency message ${id}`, 'its bytes do not have its digest');
}

async function checkNotice(audit: MessageAudit, notice: AuditedNotice, row: AuditedMessage, rebuild: (issuer: Parameters<Parameters<typeof checkMessage>[2]>[0]) => Buffer | undefined): Promise<void> {
  const where = `notice ${notice.id}`;
  checkThat(notice.issuedAt.getTime() === row.receivedAt.getTime(), where, 'was not issued when its message came');
  const trust = await audit.materialOf(notice.trustDigest, where);
  checkMessage({ where, body: notice.body, trust, at: notice.issuedAt, signers: audit.signers }, 'XACNHAN_GDICH', (issuer) => rebuild(issuer) ?? Buffer.alloc(0));
}

/** Issued by the gateway of its own accord: its words are not made of a message. */
async function checkOwnNotice(audit: MessageAudit, notice: AuditedNotice): Promise<void> {
  const where = `notice ${notice.id}`;
  checkSigned({ where, body: notice.body, trust: await audit.materialOf(notice.trustDigest, where), at: notice.issuedAt, signers: audit.signers });
}

function nameOf({ id }: Pick<AuditedMessage, 'id'>): string {
  return `agency message ${id}`;
}
