// A sender's line to its own webhooks: JSON in and out under `v1/webhooks`, with the client certificate whose feed it is. Asking is repeated by itself; a
// change or a test is sent once, because a second one may be refused for the first having been taken, or told to the receiver again.
import { jsonOf } from './operator.ts';
import type { JsonObject } from './operator.ts';
import { retryPolicy, withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { openTransport } from './transport.ts';
import type { HttpAnswer, TransportOptions } from './transport.ts';

export interface WebhookTest {
  readonly delivered: boolean;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly reason: string | null;
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly state: 'unconfirmed' | 'active' | 'paused' | 'withheld' | 'ended';
  /** Null: every kind. */
  readonly kinds: readonly string[] | null;
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface WholeWebhook extends Webhook {
  /** Events that wait, and that were given up. */
  readonly waiting: number;
  readonly dead: number;
  readonly history: readonly { readonly state: string; readonly reason: string; readonly changedAt: string }[];
}

/** Every call may throw `ClientError` or `GatewayProblem`. */
export interface WebhookClient {
  readonly list: () => Promise<readonly Webhook[]>;
  readonly add: (url: string, kinds: readonly string[] | null) => Promise<Webhook & { readonly test: WebhookTest }>;
  readonly show: (id: string) => Promise<WholeWebhook>;
  readonly change: (id: string, wish: { readonly paused?: boolean; readonly kinds?: readonly string[] | null }) => Promise<WholeWebhook>;
  readonly test: (id: string) => Promise<WebhookTest>;
  readonly remove: (id: string) => Promise<WholeWebhook>;
  readonly close: () => void;
}

/** `unit`: `<agency>/<unit code>`, for a certificate that is registered for several. */
export function connectWebhooks(options: TransportOptions & RetryOptions, unit?: string): WebhookClient {
  const transport = openTransport(options);
  const policy = retryPolicy(options);
  const at = (path: string): string => `v1/webhooks${path}${unit === undefined ? '' : `?unit=${encodeURIComponent(unit)}`}`;
  const ask = async (path: string): Promise<JsonObject> => jsonOf(await withRetries(policy, () => transport.exchange({ method: 'GET', path: at(path) })));
  const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: JsonObject): Promise<JsonObject> => {
    const content = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
    const answer: HttpAnswer = await transport.exchange({ method, path: at(path), ...content });
    return jsonOf(answer);
  };
  return {
    list: async () => (await ask(''))['webhooks'] as readonly Webhook[],
    add: async (url, kinds) => (await send('POST', '', { url, kinds })) as unknown as Webhook & { readonly test: WebhookTest },
    show: async (id) => (await ask(`/${id}`)) as unknown as WholeWebhook,
    change: async (id, wish) => (await send('PATCH', `/${id}`, wish)) as unknown as WholeWebhook,
    test: async (id) => (await send('POST', `/${id}/test`)) as unknown as WebhookTest,
    remove: async (id) => (await send('DELETE', `/${id}`)) as unknown as WholeWebhook,
    close: transport.close,
  };
}
