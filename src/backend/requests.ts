// The map of the backend: what each request does, one call for each step. PUT takes a dossier once, however often it comes; the feed tells
// everything the agency says; a dossier's answer can also be asked for, and is the same octets for ever after.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

import { Unavailable } from '../errors/outcomes.ts';
import { takeFault, wrongAnswer } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { readBody, readReport } from './body.ts';
import { findCase } from './case-store.ts';
import { caseView } from './case-view.ts';
import { findDossier } from './dossier-store.ts';
import type { Feed } from './feed.ts';
import { fingerprintOf } from './material.ts';
import { listNotices, reportNotice } from './notice-store.ts';
import type { Office } from './office.ts';
import { findDocument } from './paper-store.ts';
import type { GatewayTrust } from './reception.ts';
import { reject } from './rejection.ts';
import { jsonReply, laterReply, xmlReply } from './replies.ts';
import type { Reply } from './replies.ts';
import { takeDossier } from './taking.ts';
import { turn } from './turning.ts';

/** What answering takes. */
export interface Desk {
  readonly office: Office;
  readonly gateways: GatewayTrust;
  /** SHA-256 fingerprints; undefined: whoever TLS admits. */
  readonly clientCertificates: ReadonlySet<string> | undefined;
  readonly mostOctets: number;
  readonly behaviour: Behaviour;
  readonly feed: Feed;
  /** A case may have a move due now. */
  readonly ring: () => void;
  readonly stopping: AbortSignal;
  readonly now: () => Date;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly names: readonly string[];
  readonly search: URLSearchParams;
  readonly body: Buffer;
}

interface Resource {
  readonly path: RegExp;
  readonly method: string;
  readonly answer: (desk: Desk, asked: Asked) => Promise<Reply | undefined>;
}

const resources: readonly Resource[] = [
  { path: /^\/dossiers\/([^/]+)$/, method: 'PUT', answer: putOne },
  { path: /^\/dossiers\/([^/]+)\/result$/, method: 'GET', answer: getResult },
  { path: /^\/messages$/, method: 'GET', answer: getMessages },
  { path: /^\/cases\/([^/]+)$/, method: 'GET', answer: getCase },
  { path: /^\/cases\/([^/]+)\/documents\/(\d{1,6})$/, method: 'GET', answer: getDocument },
  { path: /^\/notices$/, method: 'GET', answer: getNotices },
  { path: /^\/notices\/([^/]+)\/(delivered|opened)$/, method: 'POST', answer: postReport },
];

const DIGEST = /^[0-9a-f]{64}$/;
const MOST_MESSAGES = 1_000;
const LONGEST_WAIT_S = 60;

/** Undefined: the connection is to be destroyed. Throws `Rejection` and `Unavailable`. */
export async function respond(desk: Desk, request: IncomingMessage): Promise<Reply | undefined> {
  checkClient(request, desk.clientCertificates);
  const body = await readBody(request, desk.mostOctets);
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (path === '/health/live') return request.method === 'GET' ? jsonReply(200, { state: 'live' }) : reject('method-not-allowed', 'GET');
  const resource = resources.find((candidate) => candidate.path.test(path)) ?? reject('not-found');
  if (request.method !== resource.method) reject('method-not-allowed', resource.method);
  if (takeFault(desk.behaviour, 'failNext')) throw new Unavailable('TOLD_TO_FAIL', { retryAfterSeconds: 1 });
  const names = (resource.path.exec(path) ?? []).slice(1);
  return resource.answer(desk, { request, names, search: new URLSearchParams(query), body });
}

/** TLS has verified the certificate's path; where certificates are named, it must also be one of them. */
function checkClient({ socket }: IncomingMessage, admitted: ReadonlySet<string> | undefined): void {
  if (admitted === undefined) return;
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  const fingerprint = certificate === undefined ? '' : fingerprintOf(certificate);
  if (!admitted.has(fingerprint)) reject('client-unknown', fingerprint);
}

async function putOne(desk: Desk, { request, names: [digest = ''], body }: Asked): Promise<Reply | undefined> {
  checkHeaders(request, digest);
  const { timesPut, answered } = await takeDossier(desk, digest, body);
  if (takeFault(desk.behaviour, 'dropNext')) return undefined;
  return jsonReply(timesPut === 1 ? 202 : 200, { state: answered ? 'answered' : 'received' });
}

function checkHeaders({ headers }: IncomingMessage, digest: string): void {
  if (!DIGEST.test(digest)) reject('digest-malformed');
  if (headers['idempotency-key'] !== digest) reject('idempotency-key-mismatch');
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) reject('media-type');
}

async function getResult(desk: Desk, { names: [digest = ''] }: Asked): Promise<Reply> {
  const { query } = desk.office.store;
  const first = (DIGEST.test(digest) ? await findDossier(query, digest) : undefined) ?? reject('not-found');
  if (first.answer === null) while (await turn(desk.office, desk.now(), first.caseDigest)) desk.feed.wake();
  const [dossier, file] = [(await findDossier(query, digest)) ?? reject('not-found'), await findCase(query, digest)];
  if (dossier.answer === null || file?.outcome == null) return laterReply(202, { state: 'received' }, ((file?.readyAt ?? desk.now()).getTime() - desk.now().getTime()) / 1000);
  const { answerWith } = desk.behaviour;
  if (answerWith === undefined) return xmlReply(dossier.answer);
  return xmlReply(await wrongAnswer(answerWith, { ...dossier, digest, number: 1, at: file.readyAt, agency: file.agency }, file.outcome, desk.office.issue));
}

async function getMessages({ feed, stopping }: Desk, { search }: Asked): Promise<Reply> {
  const after = numberFrom(search, 'after', 0, Number.MAX_SAFE_INTEGER);
  const limit = Math.max(1, numberFrom(search, 'limit', 100, MOST_MESSAGES));
  const waitMs = numberFrom(search, 'wait', 0, LONGEST_WAIT_S) * 1000;
  const { messages, end } = await feed.read({ after, limit, waitMs }, stopping);
  return jsonReply(200, { messages: messages.map(({ position, digest, body }) => ({ position, digest, body: body.toString('base64') })), end });
}

function numberFrom(search: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = search.get(name) ?? String(otherwise);
  return /^\d{1,16}$/.test(text) && Number(text) <= most ? Number(text) : reject('query-malformed', `${name} must be a whole number from 0 to ${most}`);
}

async function getCase({ office: { store } }: Desk, { names: [digest = ''] }: Asked): Promise<Reply> {
  const file = (DIGEST.test(digest) ? await findCase(store.query, digest) : undefined) ?? reject('not-found');
  return jsonReply(200, await caseView(store.query, file));
}

async function getDocument({ office: { store } }: Desk, { names: [digest = '', position = ''] }: Asked): Promise<Reply> {
  const file = (DIGEST.test(digest) ? await findCase(store.query, digest) : undefined) ?? reject('not-found');
  return xmlReply((await findDocument(store.query, file.digest, Number(position))) ?? reject('not-found'));
}

async function postReport({ office: { store } }: Desk, { names: [message = '', what], body }: Asked): Promise<Reply> {
  const report = readReport(body);
  const known = (DIGEST.test(message) ? await reportNotice(store.query, message, what === 'opened' ? 'opened' : 'delivered', report) : undefined) ?? reject('not-found');
  return jsonReply(200, known);
}

async function getNotices({ office: { store } }: Desk): Promise<Reply> {
  return jsonReply(200, { notices: await listNotices(store.query) });
}
