// Guarantee: an I-VAN's contract goes from application to its end by the steps of one table and no others, only by an operator, every step kept with who
// took it; what holds is what counts for the very next dossier, and what counted then is found again for an audit.
import { rmSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Credential } from '../../src/development/certificates.ts';
import { contractStates, needsOf, stateAfter, steps } from '../../src/standard/contract-states.ts';
import type { ContractAction, ContractState } from '../../src/standard/contract-states.ts';
import { loadChecklist } from '../../src/standard/ivan-checklist.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { makeOperator, operatorName, operatorOf } from '../support/operator.ts';
import type { OperatorCaller, OperatorIdentity } from '../support/operator.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
let identity: OperatorIdentity;
let operator: OperatorCaller;
let marks = 0;
const callers: Caller[] = [];
const checklist = loadChecklist();

beforeAll(async () => {
  identity = makeOperator(await loadPki());
  site = await startSite({ environment: identity.environment });
  operator = operatorOf(site, identity);
});

afterAll(async () => {
  for (const caller of [operator.caller, ...callers]) caller.close();
  await audit(site.databaseUrl);
  await site.stop();
  rmSync(identity.folder, { recursive: true });
});

const day = (offset: number): string => formatInstant(new Date(Date.now() + offset * 86_400_000)).slice(0, 10);
const agreed = (): object => ({ terms: { template: 'HĐM-2015/1', signedOn: day(-1) }, from: day(-1), until: day(365) });
const evidence = [...checklist.keys()].map((item) => ({ item, met: true, evidence: `Hồ sơ số ${item}` }));

async function apply(number: string, ivan = '00110'): Promise<void> {
  expect((await operator.post('contracts', { number, ivan, name: 'MISA (thử nghiệm)', taxCode: '0101243150' })).status).toBe(201);
}

const take = (number: string, step: string, body: object = {}): ReturnType<OperatorCaller['post']> => operator.post(`contracts/${encodeURIComponent(number)}/${step}`, body);

function ivanWith({ certificatePem, privateKeyPem }: Credential): Caller {
  const caller = callerTo(site.gateway.url, site.pki, { cert: certificatePem, key: privateKeyPem });
  callers.push(caller);
  return caller;
}

const clientCertificate = (): Credential => employerLike(site.pki, { subject: { C: 'VN', CN: 'I-VAN thử nghiệm' }, uids: [], extendedKeyUsage: ['clientAuth'] });

async function dossier(ivan: string): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { ivan, mark: `hợp đồng ${marks}` });
}

const code = ({ body }: Answer): string | undefined => /<TEN>(IVAN_\w+)<\/TEN>/.exec(body.toString('utf8'))?.[1];

