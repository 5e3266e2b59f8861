// The operator's calls over forms 04, 05 and 06 and over what came of them: list, show, the document itself, take up, decide; the registers of uses and of
// certificates; and which agency asks for what.
import { X509Certificate } from 'node:crypto';

import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { instant } from '../../registers/contract-view.ts';
import { decideForm, forwardForm } from '../../registers/decide.ts';
import type { Decision } from '../../registers/decide.ts';
import { formStates, formView, lateClocks, stateOfForm } from '../../registers/form-view.ts';
import type { RegistrationDesk } from '../../registers/receive-form.ts';
import { isKnownAgency } from '../../standard/agencies.ts';
import type { Agencies } from '../../standard/agencies.ts';
import { listOf, memberOf, optionalMemberOf, textOf } from '../../standard/json.ts';
import type { JsonValue } from '../../standard/json.ts';
import { findById, findDecision, listRegistrationStatus } from '../../store/ivan-registrations.ts';
import { noteLateness, registrationClocks } from '../../store/registration-lateness.ts';
import { listUnitCertificates } from '../../store/unit-certificates.ts';
import { listUsePolicies, listUses, setUsePolicy } from '../../store/uses.ts';
import type { UsePolicy } from '../../store/uses.ts';
import { sendXml } from '../respond.ts';
import { checkOperator, dayOf, operatorGet, operatorPost, optionalWordsOf, parameterOf, reading } from './operator.ts';
import type { OperatorAccess, Reply } from './operator.ts';

export interface RegistrationsAccess extends OperatorAccess {
  readonly desk: RegistrationDesk;
  readonly now: () => Date;
}

const PAGE = 200;

type RegistrationCall = 'listRegistrations' | 'showRegistration' | 'registrationDocument' | 'registrationReceiptCopy' | 'registrationNotice' | 'forwardRegistration' | 'decideRegistration';
type RegisterCall = 'listUses' | 'listCertificates' | 'listUseRules' | 'setUseRule';

/** By the name of the call in the interface description. */
export function registrationHandlers(access: RegistrationsAccess): Readonly<Record<RegistrationCall, RequestHandler>> {
  const { desk, now } = access;
  const { query } = desk.database;
  const shown = async (id: string): Promise<Reply> => {
    const at = now();
    const [status] = await listRegistrationStatus(query, { id }, at, 1);
    if (status === undefined) throw new Problem('REGISTRATION_UNKNOWN');
    await desk.database.transaction((inside) => noteLateness(inside, at, status.id));
    return { body: formView(status, at) };
  };
  const sent = (find: (id: string) => Promise<Buffer | undefined>): RequestHandler => async (request, response) => {
    checkOperator(access, request);
    const bytes = await find(parameterOf(request, 'id'));
    if (bytes === undefined) throw new Problem('REGISTRATION_UNKNOWN');
    sendXml(response, 200, bytes);
  };
  return {
    listRegistrations: operatorGet(access, ['state', 'late', 'ivan', 'agency', 'unit', 'after'], async (_request, wanted) => ({ body: await listed(access, wanted) })),
    showRegistration: operatorGet(access, [], (request) => shown(parameterOf(request, 'id'))),
    registrationDocument: sent(async (id) => (await findById(query, id))?.body),
    registrationReceiptCopy: sent(async (id) => (await findById(query, id))?.receipt),
    registrationNotice: sent(async (id) => (/^\d{1,18}$/.test(id) ? (await findDecision(query, id))?.notice : undefined)),
    forwardRegistration: operatorPost(access, async (operator, request, json) => {
      reading(json, [], () => undefined);
      await forwardForm(desk, parameterOf(request, 'id'), operator, now());
      return shown(parameterOf(request, 'id'));
    }),
    decideRegistration: operatorPost(access, async (operator, request, json) => {
      await decideForm(desk, parameterOf(request, 'id'), readDecision(json), operator, now());
      return shown(parameterOf(request, 'id'));
    }),
  };
}

