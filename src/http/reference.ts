// What the gateway publishes about itself: health, and the closed list of errors as data.
import type { Request, Response } from 'express';

import { findingTexts } from '../errors/findings.ts';
import { problemTexts } from '../errors/problems.ts';
import { reasonTexts } from '../errors/reasons.ts';
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

export function errorTable(_request: Request, response: Response): void {
  const findings = Object.entries(findingTexts).map(([code, text]) => ({ code, ...text }));
  const problems = Object.entries(problemTexts).map(([code, text]) => ({ code, ...text }));
  const reasons = Object.entries(reasonTexts).map(([code, [vi, en]]) => ({ code, vi, en }));
  response.set('Cache-Control', 'public, max-age=300').json({ findings, problems, reasons });
}