describe('a contract', () => {
  it('goes from application to its end, each step with who took it, and counts from the next dossier on', async () => {
    const number = '12/HĐ-BHXH';
    await apply(number);
    expect(await take(number, 'checklist', { items: evidence.slice(1) })).toMatchObject({ status: 200, json: { inTheWay: ['I1'] } });
    expect(await take(number, 'assess')).toMatchObject({ status: 409, json: { code: 'CHECKLIST_INCOMPLETE', en: expect.stringContaining('I1') } });
    await take(number, 'checklist', { items: [{ item: 'I1', met: false, evidence: 'Chưa có' }] });
    expect((await take(number, 'assess')).status).toBe(409);
    await take(number, 'checklist', { items: [evidence[0]] });
    expect((await take(number, 'assess')).json).toMatchObject({ state: 'assessed', possible: ['reject', 'sign'] });
    expect((await take(number, 'sign', agreed())).json).toMatchObject({ state: 'signed', terms: { ackMinutes: 15, forwardMinutes: 120, relayMinutes: 120, downtimePercent: 2, maxFiles: 6, maxBytes: 5_242_880, template: 'HĐM-2015/1' } });
    expect(await take(number, 'activate')).toMatchObject({ status: 409, json: { code: 'CERTIFICATE_NEEDED' } });

    const [first, second] = [clientCertificate(), clientCertificate()];
    const ivan = ivanWith(first);
    expectProblem(await ivan.post('/v1/dossiers', await dossier('00110')), 'IDENTITY_UNKNOWN');
    for (const { certificatePem } of [first, second]) expect((await take(number, 'certificates', { certificate: certificatePem, purpose: 'connect' })).status).toBe(201);
    expect(code(await ivan.post('/v1/dossiers', await dossier('00110')))).toBe('IVAN_CONTRACT_INACTIVE');
    expect((await take(number, 'activate')).status).toBe(200);
    for (const caller of [ivan, ivanWith(second)]) expect((await caller.post('/v1/dossiers', await dossier('00110'))).status).toBe(201);

    expect(await take(number, 'suspend')).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
    await take(number, 'suspend', { reason: 'Không báo cáo định kỳ' });
    expect(code(await ivan.post('/v1/dossiers', await dossier('00110')))).toBe('IVAN_CONTRACT_INACTIVE');
    await take(number, 'resume', { reason: 'Đã báo cáo' });
    expect((await take(number, 'amend', { ...agreed(), reason: 'Gia hạn', terms: { template: 'HĐM-2015/2', signedOn: day(0), maxFiles: 4 } })).json).toMatchObject({ state: 'active', terms: { maxFiles: 4 } });
    expect((await ivan.post('/v1/dossiers', await dossier('00110'))).status).toBe(201);

    expect((await take(number, `certificates/${fingerprintOf(first.certificatePem)}/end`)).status).toBe(200);
    expectProblem(await ivan.post('/v1/dossiers', await dossier('00110')), 'IDENTITY_UNKNOWN');
    expect(await take(number, `certificates/${fingerprintOf(first.certificatePem)}/end`)).toMatchObject({ status: 404, json: { code: 'CERTIFICATE_UNKNOWN' } });
    await take(number, 'end', { reason: 'Theo thỏa thuận' });
    const { json } = await operator.get(`contracts/${encodeURIComponent(number)}`);
    expect(json).toMatchObject({ state: 'ended', possible: [] });
    expect((json['history'] as { action: string; by: string }[]).map(({ action, by }) => [action, by])).toEqual(
      ['apply', 'assess', 'sign', 'activate', 'suspend', 'resume', 'amend', 'end'].map((action) => [action, operatorName]),
    );
    const [quoted] = await site.gateway.database.query<{ contract: object }>(`SELECT sender_facts -> 'contract' AS contract FROM submission WHERE outcome = 'accepted' ORDER BY id DESC LIMIT 1`);
    expect(quoted?.contract).toMatchObject({ state: 'active', maxFiles: 4, maxBytes: 5_242_880 });
  });

  it('is shown as it stood at any instant', async () => {
    await apply('lịch-sử');
    const then = new Date();
    const before = formatInstant(then);
    await until('the next millisecond', () => Promise.resolve(Date.now() > then.getTime()));
    await take('lịch-sử', 'reject', { reason: 'Không đủ điều kiện' });
    expect((await take('lịch-sử', 'reject', { reason: 'lần nữa' })).json).toMatchObject({ code: 'TRANSITION_ILLEGAL' });
    expect((await operator.get(`contracts/${encodeURIComponent('lịch-sử')}?at=${encodeURIComponent(before)}`)).json).toMatchObject({ state: 'applied' });
    expect((await operator.get(`contracts/${encodeURIComponent('lịch-sử')}`)).json).toMatchObject({ state: 'rejected' });
    expect((await operator.get(`contracts/${encodeURIComponent('lịch-sử')}?at=${encodeURIComponent('2000-01-01T00:00:00+07:00')}`)).status).toBe(404);
    expect((await operator.get('contracts?state=rejected')).json).toEqual({ contracts: [expect.objectContaining({ number: 'lịch-sử', ivan: '00110' })] });
  });

  it('has its number alone, and a certificate one contract', async () => {
    await apply('số-1');
    expect(await operator.post('contracts', { number: 'số-1', ivan: '00110', name: 'x', taxCode: '0101243150' })).toMatchObject({ status: 409, json: { code: 'CONTRACT_EXISTS' } });
    await take('số-1', 'checklist', { items: evidence });
    await take('số-1', 'assess');
    await take('số-1', 'sign', agreed());
    expect(await take('số-1', 'certificates', { certificate: site.pki.ivan.certificatePem, purpose: 'connect' })).toMatchObject({ status: 409, json: { code: 'CERTIFICATE_TAKEN' } });
    expect((await take('số-1', 'certificates', { certificate: site.pki.ivan.certificatePem, purpose: 'sign' })).status).toBe(201);
  });

  it('counts a client certificate in its own time only', async () => {
    const late = clientCertificate();
    expect((await take('số-1', 'certificates', { certificate: late.certificatePem, purpose: 'connect', from: day(2), until: day(30) })).status).toBe(201);
    expect((await take('số-1', 'activate')).status).toBe(200);
    expectProblem(await ivanWith(late).post('/v1/dossiers', await dossier('00110')), 'IDENTITY_UNKNOWN');
  });
});

