// ivan admin: everything an operator does, by the program alone and against the real gateway: a contract from application to its first dossier, and a
// unit's registration from form 04 to its stop; each answer is JSON for programs, and a refusal ends with the documented code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { loadChecklist } from '../../src/standard/ivan-checklist.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { insertEvents } from '../../src/store/events.ts';
import { insertProposal } from '../../src/store/outage-proposals.ts';
import { setUsePolicy } from '../../src/store/uses.ts';
import { makeOperator } from '../support/operator.ts';
import type { OperatorIdentity } from '../support/operator.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { signedDossier } from '../support/dossiers.ts';
import { callerTo, fingerprintOf } from '../support/site.ts';
import { ivan, temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let stage: RegistrationStage;
let folder: string;
let identity: OperatorIdentity;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  identity = makeOperator(await loadPki());
  stage = await openRegistrationStage({ operator: identity });
  folder = await temporaryFolder();
  writeFileSync(at('ca.pem'), stage.site.pki.root.certificatePem);
  writeFileSync(at('operator.pem'), identity.credential.certificatePem);
  writeFileSync(at('operator.key'), identity.credential.privateKeyPem);
});

afterAll(() => stage.stop());

const admin = (...words: readonly string[]): Promise<Run> => ivan(['admin', ...words, '--url', stage.site.gateway.url, '--ca', at('ca.pem'), '--cert', at('operator.pem'), '--key', at('operator.key')]);
const json = async (...words: readonly string[]): Promise<Record<string, unknown>> => JSON.parse((await admin(...words, '--json')).out) as Record<string, unknown>;
const day = (offset: number): string => formatInstant(new Date(Date.now() + offset * 86_400_000)).slice(0, 10);

describe('ivan admin contract', () => {
  it('takes a contract from application to its first dossier, and ends it', async () => {
    const number = '7/HĐ-BHXH';
    expect(await admin('contract', 'apply', number, '--ivan', '00111', '--name', 'VISNAM (thử nghiệm)', '--tax-code', '0101234999')).toMatchObject({ exitCode: 0, out: expect.stringContaining('state: applied') });
    const early = await admin('contract', 'assess', number);
    expect([early.exitCode, early.err]).toEqual([1, expect.stringContaining('Obligatory items are not met or not answered: I1, I2')]);
    for (const item of loadChecklist().keys()) expect((await admin('contract', 'answer', number, item, '--evidence', `Hồ sơ ${item}`, ...(item === 'I10' ? ['--not-met'] : []))).exitCode).toBe(0);
    expect(await json('contract', 'assess', number)).toMatchObject({ state: 'assessed', exitCode: 0 });
    const terms = ['--template', 'HĐM-1', '--signed-on', day(0), '--from', day(-1), '--until', day(300)];
    expect(await json('contract', 'sign', number, ...terms, '--max-files', '5')).toMatchObject({ state: 'signed', terms: { template: 'HĐM-1', maxFiles: 5, forwardMinutes: 120 } });
    const client = employerLike(stage.site.pki, { subject: { C: 'VN', CN: 'I-VAN 00111' }, uids: [], extendedKeyUsage: ['clientAuth'] });
    writeFileSync(at('client.pem'), client.certificatePem);
    expect(await json('contract', 'certify', number, '--certificate', at('client.pem'), '--purpose', 'connect')).toMatchObject({ certificates: [{ fingerprint: fingerprintOf(client.certificatePem), purpose: 'connect' }] });
    expect(await json('contract', 'activate', number)).toMatchObject({ state: 'active', possible: ['suspend', 'amend', 'certify', 'decertify', 'end'] });

    const caller = callerTo(stage.site.gateway.url, stage.site.pki, { cert: client.certificatePem, key: client.privateKeyPem });
    expect((await caller.post('/v1/dossiers', await signedDossier(identityOf(stage.site.pki.employer), { ivan: '00111', mark: 'lệnh' }))).status).toBe(201);
    caller.close();
    expect((await admin('contract', 'suspend', number)).exitCode).toBe(3);
    expect(await json('contract', 'suspend', number, '--reason', 'Bảo trì')).toMatchObject({ state: 'suspended' });
    expect(await json('contract', 'resume', number, '--reason', 'Xong')).toMatchObject({ state: 'active' });
    expect(await json('contract', 'amend', number, ...terms, '--reason', 'Gia hạn')).toMatchObject({ terms: { maxFiles: 6 } });
    expect(await json('contract', 'decertify', number, fingerprintOf(client.certificatePem))).toMatchObject({ certificates: [{ endedAt: expect.any(String) }] });
    expect(await json('contract', 'end', number, '--reason', 'Hết hạn')).toMatchObject({ state: 'ended' });
    expect(await json('contract', 'resume', number, '--reason', 'x')).toMatchObject({ exitCode: 1, error: { code: 'TRANSITION_ILLEGAL', status: 409 } });
    const shown = await admin('contract', 'show', number, '--lang', 'en');
    expect(shown.out).toMatch(/history:\n {2}- sequence 1, action apply[\s\S]*action end, state ended/);
    expect(await json('contract', 'list', '--ivan', '00111')).toMatchObject({ contracts: [{ number, state: 'ended' }] });
    expect((await json('contract', 'checklist'))['items']).toHaveLength(16);
  });
});

