// POST /v1/dossiers – admission in order (room in the backlog, identity, body), then the map. `?dry-run` judges and records nothing.
import type { Request, Response } from 'express';

import { Problem, Unavailable } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { refuseErased } from '../evidence/erase.ts';
import type { Gateway } from './app.ts';
import { readBody } from './body.ts';
import { sendJson, sendReceipt } from './respond.ts';
import { identifySender } from './sender.ts';
import { stampedReceipt } from './receipt-stamps.ts';
import { isErased } from './status.ts';

/** Well below what an audit allows between a change of a contract and the dossiers that it counts for. */
const ADMITTED_MS = 10_000;

export function submitDossier(gateway: Gateway) {
  return async (request: Request, response: Response): Promise<void> => {
    if (gateway.backlogFull()) throw new Unavailable('BACKLOG_FULL', { retryAfterSeconds: 30 });
    gateway.stamping.check();
    const dryRun = isDryRun(request);
    const admittedAt = gateway.now();
    const admitted = await identifySender(request, gateway.database.query, admittedAt);
    const key = readKey(request);
    const supplements = readSupplements(request);
    const bytes = await readBody(request, response, gateway.limits);
    const receivedAt = gateway.now();
    // The contract of the moment of reception counts, and a body may take its time.
    const sender = receivedAt.getTime() - admittedAt.getTime() > ADMITTED_MS ? await identifySender(request, gateway.database.query, receivedAt) : admitted;
    const submission = { bytes, sender, receivedAt, key, ...(supplements === undefined ? {} : { supplements }) };
    if (dryRun) {
      const { outcome, findings, signatures } = await gateway.intake.tryOut(submission);
      sendJson(response, outcome === 'accepted' ? 200 : 422, { outcome, findings: findings.map(publishedFinding), signatures });
      return;
    }
    const recorded = await gateway.intake.receive(submission);
    // The same bytes again, after their erasure: they stay accepted, or refused, and are not kept anew.
    if (isErased(recorded.receipt)) await refuseErased(gateway.database.query, recorded.digest);
    await stampedReceipt(gateway, response, recorded.receipt);
    sendReceipt(response, recorded);
  };
}

/** A misspelt `?dry-run` must not file the dossier, nor `?dry-run=false` leave it unfiled. */
function isDryRun(request: Request): boolean {
  const names = Object.keys(request.query);
  if (names.length === 0) return false;
  if (names.join() !== 'dry-run' || request.query['dry-run'] !== '') throw new Problem('QUERY_UNKNOWN');
  return true;
}

function readKey(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(key)) throw new Problem('KEY_FORMAT');
  return key;
}

/** The digest, as everywhere, is the permission: who names it has had the octets. */
function readSupplements(request: Request): string | undefined {
  const digest = request.headers['ivan-supplements'];
  if (digest === undefined) return undefined;
  if (typeof digest !== 'string' || !/^[0-9A-Fa-f]{64}$/.test(digest)) throw new Problem('SUPPLEMENTS_FORMAT');
  return digest.toLowerCase();
}
