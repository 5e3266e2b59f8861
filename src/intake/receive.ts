// The map: what happens to a submission from the moment its bytes are here. Known bytes get the receipt they already have; new ones are
// judged, recorded and receipted. A dry run takes the same judge and stops there.
import { createHash } from 'node:crypto';

import { senderName } from '../standard/dossier.ts';
import type { Sender } from '../standard/dossier.ts';
import { ruleSetOf } from '../standard/validate.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database } from '../store/database.ts';
import { findFiledBefore } from '../store/declarations.ts';
import { findRegistration } from '../store/unit-certificates.ts';
import { findReceipt } from '../store/submissions.ts';
import { findGiven, findSupplemented } from '../store/supplements.ts';
import { findUseOfIvan } from '../store/uses.ts';
import { evidenceOf } from './facts.ts';
import type { Judged } from './facts.ts';
import { comparedDossier, comparisonOf, withComparison, withFiledBefore } from './filed-before.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { Recorded, Recorder } from './record.ts';
import { registrationQuestion } from './registration.ts';
import { withRegisters } from './registers.ts';
import type { RegistersSaid } from './registers.ts';
import type { Shadow } from './shadow.ts';
import { withGiven } from './supplement.ts';
import { useOfIvanQuestion } from './use-of-ivan.ts';

export interface Submission {
  readonly bytes: Buffer;
  readonly sender: Sender;
  readonly receivedAt: Date;
  /** The sender's own key (Idempotency-Key), when it gave one. */
  readonly key: string | undefined;
  /** SHA-256 of the dossier that this one supplements (Ivan-Supplements), when the sender says so. */
  readonly supplements?: string;
}

export interface Intake {
  /** Throws `Unavailable` ("not now"), nothing else that is not a bug. */
  receive(submission: Submission): Promise<Recorded>;
  /** Throws the same. */
  tryOut(submission: Submission): Promise<Verdict>;
}

/** `shadow`, where given, sees what was judged, after its receipt is recorded. */
export function createIntake(database: Database, record: Recorder, rulebook: () => Rulebook, shadow?: Shadow): Intake {
  return {
    receive: async (submission) => {
      const digest = createHash('sha256').update(submission.bytes).digest('hex');
      const known = await findReceipt(database.query, digest, senderName(submission.sender));
      if (known !== undefined) return { ...known, isNew: false };
      const rules = rulebook();
      const given = new Map<string, Buffer>();
      const judgement = judge(submission, noting(rules, given));
      const evidence = evidenceOf(judgement.signatures, given);
      const said = await askRegisters(database, judgement, submission);
      const verdict = withRegisters(judgement, said, submission);
      const recorded = await record({ ...submitted(submission, digest, rules), ...keyOf(submission, verdict), ...said, verdict, evidence, filedBefore: null });
      const comparison = comparisonOf(judgement, { filedBefore: recorded.filedBefore ?? null, supplements: said.supplements });
      shadow?.consider(submission, digest, withComparison(judgement, comparison, ruleSetOf(rules, submission.receivedAt)), comparison);
      return recorded;
    },
    tryOut: async (submission) => {
      const rules = rulebook();
      const judgement = judge(submission, rules);
      const said = await askRegisters(database, judgement, submission);
      const registered = withRegisters(judgement, said, submission);
      const named = said.supplements?.dossier;
      const given = !named || registered.outcome !== 'accepted' ? null : await findGiven(database.query, named, registered.contentDigest);
      const verdict = withGiven(registered, said.supplements && { ...said.supplements, given });
      const dossier = comparedDossier(verdict);
      const [filedBefore = null] = dossier === undefined ? [] : await findFiledBefore(database.query, [dossier]);
      return withFiledBefore(verdict, { filedBefore, supplements: said.supplements }, ruleSetOf(rules, submission.receivedAt));
    },
  };
}

/** The same rules; what they give of OCSP answers is noted. */
export function noting(rules: Rulebook, given: Map<string, Buffer>): Rulebook {
  const { answersFor } = rules;
  if (answersFor === undefined) return rules;
  return {
    ...rules,
    answersFor: (certificates) => {
      const responses = answersFor(certificates);
      for (const { fingerprint, der } of responses) given.set(fingerprint, der);
      return responses;
    },
  };
}

async function askRegisters({ query }: Database, judgement: Verdict, { sender, receivedAt, supplements: digest }: Submission): Promise<RegistersSaid> {
  const ofCertificate = registrationQuestion(judgement);
  const ofUse = useOfIvanQuestion(judgement, sender);
  const [registration, ivanUse, supplemented] = await Promise.all([
    ofCertificate === undefined ? null : findRegistration(query, ofCertificate, receivedAt),
    ofUse === undefined ? null : findUseOfIvan(query, ofUse, receivedAt),
    digest === undefined ? undefined : findSupplemented(query, digest),
  ]);
  return { registration, ivanUse, supplements: digest === undefined ? null : { digest, dossier: supplemented ?? null } };
}

function submitted({ bytes, sender, receivedAt }: Submission, digest: string, { standard, trust }: Rulebook): Pick<Judged, 'bytes' | 'digest' | 'sender' | 'receivedAt' | 'ruleSetDigest' | 'ruleSet' | 'trustDigest'> {
  return { bytes, digest, sender, receivedAt, ruleSetDigest: standard.digest, ruleSet: standard.ruleSetAt(receivedAt), trustDigest: trust.digest };
}

function keyOf({ sender, key }: Submission, verdict: Verdict): Pick<Judged, 'key'> {
  if (key === undefined || verdict.outcome !== 'accepted') return {};
  return { key: { scope: sender.kind === 'ivan' ? `ivan:${sender.code}` : `unit:${verdict.dossier.taxCode}`, value: key } };
}
