// Whether the gateway lives, and whether it could record a dossier now. For whoever watches it; says nothing of any dossier.
import type { Request, Response } from 'express';

import type { Gateway } from './app.ts';
import { sendJson } from './respond.ts';

export function live(_request: Request, response: Response): void {
  sendJson(response, 200, { live: true });
}

/** Ready when a dossier could be recorded now. */
export function ready(gateway: Gateway) {
  return async (_request: Request, response: Response): Promise<void> => {
    await gateway.database.query('SELECT 1');
    const backlogFull = gateway.backlogFull();
    sendJson(response, backlogFull ? 503 : 200, { ready: !backlogFull, database: true, backlogFull, revocation: gateway.revocation() });
  };
}
