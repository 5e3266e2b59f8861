// The map of the backend: what each request does, one call for each step. PUT takes a dossier once, however often it comes; GET gives the
// agency's answer once it is due, made and signed at the first asking, kept, and the same octets for ever after.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

import { Unavailable } from '../errors/outcomes.ts';
import type { Issue } from '../receipts/issue.ts';
import { answerXml } from './answer.ts';
import type { AnswerFacts } from './answer.ts';
import { takeFault, wrongAnswer } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { readBody, readDelivery } from './body.ts';
import { decide } from './decision.ts';
import { fingerprintOf } from './material.ts';
import { receive } from './reception.ts';
import type { GatewayTrust } from './reception.ts';
import { reject } from './rejection.ts';
import { jsonReply, laterReply, xmlReply } from './replies.ts';
import type { Reply } from './replies.ts';
import type { Store, StoredCase } from './store.ts';

/** What answering takes. */
export interface Desk {
  readonly store: Store;
  readonly gateways: GatewayTrust;
  /** SHA-256 fingerprints; undefined: whoever TLS admits. */
  readonly clientCertificates: ReadonlySet<string> | undefined;
  /** Signs as the agency. */
  readonly issue: Issue;
  readonly processingMs: number;
  readonly mostOctets: number;
  readonly behaviour: Behaviour;
  readonly now: () => Date;
}

type Answering = (desk: Desk, request: IncomingMessage, digest: string, body: Buffer) => Promise<Reply | undefined>;

interface Resource {
  readonly path: RegExp;
  readonly method: string;
  readonly answer: Answering;
}

const resources: readonly Resource[] = [
  { path: /^\/dossiers\/([^/]+)$/, method: 'PUT', answer: putDossier },
  { path: /^\/dossiers\/([^/]+)\/result$/, method: 'GET', answer: getResult },
];

const DIGEST = /^[0-9a-f]{64}$/;

/** Undefined: the connection is to be destroyed. Throws `Rejection` and `Unavailable`. */
export async function respond(desk: Desk, request: IncomingMessage): Promise<Reply | undefined> {
  checkClient(request, desk.clientCertificates);
  const body = await readBody(request, desk.mostOctets);
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === '/health/live') return request.method === 'GET' ? jsonReply(200, { state: 'live' }) : reject('method-not-allowed', 'GET');
  const resource = resources.find((candidate) => candidate.path.test(path)) ?? reject('not-found');
  if (request.method !== resource.method) reject('method-not-allowed', resource.method);
  if (takeFault(desk.behaviour, 'failNext')) throw new Unavailable('TOLD_TO_FAIL', { retryAfterSeconds: 1 });
  return resource.answer(desk, request, resource.path.exec(path)?.[1] ?? '', body);
}

/** TLS has verified the certificate's path; where certificates are named, it must also be one of them. */
function checkClient({ socket }: IncomingMessage, admitted: ReadonlySet<string> | undefined): void {
  if (admitted === undefined) return;
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  const fingerprint = certificate === undefined ? '' : fingerprintOf(certificate);
  if (!admitted.has(fingerprint)) reject('client-unknown', fingerprint);
}

async function putDossier({ store, gateways, processingMs, behaviour, now }: Desk, request: IncomingMessage, digest: string, body: Buffer): Promise<Reply | undefined> {
  checkHeaders(request, digest);
  const at = now();
  const dossier = receive(digest, readDelivery(body), gateways, at);
  const { timesPut, answered } = await store.put(dossier, at, new Date(at.getTime() + processingMs));
  if (takeFault(behaviour, 'dropNext')) return undefined;
  return jsonReply(timesPut === 1 ? 202 : 200, { state: answered ? 'answered' : 'received' });
}

function checkHeaders({ headers }: IncomingMessage, digest: string): void {
  if (!DIGEST.test(digest)) reject('digest-malformed');
  if (headers['idempotency-key'] !== digest) reject('idempotency-key-mismatch');
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) reject('media-type');
}

async function getResult(desk: Desk, _request: IncomingMessage, digest: string): Promise<Reply> {
  const found = (DIGEST.test(digest) ? await desk.store.find(digest) : undefined) ?? reject('not-found');
  const wait = found.dueAt.getTime() - desk.now().getTime();
  if (wait > 0) return laterReply(202, { state: 'received' }, wait / 1000);
  const { answerWith } = desk.behaviour;
  if (answerWith !== undefined) return xmlReply(await wrongAnswer(answerWith, await factsOf(desk, digest, found), desk.issue));
  return xmlReply(found.answer ?? (await answerDue(desk, digest, found)));
}

async function answerDue(desk: Desk, digest: string, found: StoredCase): Promise<Buffer> {
  const answer = await desk.issue(answerXml(await factsOf(desk, digest, found)));
  return desk.store.keepAnswer(digest, answer, desk.now());
}

async function factsOf({ store }: Desk, digest: string, { dossierNumber, transactionCode, dueAt }: StoredCase): Promise<AnswerFacts> {
  return { digest, dossierNumber, transactionCode, decision: await decide(await store.dossierOf(digest)), at: dueAt };
}