describe('ivan admin registration', () => {
  it('takes up, decides, saves what was signed, and shows the registers', async () => {
    const unitCode = 'TS30001';
    const bytes = await stage.form({ unitCode });
    const answer = await stage.site.ivan.post('/v1/registrations', bytes);
    const { registrations } = await json('registration', 'list', '--unit', unitCode);
    const id = (registrations as { id: string }[])[0]?.id ?? '';
    expect(await json('registration', 'forward', id)).toMatchObject({ state: 'forwarded' });
    expect((await admin('registration', 'refuse', id)).exitCode).toBe(3);
    expect(await json('registration', 'accept', id)).toMatchObject({ exitCode: 1, error: { code: 'UNIT_NOT_TIED', status: 409 } });
    expect(await json('registration', 'accept', id, '--unit-grounds', 'Công văn xác nhận')).toMatchObject({ state: 'accepted', unitTie: { source: 'operator', grounds: 'Công văn xác nhận' }, exitCode: 0 });
    expect(await json('registration', 'refuse', id, '--reason', 'x')).toMatchObject({ exitCode: 1, error: { code: 'REGISTRATION_DECIDED' } });
    for (const kind of ['document', 'receipt', 'notice']) expect((await admin('registration', kind, id, '--out', at(`${kind}.xml`))).exitCode).toBe(0);
    expect([readFileSync(at('document.xml')).equals(bytes), readFileSync(at('receipt.xml')).equals(answer.body)]).toEqual([true, true]);
    expect(readFileSync(at('notice.xml'), 'utf8')).toContain('CHAP_NHAN');
    expect((await admin('registration', 'notice', id, '--out', at('notice.xml'))).exitCode).toBe(3); // never overwritten
    expect(await json('registration', 'show', id)).toMatchObject({ form: '04-IVAN', declared: { unitCode } });
    expect(await json('uses', '--unit', unitCode)).toMatchObject({ uses: [{ ivan: '00040', endedAt: null }] });
    expect(await json('certificates', '--unit', unitCode)).toMatchObject({ certificates: [{ fingerprint: fingerprintOf(stage.site.pki.employer.certificatePem) }] });
    expect((await admin('registration', 'show', '999999')).exitCode).toBe(1);
  });

  it('sets which agency asks for a registration', async () => {
    expect(await json('use-rule', 'require', '00109', '--from', day(-1))).toMatchObject({ exitCode: 0 });
    expect((await stage.file('TS30002', { agency: '00109' })).status).toBe(422);
    expect(await json('use-rule', 'release', '00109', '--from', day(0))).toMatchObject({ exitCode: 0 });
    expect((await stage.file('TS30002', { agency: '00109' })).status).toBe(201);
    await setUsePolicy(stage.site.gateway.database, { agency: '00110', effectiveFrom: new Date(), required: false }, 'machine', new Date());
    expect((await json('use-rule', 'list'))['rules']).toHaveLength(3);
  });
});

/** As the gateway does when a receiver has failed since then. */
function propose(failingSince: Date): Promise<void> {
  return stage.site.gateway.database.transaction(async (query) => {
    const [lane] = await query<{ name: string }>(`SELECT name FROM lane WHERE starts_with(name, 'agency:') LIMIT 1`);
    const one = { lane: lane?.name ?? '', failingSince, agencies: ['079'], error: 'x' };
    const proposedAt = new Date();
    const proposal = await insertProposal(query, one, proposedAt);
    await insertEvents(query, [{ at: proposedAt, kind: 'outage_proposed', submissionId: null, detail: { proposal, lane: one.lane, failingSince: failingSince.toISOString(), agencies: '079', error: 'x' } }]);
  });
}

