// The one mapping from outcomes and errors to HTTP. Bodies are signed XML or problem+json (RFC 9457); never HTML, never a stack.
import type { ErrorRequestHandler, Request, Response } from 'express';

import { Problem, Unavailable } from '../errors/outcomes.ts';
import { problemSentences, problemTexts } from '../errors/problems.ts';
import type { Recorded } from '../intake/record.ts';

export type Log = (message: string, details: Readonly<Record<string, unknown>>) => void;

const xmlType = 'application/xml; charset=utf-8';
const DRAIN_MS = 1_000;

export function requestId(response: Response): string {
  return String(response.getHeader('Request-Id') ?? '');
}

/** 201 for a new acceptance, 200 for its resend, 422 for a refusal, 409 for a conflict; the body is the stored receipt, octet for octet. */
export function sendReceipt(response: Response, recorded: Recorded): void {
  const status = { accepted: recorded.isNew ? 201 : 200, refused: 422, conflict: 409 }[recorded.outcome];
  if (recorded.outcome === 'accepted') response.location(`/v1/dossiers/${recorded.digest}`);
  sendXml(response, status, recorded.receipt);
}

export function sendXml(response: Response, status: number, body: Buffer): void {
  response.status(status).set('Content-Type', xmlType).set('Cache-Control', 'no-store').end(body);
}

export function sendJson(response: Response, status: number, body: unknown): void {
  response.status(status).set('Cache-Control', 'no-store').json(body);
}

/** The last middleware. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error); // express then cuts the connection
      return;
    }
    sendProblem(request, response, problemOf(error, request, response, log));
  };
}

function problemOf(error: unknown, request: Request, response: Response, log: Log): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable) {
    response.set('Retry-After', String(error.retryAfterSeconds));
    log('not now', { requestId: requestId(response), reason: error.message, cause: error.cause instanceof Error ? error.cause.message : undefined });
    return new Problem('UNAVAILABLE', { reason: error.reason, seconds: error.retryAfterSeconds });
  }
  // express refuses a malformed escape in a path itself, with a status of 400.
  if (error instanceof URIError) return new Problem('REQUEST_MALFORMED');
  log('bug', { requestId: requestId(response), path: request.path, error: error instanceof Error ? error.stack : String(error) });
  return new Problem('INTERNAL', { requestId: requestId(response) });
}

function sendProblem(request: Request, response: Response, { code, params }: Problem): void {
  const { status } = problemTexts[code];
  const body = { type: `/v1/errors#${code}`, status, code, ...problemSentences(code, params), requestId: requestId(response) };
  const { vi: title } = body;
  if (!request.complete) closeAfterwards(request, response);
  response.status(status).set('Content-Type', 'application/problem+json').set('Cache-Control', 'no-store').end(JSON.stringify({ title, ...body }));
}

/** The rest of the body is unread: what still arrives is thrown away for a moment, so that the sender gets to read the answer. */
function closeAfterwards(request: Request, response: Response): void {
  response.set('Connection', 'close');
  response.once('finish', () => {
    request.resume();
    setTimeout(() => request.socket.destroy(), DRAIN_MS).unref();
  });
}
