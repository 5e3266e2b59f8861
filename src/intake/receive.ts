// The map: what happens to a submission from the moment its bytes are here. Known bytes get the receipt they already have; new ones are
// judged, recorded and receipted. A dry run takes the same judge and stops there.
import { createHash } from 'node:crypto';

import { senderName } from '../standard/dossier.ts';
import type { Sender } from '../standard/dossier.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database } from '../store/database.ts';
import { findRegistration } from '../store/unit-certificates.ts';
import { findReceipt } from '../store/submissions.ts';
import { findUseOfIvan } from '../store/uses.ts';
import { evidenceOf } from './facts.ts';
import type { Judged } from './facts.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { Recorded, Recorder } from './record.ts';
import { registrationQuestion, withRegistration } from './registration.ts';
import type { Shadow } from './shadow.ts';
import { useOfIvanQuestion, withUseOfIvan } from './use-of-ivan.ts';

export interface Submission {
  readonly bytes: Buffer;
  readonly sender: Sender;
  readonly receivedAt: Date;
  /** The sender's own key (Idempotency-Key), when it gave one. */
  readonly key: string | undefined;
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
      const verdict = withRegisters(judgement, said, submission.sender);
      const recorded = await record({ ...submitted(submission, digest, rules), ...keyOf(submission, verdict), ...said, verdict, evidence });
      shadow?.consider(submission, digest, judgement);
      return recorded;
    },
    tryOut: async (submission) => {
      const judgement = judge(submission, rulebook());
      return withRegisters(judgement, await askRegisters(database, judgement, submission), submission.sender);
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

/** What the registers said of certificate and use. */
export type RegistersSaid = Pick<Judged, 'registration' | 'ivanUse'>;

async function askRegisters({ query }: Database, judgement: Verdict, { sender, receivedAt }: Submission): Promise<RegistersSaid> {
  const ofCertificate = registrationQuestion(judgement);
  const ofUse = useOfIvanQuestion(judgement, sender);
  const [registration, ivanUse] = await Promise.all([
    ofCertificate === undefined ? null : findRegistration(query, ofCertificate, receivedAt),
    ofUse === undefined ? null : findUseOfIvan(query, ofUse, receivedAt),
  ]);
  return { registration, ivanUse };
}

/** The verdict after the registers were asked. */
export function withRegisters(judgement: Verdict, { registration, ivanUse }: RegistersSaid, sender: Sender): Verdict {
  return withUseOfIvan(withRegistration(judgement, registration), ivanUse, sender);
}

function submitted({ bytes, sender, receivedAt }: Submission, digest: string, { standard, trust }: Rulebook): Pick<Judged, 'bytes' | 'digest' | 'sender' | 'receivedAt' | 'ruleSetDigest' | 'ruleSet' | 'trustDigest'> {
  return { bytes, digest, sender, receivedAt, ruleSetDigest: standard.digest, ruleSet: standard.ruleSetAt(receivedAt).id, trustDigest: trust.digest };
}

/** Only an accepted dossier takes its key: what was refused is corrected and may come again under the same one. */
function keyOf({ sender, key }: Submission, verdict: Verdict): Pick<Judged, 'key'> {
  if (key === undefined || verdict.outcome !== 'accepted') return {};
  return { key: { scope: sender.kind === 'ivan' ? `ivan:${sender.code}` : `unit:${verdict.dossier.taxCode}`, value: key } };
}
