// The public ledger of outages: as JSON, as a page, and each statement as the signed document it is; the certificates of dossiers, by the digest that is the
// permission, and of units that could not file, for the unit itself or an I-VAN that it uses (NĐ 164/2025/NĐ-CP Điều 11(1), 12(7)).
import type { Request, RequestHandler } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { refuseErased } from '../evidence/erase.ts';
import { certifyUnit } from '../outages/units.ts';
import type { UnitDeadline } from '../outages/units.ts';
import { agencyAt, isKnownAgency } from '../standard/agencies.ts';
import { memberOf, optionalMemberOf, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import { formatInstant } from '../standard/time.ts';
import type { Query } from '../store/database.ts';
import { listMaintenance } from '../store/maintenance.ts';
import { findApology, listDossierCertificates } from '../store/outage-moves.ts';
import { findOutage, listOutages, listStatements } from '../store/outages.ts';
import type { Outage } from '../store/outages.ts';
import { listUnitCertificates } from '../store/unit-certificates.ts';
import { listUses } from '../store/uses.ts';
import { dayOf, parameterOf, readFilters, readJson, reading } from './admin/operator.ts';
import type { Gateway } from './app.ts';
import { untrusted } from './feed-caller.ts';
import { outagesPage } from './outages-page.ts';
import type { OutagesPage } from './outages-page.ts';
import { sendJson, sendXml } from './respond.ts';
import { identifyIvan, peerCertificate } from './sender.ts';
import { isErased } from './status.ts';

const PAGE = 100;
/** How far ahead announced maintenance is shown. */
const FORESEEN_MS = 400 * 86_400_000;
const PERIOD = /^(?:0[1-9]|1[0-2])\/\d{4}$/;

type OutageCall = 'listOutages' | 'outagesPage' | 'outageStatement' | 'earlierStatement' | 'certifyUnit' | 'listDossierCertificates' | 'outageCertificate' | 'apology';

/** By the name of the call in the interface description. */
export function publicOutageHandlers(gateway: Gateway): Readonly<Record<OutageCall, RequestHandler>> {
  const { database: { query } } = gateway;
  return {
    listOutages: async (request, response) => {
      const { agency, before } = readFilters(request, ['agency', 'before']);
      const page = await listOutages(query, { agency: checked('agency', agency, /^\d{1,5}$/), before: checked('before', before, /^\d{1,18}$/) }, PAGE);
      sendJson(response, 200, { outages: await Promise.all(page.map((outage) => describe(query, outage))), next: page.length === PAGE ? (page.at(-1)?.id ?? null) : null });
    },
    outagesPage: async (request, response) => {
      readFilters(request, []);
      const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'", 'X-Content-Type-Options': 'nosniff' };
      response.status(200).set(headers).end(outagesPage(await pageOf(gateway, gateway.now())));
    },
    outageStatement: async (request, response) => {
      const statements = await statementsOf(query, parameterOf(request, 'reference'));
      sendXml(response, 200, statements.at(-1)?.body ?? Buffer.alloc(0));
    },
    earlierStatement: async (request, response) => {
      const reference = parameterOf(request, 'reference');
      const statement = (await statementsOf(query, reference)).find(({ id }) => id === request.params['id']);
      sendXml(response, 200, (statement ?? unknownOutage(reference)).body);
    },
    certifyUnit: async (request, response) => {
      readFilters(request, []);
      const asked = readDeadline(await readJson(gateway, request, response), gateway);
      const at = gateway.now();
      const actor = await actorFor(gateway, request, asked, at);
      sendXml(response, 201, await certifyUnit({ ...gateway, terms: gateway.standard }, parameterOf(request, 'reference'), asked, { actor, at }));
    },
    listDossierCertificates: async (request, response) => {
      const digest = digestOf(request);
      const certificates = await listDossierCertificates(query, digest);
      const described = certificates.map(({ id, outage, deadline, extendedUntil, basis, issuedAt }) => ({
        id, outage, deadline: formatInstant(deadline), extendedUntil: formatInstant(extendedUntil), basis, issuedAt: formatInstant(issuedAt), document: `/v1/dossiers/${digest}/outage-certificates/${id}`,
      }));
      sendJson(response, 200, { certificates: described });
    },
    outageCertificate: async (request, response) => {
      const found = (await listDossierCertificates(query, digestOf(request))).find(({ id }) => id === request.params['id']);
      if (found === undefined) throw new Problem('NOT_FOUND');
      if (isErased(found.body)) await refuseErased(query, digestOf(request));
      sendXml(response, 200, found.body);
    },
    apology: async (request, response) => {
      const found = await findApology(query, digestOf(request));
      if (found === undefined) throw new Problem('NOT_FOUND');
      if (isErased(found)) await refuseErased(query, digestOf(request));
      sendXml(response, 200, found);
    },
  };
}

async function pageOf({ database: { query }, standard, issuer: { name } }: Gateway, now: Date): Promise<OutagesPage> {
  const [lasting, over] = [await listOutages(query, { isOver: false }, PAGE), await listOutages(query, { isOver: true }, PAGE)];
  return {
    name, now, outages: [...lasting, ...over], maintenance: await listMaintenance(query, undefined, now, new Date(now.getTime() + FORESEEN_MS)), ivanName: (code) => standard.ivans.get(code),
    agencyNames: (prefix) => {
      const found = agencyAt(standard.agencies, standard.datedProvinces, prefix, now);
      return found && [found.nameVi, found.nameEn];
    },
  };
}

/** An outage with all that was said of it. */
export async function describeOutage(query: Query, which: string): Promise<object> {
  return describe(query, (await findOutage(query, which)) ?? unknownOutage(which));
}

async function describe(query: Query, { id, reference, scope, agencyPrefix, ivanCode, causeVi, causeEn, startedAt, endedAt, issuedAt }: Outage): Promise<object> {
  const statements = await listStatements(query, id);
  return {
    reference, scope, agencies: agencyPrefix === '' ? '*' : agencyPrefix, ivan: ivanCode, causeVi, causeEn, startedAt: formatInstant(startedAt), endedAt: endedAt && formatInstant(endedAt), issuedAt: formatInstant(issuedAt),
    statements: statements.map((statement) => ({ kind: statement.kind, reason: statement.reason, issuedAt: formatInstant(statement.issuedAt), document: `/v1/outages/${reference}/statements/${statement.id}` })),
  };
}

async function statementsOf(query: Query, which: string): ReturnType<typeof listStatements> {
  return listStatements(query, ((await findOutage(query, which)) ?? unknownOutage(which)).id);
}

function unknownOutage(reference: string): never {
  throw new Problem('OUTAGE_UNKNOWN', { reference });
}

function digestOf(request: Request): string {
  const digest = parameterOf(request, 'digest').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Problem('DIGEST_FORMAT');
  return digest;
}

function checked(name: string, value: string | undefined, form: RegExp): string | undefined {
  if (value !== undefined && !form.test(value)) throw new Problem('FIELD_INVALID', { reason: `?${name}` });
  return value;
}

function readDeadline(json: JsonValue, { standard }: Gateway): UnitDeadline {
  return reading(json, ['agency', 'unitCode', 'procedure', 'period', 'deadline'], () => {
    const agency = memberOf(json, 'agency');
    if (!isKnownAgency(standard.agencies, textOf(agency))) throw new Error(`${agency.at}: no such agency`);
    return { agency: textOf(agency), ...unitFilingOf(json), day: dayOf(memberOf(json, 'deadline')) };
  });
}

/** Which filing of which unit. */
export function unitFilingOf(json: JsonValue): { readonly unitCode: string; readonly procedure: string; readonly period: string } {
  const period = optionalMemberOf(json, 'period');
  return { unitCode: textOf(memberOf(json, 'unitCode'), /^[A-Z0-9]{1,20}$/), procedure: textOf(memberOf(json, 'procedure'), /^[\w-]{1,10}$/), period: period === undefined ? '' : textOf(period, PERIOD) };
}

/** Who asks for the unit: itself by a certificate that its agency has registered and that is believed now, or an I-VAN in contract that it uses. */
async function actorFor({ database: { query }, checkCertificate }: Gateway, request: Request, { agency, unitCode }: UnitDeadline, at: Date): Promise<string> {
  const peer = peerCertificate(request);
  const own = peer === undefined ? [] : await listUnitCertificates(query, { agency, unitCode });
  if (peer !== undefined && own.some((entry) => entry.fingerprint === peer.fingerprint && entry.validFrom <= at && at < entry.validUntil && (entry.endedAt === null || at < entry.endedAt))) {
    await checkCertificate(peer.certificate).catch(untrusted);
    return `unit ${agency}/${unitCode}`;
  }
  const ivan = await identifyIvan(request, query, at).catch(() => undefined);
  const uses = ivan?.contract.state === 'active' ? await listUses(query, { agency, unitCode, ivanCode: ivan.sender.code }) : [];
  if (ivan === undefined || !uses.some(({ beganAt, endedAt }) => beganAt <= at && (endedAt === null || at < endedAt))) throw new Problem('UNIT_NOT_YOURS', { unit: `${agency}/${unitCode}` });
  return `ivan ${ivan.sender.code}`;
}