describe('ivan admin over deliveries and outages', () => {
  it('shows and changes where dossiers go, and what their receivers were given', async () => {
    const [backend = ''] = (await json('route', 'list'))['backends'] as string[];
    expect(await json('route', 'set', '079', backend, '--reason', 'Thử')).toMatchObject({ exitCode: 0, routes: expect.arrayContaining([expect.objectContaining({ agencies: '079', backend })]) });
    expect((await admin('route', 'remove', '079', '--reason', 'Xong')).exitCode).toBe(0);
    expect((await admin('route', 'remove', '*', '--reason', 'Không được')).exitCode).toBe(1);
    const shown = await json('backend', 'show', backend) as { settings: { id: string }[] };
    expect(shown.settings).toHaveLength(1);
    expect(await json('backend', 'restore', backend, shown.settings[0]?.id ?? '', '--reason', 'Như cũ')).toMatchObject({ exitCode: 0, backend });
    expect((await admin('backend', 'restore', backend, '999', '--reason', 'Không có')).exitCode).toBe(1);
    expect(await json('backend', 'feeds')).toMatchObject({ exitCode: 0 });
    expect(await json('lane', 'try', `agency:${backend}`)).toMatchObject({ lanes: expect.arrayContaining([expect.objectContaining({ name: `agency:${backend}` })]) });
  });

  it('lists, shows and sends again what nobody would have', async () => {
    const { database } = stage.site.gateway;
    const [dead] = await database.query<{ id: string }>(
      `UPDATE delivery SET state = 'dead', last_error = 'không nhận' WHERE id = (SELECT id FROM delivery WHERE kind = 'dossier' ORDER BY id LIMIT 1) RETURNING id`,
    );
    const id = dead?.id ?? '';
    expect(await json('dead-letter', 'list')).toMatchObject({ deadLetters: [{ id, lastError: 'không nhận' }] });
    expect(await json('dead-letter', 'show', id)).toMatchObject({ id, kind: 'dossier' });
    expect(await json('dead-letter', 'replay', id)).toMatchObject({ replayed: [id] });
    expect((await admin('dead-letter', 'show', '999999')).exitCode).toBe(1);
    expect(await json('dead-letter', 'replay-all', 'agency:none')).toMatchObject({ replayed: [] });
  });

  it('keeps the ledger of outages, and decides on what is proposed', async () => {
    const [opened] = (await json('outage', 'open', '--scope', 'network', '--cause-vi', 'Đứt cáp', '--cause-en', 'Cable cut', '--agencies', '079'))['statements'] as unknown[];
    expect(opened).toMatchObject({ kind: 'began' });
    for (const hours of [1, 2]) await propose(new Date(Date.now() - hours * 3_600_000));
    const { proposals } = await json('outage', 'proposals') as { proposals: { id: string; agencies: string[] }[] };
    expect(proposals).toMatchObject([{ agencies: ['079'] }, { agencies: ['079'] }]);
    expect(await json('outage', 'dismiss', proposals[0]?.id ?? '', '--reason', 'Bảo trì')).toMatchObject({ state: 'dismissed' });
    expect(await json('outage', 'accept', proposals[1]?.id ?? '', '--agencies', '07901,07905')).toMatchObject({ outages: [{ agencies: '07901' }, { agencies: '07905' }] });
    expect(await json('outage', 'proposals')).toMatchObject({ proposals: [] });
    expect(await json('obligations', '--state', 'open')).toMatchObject({ exitCode: 0 });
  });
});

describe('without an operator’s certificate', () => {
  it('nothing is shown, and the exit code says so', async () => {
    writeFileSync(at('ivan.pem'), stage.site.pki.ivan.chainPem);
    writeFileSync(at('ivan.key'), stage.site.pki.ivan.privateKeyPem);
    const run = await ivan(['admin', 'contract', 'list', '--url', stage.site.gateway.url, '--ca', at('ca.pem'), '--cert', at('ivan.pem'), '--key', at('ivan.key')]);
    expect([run.exitCode, run.out, run.err]).toEqual([1, '', expect.stringContaining('Only an operator')]);
    expect((await ivan(['admin', 'contract', 'list', '--url', stage.site.gateway.url])).exitCode).toBe(3);
    expect((await ivan(['admin', 'contract', 'explode'])).exitCode).toBe(3);
  });
});
