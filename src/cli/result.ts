// The end of following a dossier: the result saved and, with trust material, verified together with the agency's answer inside it.
import type { FollowedState } from '../client/follow.ts';
import { checkAnswer } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readSealed } from '../client/verify-message.ts';
import { saveAnswer } from './files.ts';
import { factLine } from './lines.ts';
import { messageFacts, messageLines, signerLines } from './message-lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { stateLine } from './states.ts';

export interface Saving {
  /** Absent: nothing is saved. */
  readonly folder: string | undefined;
  readonly name: string;
  readonly flags: ConnectionFlags;
}

export async function resultOutcome(last: FollowedState, digest: string, saving: Saving): Promise<Outcome> {
  if (last.state === 'answered') return savedResult(last.result, digest, saving);
  const exitCode = last.state === 'unknown' ? exitCodes.indeterminate : exitCodes.refused;
  return { exitCode, facts: { state: last.state }, lines: [stateLine(last.state)] };
}

export async function savedResult(result: Buffer, digest: string, { folder, name, flags }: Saving): Promise<Outcome> {
  const saved = folder === undefined ? undefined : await saveAnswer(folder, name, 'result', result);
  const checked = await checkAnswer(result, digest, flags);
  const message = await readSealed(result, saved ?? digest);
  const agency = checked.verified ? checked.message.agencyAnswer : undefined;
  return {
    exitCode: exitCodes.done,
    facts: { state: 'answered', resultSaved: saved, resultVerified: checked.verified, result: messageFacts(message), agencySigner: agency?.signer },
    lines: [
      ...messageLines(message),
      ...factLine('Đã lưu', 'Saved', saved),
      ...checked.lines,
      ...(agency === undefined ? [] : [{ vi: '  Văn bản của cơ quan BHXH:', en: '  The agency’s own answer:' }, ...signerLines(agency.signer)]),
    ],
  };
}
