// Submissions as they are checked, so many at once: everything about them is read in a few statements, each is judged again, and what it was told by the
// registers, the log and its agency is held against what they say.
import { registrationQuestion } from '../intake/registration.ts';
import { useOfIvanQuestion } from '../intake/use-of-ivan.ts';
import { senderOf } from '../intake/sender-facts.ts';
import { SUBMISSION } from '../receipts/log-entry.ts';
import type { Schemas } from '../standard/schema.ts';
import type { Standard } from '../standard/tables.ts';
import type { AuditedRows } from '../store/audit.ts';
import { findChanges } from '../store/contract-audit.ts';
import type { Query } from '../store/database.ts';
import { declarationsOf, findFiledBefore } from '../store/declarations.ts';
import type { FiledBefore } from '../store/tables.ts';
import { findRegistrations } from '../store/unit-certificates.ts';
import { findUsesOfIvan } from '../store/uses.ts';
import { checkCase, readCases } from './agency-messages.ts';
import { changeNamed, checkContract, readSender } from './contract.ts';
import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { answersAgain, readEvidence } from './evidence.ts';
import { askedBefore, checkFiledBefore } from './filed-before.ts';
import { attempt, checkThat } from './lie.ts';
import type { Found } from './lie.ts';
import { checkReceiptLogged, readLogged, readProof } from './log.ts';
import type { LogAudit, SaidProof } from './log.ts';
import { checkRegistration } from './registration.ts';
import { checkResult } from './results.ts';
import { checkSubmission, checkWithoutDocuments, checkWithoutRules, judgeAgain } from './submissions.ts';
import type { JudgedAgain } from './submissions.ts';
import { checkSupplement } from './supplement.ts';
import type { MaterialReader } from './trust.ts';
import { checkUseOfIvan } from './use-of-ivan.ts';

export interface SubmissionAudit {
  readonly query: Query;
  readonly standards: readonly Standard[];
  readonly schemas: Schemas;
  readonly materialOf: MaterialReader;
  /** SHA-256 fingerprints of the certificates that this gateway signed with. */
  readonly signers: ReadonlySet<string>;
  readonly log: LogAudit;
  readonly found: Found;
}

/** One that was judged again, or, where its rule set is not at hand, only read. */
interface Read {
  readonly rows: AuditedRows;
  readonly where: string;
  readonly again: JudgedAgain | undefined;
  readonly logProof: SaidProof | undefined;
}

export async function checkPage(audit: SubmissionAudit, all: readonly AuditedRows[]): Promise<Counts> {
  const counts = all.map(countOf);
  const page: AuditedRows[] = [];
  for (const rows of all) if (await attempt(audit.found, () => { readSender(`submission ${rows.submission.id}`, rows.submission.senderFacts); })) page.push(rows);
  const read = await judgeAll(audit, page.filter(({ isErased }) => !isErased));
  const judged = read.flatMap(({ rows, again }) => (again === undefined ? [] : [{ rows, again }]));
  await checkRegisters(audit, judged);
  const ofErased = await checkErased(audit, page.filter(({ isErased }) => isErased));
  counts.push({ ...noCounts, messages: ofErased + (await checkOutside(audit, read)), otherRuleSets: read.length - judged.length });
  return counts.reduce(added, noCounts);
}

function countOf({ submission: { outcome }, result, isErased }: AuditedRows): Counts {
  return { ...noCounts, submissions: 1, erased: isErased ? 1 : 0, [outcome === 'conflict' ? 'conflicts' : outcome]: 1, results: result === null ? 0 : 1 };
}

/** What outlives the documents: who sent them, what they were given, and that their messages are counted. Gives how many messages that were. */
async function checkErased({ query, found }: SubmissionAudit, page: readonly AuditedRows[]): Promise<number> {
  const caseOf = await readCases(query, page.map(({ submission }) => submission.id));
  const changes = await findChanges(query, [...new Set(page.flatMap(({ submission }) => changeNamed(submission.senderFacts) ?? []))]);
  let count = 0;
  for (const rows of page) {
    const { submission } = rows;
    const { standing, messages, notices } = caseOf(submission.id);
    count += messages.length;
    await attempt(found, () => {
      checkWithoutDocuments(rows);
      checkContract(changes.get(changeNamed(submission.senderFacts) ?? ''), `submission ${submission.id}`, submission);
      checkThat((standing?.messages ?? 0) === messages.length && (standing?.notices ?? 0) === notices.length, `case of submission ${submission.id}`, 'is not where its messages lead');
    });
  }
  return count;
}

