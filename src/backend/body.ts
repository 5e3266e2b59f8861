// Request body → delivery, within bounds: a body is kept up to the limit and read to twice the limit, so that a client that is only a
// little over it gets to see the answer. Base64 is strict; members that are not known are passed over, so that the protocol can grow.
import type { IncomingMessage } from 'node:http';

import { parseInstant } from '../standard/time.ts';
import { decodeBase64 } from '../xml/base64.ts';
import type { Delivery } from './reception.ts';
import { reject } from './rejection.ts';

export async function readBody(request: IncomingMessage, mostOctets: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const octets = chunk as Buffer;
      length += octets.length;
      if (length > 2 * mostOctets) break;
      if (length <= mostOctets) chunks.push(octets);
    }
  } catch {
    return reject('body-incomplete');
  }
  return length > mostOctets ? reject('body-too-large', `at most ${mostOctets} octets`) : Buffer.concat(chunks);
}

export interface PutBody extends Delivery {
  /** Digest of the dossier that this one completes. */
  readonly supplements: string | undefined;
}

export function readDelivery(body: Buffer): PutBody {
  const members = membersOf(body);
  const supplements = members.get('supplements') ?? undefined;
  if (supplements !== undefined && (typeof supplements !== 'string' || !/^[0-9a-f]{64}$/.test(supplements))) reject('supplements-malformed');
  return { receipt: octetsOf(members, 'receipt'), dossier: octetsOf(members, 'dossier'), supplements };
}

export interface NoticeReport {
  readonly at: Date;
  /** Null where the reporter does not say. */
  readonly how: string | null;
}

/** When something happened, by the reporter's clock, and how. */
export function readReport(body: Buffer): NoticeReport {
  const members = membersOf(body);
  const [at, how = null] = [members.get('at'), members.get('how')];
  if (how !== null && (typeof how !== 'string' || !/^[a-z]{1,20}$/.test(how))) reject('report-malformed', 'how must be a word: feed, webhook, mail, fetch');
  const instant = (typeof at === 'string' ? parseInstant(at) : undefined) ?? reject('report-malformed', 'at must be an instant, yyyy-MM-ddTHH:mm:ss.SSS+07:00');
  return { at: instant, how: typeof how === 'string' ? how : null };
}

function membersOf(body: Buffer): ReadonlyMap<string, unknown> {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null) return reject('body-malformed', 'not a JSON object');
  return new Map(Object.entries(value));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return reject('body-malformed', 'not JSON');
  }
}

function octetsOf(members: ReadonlyMap<string, unknown>, name: string): Buffer {
  const text = members.get(name);
  const octets = typeof text === 'string' ? decodeBase64(text) : undefined;
  return octets ?? reject('body-malformed', `${name} is not base64`);
}
