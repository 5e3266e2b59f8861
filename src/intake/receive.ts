// The map: what happens to a submission from the moment its bytes are here. Known bytes get the receipt they already have; new ones are
// judged, recorded and receipted. A dry run takes the same judge and stops there.
import { createHash } from 'node:crypto';

import { senderName } from '../standard/dossier.ts';
import type { Sender } from '../standard/dossier.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database } from '../store/database.ts';
import { findReceipt } from '../store/submissions.ts';
import type { Judged } from './facts.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { Recorded, Recorder } from './record.ts';

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
  tryOut(submission: Submission): Verdict;
}

export function createIntake(database: Database, record: Recorder, rulebook: () => Rulebook): Intake {
  return {
    receive: async (submission) => {
      const digest = createHash('sha256').update(submission.bytes).digest('hex');
      const known = await findReceipt(database.query, digest, senderName(submission.sender));
      if (known !== undefined) return { ...known, isNew: false };
      const rules = rulebook();
      const verdict = judge(submission, rules);
      return record(judged(submission, digest, verdict, rules));
    },
    tryOut: (submission) => judge(submission, rulebook()),
  };
}

function judged({ bytes, sender, receivedAt, key }: Submission, digest: string, verdict: Verdict, { standard, trust }: Rulebook): Judged {
  const facts = { bytes, digest, sender, receivedAt, verdict, ruleSetDigest: standard.digest, trustDigest: trust.digest };
  // Only an accepted dossier takes its key: what was refused is corrected and may come again under the same one.
  if (key === undefined || verdict.outcome !== 'accepted') return facts;
  const scope = sender.kind === 'ivan' ? `ivan:${sender.code}` : `unit:${verdict.dossier.taxCode}`;
  return { ...facts, key: { scope, value: key } };
}