export function registerHandlers(access: RegistrationsAccess): Readonly<Record<RegisterCall, RequestHandler>> {
  const { desk, now } = access;
  const { query } = desk.database;
  const rules = async (): Promise<Reply> => ({ body: { rules: (await listUsePolicies(query)).map(({ agency, effectiveFrom, required }) => ({ agency, from: instant(effectiveFrom), required })) } });
  return {
    listUses: operatorGet(access, ['agency', 'unit', 'ivan'], async (_request, { agency, unit, ivan }) => ({
      body: { uses: (await listUses(query, { agency, unitCode: unit, ivanCode: ivan })).map(({ ivanCode, beganAt, endedAt, ...entry }) => ({ ...entry, ivan: ivanCode, beganAt: instant(beganAt), endedAt: instant(endedAt) })) },
    })),
    listCertificates: operatorGet(access, ['agency', 'unit'], async (_request, { agency, unit }) => {
      const rows = await listUnitCertificates(query, { ...(agency === undefined ? {} : { agency }), ...(unit === undefined ? {} : { unitCode: unit }) });
      return { body: { certificates: rows.map(({ validFrom, validUntil, registeredAt, endedAt, ...entry }) => ({ ...entry, from: instant(validFrom), until: instant(validUntil), registeredAt: instant(registeredAt), endedAt: instant(endedAt) })) } };
    }),
    listUseRules: operatorGet(access, [], rules),
    setUseRule: operatorPost(access, async (operator, _request, json) => {
      await setUsePolicy(desk.database, readRule(json, desk.rulebook().standard.agencies), operator, now());
      return { ...(await rules()), status: 201 };
    }),
  };
}

function readRule(json: JsonValue, agencies: Agencies): UsePolicy {
  return reading(json, ['agency', 'from', 'required'], () => {
    const [agency, required] = [memberOf(json, 'agency'), memberOf(json, 'required')];
    if (!isKnownAgency(agencies, textOf(agency))) throw new Error(`${agency.at}: no such agency`);
    if (typeof required.value !== 'boolean') throw new Error(`${required.at}: not true or false`);
    return { agency: textOf(agency), effectiveFrom: dayOf(memberOf(json, 'from')), required: required.value };
  });
}

/** A page of those that are wanted, and where to go on. */
async function listed({ desk, now }: RegistrationsAccess, { state, late, ivan, agency, unit, after }: Readonly<Record<string, string | undefined>>): Promise<object> {
  if (after !== undefined && !/^\d{1,18}$/.test(after)) throw new Problem('FIELD_INVALID', { reason: '?after' });
  checkOneOf('state', state, formStates);
  checkOneOf('late', late, registrationClocks);
  const at = now();
  await desk.database.transaction((query) => noteLateness(query, at));
  const page = await listRegistrationStatus(desk.database.query, { ivanCode: ivan, agency, unitCode: unit, after }, at, PAGE);
  const wanted = page.filter((status) => (state === undefined || stateOfForm(status) === state) && (late === undefined || lateClocks(status, at).some((clock) => clock === late)));
  return { registrations: wanted.map((status) => formView(status, at)), next: page.length === PAGE ? (page.at(-1)?.id ?? null) : null };
}

function checkOneOf(name: string, given: string | undefined, allowed: readonly string[]): void {
  if (given !== undefined && !allowed.includes(given)) throw new Problem('FIELD_INVALID', { reason: `?${name}=${allowed.join('|')}` });
}

function readDecision(json: JsonValue): Decision {
  return reading(json, ['decision', 'reason', 'certificates', 'unitGrounds'], () => {
    const certificates = optionalMemberOf(json, 'certificates');
    return {
      decision: textOf(memberOf(json, 'decision'), /^(?:accept|refuse)$/) === 'accept' ? 'accepted' : 'refused',
      reason: optionalWordsOf(json, 'reason'),
      unitGrounds: optionalWordsOf(json, 'unitGrounds'),
      certificates: certificates === undefined ? [] : listOf(certificates, (pem) => new X509Certificate(textOf(pem, /^-----BEGIN CERTIFICATE-----/))),
    };
  });
}
