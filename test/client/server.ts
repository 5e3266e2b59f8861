// A gateway of a few lines over real TLS, whose answers the test writes one by one; it remembers what it was sent.
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DevelopmentPki } from '../../src/development/pki.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** `drop` closes the connection: with the request's bytes read, or (`half`) in the middle of the answer; `silence` never answers. */
export type Step = Reply | 'drop' | 'half' | 'silence';

export interface FakeGateway {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers for the requests to come; the last one stays. */
  readonly answer: (...steps: Step[]) => void;
  readonly close: () => Promise<void>;
}

export async function startGateway(pki: DevelopmentPki): Promise<FakeGateway> {
  const received: Received[] = [];
  let steps: Step[] = [];
  const server = createServer({ cert: pki.gatewayTls.chainPem, key: pki.gatewayTls.privateKeyPem, ca: pki.root.certificatePem, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), client: clientOf(request) });
      perform(response, steps.length > 1 ? steps.shift() : steps[0]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = (...next: Step[]): void => {
    steps = next;
    received.length = 0;
  };
  return { url: `https://localhost:${port}`, received, answer, close: () => closeAll(server) };
}

function clientOf({ socket }: IncomingMessage): string | undefined {
  const certificate = 'getPeerCertificate' in socket ? (socket as { getPeerCertificate: () => { subject?: { CN?: string } } }).getPeerCertificate() : {};
  return certificate.subject?.CN;
}

function perform(response: ServerResponse, step: Step = 'drop'): void {
  if (step === 'silence') return;
  if (step === 'drop') {
    response.destroy();
    return;
  }
  if (step === 'half') {
    response.writeHead(201, { 'Content-Length': '1000' });
    response.write('<BHXH>', () => response.destroy());
    return;
  }
  response.writeHead(step.status, step.headers).end(step.body);
}

async function closeAll(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export const xml = (status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): Reply => ({ status, body, headers: { 'Content-Type': 'application/xml', ...headers } });
export const json = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): Reply => ({ status, body: JSON.stringify(value), headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } });

export function problem(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = { type: `urn:ivan:${code}`, title: code, status, code, vi: `vi ${code}.`, en: `en ${code}.`, actionVi: 'làm gì.', actionEn: 'do this.', requestId: 'req-1' };
  return { status, body: JSON.stringify(body), headers: { 'Content-Type': 'application/problem+json', ...headers } };
}