describe('the table of steps', () => {
  const actions = [...new Set(steps.map(({ action }) => action))];
  const states: readonly (ContractState | undefined)[] = [undefined, ...contractStates];
  const bodies: Partial<Record<ContractAction, () => object>> = { sign: agreed, amend: () => ({ ...agreed(), reason: 'x' }) };
  const paths: Readonly<Record<ContractState, readonly ContractAction[]>> = {
    applied: [], assessed: ['assess'], signed: ['assess', 'sign'], active: ['assess', 'sign', 'activate'], suspended: ['assess', 'sign', 'activate', 'suspend'], ended: ['assess', 'sign', 'end'], rejected: ['reject'],
  };

  it('has no way out of what is ended or rejected, and leaves no state without a way in', () => {
    expect(steps.filter(({ from }) => from === 'ended' || from === 'rejected')).toEqual([]);
    expect(contractStates.filter((state) => !steps.some(({ to }) => to === state))).toEqual([]);
    expect([...needsOf.keys()].filter((action) => !actions.includes(action))).toEqual([]);
  });

  it('lets each role do its own steps only', () => {
    for (const { action, by, from, to } of steps) {
      expect(stateAfter(action, by, from, to)).toBe(to);
      for (const other of (['operator', 'machine', 'migration'] as const).filter((role) => role !== by)) expect(() => stateAfter(action, other, from)).toThrow('TRANSITION_ILLEGAL');
    }
    for (const action of actions) for (const from of states) if (!steps.some((step) => step.action === action && step.by === 'operator' && step.from === from)) expect(() => stateAfter(action, 'operator', from)).toThrow('TRANSITION_ILLEGAL');
  });

  it.each(contractStates)('is what the interface keeps to, from %s', async (state) => {
    const number = `bảng-${state}`;
    const bring = async (name: string): Promise<void> => {
      await apply(name, '00111');
      await take(name, 'checklist', { items: evidence });
      for (const action of paths[state]) {
        if (action === 'activate') await take(name, 'certificates', { certificate: clientCertificate().certificatePem, purpose: 'connect' });
        expect((await take(name, action, bodies[action]?.() ?? { reason: 'x' })).status).toBe(200);
      }
      if (state === 'signed') await take(name, 'certificates', { certificate: clientCertificate().certificatePem, purpose: 'connect' });
    };
    await bring(number);
    expect((await operator.get(`contracts/${encodeURIComponent(number)}`)).json['state']).toBe(state);
    for (const action of ['assess', 'reject', 'sign', 'activate', 'suspend', 'resume', 'amend', 'end'] as const) {
      const allowed = steps.find((step) => step.action === action && step.by === 'operator' && step.from === state);
      const name = allowed === undefined ? number : `${number}-${action}`;
      if (allowed !== undefined) await bring(name);
      const answer = await take(name, action, bodies[action]?.() ?? { reason: 'x' });
      if (allowed === undefined) expect([action, answer.status, answer.json['code']]).toEqual([action, 409, 'TRANSITION_ILLEGAL']);
      else expect([action, answer.status, answer.json['state']]).toEqual([action, 200, allowed.to]);
    }
  });
});

