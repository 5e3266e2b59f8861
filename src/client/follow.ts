// Waiting for a result: asks when the gateway says to ask, reports every change, and goes on through lost connections and "not now" until the result,
// a final refusal, or the caller's signal. Keeps no clock: the waits are the gateway's.
import type { DossierState } from './answers.ts';
import type { ResultAnswer } from './connect.ts';
import { ClientError, GatewayProblem } from './errors.ts';
import type { Explanation } from './errors.ts';
import { backoff, maySucceedLater, pause } from './retry.ts';
import type { RetryPolicy } from './retry.ts';

export type FollowedState =
  | { readonly state: Exclude<DossierState, 'answered'>; readonly dueAt: Date | undefined }
  | { readonly state: 'answered'; readonly dueAt: Date | undefined; readonly result: Buffer }
  | { readonly state: 'unknown'; readonly nonReceipt: Buffer };

/** What is heard between changes too: the state again, or that the gateway cannot be asked at present. */
export type FollowEvent = { readonly answer: FollowedState; readonly waitMs: number } | { readonly trouble: Explanation; readonly waitMs: number };

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** After every question. */
  readonly onState?: (event: FollowEvent) => void;
}

type AskResult = (digest: string, signal?: AbortSignal) => Promise<ResultAnswer>;

/** When the gateway does not say when to ask again. */
const POLL_MS = 10_000;
const final: ReadonlySet<string> = new Set(['answered', 'refused', 'conflict', 'unknown']);

export async function* follow(digest: string, ask: AskResult, policy: RetryPolicy, { signal, onState }: FollowOptions = {}): AsyncGenerator<FollowedState, void> {
  let last: string | undefined;
  let failures = 0;
  for (;;) {
    const outcome = await ask(digest, signal).catch(passingTrouble);
    failures = outcome instanceof Error ? failures + 1 : 0;
    const waitMs = waitAfter(outcome, failures, policy);
    if (outcome instanceof Error) onState?.({ trouble: outcome, waitMs });
    else {
      const answer = stateOf(outcome);
      onState?.({ answer, waitMs });
      if (answer.state !== last) yield answer;
      if (final.has(answer.state)) return;
      last = answer.state;
    }
    await pause(policy, waitMs, digest, signal);
  }
}

function stateOf(answer: ResultAnswer): FollowedState {
  if (answer.kind === 'result') return { state: 'answered', dueAt: answer.message.dueAt, result: answer.result };
  if (answer.kind === 'unknown') return { state: 'unknown', nonReceipt: answer.nonReceipt };
  if (answer.kind === 'refused') return { state: answer.state, dueAt: undefined };
  const { state, dueAt } = answer;
  // The agency may have answered before the gateway has signed the result.
  return { state: state === 'answered' ? 'delivered' : state, dueAt };
}

function waitAfter(outcome: ResultAnswer | Trouble, failures: number, policy: RetryPolicy): number {
  if (outcome instanceof Error) return waitAfterTrouble(outcome, failures, policy);
  const asked = outcome.kind === 'pending' ? outcome.retryAfter : undefined;
  return asked === undefined ? POLL_MS : asked * 1000;
}

export type Trouble = ClientError | GatewayProblem;

/** As the gateway says, else longer with every failure in a row. */
export function waitAfterTrouble(trouble: Trouble, failures: number, policy: RetryPolicy): number {
  if (trouble instanceof GatewayProblem && trouble.retryAfter !== undefined) return trouble.retryAfter * 1000;
  return backoff(policy, Math.min(failures + 3, 20));
}

/** What may pass by itself; anything else is thrown. */
export function passingTrouble(error: unknown): Trouble {
  if (error instanceof ClientError && error.code === 'UNREACHABLE') return error;
  if (error instanceof GatewayProblem && maySucceedLater(error.status)) return error;
  throw error;
}
