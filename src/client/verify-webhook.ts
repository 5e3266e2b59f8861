// For whoever runs a webhook: a request that came in → the event, never one without the signature that holds. The certificate is the caller's to
// trust (from a receipt that verified, or GET /v1/certificates/gateway and its path to an authority). Every event may come twice: its id tells.
import { X509Certificate } from 'node:crypto';

import { faultOf } from '../signature/http-message.ts';
import { ClientError, reasonOf } from './errors.ts';

export interface WebhookRequest {
  readonly method: string;
  /** The address as it was registered, also behind a proxy. */
  readonly url: string;
  /** As of `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The octets as they came. */
  readonly body: Buffer;
}

export interface WebhookOptions {
  readonly now: Date;
  /** How far the instant of signing may lie from now, on either side; 300. A copy that is sent again later is refused. */
  readonly windowSeconds?: number;
}

export interface WebhookEvent {
  /** Unlike every other event's; a repeat has the same. */
  readonly id: string;
  /** In the sender's feed (`GET /v1/events`): what lies between two is missing, or of a kind that was not asked for. 0: a test. */
  readonly position: number;
  /** `test` has no dossier and wants no more than 2xx. */
  readonly kind: string;
  readonly at: Date;
  readonly dossier: { readonly sha256: string; readonly number: string | null; readonly transactionCode: string | null } | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

const WINDOW_SECONDS = 300;

/** @throws ClientError WEBHOOK_UNTRUSTED. */
export async function verifyWebhook(request: WebhookRequest, certificatePem: string, { now, windowSeconds = WINDOW_SECONDS }: WebhookOptions): Promise<WebhookEvent> {
  const certificate = new X509Certificate(certificatePem);
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    // Two of a name could be read as either.
    if (value === undefined) continue;
    if (typeof value !== 'string' || headers.has(name.toLowerCase())) throw untrusted(name);
    headers.set(name.toLowerCase(), value);
  }
  const fault = await faultOf({ ...request, headers }, { certificate: certificate.raw, key: certificate.publicKey }, now, windowSeconds * 1000);
  if (fault !== undefined) throw untrusted(fault);
  return readEvent(request.body, headers.get('ivan-event-id'));
}

function untrusted(reason: string): ClientError {
  return new ClientError('WEBHOOK_UNTRUSTED', '/', reason);
}

/** Signed, so it is what the gateway wrote; read all the same as if it might not be. */
function readEvent(body: Buffer, headerId: string | undefined): WebhookEvent {
  try {
    const event = JSON.parse(body.toString('utf8')) as { [Member in keyof WebhookEvent]: Member extends 'at' ? string : WebhookEvent[Member] };
    const { id, position, kind, at, dossier, detail } = event;
    if (typeof id !== 'string' || !Number.isSafeInteger(position) || typeof kind !== 'string' || Number.isNaN(Date.parse(at))) throw new Error('JSON');
    if (id !== headerId) throw new Error('ivan-event-id');
    return { id, position, kind, at: new Date(at), dossier, detail };
  } catch (error) {
    throw untrusted(reasonOf(error));
  }
}
