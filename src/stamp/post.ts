// One question to one authority over HTTP (RFC 3161 §3.4), bounded in octets and time, without redirects. What proves the answer is its signature; TLS, where
// the URL says https, is checked as everywhere, because a password or a client certificate may go with the question.
import { request as plainRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';

import { LARGEST_RESPONSE } from './response.ts';

export interface PostSettings {
  readonly timeoutMs: number;
  /** `name:password`, sent as Basic; to https and to this machine only, or everybody on the way reads it. */
  readonly authorization: string | undefined;
  readonly client: { readonly certificatePem: string; readonly keyPem: string } | undefined;
  /** PEM, besides those that Node knows. */
  readonly authorities: readonly string[];
}

/** Gives the body of the answer. @throws Error with a short text for the operator. */
export type Post = (url: URL, question: Buffer) => Promise<Buffer>;

export function createPost(settings: PostSettings, stopping: AbortSignal): Post {
  return async (url, question) => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(settings.timeoutMs)]);
    try {
      return await collect(await send(url, question, settings, signal));
    } catch (error) {
      if (stopping.aborted) throw new Error('stopped', { cause: error });
      if (signal.aborted) throw new Error(`no whole answer within ${settings.timeoutMs / 1000} s`, { cause: error });
      throw error;
    }
  };
}

function send(url: URL, question: Buffer, { authorization, client, authorities }: PostSettings, signal: AbortSignal): Promise<IncomingMessage> {
  const headers: Record<string, string | number> = { 'content-type': 'application/timestamp-query', 'content-length': question.length, accept: 'application/timestamp-reply', 'user-agent': 'ivan-gateway' };
  if (authorization !== undefined) headers['authorization'] = `Basic ${Buffer.from(authorization).toString('base64')}`;
  const options: RequestOptions = { method: 'POST', headers, signal, agent: false, maxHeaderSize: 16 * 1024 };
  const tls = { ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }), ...(authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] }) };
  return new Promise((resolve, reject) => {
    const outgoing = url.protocol === 'https:' ? tlsRequest(url, { ...options, ...tls }, resolve) : plainRequest(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('answered 101, which nobody asked for'));
    });
    outgoing.end(question);
  });
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  try {
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = response.headers;
    if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode ?? 0}`);
    if (!/^application\/timestamp-reply\s*(?:;|$)/i.test(type)) throw new Error(`answered with ${type === '' ? 'no type' : type.slice(0, 60)}`);
    if (encoding !== 'identity') throw new Error('answered with compression, which nobody asked for');
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > LARGEST_RESPONSE) throw new Error(`answered with more than ${LARGEST_RESPONSE} octets`);
      chunks.push(bytes);
    }
    if (!response.complete) throw new Error('the answer is cut short');
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
