// How published octets travel: the media type that the caller accepts, a strong ETag of the octets, 304 for who has them, and caches told how
// long they hold (RFC 9110, RFC 9111). GET and HEAD alike.
import { createHash } from 'node:crypto';

import type { Request, Response } from 'express';

import { Problem } from '../../errors/outcomes.ts';

const FIVE_MINUTES = 'public, max-age=300';

/** Octets ready to be sent any number of times. */
export interface Octets {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

export function octetsOf(type: string, body: Buffer): Octets {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('hex')}"` };
}

/** The first of `types` that the caller likes best. Every answer that depends on it says so, a refusal too. */
export function negotiate<Type extends string>(request: Request, response: Response, types: readonly Type[]): Type {
  response.set('Vary', 'Accept');
  const accepted = request.accepts([...types]);
  const type = types.find((candidate) => candidate === accepted);
  if (type === undefined) throw new Problem('NOT_ACCEPTABLE', { types: types.join(', ') });
  return type;
}

/** `digest` is that of the rule set: it tells which standard the octets are of. */
export function sendOctets(request: Request, response: Response, { type, body, etag }: Octets, digest: string): void {
  response.set({ ETag: etag, 'Cache-Control': FIVE_MINUTES, 'Ivan-Rule-Set': digest });
  if (isHeld(request.headers['if-none-match'], etag)) {
    response.status(304).end();
    return;
  }
  response.status(200).set({ 'Content-Type': `${type}; charset=utf-8`, 'Content-Length': String(body.length), 'X-Content-Type-Options': 'nosniff' }).end(body);
}

/** Weak comparison, as If-None-Match asks for (RFC 9110 §13.1.2). */
export function isHeld(header: string | undefined, etag: string): boolean {
  const held = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return held.includes(etag.replace(/^W\//, '')) || held.join() === '*';
}
