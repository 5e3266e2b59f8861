// Guarantee: the interface description is true of the calls about registrations and of the operator's: every answer described is had, and every problem
// that the description names for a call can be had of it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { operations } from '../../src/http/operations/all.ts';
import type { Operation } from '../../src/http/operations/operation.ts';
import { declareBackends } from '../../src/delivery/backend-facts.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { takeMessages } from '../../src/results/take.ts';
import { loadChecklist } from '../../src/standard/ivan-checklist.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { readTrustFolder } from '../../src/trust-folder.ts';
import { readDescription } from '../support/described.ts';
import type { Described } from '../support/described.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, pkiFolder } from '../support/pki.ts';
import { openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { fingerprintOf } from '../support/site.ts';
import { untilNothing } from '../support/until.ts';
import type { Answer } from '../support/site.ts';

let stage: RegistrationStage;
let described: Described;
const had = new Set<string>();
const own = operations.filter(({ group }) => group === 'registration' || group === 'operator');

beforeAll(async () => {
  stage = await openRegistrationStage();
  described = await readDescription(stage.site);
});

afterAll(() => stage.stop());

function operationNamed(id: string): Operation {
  const found = own.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

/** The answer, after checking it against the description. */
async function expectDescribed(id: string, status: number, asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking;
  expect([id, answer.status]).toEqual([id, status]);
  described.check(operationNamed(id), answer);
  had.add(`${id} ${status}`);
  return answer;
}

/** One of the operator's calls, made of its description. */
function call(id: string, parts: Readonly<Record<string, string>> = {}, body?: unknown): Promise<Answer> {
  const { path, method } = operationNamed(id);
  const address = Object.entries(parts).reduce((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)), path);
  return method === 'GET' ? stage.operator.caller.get(address) : stage.operator.caller.post(address, JSON.stringify(body ?? {}), { 'content-type': 'application/json' });
}

const day = (offset: number): string => formatInstant(new Date(Date.now() + offset * 86_400_000)).slice(0, 10);
const agreed = (): object => ({ terms: { template: 'HĐM', signedOn: day(0) }, from: day(-1), until: day(100) });

it('a contract’s whole life answers as described', async () => {
  const number = 'mô-tả/1';
  const application = { number, ivan: '00111', name: 'VISNAM (thử nghiệm)', taxCode: '0101234999' };
  await expectDescribed('listChecklist', 200, call('listChecklist'));
  await expectDescribed('applyForContract', 201, call('applyForContract', {}, application));
  await expectDescribed('applyForContract', 409, call('applyForContract', {}, application));
  await expectDescribed('applyForContract', 400, call('applyForContract', {}, { ...application, more: 1 }));
  await expectDescribed('assessContract', 409, call('assessContract', { number }));
  const items = [...loadChecklist().keys()].map((item) => ({ item, met: true, evidence: 'Hồ sơ' }));
  await expectDescribed('answerChecklist', 200, call('answerChecklist', { number }, { items }));
  await expectDescribed('assessContract', 200, call('assessContract', { number }));
  await expectDescribed('signContract', 400, call('signContract', { number }));
  await expectDescribed('signContract', 200, call('signContract', { number }, agreed()));
  await expectDescribed('activateContract', 409, call('activateContract', { number }));
  const { certificatePem: certificate } = employerLike(stage.site.pki);
  await expectDescribed('certifyContract', 201, call('certifyContract', { number }, { certificate, purpose: 'connect' }));
  await expectDescribed('certifyContract', 409, call('certifyContract', { number }, { certificate, purpose: 'connect' }));
  await expectDescribed('activateContract', 200, call('activateContract', { number }));
  await expectDescribed('suspendContract', 200, call('suspendContract', { number }, { reason: 'x' }));
  await expectDescribed('resumeContract', 200, call('resumeContract', { number }, { reason: 'x' }));
  await expectDescribed('amendContract', 200, call('amendContract', { number }, { ...agreed(), reason: 'x' }));
  await expectDescribed('decertifyContract', 200, call('decertifyContract', { number, fingerprint: fingerprintOf(certificate) }));
  await expectDescribed('decertifyContract', 404, call('decertifyContract', { number, fingerprint: fingerprintOf(certificate) }));
  await expectDescribed('endContract', 200, call('endContract', { number }, { reason: 'x' }));
  await expectDescribed('resumeContract', 409, call('resumeContract', { number }, { reason: 'x' }));
  await call('applyForContract', {}, { ...application, number: 'mô-tả/2' });
  await expectDescribed('rejectContract', 200, call('rejectContract', { number: 'mô-tả/2' }, { reason: 'x' }));
  await expectDescribed('listContracts', 200, call('listContracts'));
  await expectDescribed('showContract', 200, call('showContract', { number }));
  await expectDescribed('showContract', 404, call('showContract', { number: 'không có' }));
});

it('a registration’s whole life answers as described', async () => {
  const unitCode = stage.newUnit();
  const bytes = await stage.form({ unitCode });
  const refusedBytes = await stage.form({ unitCode, signIvan: false });
  const received = await expectDescribed('submitRegistration', 201, stage.site.ivan.post('/v1/registrations', bytes));
  const refused = await expectDescribed('submitRegistration', 422, stage.site.ivan.post('/v1/registrations', refusedBytes));
  await expectDescribed('submitRegistration', 200, stage.site.ivan.post('/v1/registrations', bytes));
  await expectDescribed('submitRegistration', 403, stage.site.direct.post('/v1/registrations', bytes));
  const [at, atRefused] = [`/v1/registrations/${stage.digestIn(received)}`, `/v1/registrations/${stage.digestIn(refused)}`];
  await expectDescribed('registrationStatus', 202, stage.site.ivan.get(at));
  await expectDescribed('registrationStatus', 422, stage.site.ivan.get(atRefused));
  await expectDescribed('registrationStatus', 404, stage.other.caller.get(at));
  await expectDescribed('registrationReceipt', 200, stage.site.ivan.get(`${at}/receipt`));
  await expectDescribed('registrationReceipt', 422, stage.site.ivan.get(`${atRefused}/receipt`));
  await expectDescribed('registrationReceipt', 400, stage.site.ivan.get('/v1/registrations/abc/receipt'));
  const id = await stage.idOf(received);
  await expectDescribed('registrationNotice', 404, call('registrationNotice', { id }));
  await expectDescribed('forwardRegistration', 200, call('forwardRegistration', { id }));
  await expectDescribed('decideRegistration', 400, call('decideRegistration', { id }, { decision: 'refuse' }));
  await expectDescribed('decideRegistration', 409, call('decideRegistration', { id }, { decision: 'accept' }));
  await expectDescribed('decideRegistration', 200, call('decideRegistration', { id }, { decision: 'accept', unitGrounds: 'Công văn xác nhận' }));
  await expectDescribed('decideRegistration', 409, call('decideRegistration', { id }, { decision: 'accept' }));
  await expectDescribed('registrationStatus', 200, stage.site.ivan.get(at));
  for (const name of ['showRegistration', 'registrationDocument', 'registrationReceiptCopy', 'registrationNotice']) await expectDescribed(name, 200, call(name, { id }));
  await expectDescribed('showRegistration', 404, call('showRegistration', { id: '999' }));
  await expectDescribed('listRegistrations', 200, call('listRegistrations'));
  await expectDescribed('listUses', 200, call('listUses'));
  await expectDescribed('listCertificates', 200, call('listCertificates'));
  await expectDescribed('setUseRule', 201, call('setUseRule', {}, { agency: '00109', from: day(0), required: true }));
  await expectDescribed('listUseRules', 200, call('listUseRules'));
});

it('routes, lanes and dead letters answer as described', async () => {
  await expectDescribed('listRoutes', 200, call('listRoutes'));
  await expectDescribed('changeRoute', 201, call('changeRoute', {}, { agencies: '079', backend: 'reference', reason: 'sáp nhập' }));
  await expectDescribed('changeRoute', 400, call('changeRoute', {}, { agencies: '079', backend: 'nowhere', reason: 'sáp nhập' }));
  await expectDescribed('changeRoute', 404, call('changeRoute', {}, { agencies: '*', reason: 'sáp nhập' }));
  await expectDescribed('listLanes', 200, call('listLanes'));
  await expectDescribed('tryLane', 200, call('tryLane', { name: 'agency:reference' }, {}));
  await expectDescribed('tryLane', 404, call('tryLane', { name: 'agency:nowhere' }, {}));
  const bytes = await signedDossier(identityOf(stage.site.pki.employer), { mark: 'không nhận' });
  expect((await stage.site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  const refusing = `UPDATE delivery SET state = 'dead', last_error = 'reference answered 422' RETURNING id`;
  const [row] = await stage.site.gateway.database.query<{ id: string }>(refusing);
  const id = row?.id ?? '';
  await expectDescribed('listDeadLetters', 200, call('listDeadLetters'));
  await expectDescribed('showDeadLetter', 200, call('showDeadLetter', { id }));
  await expectDescribed('replayDeadLetter', 200, call('replayDeadLetter', { id }, {}));
  await expectDescribed('replayDeadLetter', 404, call('replayDeadLetter', { id }, {}));
  await expectDescribed('showDeadLetter', 404, call('showDeadLetter', { id }));
  await expectDescribed('replayDeadLetters', 200, call('replayDeadLetters', {}, { lane: 'agency:reference' }));
});

it('what the agencies say answers as described', async () => {
  const { database } = stage.site.gateway;
  const trust = readTrustFolder(join(pkiFolder(), 'trust'));
  const schemas = createSchemas();
  const unasked = (): never => { throw new Error('nothing of it is believed'); };
  const issuer = { name: '', certificateName: '', certificateSerial: '', placeName: '', supportTelephone: '' };
  const speaker = { backend: 'elsewhere', lane: 'agency:elsewhere' };
  const given = new Map([['elsewhere', { name: 'elsewhere', url: 'https://a:1', certificateAuthorities: [], answerSigners: new Set<string>(), mostAtOnce: 1, timeoutMs: 1 }]]);
  await declareBackends(database, given, 'gateway:test', new Date());
  await takeMessages({ database, schemas, issuer, terms: loadStandard(), trust: () => trust, issue: unasked, missed: unasked }, speaker, [{ position: null, body: Buffer.from('x') }], new Date(), () => Promise.resolve(true));
  schemas.dispose();
  const id = (await database.query<{ id: string }>('SELECT id FROM agency_message'))[0]?.id ?? '';
  await expectDescribed('listAgencyMessages', 200, call('listAgencyMessages'));
  await expectDescribed('listAgencyMessages', 200, stage.operator.caller.get('/v1/admin/agency-messages?verdict=rejected&backend=elsewhere'));
  await expectDescribed('listAgencyMessages', 400, stage.operator.caller.get('/v1/admin/agency-messages?verdict=odd'));
  for (const name of ['showAgencyMessage', 'agencyMessageDocument']) {
    await expectDescribed(name, 200, call(name, { id }));
    await expectDescribed(name, 404, call(name, { id: '999999' }));
  }
  await expectDescribed('listBackendFeeds', 200, call('listBackendFeeds'));
  const settings = '/v1/admin/backends/elsewhere/settings';
  await expectDescribed('listBackendFacts', 200, stage.operator.caller.get(settings));
  await expectDescribed('listBackendFacts', 400, stage.operator.caller.get(settings.replace('elsewhere', 'nowhere')));
  const restore = (change: object): Promise<Answer> => stage.operator.caller.post(settings, JSON.stringify(change), { 'content-type': 'application/json' });
  const [{ id: first } = { id: '' }] = await database.query<{ id: string }>(`SELECT id FROM backend_facts WHERE backend = 'elsewhere'`);
  await expectDescribed('restoreBackendFacts', 200, restore({ id: first, reason: 'Lùi lại' }));
  await expectDescribed('restoreBackendFacts', 400, restore({ id: '999999', reason: 'Lùi lại' }));
});

it('erasures', async () => {
  const bytes = Buffer.from('<Hoso/>');
  expect((await stage.site.direct.post('/v1/dossiers', bytes)).status).toBe(422);
  await untilNothing('everything in the log', async () => (await stage.site.gateway.database.query('SELECT FROM log_waiting')).length);
  const digest = createHash('sha256').update(bytes).digest('hex');
  await expectDescribed('eraseDossier', 200, call('eraseDossier', { digest }, { reason: 'Theo yêu cầu', legalBasis: 'Luật 91/2025/QH15 Điều 14', beforeRetention: true }));
  await expectDescribed('listErasures', 200, call('listErasures'));
});

it('every call of the operator’s is for operators', async () => {
  for (const { id, path, method, parameters } of own.filter(({ group }) => group === 'operator')) {
    const address = parameters.filter((parameter) => parameter.in === 'path').reduce((text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(example)), path);
    await expectDescribed(id, 403, method === 'GET' ? stage.site.ivan.get(address) : stage.site.ivan.post(address, '{}', { 'content-type': 'application/json' }));
  }
});

it('every answer that is described has been had', () => {
  const listed = own.flatMap(({ id, answers }) => answers.map(({ status }) => `${id} ${status}`));
  expect(listed.filter((answer) => !had.has(answer))).toEqual([]);
});
