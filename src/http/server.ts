// HTTPS with TLS 1.2 or newer. A client certificate is asked for but not required: an employer that files directly has none. Any certificate
// completes the handshake, which proves its key; `sender.ts` then accepts only registered ones.
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Express } from 'express';

import { problemSentences, problemTexts } from '../errors/problems.ts';
import type { ProblemCode } from '../errors/problems.ts';

export interface ServerSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly bodyTimeoutMs: number;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Stops accepting, lets requests under way finish, then closes; what is still open after `graceMs` is cut. */
  stop(graceMs: number): Promise<void>;
}

export async function startServer(app: Express, settings: ServerSettings): Promise<RunningServer> {
  // Only paths are served: for anything else express would answer by itself, in HTML.
  const underWay = new Set<ServerResponse>();
  const listener: RequestListener = (request, response) => {
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      // Once the server stops, a connection that was kept for this answer is waited for by nobody.
      setImmediate(() => { if (!server.listening) server.closeIdleConnections(); });
    });
    if (request.url?.startsWith('/') === true) app(request, response);
    else refuseRaw(new Error('not a path'), request.socket);
  };
  const server = createServer(
    {
      cert: settings.certificatePem,
      key: settings.keyPem,
      minVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      requireHostHeader: false, // nothing here depends on Host, and Node's own refusal has no body
    },
    listener,
  );
  server.headersTimeout = 10_000;
  server.requestTimeout = settings.bodyTimeoutMs + 5_000; // the body's own timer answers first
  server.keepAliveTimeout = 30_000;
  server.maxRequestsPerSocket = 0;
  server.on('checkExpectation', listener); // an expectation other than 100-continue may be ignored (RFC 9110 §10.1.1); Node's refusal has no body
  server.on('clientError', refuseRaw);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `https://${host}:${port}`, port, stop: (graceMs) => stop(server, underWay, graceMs) };
}

function stop(server: Server, underWay: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  // Or the connection of an answer that is yet to come would be kept for a next request, until the grace is over.
  for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
  return new Promise((resolve) => {
    const timer = setTimeout(() => { server.closeAllConnections(); }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const rawProblems: ReadonlyMap<string, ProblemCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'HEADERS_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'BODY_TIMEOUT'],
]);

/** What is not HTTP never reaches express; it gets the same kind of answer. */
function refuseRaw(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = rawProblems.get(error.code ?? '') ?? 'REQUEST_MALFORMED';
  const { status } = problemTexts[code];
  const requestId = randomUUID();
  const sentences = problemSentences(code, { seconds: '10' });
  const body = JSON.stringify({ title: sentences.vi, type: `/v1/errors#${code}`, status, code, ...sentences, requestId });
  const headers = [`Request-Id: ${requestId}`, 'Content-Type: application/problem+json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}
