// One HTTPS request and its whole answer, over kept-alive connections with time-outs. Follows no redirect, retries nothing, reads no body. A failure
// is a `ClientError`: STOPPED, TLS_UNTRUSTED, or UNREACHABLE, which alone may pass by itself.
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

import { ClientError, reasonOf } from './errors.ts';
import type { PemIdentity } from './identity.ts';

export interface TransportOptions {
  /** Of the gateway, with or without a path; https only. */
  readonly url: string;
  /** PEM; absent: those that Node itself trusts. */
  readonly certificateAuthorities?: readonly string[];
  /** An I-VAN's; an employer who files directly has none. */
  readonly clientCertificate?: PemIdentity;
  /** Milliseconds of silence after which a request is given up; 30 seconds. */
  readonly silence?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the gateway's address, without a leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Method and address, for messages. */
  readonly place: string;
}

export interface Transport {
  readonly exchange: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Ends the idle connections. */
  readonly close: () => void;
}

/** Larger than any answer with an agency's papers in it; a bound for memory. */
const LARGEST_ANSWER = 256 * 1024 * 1024;
export const SILENCE_MS = 30_000;

export function openTransport(options: TransportOptions): Transport {
  const base = baseOf(options.url);
  const agent = new Agent({ keepAlive: true, maxSockets: 16, secureContext: secureContextOf(options) });
  const silence = options.silence ?? SILENCE_MS;
  return {
    exchange: async (asked) => {
      const url = new URL(asked.path, base);
      const place = `${asked.method} ${url.href}`;
      return send(agent, url, asked, silence).then(
        (answer) => ({ ...answer, place }),
        (error: unknown) => failed(place, error, asked.signal),
      );
    },
    close: () => {
      agent.destroy();
    },
  };
}

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base?.protocol !== 'https:') throw new ClientError('URL', url, url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function secureContextOf({ certificateAuthorities, clientCertificate }: TransportOptions): SecureContext {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ...(certificateAuthorities === undefined ? {} : { ca: [...certificateAuthorities] }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificatePem, key: clientCertificate.keyPem, passphrase: clientCertificate.passphrase }),
    });
  } catch (error) {
    throw new ClientError('KEY_FILE', 'TLS', reasonOf(error), { cause: error });
  }
}

function send(agent: Agent, url: URL, { method, headers = {}, body, signal }: HttpRequest, silence: number): Promise<Omit<HttpAnswer, 'place'>> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length }, ...(signal === undefined ? {} : { signal }) });
    let answered = false;
    outgoing.once('response', (incoming) => {
      answered = true;
      collect(incoming).then(resolve, reject);
    });
    // A gateway may answer and close before the whole body was sent: the answer counts, the broken pipe does not.
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    // Without a listener Node closes such a connection and tells nobody, not even the signal that ends everything else.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('answered 101, which nobody asked for'));
    });
    outgoing.setTimeout(silence, () => outgoing.destroy(new Error(`no answer within ${silence} ms`)));
    outgoing.end(body);
  });
}

async function collect(incoming: IncomingMessage): Promise<Omit<HttpAnswer, 'place'>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
    chunks.push(bytes);
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

const untrustedCodes = /^(?:CERT_|ERR_TLS_|UNABLE_TO_(?:VERIFY|GET)_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

function failed(place: string, error: unknown, signal: AbortSignal | undefined): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (signal?.aborted === true) throw new ClientError('STOPPED', place, '', { cause: error });
  const reason = code === '' ? reasonOf(error) : code;
  throw new ClientError(untrustedCodes.test(code) ? 'TLS_UNTRUSTED' : 'UNREACHABLE', place, reason, { cause: error });
}
