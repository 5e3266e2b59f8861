// Guarantee: whoever names another's unit code on form 04 neither keeps the unit from registering nor becomes it unseen: what ties a unit code to a tax
// code is the agency's word alone, and where there is none the operator's own, recorded with its grounds.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { signedFirstRegistration } from '../support/first-registrations.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { signedXml } from '../support/problems.ts';
import { day, openRegistrationStage, unitGrounds } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { fingerprintOf, startReferenceBackend } from '../support/site.ts';
import type { Answer } from '../support/site.ts';
import { until } from '../support/until.ts';

const strangerTaxCode = '0109999999';
let backend: Backend;
let stage: RegistrationStage;
let stranger: Credential;

beforeAll(async () => {
  backend = await startReferenceBackend();
  stage = await openRegistrationStage({ backendUrl: backend.url });
  stranger = employerLike(stage.site.pki, { subject: { C: 'VN', CN: 'CÔNG TY KHÁC (THỬ NGHIỆM)' }, uids: [`MST:${strangerTaxCode}`] });
});

afterAll(async () => {
  await stage.stop();
  await backend.stop();
});

const shown = async (answer: Answer): Promise<Record<string, unknown>> => (await stage.operator.get(`registrations/${await stage.idOf(answer)}`)).json;
const byStranger = (unitCode: string): Promise<Answer> => stage.send({ unitCode, taxCode: strangerTaxCode }, stranger);
const acceptedWithout = { decision: 'accept' };

describe('a unit code that nothing ties to the tax code', () => {
  it('is told to the sender, flagged to the operator, and accepted on the operator’s recorded grounds alone', async () => {
    const answer = await stage.send({ unitCode: stage.newUnit() });
    expect(answer.status).toBe(201);
    expect(signedXml(stage.site, answer)).toMatch(/<MA>GW990<\/MA><TEN>UNIT_NOT_TIED<\/TEN><MUC>CANH_BAO<\/MUC>/);
    expect(await shown(answer)).toMatchObject({ flags: ['UNIT_NOT_TIED'], unitTie: null, rivals: [] });
    expect(await stage.decide(answer, acceptedWithout)).toMatchObject({ status: 409, json: { code: 'UNIT_NOT_TIED' } });
    expect(await stage.decide(answer, { ...acceptedWithout, unitGrounds: ' ' })).toMatchObject({ status: 400 });
    expect(await stage.decide(answer)).toMatchObject({ status: 200, json: { state: 'accepted', flags: [], unitTie: { source: 'operator', grounds: unitGrounds } } });
    const [event] = await stage.site.gateway.database.query<{ tie: string }>(`SELECT detail ->> 'unitTie' AS tie FROM audit_event WHERE kind = 'registration_decided' ORDER BY id DESC LIMIT 1`);
    expect(JSON.parse(event?.tie ?? '')).toEqual({ source: 'operator', grounds: unitGrounds });
  });

  it('needs nobody’s grounds to be refused', async () => {
    expect(await stage.decide(await byStranger(stage.newUnit()), { decision: 'refuse', reason: 'Không phải đơn vị này' })).toMatchObject({ status: 200 });
  });
});

describe('a form of another tax code for the same unit', () => {
  it('does not stand in the way of the unit’s own, and the operator sees both', async () => {
    const unitCode = stage.newUnit();
    const foreign = await byStranger(unitCode);
    const own = await stage.send({ unitCode });
    expect([foreign.status, own.status]).toEqual([201, 201]);
    expect(await shown(foreign)).toMatchObject({ flags: ['UNIT_NOT_TIED', 'UNIT_CLAIMED_TWICE'], rivals: [await stage.idOf(own)] });
    expect(await shown(own)).toMatchObject({ flags: ['UNIT_NOT_TIED', 'UNIT_CLAIMED_TWICE'], rivals: [await stage.idOf(foreign)] });
    expect(stage.codesIn(await stage.send({ unitCode, filedOn: '01/01/2026' }))).toEqual(['USE_PENDING']);
    expect((await stage.decide(own)).status).toBe(200);
    expect(await shown(foreign)).toMatchObject({ flags: ['UNIT_NOT_TIED'], rivals: [] });
    expect(await stage.decide(foreign)).toMatchObject({ status: 409, json: { code: 'REGISTRATION_OVERTAKEN' } });
  });
});

