// The reference backend of the social-insurance agency as a server: HTTPS with client certificates only, TLS 1.2 or later. It knows a
// gateway by two things alone, the certificate it connects with and the one it signs receipts with. Starts, answers, stops; what it answers
// is in `requests.ts`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { Logger } from 'pino';

import { issueWith } from '../receipts/issue.ts';
import { loadStandard } from '../standard/tables.ts';
import { behaviourOf, isAway, linger } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import type { BackendSettings } from './config.ts';
import { listDossiers } from './dossier-store.ts';
import type { DossierRow } from './dossier-store.ts';
import { createFeed } from './feed.ts';
import { consumeDossiers } from './nats.ts';
import type { Office } from './office.ts';
import { bugReply, replyToFailure, writeReply } from './replies.ts';
import type { Reply } from './replies.ts';
import { respond } from './requests.ts';
import type { Desk } from './requests.ts';
import { scheduleNotices } from './monthly.ts';
import { adopt } from './opening.ts';
import { loadRegister } from './register.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { createTimetable } from './timetable.ts';
import { loadWorkflows } from './workflow.ts';
import { works } from './works.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

export interface Surroundings {
  readonly now: () => Date;
  readonly log: Log;
}

export interface Backend {
  readonly url: string;
  readonly port: number;
  /** Faults to order; changed at will. */
  readonly behaviour: Behaviour;
  /** What is stored, for assertions. */
  dossiers(): Promise<readonly DossierRow[]>;
  /** Does all that is due by its clock; how many moves that took. It works by itself too: this is for a clock that is advanced by hand. */
  work(): Promise<number>;
  /** When it has something to do next. */
  nextDue(): Promise<Date | undefined>;
  /** Accepts nothing more, finishes what is under way, closes the database. */
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;
const CONNECTIONS = 128;
const MALFORMED = 'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"error":"request-malformed"}';

/** Resolves when the port is open. Throws `Unavailable` when the database cannot be reached. */
export async function startBackend(settings: BackendSettings, { now, log }: Surroundings): Promise<Backend> {
  const store = await openStore(settings.database);
  const behaviour = behaviourOf(settings.scenario);
  const office = officeOf(settings, store, behaviour);
  const feed = createFeed(store.query);
  const timetable = createTimetable(office, now, feed.wake);
  const { mostOctets, clientCertificates } = settings;
  const stopping = new AbortController();
  const desk: Desk = { office, gateways: settings, clientCertificates, mostOctets, behaviour, feed, ring: timetable.ring, stopping: stopping.signal, now };
  const server = createTlsServer(settings, log, (request, response) => void converse(desk, log, request, response));
  try {
    await adopt(office, now());
    await scheduleNotices(office, now());
    await listen(server, settings);
  } catch (error) {
    await store.close();
    throw error;
  }
  const consumer = settings.nats && consumeDossiers(settings.nats, desk, log);
  timetable.start((error) => { log.error({ err: error }, 'a move was not made'); });
  const port = portOf(server);
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    stopping.abort();
    feed.wake();
    await Promise.all([close(server), consumer?.stop(), timetable.stop()]);
    await store.close();
  };
  return {
    url: `https://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    port,
    behaviour,
    dossiers: () => listDossiers(store.query),
    work: timetable.work,
    nextDue: timetable.nextDue,
    stop: () => (stopped ??= end()),
  };
}

function officeOf(settings: BackendSettings, store: Store, behaviour: Behaviour): Office {
  return {
    store,
    issue: issueWith(settings.signing),
    issueRevoked: settings.revoked === undefined ? undefined : issueWith(settings.revoked),
    scenario: () => behaviour.scenario,
    signing: settings.signing,
    standard: loadStandard(),
    register: loadRegister(),
    workflows: loadWorkflows(new Set(works.keys())),
    pace: settings.pace === 'calendar' ? { kind: 'calendar' } : { kind: 'compressed', ms: settings.processingMs },
  };
}

function createTlsServer({ tls }: BackendSettings, log: Log, conversation: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const options: ServerOptions = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthorities,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: 16 * 1024,
  };
  const server = createServer(options, conversation);
  server.maxConnections = CONNECTIONS;
  server.on('tlsClientError', ({ message }) => { log.warn({ reason: message }, 'client not admitted'); });
  server.on('clientError', ({ message }, socket) => {
    log.warn({ reason: message }, 'request not readable');
    if (socket.writable) socket.end(MALFORMED);
    else socket.destroy();
  });
  return server;
}

async function converse(desk: Desk, log: Log, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url } = request;
  const { stopping } = desk;
  if (isAway(desk.behaviour)) {
    request.socket.destroy();
    return;
  }
  const reply = await replyTo(desk, log, request);
  await linger(desk.behaviour, stopping);
  log.info({ method, url, status: reply?.status }, 'answered');
  if (reply === undefined) request.socket.destroy();
  else writeReply(response, reply, stopping.aborted || !request.complete);
}

async function replyTo(desk: Desk, log: Log, request: IncomingMessage): Promise<Reply | undefined> {
  try {
    return await respond(desk, request);
  } catch (error) {
    const reply = replyToFailure(error);
    if (reply === undefined) log.error({ err: error }, 'bug');
    else log.warn({ err: error, status: reply.status }, 'not done');
    return reply ?? bugReply;
  }
}

function listen(server: Server, { host, port }: BackendSettings): Promise<void> {
  return new Promise((resolve, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Connections that idle are closed at once, the others with their answer, all of them at the limit. */
async function close(server: Server): Promise<void> {
  const limit = setTimeout(() => { server.closeAllConnections(); }, STOP_LIMIT_MS);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(limit);
}