/** What is in the rows themselves. Each step is done of all before the next one, which is faster than all steps of each. */
async function judgeAll(audit: SubmissionAudit, page: readonly AuditedRows[]): Promise<readonly Read[]> {
  const { query, standards, schemas, materialOf, signers, found } = audit;
  const named = [...new Set(page.flatMap(({ submission }) => changeNamed(submission.senderFacts) ?? []))];
  const changes = await findChanges(query, named);
  const answersOf = await readEvidence(query, page.map(({ submission }) => submission));
  const judged: (Pick<Read, 'rows' | 'where' | 'again'> & { readonly check: () => string | undefined })[] = [];
  for (const rows of page) {
    const { submission } = rows;
    const where = `submission ${submission.id}`;
    await attempt(found, async () => {
      const trust = await materialOf(submission.trustDigest, where);
      checkContract(changes.get(changeNamed(submission.senderFacts) ?? ''), where, submission);
      await checkSupplement(query, submission);
      const responses = answersOf(submission);
      const standard = standards.find(({ digest }) => digest === submission.ruleSetDigest);
      if (standard === undefined) return void judged.push({ rows, where, again: undefined, check: () => checkWithoutRules(rows, trust, signers) });
      const rulebook = { standard, schemas, trust, answersFor: answersAgain(submission, responses) };
      const again = judgeAgain(submission, rulebook);
      judged.push({ rows, where, again, check: () => checkSubmission(rows, again, rulebook, signers) });
    });
  }
  const read: Read[] = [];
  for (const { check, ...one } of judged) await attempt(found, () => { read.push({ ...one, logProof: readProof(check()) }); });
  return read;
}

/** What the registers said of them, and what their units had filed before. */
async function checkRegisters({ query, found }: SubmissionAudit, judged: readonly { readonly rows: AuditedRows; readonly again: JudgedAgain }[]): Promise<void> {
  const asked = judged.map(({ rows: { submission }, again: { judgement, compared } }) => ({
    submission, compared, dossier: askedBefore(submission, compared), ofCertificate: registrationQuestion(judgement), ofUse: useOfIvanQuestion(judgement, senderOf(submission.senderFacts)),
  }));
  const kept = await declarationsOf(query, asked.map(({ submission }) => submission.id));
  const filedBefore = await answersTo(asked, ({ dossier, submission: { id } }) => dossier && { dossier, id }, (questions) => findFiledBefore(query, questions.map(({ dossier }) => dossier), questions.map(({ id }) => id)));
  const registrations = await answersTo(asked, ({ ofCertificate: question, submission: { receivedAt: at } }) => question && { question, at }, (questions) => findRegistrations(query, questions));
  const uses = await answersTo(asked, ({ ofUse: question, submission: { receivedAt: at } }) => question && { question, at }, (questions) => findUsesOfIvan(query, questions));
  const none: readonly FiledBefore[] = [];
  for (const one of asked) {
    const { submission, compared, ofCertificate, ofUse } = one;
    await attempt(found, async () => {
      checkFiledBefore(submission, compared, kept.get(submission.id) ?? [], filedBefore.get(one) ?? none);
      await checkRegistration(query, submission, ofCertificate, registrations.get(one) ?? null);
      await checkUseOfIvan(query, submission, ofUse, uses.get(one) ?? null);
    });
  }
}

/** Asks for those of which there is something to ask, all at once. */
async function answersTo<One, Question, Answer>(all: readonly One[], questionOf: (one: One) => Question | undefined, ask: (questions: readonly Question[]) => Promise<readonly Answer[]>): Promise<ReadonlyMap<One, Answer>> {
  const asked = all.flatMap((one) => {
    const question = questionOf(one);
    return question === undefined ? [] : [{ one, question }];
  });
  const answers = asked.length === 0 ? [] : await ask(asked.map(({ question }) => question));
  return new Map(answers.flatMap((answer, place) => (asked[place] === undefined ? [] : [[asked[place].one, answer] as const])));
}

/** The log, and what agencies said of them. Gives how many messages that were. */
async function checkOutside(audit: SubmissionAudit, read: readonly Read[]): Promise<number> {
  const { query, materialOf, signers, log, found } = audit;
  const logged = await readLogged(query, SUBMISSION, read.map(({ rows: { submission: { id: subject } }, logProof: proof }) => ({ subject, proof })));
  const caseOf = await readCases(query, read.map(({ rows: { submission } }) => submission.id));
  let messages = 0;
  for (const { rows, where, logProof: proof } of read) {
    const { submission, dossier, result } = rows;
    await attempt(found, async () => {
      const { id: subject, digest, body, receivedAt, transactionCode, sender, outcome: kind, ruleSetDigest, trustDigest } = submission;
      const facts = { digest, size: body.length, receivedAt, transactionCode, sender, kind, ruleSetDigest, trustDigest, dossierNumber: dossier?.number };
      checkReceiptLogged(log, logged, { where, kind: SUBMISSION, subject, proof, facts });
      messages += await checkCase(audit, rows, caseOf(submission.id));
      if (result === null) return;
      checkThat(dossier !== null, where, 'has a result but no dossier');
      checkResult(result, submission, dossier, await materialOf(result.trustDigest, where), signers);
    });
  }
  return messages;
}
