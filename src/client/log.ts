// A reader's line to the log of a gateway: checkpoints and consistency proofs as they are served, and cosignatures handed in. What it gives is unverified text.
import { isOf, problemOf } from './answers.ts';
import { maySucceedLater, retryPolicy, withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { openTransport } from './transport.ts';
import type { HttpAnswer, HttpRequest, TransportOptions } from './transport.ts';

/** Every call may throw `ClientError` or `GatewayProblem`. */
export interface LogClient {
  /** The newest. */
  readonly checkpoint: (signal?: AbortSignal) => Promise<string>;
  /** Undefined when the log says that it has no such proof. */
  readonly consistency: (from: number, to: number, signal?: AbortSignal) => Promise<string | undefined>;
  /** Gives the checkpoint with every signature. */
  readonly addCosignature: (size: number, line: string, signal?: AbortSignal) => Promise<string>;
  readonly close: () => void;
}

const TEXT = 'text/plain';

export function connectLog(options: TransportOptions & RetryOptions): LogClient {
  const transport = openTransport(options);
  const policy = retryPolicy(options);
  const ask = (request: HttpRequest): Promise<HttpAnswer> => withRetries(policy, () => transport.exchange(request), request.signal);
  return {
    checkpoint: async (signal) => textOf(await ask({ method: 'GET', path: 'v1/log/checkpoint', signal })),
    consistency: async (from, to, signal) => {
      const answer = await ask({ method: 'GET', path: `v1/log/consistency?from=${from}&to=${to}`, signal });
      // Too busy to answer is no answer: who takes it for one accuses an honest log.
      return answer.status >= 400 && answer.status < 500 && !maySucceedLater(answer.status) ? undefined : textOf(answer);
    },
    addCosignature: async (size, line, signal) => textOf(await ask({ method: 'POST', path: `v1/log/cosignatures?size=${size}`, headers: { 'Content-Type': TEXT }, body: Buffer.from(line), signal })),
    close: transport.close,
  };
}

function textOf(answer: HttpAnswer): string {
  if (answer.status !== 200 || !isOf(answer, TEXT)) throw problemOf(answer);
  return answer.body.toString('utf8');
}