it('a branch’s tax code is one, with its hyphen or without', async () => {
  const unitCode = stage.newUnit();
  const branch = employerLike(stage.site.pki, { subject: { C: 'VN', CN: 'CHI NHÁNH (THỬ NGHIỆM)' }, uids: ['MST:0101300842-001'] });
  const began = await stage.send({ unitCode, taxCode: '0101300842-001' }, branch);
  expect((await stage.decide(began)).status).toBe(200);
  stage.putForward(24 * 3_600_000);
  const stop = await stage.send({ unitCode, form: '06-IVAN', taxCode: '0101300842001' }, branch);
  expect([stop.status, stop.status === 201 ? [] : stage.codesIn(stop)]).toEqual([201, []]);
});

describe('a unit code is tied to the tax code', () => {
  const accepts = async (unitCode: string, source: string): Promise<void> => {
    const foreign = await byStranger(unitCode);
    const own = await stage.send({ unitCode });
    expect([stage.codesIn(own), own.status]).toEqual([[], 201]);
    expect(await shown(own)).toMatchObject({ flags: ['UNIT_CLAIMED_TWICE'], unitTie: { source } });
    expect(await stage.decide(foreign, acceptedWithout)).toMatchObject({ status: 409, json: { code: 'UNIT_NOT_TIED' } });
    expect(await stage.decide(own, acceptedWithout)).toMatchObject({ status: 200, json: { unitTie: { source } } });
  };

  it('by a certificate that the agency had registered for the unit, while it counts', async () => {
    const unitCode = stage.newUnit();
    const { certificatePem } = stage.site.pki.employer;
    const entry = { agency: '00101', fingerprint: fingerprintOf(certificatePem), serialNumber: '1', subject: 'x', validFrom: new Date(stage.now().getTime() - day) };
    await registerUnitCertificate(stage.site.gateway.database, { ...entry, unitCode, validUntil: new Date(stage.now().getTime() + day) }, new Date(stage.now().getTime() - day));
    await accepts(unitCode, 'certificate');
    const expired = stage.newUnit();
    await registerUnitCertificate(stage.site.gateway.database, { ...entry, unitCode: expired, validUntil: new Date(stage.now().getTime() - 1000) }, new Date(stage.now().getTime() - day));
    expect(await shown(await stage.send({ unitCode: expired }))).toMatchObject({ flags: ['UNIT_NOT_TIED'] });
  });

  it('by an earlier use of an I-VAN that was accepted under it', async () => {
    const unitCode = stage.newUnit();
    await stage.accept({ unitCode });
    await stage.accept({ unitCode, form: '06-IVAN' });
    stage.putForward(day); // the same form of the same day would be the same one
    await accepts(unitCode, 'use');
  });

  it('by the code that the agency gave it at its first registration', async () => {
    const bytes = await signedFirstRegistration(identityOf(stage.site.pki.employer));
    expect((await stage.site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
    const unitCode = await until('the unit’s code', async () => (await stage.site.gateway.database.query<{ code: string }>(`SELECT unit_code AS code FROM result WHERE unit_code <> ''`))[0]?.code);
    expect(unitCode).toMatch(/^TZ\d{5}$/);
    await accepts(unitCode, 'result');
  });

  it('by a dossier that the agency settled – not by one that was merely received', async () => {
    const unitCode = stage.newUnit();
    const { query } = stage.site.gateway.database;
    expect((await stage.file(unitCode)).status).toBe(201);
    await until('the agency’s answer', async () => (await query(`SELECT 1 FROM dossier d JOIN result t ON t.submission_id = d.submission_id WHERE d.unit_code = $1`, [unitCode])).length > 0);
    await accepts(unitCode, 'result');
    Object.assign(backend.behaviour, { failNext: 1_000_000 });
    const unanswered = stage.newUnit();
    expect((await stage.file(unanswered)).status).toBe(201);
    expect(await shown(await stage.send({ unitCode: unanswered }))).toMatchObject({ flags: ['UNIT_NOT_TIED'] });
    Object.assign(backend.behaviour, { failNext: 0 });
  });
});
