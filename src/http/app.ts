// The interface, version 1. The order of the middleware is the order of admission.
import { randomUUID } from 'node:crypto';

import express from 'express';
import type { Express, RequestHandler } from 'express';

import { Problem } from '../errors/outcomes.ts';
import type { Intake } from '../intake/receive.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { Database } from '../store/database.ts';
import type { BodyLimits } from './body.ts';
import { errorTable, live, ready } from './reference.ts';
import { problemHandler } from './respond.ts';
import type { Log } from './respond.ts';
import { dossierResult, dossierStatus } from './status.ts';
import { submitDossier } from './submit.ts';

/** What the handlers work with; put together in main.ts. */
export interface Gateway {
  readonly database: Database;
  readonly intake: Intake;
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly limits: BodyLimits;
  readonly now: () => Date;
  /** True when more waits to be delivered than the gateway may answer for. */
  readonly backlogFull: () => boolean;
  /** How fresh revocation data is, for whoever watches: signers of an authority in `stale` get "not now". */
  readonly revocation: () => RevocationHealth;
  readonly log: Log;
}

export interface RevocationHealth {
  readonly authorities: number;
  readonly stale: readonly string[];
  readonly failing: readonly string[];
}

export function createApp(gateway: Gateway): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set('Request-Id', randomUUID());
    next();
  });
  route(app, '/v1/dossiers', { POST: submitDossier(gateway) });
  route(app, '/v1/dossiers/:digest', { GET: dossierStatus(gateway) });
  route(app, '/v1/dossiers/:digest/result', { GET: dossierResult(gateway) });
  route(app, '/v1/errors', { GET: errorTable });
  route(app, '/health/live', { GET: live });
  route(app, '/health/ready', { GET: ready(gateway) });
  app.use(() => {
    throw new Problem('NOT_FOUND');
  });
  app.use(problemHandler(gateway.log));
  return app;
}

/** One path, the one method it answers (GET answers HEAD too), and 405 with Allow for every other. */
function route(app: Express, path: string, handlers: { readonly GET?: RequestHandler; readonly POST?: RequestHandler }): void {
  const allowed = Object.keys(handlers).join(', ');
  if (handlers.GET !== undefined) app.get(path, handlers.GET);
  if (handlers.POST !== undefined) app.post(path, handlers.POST);
  app.all(path, (request, response) => {
    response.set('Allow', allowed);
    throw new Problem('METHOD', { method: request.method, allowed });
  });
}
