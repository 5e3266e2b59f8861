// One signed POST to a receiver that a sender named, bounded in everything: time, octets of the answer, no redirects. The address is judged when
// it is connected to, not before, so that a name cannot mean something else a moment later: a webhook must never reach the machine itself, its
// network or a cloud's metadata service (OWASP: server-side request forgery).
import type { LookupAddress, LookupOptions } from 'node:dns';
import { Resolver, lookup } from 'node:dns/promises';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

import { isPublicAddress } from '../freshness/addresses.ts';

export interface PostSettings {
  /** Also addresses that are not public: for receivers in the operator's own network, and for tests. */
  readonly anyAddress: boolean;
  /** PEM, of authorities that receivers' certificates may come from besides the usual ones. */
  readonly authorities: readonly string[];
  /** For everything together: name, connection, answer. */
  readonly timeoutMs: number;
  readonly resolve?: (name: string, anyAddress: boolean) => Promise<readonly string[]>;
}

export interface PostAnswer {
  readonly status: number;
  /** The beginning of it, for whoever looks for a fault. */
  readonly excerpt: string;
}

export interface Poster {
  /** Whatever goes wrong before there is an answer is an Error with a short text. */
  post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<PostAnswer>;
  close(): void;
}

const LARGEST_ANSWER = 16 * 1024;
const EXCERPT = 200;

/** Why an address cannot be a webhook; undefined when it can. Who runs the host is looked at when it is connected to. */
export function urlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.hostname === '') return 'https';
  if (url.username !== '' || url.password !== '') return 'user:password@';
  if (url.hash !== '') return '#';
  // What is signed is the address as written; a receiver must see the same.
  return url.href === text && text.length <= 2000 ? undefined : url.href.slice(0, 2000);
}

export function createPoster(settings: PostSettings): Poster {
  const { timeoutMs, authorities } = settings;
  // No limit of sockets to a host: many senders' receivers may share it, and none is to wait for another's. The lanes have limits.
  const agent = new Agent({ keepAlive: true, minVersion: 'TLSv1.2', ...(authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] }) });
  return {
    post: async (url, headers, body) => {
      const { hostname } = new URL(url);
      const literal = hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0) checkAddresses(literal, [literal], settings); // nothing is looked up then
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await send(url, { agent, method: 'POST', signal, headers: { ...headers, 'content-length': body.length, 'user-agent': 'ivan-gateway' }, lookup: judgedLookup(settings) }, body);
        return { status: response.statusCode ?? 0, excerpt: await beginningOf(response) };
      } catch (error) {
        throw signal.aborted ? new Error(`no whole answer within ${timeoutMs / 1000} s`, { cause: error }) : error;
      }
    },
    close: () => { agent.destroy(); },
  };
}

function checkAddresses(name: string, addresses: readonly string[], { anyAddress }: PostSettings): void {
  if (addresses.length === 0) throw new Error(`${name} has no address`);
  // All of them: a name that leads to public and to private addresses is up to something.
  if (!anyAddress && !addresses.every(isPublicAddress)) throw new Error(`${name} is not a public address`);
}

type Looked = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** What the connection itself asks, so that what is judged is what is connected to. */
function judgedLookup(settings: PostSettings): (name: string, options: LookupOptions, done: Looked) => void {
  const { resolve = resolveName, anyAddress } = settings;
  return (name, { all }, done) => {
    resolve(name, anyAddress).then((addresses) => {
      checkAddresses(name, addresses, settings);
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      const [first] = found;
      if (all === true || first === undefined) done(null, found);
      else done(null, first.address, first.family);
    }).catch((error: unknown) => { done(error instanceof Error ? error : new Error(String(error)), ''); });
  };
}

/** Strangers' names are asked of the name server directly: the system's resolver knows local names besides, and blocks a thread of Node's few. */
async function resolveName(name: string, anyAddress: boolean): Promise<readonly string[]> {
  if (anyAddress) return (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const found = await resolver.resolve4(name).catch(() => []);
  return found.length > 0 ? found : resolver.resolve6(name);
}

function send(url: string, options: Parameters<typeof request>[1], body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.on('error', reject);
    // Without a listener Node closes such a connection and tells nobody, not even the signal that ends everything else.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('answered 101, which nobody asked for'));
    });
    outgoing.end(body);
  });
}

/** Reads to the end when that is near, so that the connection can be used again; a longer answer costs its sender the connection. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > LARGEST_ANSWER) break; // leaving the loop closes the connection
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8', 0, EXCERPT).replace(/[\s\p{Cc}]+/gu, ' ').toWellFormed();
}
