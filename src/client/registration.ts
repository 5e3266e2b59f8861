// An I-VAN's line about forms 04, 05 and 06: what a form got, and what became of it. Every signed answer has been checked by both engines and names the
// digest asked about. Waiting goes on through lost connections and "not now" until the notice, a refusal, or the caller's signal.
import { problemOf, registrationPendingOf, sealedMessage } from './answers.ts';
import type { RegistrationPending } from './answers.ts';
import { ClientError, GatewayProblem } from './errors.ts';
import { backoff, maySucceedLater, pause, retryAfterOf } from './retry.ts';
import type { RetryPolicy } from './retry.ts';
import type { HttpAnswer } from './transport.ts';
import type { SealedMessage } from './verify-message.ts';

export interface SubmittedRegistration {
  readonly outcome: 'received' | 'refused';
  /** SHA-256 of the bytes sent. */
  readonly digest: string;
  /** The signed receipt or refusal, byte for byte. */
  readonly receipt: Buffer;
  readonly message: SealedMessage;
  /** The gateway had these bytes already and gave the receipt of that time. */
  readonly resent: boolean;
}

export type RegistrationAnswer =
  | { readonly kind: 'pending'; readonly state: RegistrationPending['state']; readonly decisionDueAt: Date | undefined; readonly retryAfter: number | undefined }
  /** The agency's decision, signed; fetching it counts as taking it on to the unit. */
  | { readonly kind: 'notice'; readonly notice: Buffer; readonly message: SealedMessage }
  /** It never came to a decision: the refusal of the day it came. */
  | { readonly kind: 'refused'; readonly receipt: Buffer; readonly message: SealedMessage };

/** When the gateway does not say when to ask again. */
const POLL_MS = 60_000;

export async function submittedRegistrationOf(answer: HttpAnswer, digest: string): Promise<SubmittedRegistration> {
  const { status, body } = answer;
  if (status === 422) return { outcome: 'refused', digest, receipt: body, message: await sealedMessage(answer, digest, ['TU_CHOI']), resent: false };
  if (status !== 200 && status !== 201) throw problemOf(answer);
  return { outcome: 'received', digest, receipt: body, message: await sealedMessage(answer, digest, ['TIEP_NHAN']), resent: status === 200 };
}

export async function registrationOf(answer: HttpAnswer, digest: string): Promise<RegistrationAnswer> {
  const { status, body } = answer;
  if (status === 200) return { kind: 'notice', notice: body, message: await sealedMessage(answer, digest, ['CHAP_NHAN', 'KHONG_CHAP_NHAN']) };
  if (status === 422) return { kind: 'refused', receipt: body, message: await sealedMessage(answer, digest, ['TU_CHOI']) };
  if (status !== 202) throw problemOf(answer);
  return { kind: 'pending', ...registrationPendingOf(answer), retryAfter: retryAfterOf(answer) };
}

export interface AwaitOptions {
  readonly signal?: AbortSignal;
  /** After every question that has no end yet. */
  readonly onWait?: (answer: Extract<RegistrationAnswer, { kind: 'pending' }> | ClientError | GatewayProblem, waitMs: number) => void;
}

export async function awaitDecision(digest: string, ask: (signal?: AbortSignal) => Promise<RegistrationAnswer>, policy: RetryPolicy, { signal, onWait }: AwaitOptions = {}): Promise<Exclude<RegistrationAnswer, { kind: 'pending' }>> {
  for (let failures = 0; ; ) {
    const answer = await ask(signal).catch(passingTrouble);
    if (!(answer instanceof Error) && answer.kind !== 'pending') return answer;
    failures = answer instanceof Error ? failures + 1 : 0;
    const waitMs = answer.retryAfter === undefined ? (failures > 0 ? backoff(policy, Math.min(failures + 3, 20)) : POLL_MS) : answer.retryAfter * 1000;
    onWait?.(answer, waitMs);
    await pause(policy, waitMs, digest, signal);
  }
}

function passingTrouble(error: unknown): (ClientError & { readonly retryAfter?: undefined }) | GatewayProblem {
  if (error instanceof ClientError && error.code === 'UNREACHABLE') return error;
  if (error instanceof GatewayProblem && maySucceedLater(error.status)) return error;
  throw error;
}
