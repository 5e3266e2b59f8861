// One exchange with an authority's server over HTTP or HTTPS, bounded in everything: octets, total time, redirects. The address is resolved
// once, judged, and connected to, so that a name cannot mean something else a moment later. Only URLs that the operator wrote may lead to
// addresses that are not public. What comes back is a stranger's bytes: whether they are any good is decided by their signature.
import { Resolver, lookup } from 'node:dns/promises';
import { request as plainRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';

import { isPublicAddress } from './addresses.ts';

export interface Ask {
  readonly url: string;
  readonly mostBytes: number;
  /** Sent by POST; without it the request is a GET. */
  readonly body?: { readonly type: string; readonly bytes: Buffer };
  /** The `ETag` of what is at hand: the server may then say that nothing changed. */
  readonly etag?: string;
}

export interface Got {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
}

/** Undefined when nothing changed since `etag`. Whatever goes wrong is an Error with a short text for the operator. */
export type Exchange = (ask: Ask) => Promise<Got | undefined>;

export interface ExchangeSettings {
  /** Did the operator write this very URL? */
  readonly isListed: (url: string) => boolean;
  /** For everything together: name, connection, redirects, body. */
  readonly timeoutMs: number;
  readonly stopping: AbortSignal;
  readonly resolve?: (name: string, isListed: boolean) => Promise<readonly string[]>;
}

const MOST_REDIRECTS = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

export function createExchange(settings: ExchangeSettings): Exchange {
  return async (ask) => {
    const signal = AbortSignal.any([settings.stopping, AbortSignal.timeout(settings.timeoutMs)]);
    try {
      return await follow(ask, settings, signal);
    } catch (error) {
      if (settings.stopping.aborted) throw new Error('stopped', { cause: error });
      if (signal.aborted) throw new Error(`no whole answer within ${settings.timeoutMs / 1000} s`, { cause: error });
      throw error;
    }
  };
}

async function follow(ask: Ask, settings: ExchangeSettings, signal: AbortSignal): Promise<Got | undefined> {
  let url = readUrl(ask.url);
  for (let left = MOST_REDIRECTS; ; left -= 1) {
    const response = await send(url, ask, await addressOf(url, settings, signal), signal);
    const { statusCode: status = 0, headers } = response;
    if (status === 200) return { bytes: await collect(response, ask.mostBytes), etag: headers.etag };
    response.destroy();
    if (status === 304 && ask.etag !== undefined) return undefined;
    if (!redirects.has(status) || headers.location === undefined || ask.body !== undefined) throw new Error(`${url.host} answered ${status}`);
    const next = readUrl(new URL(headers.location, url).href);
    if (next.protocol !== url.protocol) throw new Error(`${url.host} redirects to another scheme`);
    if (left === 0) throw new Error(`${url.host} redirects too often`);
    url = next;
  }
}

/** @throws Error for what is not plain HTTP or HTTPS. */
export function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') throw new Error('is not an http or https URL');
  if (url.username !== '' || url.password !== '') throw new Error('is a URL with a password');
  return url;
}

async function addressOf(url: URL, { isListed, resolve = resolveName }: ExchangeSettings, signal: AbortSignal): Promise<string> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const listed = isListed(url.href);
  const addresses = isIP(name) === 0 ? await unless(signal, resolve(name, listed)) : [name];
  const [address] = addresses;
  if (address === undefined) throw new Error(`${name} has no address`);
  // All of them: a name that leads to public and to private addresses is up to something.
  if (!listed && !addresses.every(isPublicAddress)) throw new Error(`${name} is not a public address, and revocation-sources.json does not name this URL`);
  return address;
}

/**
 * Names that only certificates give are asked of the name server directly: the system's resolver blocks one of Node's few threads for as long
 * as it likes, and knows local names besides. Names that the operator wrote may be local ones.
 */
async function resolveName(name: string, isListed: boolean): Promise<readonly string[]> {
  if (isListed) return (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const found = await resolver.resolve4(name).catch(() => []);
  return found.length > 0 ? found : resolver.resolve6(name);
}

function unless<Value>(signal: AbortSignal, step: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => { reject(new Error('too late')); }, { once: true });
    step.then(resolve, reject);
  });
}

function send(url: URL, { body, etag }: Ask, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers: Record<string, string | number> = { host: url.host, accept: '*/*', 'user-agent': 'ivan-gateway' };
  if (etag !== undefined) headers['if-none-match'] = etag;
  if (body !== undefined) {
    headers['content-type'] = body.type;
    headers['content-length'] = body.bytes.length;
  }
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions = {
    host: address, port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port), path: `${url.pathname}${url.search}`,
    method: body === undefined ? 'GET' : 'POST', headers, signal, agent: false, maxHeaderSize: 16 * 1024,
  };
  return new Promise((resolve, reject) => {
    // What is fetched is believed for the authority's signature on it, as over plain HTTP: who runs the server proves nothing, and its TLS
    // certificate may hang on the very list that is asked for.
    const tls = { rejectUnauthorized: false, ...(isIP(name) === 0 ? { servername: name } : {}) };
    const outgoing = url.protocol === 'https:' ? tlsRequest({ ...options, ...tls }, resolve) : plainRequest(options, resolve);
    outgoing.on('error', reject);
    // Without a listener Node closes such a connection and tells nobody, not even the signal that ends everything else.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('answered 101, which nobody asked for'));
    });
    outgoing.end(body?.bytes);
  });
}

async function collect(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const tooLarge = (): Error => new Error(`the answer is larger than ${mostBytes} bytes`);
  const { 'content-encoding': encoding = 'identity', 'content-length': declared = '0' } = response.headers;
  try {
    if (encoding !== 'identity') throw new Error('the answer is compressed, which nobody asked for');
    if (Number(declared) > mostBytes) throw tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > mostBytes) throw tooLarge();
      chunks.push(bytes);
    }
    if (!response.complete) throw new Error('the answer is cut short');
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
