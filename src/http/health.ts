// Whether the gateway lives, and whether it could record a dossier now. For whoever watches it; says nothing of any dossier.
import type { Request, Response } from 'express';

import type { Gateway } from './app.ts';
import { formatInstant } from '../standard/time.ts';
import { sendJson } from './respond.ts';

export function live(_request: Request, response: Response): void {
  sendJson(response, 200, { live: true });
}

/** Ready when a dossier could be recorded now. */
export function ready(gateway: Gateway) {
  return async (_request: Request, response: Response): Promise<void> => {
    await gateway.database.query('SELECT 1');
    const backlogFull = gateway.backlogFull();
    const { on, refusing, waitingSince, lastAt, failing } = gateway.stamping.health();
    const instant = (at: Date | undefined): string | null => (at === undefined ? null : formatInstant(at));
    const setBack = gateway.logMemory.setBack ?? null;
    const isReady = !backlogFull && !refusing && setBack === null;
    const stamping = { on, refusing, waitingSince: instant(waitingSince), lastAt: instant(lastAt), failing };
    const { stuck, stuckSince, failing: notEntered } = gateway.logKeeper.health();
    const log = { setBack, stuck, stuckSince: instant(stuckSince), failing: notEntered !== undefined };
    sendJson(response, isReady ? 200 : 503, { ready: isReady, database: true, backlogFull, revocation: gateway.revocation(), stamping, log });
  };
}
