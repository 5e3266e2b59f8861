// Forms 04, 05 and 06 from an I-VAN, and what became of them: POST gives the signed receipt or refusal, GET by the digest the agency's signed notice. An
// I-VAN sees only what it sent itself.
import type { Request, RequestHandler } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { stateOfForm } from '../registers/form-view.ts';
import type { FormInput } from '../registers/judge-form.ts';
import type { ReceivedRegistration, RegistrationDesk } from '../registers/receive-form.ts';
import { formatInstant } from '../standard/time.ts';
import { findByDigest, findDecision, insertStep, listRegistrationStatus } from '../store/ivan-registrations.ts';
import type { Query } from '../store/database.ts';
import { noteLateness } from '../store/registration-lateness.ts';
import { readBody } from './body.ts';
import type { BodyLimits } from './body.ts';
import { stampedReceipt } from './receipt-stamps.ts';
import type { Stamps } from './receipt-stamps.ts';
import { sendJson, sendXml } from './respond.ts';
import { identifyIvan } from './sender.ts';
import type { IdentifiedIvan } from './sender.ts';

/** A form without files: two signatures and a few certificates' names. */
const LARGEST_FORM = 1024 * 1024;
const ASK_AGAIN_SECONDS = 60;

export interface RegistrationAccess extends Stamps {
  readonly desk: RegistrationDesk;
  readonly receiveForm: (input: FormInput, contractId: string) => Promise<ReceivedRegistration>;
  readonly limits: BodyLimits;
  readonly now: () => Date;
}

export function submitRegistration({ desk, receiveForm, limits, now, stamping }: RegistrationAccess): RequestHandler {
  return async (request, response) => {
    stamping.check();
    if (Object.keys(request.query).length > 0) throw new Problem('FIELD_INVALID', { reason: '?' });
    await identified(request, desk, now());
    const bytes = await readBody(request, response, { ...limits, mostBytes: Math.min(limits.mostBytes, LARGEST_FORM) });
    const receivedAt = now();
    // The contract of the moment of reception counts.
    const { sender, contract } = await identified(request, desk, receivedAt);
    const { outcome, isNew, digest, receipt } = await receiveForm({ bytes, sender, receivedAt }, contract.contractId);
    await stampedReceipt({ stamping }, response, receipt);
    if (outcome === 'received') response.location(`/v1/registrations/${digest}`);
    sendXml(response, outcome === 'refused' ? 422 : isNew ? 201 : 200, receipt);
  };
}

/** The notice once there is one, and then the I-VAN has fetched it. Before: 202 and the due times. Of a refused form: its refusal. */
export function registrationStatus({ desk, now, stamping }: RegistrationAccess): RequestHandler {
  return async (request, response) => {
    const { query } = desk.database;
    const { sender } = await identified(request, desk, now());
    const row = await findByDigest(query, readDigest(request), sender.code);
    const [status] = row === undefined ? [] : await listRegistrationStatus(query, { id: row.id }, now(), 1);
    if (row === undefined || status === undefined) throw new Problem('REGISTRATION_UNKNOWN');
    const state = stateOfForm(status);
    response.set('Ivan-State', state).set('Ivan-Transaction-Code', row.transactionCode);
    const decision = await findDecision(query, row.id);
    if (decision !== undefined) {
      const at = now();
      // HEAD hands nothing over.
      if (request.method === 'GET') await desk.database.transaction((inside) => relay(inside, row.id, sender.code, at));
      sendXml(response.set('Ivan-Relay-Due-At', formatInstant(decision.relayDueAt)), 200, decision.notice);
    } else if (row.outcome === 'refused') {
      await stampedReceipt({ stamping }, response, row.receipt);
      sendXml(response, 422, row.receipt);
    } else {
      const instant = (date: Date | null): string | null => date && formatInstant(date);
      const body = { digest: row.digest, state, form: row.form, transactionCode: row.transactionCode, receivedAt: instant(row.receivedAt), forwardDueAt: instant(row.forwardDueAt), forwardedAt: instant(status.forwardedAt), decisionDueAt: instant(row.decisionDueAt) };
      sendJson(response.set('Retry-After', String(ASK_AGAIN_SECONDS)), 202, body);
    }
  };
}

async function relay(query: Query, id: string, ivan: string, at: Date): Promise<void> {
  if (await insertStep(query, id, 'relayed', ivan, at)) await noteLateness(query, at, id);
}

/** The receipt or refusal of the first time, octet for octet. */
export function registrationReceipt({ desk, now, stamping }: RegistrationAccess): RequestHandler {
  return async (request, response) => {
    const { sender } = await identified(request, desk, now());
    const row = await findByDigest(desk.database.query, readDigest(request), sender.code);
    if (row === undefined) throw new Problem('REGISTRATION_UNKNOWN');
    await stampedReceipt({ stamping }, response, row.receipt);
    sendXml(response, row.outcome === 'refused' ? 422 : 200, row.receipt);
  };
}

async function identified(request: Request, { database }: RegistrationDesk, at: Date): Promise<IdentifiedIvan> {
  const ivan = await identifyIvan(request, database.query, at);
  if (ivan === undefined) throw new Problem('IVAN_REQUIRED');
  return ivan;
}

function readDigest({ params }: Request): string {
  const digest = String(params['digest']).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Problem('DIGEST_FORMAT');
  return digest;
}
