// Every answer of the backend over HTTP: JSON about a request, or an answer's XML. Never HTML, never a stack. The one mapping from outcome
// to HTTP; what is not an outcome is a bug and says nothing but 500.
import type { ServerResponse } from 'node:http';

import { Unavailable } from '../errors/outcomes.ts';
import { Rejection } from './rejection.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(value)) };
}

export function xmlReply(body: Buffer): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
}

export function laterReply(status: number, value: unknown, seconds: number): Reply {
  return jsonReply(status, value, { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) });
}

/** Undefined for what is a bug. */
export function replyToFailure(error: unknown): Reply | undefined {
  if (error instanceof Unavailable) return laterReply(503, { error: 'unavailable' }, error.retryAfterSeconds);
  if (!(error instanceof Rejection)) return undefined;
  const { status, code, detail } = error;
  return jsonReply(status, { error: code, detail }, status === 405 && detail !== undefined ? { Allow: detail } : {});
}

export const bugReply: Reply = jsonReply(500, { error: 'internal' });

export function writeReply(response: ServerResponse, { status, headers, body }: Reply, closing: boolean): void {
  const connection = closing ? { Connection: 'close' } : {};
  response.writeHead(status, { ...headers, ...connection, 'Content-Length': body.length, 'Cache-Control': 'no-store' });
  response.end(body);
}
