// GET by the digest of the bytes that were sent: the receipt and where the dossier stands, its result, or a signed statement that nothing
// with that digest was received. Whoever knows the SHA-256 has had the bytes, so the digest is the permission.
import type { Request, Response } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { refuseErased } from '../evidence/erase.ts';
import { nonReceiptXml } from '../receipts/non-receipt.ts';
import { formatInstant } from '../standard/time.ts';
import { findAbsence } from '../store/log-serving.ts';
import { findResult, findState } from '../store/submissions.ts';
import type { SubmissionState } from '../store/submissions.ts';
import type { Gateway } from './app.ts';
import { stampedReceipt } from './receipt-stamps.ts';
import { sendJson, sendXml } from './respond.ts';

const ASK_AGAIN_SECONDS = 2;

export function dossierStatus(gateway: Gateway) {
  return async (request: Request, response: Response): Promise<void> => {
    const found = await findOrDeny(gateway, request, response);
    if (found === undefined) return;
    const { digest, state } = found;
    if (request.accepts(['application/xml', 'application/json']) === 'application/json') sendJson(response, 200, describe(digest, state));
    else await sendReceiptOf(gateway, response, 200, state);
  };
}

export function dossierResult(gateway: Gateway) {
  return async (request: Request, response: Response): Promise<void> => {
    const found = await findOrDeny(gateway, request, response);
    if (found === undefined) return;
    const { digest, state } = found;
    const result = await findResult(gateway.database.query, digest);
    // It may have come after the state was read.
    if (result !== undefined && isErased(result)) await refuseErased(gateway.database.query, digest); // meanwhile
    if (result !== undefined) sendXml(response.set('Ivan-State', 'answered'), 200, result);
    else if (state.outcome === 'accepted') sendJson(response.set('Retry-After', String(ASK_AGAIN_SECONDS)), 202, describe(digest, state));
    else await sendReceiptOf(gateway, response, 422, state); // refused: its receipt is all there will ever be
  };
}

async function sendReceiptOf(gateway: Gateway, response: Response, status: number, { receipt }: SubmissionState): Promise<void> {
  await stampedReceipt(gateway, response, receipt);
  sendXml(response, status, receipt);
}

/** Where the dossier stands, told in the headers already; where there is none, the non-receipt has been sent. */
export async function findOrDeny(gateway: Gateway, request: Request, response: Response): Promise<{ readonly digest: string; readonly state: SubmissionState } | undefined> {
  const digest = readDigest(request);
  const state = (await findState(gateway.database.query, digest)) ?? (await denied(gateway, response, digest));
  if (state === undefined) return undefined;
  if (isErased(state.receipt)) await refuseErased(gateway.database.query, digest);
  setState(response, state);
  return { digest, state };
}

/** A document of ours has octets until it is erased. */
export function isErased(document: Buffer): boolean {
  return document.length === 0;
}

export function readDigest(request: Request): string {
  const digest = String(request.params['digest']).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Problem('DIGEST_FORMAT');
  return digest;
}

/** Undefined once the statement is sent; the state when it has come in meanwhile. */
async function denied({ database, now, issue, issuer, publicLog }: Gateway, response: Response, digest: string): Promise<SubmissionState | undefined> {
  const at = now(); // before it is looked for: what is there by then is found
  const { isSubmission, isForm, lastSubmission, checkpoint = publicLog.empty } = await findAbsence(database.query, digest);
  if (isSubmission) return (await findState(database.query, digest)) ?? unrecorded(digest);
  if (isForm) throw new Problem('DOSSIER_IS_FORM');
  sendXml(response, 404, await issue(nonReceiptXml({ digest, at, logSize: lastSubmission, checkpoint }, issuer)));
  return undefined;
}

function unrecorded(digest: string): never {
  throw new Error(`submission ${digest} has no receipt`);
}

/** A dossier that its agency's backend will not have waits for an operator: to the sender it waits. */
function stateName({ outcome, deliveryState, answeredAt }: SubmissionState): string {
  if (outcome !== 'accepted') return outcome;
  if (answeredAt !== null) return 'answered';
  return deliveryState === 'delivered' ? 'delivered' : 'waiting';
}

function setState(response: Response, state: SubmissionState): void {
  response.set('Ivan-State', stateName(state)).set('Ivan-Transaction-Code', state.transactionCode);
  if (state.dossierNumber !== null) response.set('Ivan-Dossier-Number', state.dossierNumber);
  if (state.dueAt !== null) response.set('Ivan-Due-At', formatInstant(state.dueAt));
}

/** What the agency has said of it so far. */
function describeCase(standing: SubmissionState['standing']): Record<string, unknown> {
  const { state = 'received', changedAt = null, promisedAt = null, apologies = 0, step = null, supplementUntil = null, notices = 0 } = standing ?? {};
  const instant = (at: Date | null): string | null => at && formatInstant(at);
  return { state, changedAt: instant(changedAt), promisedAt: instant(promisedAt), apologies, step, supplementUntil: instant(supplementUntil), notices };
}

function describe(digest: string, state: SubmissionState): Record<string, unknown> {
  const instant = (at: Date | null): string | null => at && formatInstant(at);
  return {
    digest,
    state: stateName(state),
    transactionCode: state.transactionCode,
    dossierNumber: state.dossierNumber,
    receivedAt: formatInstant(state.receivedAt),
    deliveredAt: instant(state.deliveredAt),
    answeredAt: instant(state.answeredAt),
    dueAt: instant(state.dueAt),
    case: state.outcome === 'accepted' ? describeCase(state.standing) : null,
  };
}
