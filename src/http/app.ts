// The interface, version 1. The order of the middleware is the order of admission.
import { randomUUID } from 'node:crypto';

import express from 'express';
import type { Express } from 'express';

import { Problem } from '../errors/outcomes.ts';
import type { EvidenceDesk } from '../evidence/desk.ts';
import type { LogKeeper } from '../evidence/keeper.ts';
import type { LogMemory } from '../evidence/memory.ts';
import type { Intake } from '../intake/receive.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { NoteVerifier } from '../log/note.ts';
import type { MailDesk } from '../mail/desk.ts';
import type { Operators } from '../operators-file.ts';
import type { RegistrationDesk } from '../registers/receive-form.ts';
import type { Checklist } from '../standard/ivan-checklist.ts';
import type { Publication } from '../standard/publication/publication.ts';
import type { Stamping } from '../stamp/open.ts';
import type { Standard } from '../standard/tables.ts';
import type { PullDesk } from '../delivery/pull.ts';
import type { Backends } from '../delivery/routes.ts';
import type { Database } from '../store/database.ts';
import type { ServedCheckpoint } from '../store/log-serving.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';
import { keepAuditorsToEvidence } from './auditor/access.ts';
import type { CheckCertificate } from './feed-caller.ts';
import type { FeedWaiting } from './feed-waiting.ts';
import type { BodyLimits } from './body.ts';
import { operations } from './operations/all.ts';
import { routePath } from './operations/operation.ts';
import type { Operation } from './operations/operation.ts';
import type { RegistrationAccess } from './registrations.ts';
import { problemHandler } from './respond.ts';
import type { Log } from './respond.ts';

/** What the handlers work with; put together in main.ts. */
export interface Gateway {
  readonly database: Database;
  readonly intake: Intake;
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly standard: Standard;
  /** The standard as everybody may read it. */
  readonly publication: Publication;
  readonly limits: BodyLimits;
  readonly operators: Operators;
  /** Who may look at evidence and the log, and at nothing else. */
  readonly auditors: Operators;
  readonly backends: Backends;
  /** Where agencies fetch their dossiers. */
  readonly pull: PullDesk;
  /** Where a dossier's evidence is fetched. */
  readonly evidence: EvidenceDesk;
  /** Where forms 04, 05 and 06 go. */
  readonly desk: RegistrationDesk;
  readonly receiveForm: RegistrationAccess['receiveForm'];
  /** Where those wait who want to hear of events at once. */
  readonly waiting: FeedWaiting;
  readonly checkCertificate: CheckCertificate;
  /** What an applicant for an I-VAN contract is assessed by. */
  readonly checklist: Checklist;
  /** Where senders say what they want to be told, and how. */
  readonly webhooks: WebhookDesk;
  readonly mail: MailDesk;
  /** PEM: the certificate that receipts, results and webhooks are signed with, and those it leads to. */
  readonly signingChain: string;
  readonly publicLog: PublicLog;
  /** Files into one container that the gateway's certificate vouches for. */
  readonly seal: (files: ReadonlyMap<string, Buffer>, at: Date) => Promise<Buffer>;
  readonly now: () => Date;
  /** True when more waits to be delivered than the gateway may answer for. */
  readonly backlogFull: () => boolean;
  /** Whether the log is stamped, and what receipts are stamped with. */
  readonly stamping: Pick<Stamping, 'check' | 'health' | 'ofReceipt'>;
  readonly logMemory: Pick<LogMemory, 'setBack'>;
  /** Whether all is entered into the log. */
  readonly logKeeper: Pick<LogKeeper, 'health'>;
  /** How fresh revocation data is, for whoever watches: signers of an authority in `stale` get "not now". */
  readonly revocation: () => RevocationHealth;
  readonly log: Log;
}

/** What is served of the log besides what is stored. */
export interface PublicLog {
  /** Whose cosignatures are taken. */
  readonly witnesses: readonly NoteVerifier[];
  /** The checkpoint of the log before anything was entered. */
  readonly empty: ServedCheckpoint;
}

export interface RevocationHealth {
  readonly authorities: number;
  readonly stale: readonly string[];
  readonly failing: readonly string[];
}

const methods = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

export function createApp(gateway: Gateway): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set('Request-Id', randomUUID());
    next();
  });
  app.use(keepAuditorsToEvidence(gateway));
  for (const [path, those] of operationsByPath()) route(app, path, those, gateway);
  app.use(() => {
    throw new Problem('NOT_FOUND');
  });
  app.use(problemHandler(gateway.log));
  return app;
}

function operationsByPath(): ReadonlyMap<string, readonly Operation[]> {
  const paths = new Map<string, readonly Operation[]>();
  for (const operation of operations) paths.set(routePath(operation), [...(paths.get(routePath(operation)) ?? []), operation]);
  return paths;
}

/** One path, the methods it answers (GET answers HEAD too), and 405 with Allow for every other. */
function route(app: Express, path: string, those: readonly Operation[], gateway: Gateway): void {
  const allowed = those.map(({ method }) => method).join(', ');
  for (const { method, handler } of those) app[methods[method]](path, handler(gateway));
  app.all(path, (request, response) => {
    response.set('Allow', allowed);
    throw new Problem('METHOD', { method: request.method, allowed });
  });
}
