// The feed of messages to the gateways: positions from 1 without a gap, given in the transaction that causes the message, so that whoever has
// read up to one has missed none. The counter is locked last, just before the commit.
import { createHash } from 'node:crypto';

import { only } from './store.ts';
import type { Query } from './store.ts';

export interface NewMessage {
  readonly caseDigest: string | null;
  readonly kind: string;
  readonly body: Buffer;
  readonly at: Date;
}

export interface FeedMessage {
  readonly position: number;
  readonly digest: string;
  readonly body: Buffer;
}

export async function addMessages(query: Query, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const taken = await query<{ value: string }>("UPDATE backend.counter SET value = value + $1 WHERE name = 'messages' RETURNING value", [messages.length]);
  let position = Number(only(taken).value) - messages.length;
  for (const { caseDigest, kind, body, at } of messages) {
    position += 1;
    await query('INSERT INTO backend.message VALUES ($1, $2, $3, $4, $5, $6)', [position, caseDigest, kind, createHash('sha256').update(body).digest('hex'), body, at]);
  }
}

/** Those after a position, in order; fewer than asked for when they are large, but one at least. */
export async function messagesAfter(query: Query, after: number, limit: number, mostOctets: number): Promise<readonly FeedMessage[]> {
  const sql = `
    SELECT position, digest, body FROM (
      SELECT *, sum(octet_length(body)) OVER (ORDER BY position) AS octets, row_number() OVER (ORDER BY position) AS nth
      FROM (SELECT position, digest, body FROM backend.message WHERE position > $1 ORDER BY position LIMIT $2) AS page
    ) AS measured WHERE nth = 1 OR octets <= $3 ORDER BY position`;
  const rows = await query<{ position: string; digest: string; body: Buffer }>(sql, [after, limit, mostOctets]);
  return rows.map(({ position, digest, body }) => ({ position: Number(position), digest, body }));
}

export async function lastPosition(query: Query): Promise<number> {
  return Number(only(await query<{ value: string }>("SELECT value FROM backend.counter WHERE name = 'messages'")).value);
}
