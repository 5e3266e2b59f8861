// An operator's line to the gateway: JSON in and out under `v1/admin/`, with the client certificate that the operators' file names. Asking is repeated by
// itself; a change is sent once, because a second one may be refused for the first having been taken.
import { problemOf, isOf } from './answers.ts';
import { ClientError } from './errors.ts';
import { retryPolicy, withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { openTransport } from './transport.ts';
import type { HttpAnswer, TransportOptions } from './transport.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Every call may throw `ClientError` or `GatewayProblem`. */
export interface OperatorClient {
  readonly get: (path: string) => Promise<JsonObject>;
  readonly post: (path: string, body: JsonObject) => Promise<JsonObject>;
  /** An XML document, octet for octet. */
  readonly document: (path: string) => Promise<Buffer>;
  readonly close: () => void;
}

export function connectOperator(options: TransportOptions & RetryOptions): OperatorClient {
  const transport = openTransport(options);
  const policy = retryPolicy(options);
  const ask = (path: string): Promise<HttpAnswer> => withRetries(policy, () => transport.exchange({ method: 'GET', path: `v1/admin/${path}` }));
  return {
    get: async (path) => jsonOf(await ask(path)),
    post: async (path, body) => jsonOf(await transport.exchange({ method: 'POST', path: `v1/admin/${path}`, headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) })),
    document: async (path) => {
      const answer = await ask(path);
      if (answer.status !== 200 || !isOf(answer, 'application/xml')) throw problemOf(answer);
      return answer.body;
    },
    close: transport.close,
  };
}

/** A JSON object that was answered with 2xx. @throws GatewayProblem otherwise. */
export function jsonOf(answer: HttpAnswer): JsonObject {
  if (answer.status >= 300 || !isOf(answer, 'application/json')) throw problemOf(answer);
  const value: unknown = JSON.parse(answer.body.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ClientError('ANSWER_UNEXPECTED', answer.place, 'JSON');
  return value as JsonObject;
}
