// The HTTPS transport to a backend, mutual TLS: hands a dossier over under its digest as idempotency key, and asks for the answer.
// Whatever goes wrong is an Error with a short text for the operator; trying again is the worker's business.
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';

import type { Backend } from './routes.ts';

export interface ClientIdentity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface Transport {
  /** Resolves when the backend has stored the dossier, now or before. */
  deliver(backend: Backend, dossier: { digest: string; receipt: Buffer; body: Buffer }): Promise<void>;
  /** The backend's signed answer, or how long to wait before asking again. */
  askAnswer(backend: Backend, digest: string): Promise<{ answer: Buffer } | { retryAfterMs: number | undefined }>;
  close(): void;
}

const TIMEOUT_MS = 30_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

export function httpsTransport(identity: ClientIdentity): Transport {
  const agents = new Map<string, Agent>();
  const agentFor = (backend: Backend): Agent => {
    const known = agents.get(backend.name);
    if (known !== undefined) return known;
    const agent = new Agent({ keepAlive: true, maxSockets: 8, cert: identity.certificatePem, key: identity.keyPem, ca: [...backend.certificateAuthorities], minVersion: 'TLSv1.2' });
    agents.set(backend.name, agent);
    return agent;
  };
  return {
    deliver: async (backend, { digest, receipt, body }) => {
      const payload = Buffer.from(JSON.stringify({ receipt: receipt.toString('base64'), dossier: body.toString('base64') }));
      const answer = await call(agentFor(backend), `${backend.url}/dossiers/${digest}`, 'PUT', payload, { 'content-type': 'application/json', 'idempotency-key': digest });
      if (answer.status !== 200 && answer.status !== 202) throw new Error(`${backend.name} answered ${answer.status}: ${excerpt(answer.body)}`);
    },
    askAnswer: async (backend, digest) => {
      const answer = await call(agentFor(backend), `${backend.url}/dossiers/${digest}/result`, 'GET');
      if (answer.status === 200) return { answer: answer.body };
      const seconds = Number(answer.retryAfter);
      if (answer.status === 202) return { retryAfterMs: answer.retryAfter !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined };
      throw new Error(`${backend.name} answered ${answer.status}: ${excerpt(answer.body)}`);
    },
    close: () => { agents.forEach((agent) => { agent.destroy(); }); },
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

function call(agent: Agent, url: string, method: 'GET' | 'PUT', body?: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) } }, (response) => {
      collect(response).then((received) => { resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: received }); }, reject);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
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
