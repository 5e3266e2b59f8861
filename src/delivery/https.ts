// The HTTPS transport to a backend, mutual TLS: hands a dossier over under its digest as idempotency key, and asks for the answer.
// Whatever goes wrong is an Error with a short text for the operator; trying again is the worker's business.
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';

import type { HandOver } from '../store/deliveries.ts';
import { Rejected } from './hand-over.ts';
import type { Backend } from './routes.ts';

export interface ClientIdentity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface HttpsBackend {
  handOver(delivery: HandOver): Promise<void>;
  /** The backend's signed answer, or how long to wait before asking again. */
  askAnswer(digest: string): Promise<{ answer: Buffer } | { retryAfterMs: number | undefined }>;
  close(): void;
}

const LARGEST_ANSWER = 16 * 1024 * 1024;

export function httpsBackend(backend: Backend, identity: ClientIdentity): HttpsBackend {
  const agent = new Agent({ keepAlive: true, maxSockets: backend.mostAtOnce, cert: identity.certificatePem, key: identity.keyPem, ca: [...backend.certificateAuthorities], minVersion: 'TLSv1.2' });
  const call = (method: 'GET' | 'PUT', path: string, body?: Buffer, headers: Record<string, string> = {}): Promise<Answer> => callWith(agent, { url: `${backend.url}${path}`, method, headers, timeoutMs: backend.timeoutMs }, body);
  const failure = (answer: Answer): string => `${backend.name} answered ${answer.status}: ${excerpt(answer.body)}`;
  return {
    handOver: async ({ digest, receipt, body }) => {
      const payload = Buffer.from(JSON.stringify({ receipt: receipt.toString('base64'), dossier: body.toString('base64') }));
      const answer = await call('PUT', `/dossiers/${digest}`, payload, { 'content-type': 'application/json', 'idempotency-key': digest });
      if (answer.status === 200 || answer.status === 202) return;
      throw isRejection(answer.status) ? new Rejected(failure(answer)) : new Error(failure(answer));
    },
    askAnswer: async (digest) => {
      const answer = await call('GET', `/dossiers/${digest}/result`);
      if (answer.status === 200) return { answer: answer.body };
      const seconds = Number(answer.retryAfter);
      if (answer.status === 202) return { retryAfterMs: answer.retryAfter !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined };
      throw new Error(failure(answer));
    },
    close: () => { agent.destroy(); },
  };
}

/** 4xx says something of this dossier, except what says something of the moment or of who we are. */
function isRejection(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 407, 408, 421, 425, 429].includes(status);
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

interface Call {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly headers: Record<string, string>;
  readonly timeoutMs: number;
}

function callWith(agent: Agent, { url, method, headers, timeoutMs }: Call, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) } }, (response) => {
      collect(response).then((received) => { resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: received }); }, reject);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    outgoing.on('close', () => { clearTimeout(timer); });
    outgoing.on('error', reject);
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