describe('the operator’s interface', () => {
  it('is open to operators only', async () => {
    for (const caller of [site.ivan, site.direct]) {
      expectProblem(await caller.get('/v1/admin/contracts'), 'OPERATOR_UNKNOWN');
      expectProblem(await caller.post('/v1/admin/contracts', '{}', { 'content-type': 'application/json' }), 'OPERATOR_UNKNOWN');
    }
    expectProblem(await operator.caller.post('/v1/dossiers', await dossier('00040')), 'IDENTITY_UNKNOWN');
  });

  it.each([
    ['another type', 'text/plain', '{}', 'MEDIA_TYPE'],
    ['no JSON', 'application/json', '{', 'JSON_MALFORMED'],
    ['nothing', 'application/json', '', 'BODY_EMPTY'],
    ['a list', 'application/json', '[]', 'FIELD_INVALID'],
    ['a member too many', 'application/json', '{"number":"1","ivan":"00110","name":"x","taxCode":"0101243150","more":1}', 'FIELD_INVALID'],
    ['a code of four digits', 'application/json', '{"number":"1","ivan":"0011","name":"x","taxCode":"0101243150"}', 'FIELD_INVALID'],
    ['too much', 'application/json', ' '.repeat(300_000), 'BODY_TOO_LARGE'],
  ] as const)('turns %s away', async (_what, type, body, problem) => {
    expectProblem(await operator.caller.post('/v1/admin/contracts', body, { 'content-type': type }), problem);
  });

  it.each([
    ['terms above what the law allows', { ...agreed(), terms: { template: 'x', signedOn: '2026-01-01', ackMinutes: 16 } }],
    ['terms without a template', { ...agreed(), terms: { signedOn: '2026-01-01' } }],
    ['a day that there is not', { ...agreed(), from: '2026-02-30' }],
    ['an end before its beginning', { ...agreed(), until: '2020-01-01' }],
    ['dates without terms', { from: '2026-01-01', until: '2027-01-01' }],
    ['nothing agreed', {}],
  ])('signs no contract with %s', async (_what, body) => {
    const number = 'số-3';
    await operator.post('contracts', { number, ivan: '00110', name: 'x', taxCode: '0101243150' });
    await take(number, 'checklist', { items: evidence });
    await take(number, 'assess');
    expect(await take(number, 'sign', body)).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
  });

  it('knows only what is there', async () => {
    expect(await operator.get('contracts/none')).toMatchObject({ status: 404, json: { code: 'CONTRACT_UNKNOWN' } });
    expect(await take('none', 'end', { reason: 'x' })).toMatchObject({ status: 404, json: { code: 'CONTRACT_UNKNOWN' } });
    expect(await operator.get('contracts?colour=red')).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
    expect(await take('số-1', 'checklist', { items: [{ item: 'I99', met: true, evidence: 'x' }] })).toMatchObject({ status: 400 });
    expect((await operator.get('checklist')).json['items']).toHaveLength(16);
  });
});

describe('a step that fails half-way', () => {
  it('leaves neither history nor event', async () => {
    const { query } = site.gateway.database;
    await apply('nửa-chừng');
    const count = (): Promise<{ n: number }[]> => query('SELECT (SELECT count(*) FROM ivan_contract_change)::int + (SELECT count(*) FROM audit_event)::int AS n');
    const before = await count();
    await query(`CREATE FUNCTION fail_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`);
    await query('CREATE TRIGGER fail_event BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION fail_event()');
    expect(await take('nửa-chừng', 'reject', { reason: 'x' })).toMatchObject({ status: 500, json: { code: 'INTERNAL' } });
    await query('DROP TRIGGER fail_event ON audit_event');
    expect(await count()).toEqual(before);
    expect((await take('nửa-chừng', 'reject', { reason: 'x' })).status).toBe(200);
  });
});
