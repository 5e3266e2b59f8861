// The HTTPS transport to a backend, mutual TLS: hands a dossier over under its digest as idempotency key, reads what the backend says, and tells it
// what became of its notices.
// Whatever goes wrong is an Error with a short text for the operator; trying again is the worker's business.
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';

import { countOf, listOf, memberOf, parseJson, textOf } from '../standard/json.ts';
import { formatInstant } from '../standard/time.ts';
import type { HandOver } from '../store/deliveries.ts';
import { payloadOf, Rejected } from './hand-over.ts';
import type { ReportTransport } from './reports.ts';
import type { Backend } from './routes.ts';

export interface ClientIdentity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface HttpsBackend {
  handOver(delivery: HandOver): Promise<void>;
  /** The messages after a position; waits for some when there are none. */
  readMessages(after: number, most: number, waitSeconds: number, signal: AbortSignal): Promise<MessagePage>;
  /** Of a notice: the digest of the message that brought it, and what happened when, and how. */
  report: ReportTransport;
  close(): void;
}

export interface MessagePage {
  readonly messages: readonly { readonly position: number; readonly body: Buffer }[];
  /** The last position there is. */
  readonly end: number;
}

const LARGEST_ANSWER = 64 * 1024 * 1024;

export function httpsBackend(backend: Backend, identity: ClientIdentity): HttpsBackend {
  const options = { keepAlive: true, cert: identity.certificatePem, key: identity.keyPem, ca: [...backend.certificateAuthorities], minVersion: 'TLSv1.2' as const };
  const agent = new Agent({ ...options, maxSockets: backend.mostAtOnce });
  // A poll that waits takes no place from a dossier, nor from a look at where the feed ends.
  const reading = new Agent({ ...options, maxSockets: 2 });
  const call = (method: 'POST' | 'PUT', path: string, body?: Buffer, headers: Record<string, string> = {}): Promise<Answer> => callWith(agent, { url: `${backend.url}${path}`, method, headers, timeoutMs: backend.timeoutMs }, body);
  const failure = (answer: Answer): string => `${backend.name} answered ${answer.status}: ${excerpt(answer.body)}`;
  return {
    handOver: async (delivery) => {
      const { digest } = delivery;
      const payload = payloadOf(delivery);
      const answer = await call('PUT', `/dossiers/${digest}`, payload, { 'content-type': 'application/json', 'idempotency-key': digest });
      if (answer.status === 200 || answer.status === 202) return;
      throw isRejection(answer.status) ? new Rejected(failure(answer)) : new Error(failure(answer));
    },
    readMessages: async (after, most, waitSeconds, signal) => {
      const answer = await callWith(reading, { url: `${backend.url}/messages?after=${after}&limit=${most}&wait=${waitSeconds}`, method: 'GET', headers: {}, timeoutMs: backend.timeoutMs + waitSeconds * 1000, signal });
      if (answer.status !== 200) throw new Error(failure(answer));
      return readPage(answer.body, backend.name);
    },
    report: async ({ message, what, at, how }) => {
      const answer = await call('POST', `/notices/${message}/${what}`, Buffer.from(JSON.stringify({ at: formatInstant(at), how })), { 'content-type': 'application/json' });
      if (answer.status !== 200) throw new Error(failure(answer));
    },
    close: () => {
      agent.destroy();
      reading.destroy();
    },
  };
}

/** 4xx says something of this dossier, except what says something of the moment or of who we are. */
function isRejection(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 407, 408, 421, 425, 429].includes(status);
}

/** Every message with the digest that its octets have; anything else is not a feed. */
function readPage(body: Buffer, name: string): MessagePage {
  const page = parseJson(body, `${name} /messages`);
  return {
    messages: listOf(memberOf(page, 'messages'), (message) => {
      const octets = Buffer.from(textOf(memberOf(message, 'body'), /^[A-Za-z0-9+/]+={0,2}$/), 'base64');
      if (createHash('sha256').update(octets).digest('hex') !== textOf(memberOf(message, 'digest'))) throw new Error(`${name}: a message does not have its digest`);
      return { position: countOf(memberOf(message, 'position')), body: octets };
    }),
    end: countOf(memberOf(page, 'end')),
  };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

interface Call {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Record<string, string>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

function callWith(agent: Agent, { url, method, headers, timeoutMs, signal }: Call, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, ...(signal === undefined ? {} : { signal }), headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) } }, (response) => {
      collect(response).then((received) => { resolve({ status: response.statusCode ?? 0, body: received }); }, reject);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    outgoing.on('close', () => { clearTimeout(timer); });
    outgoing.on('error', reject);
    // Without a listener Node closes such a connection and tells nobody, not even the signal that ends everything else.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('answered 101, which nobody asked for'));
    });
    outgoing.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > LARGEST_ANSWER) throw new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, 300).replace(/\s+/g, ' ');
}
