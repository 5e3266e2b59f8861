// Guarantee: the ledger of outages is public, signed and true to its schema; its end moves deadlines and hands out certificates through the running gateway; who may
// ask for what is enforced; maintenance announced too late is refused with the instant that would do; and the description of all these calls is true.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readTrust } from '../../src/cli/files.ts';
import { verifyNotice } from '../../src/client/verify-notice.ts';
import { changeRoute } from '../../src/delivery/routing.ts';
import { operations } from '../../src/http/operations/all.ts';
import { registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { readDescription } from '../support/described.ts';
import type { Described } from '../support/described.ts';
import { signedDossier } from '../support/dossiers.ts';
import { schemaFaults } from '../support/messages.ts';
import { makeOperator, operatorOf } from '../support/operator.ts';
import type { OperatorCaller, OperatorIdentity } from '../support/operator.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;
const day = 24 * hour;

let site: Site;
let identity: OperatorIdentity;
let operator: OperatorCaller;
let unit: Caller;
let described: Described;
let offset = 0;
const now = (): Date => new Date(Date.now() + offset);
const had = new Set<string>();
const own = operations.filter(({ group }) => group === 'outages');
const instant = (at: Date): string => `${new Date(at.getTime() + 7 * hour).toISOString().slice(0, -1)}+07:00`;
const dayOf = (at: Date): string => instant(at).slice(0, 10);

beforeAll(async () => {
  const pki = await loadPki();
  identity = makeOperator(pki);
  site = await startSite({ environment: identity.environment, world: { now } });
  operator = operatorOf(site, identity);
  described = await readDescription(site);
  await register(fingerprintOf(pki.employer.certificatePem));
  unit = callerTo(site.gateway.url, pki, { cert: pki.employer.chainPem, key: pki.employer.privateKeyPem });
});

afterAll(async () => {
  operator.caller.close();
  unit.close();
  await audit(site.databaseUrl);
  await site.stop();
  rmSync(identity.folder, { recursive: true });
});

/** As a certificate of the unit's. */
async function register(fingerprint: string): Promise<void> {
  const registered = { agency: '00101', unitCode: 'TS10001', fingerprint, serialNumber: '1', subject: 'CN=x', validFrom: new Date(Date.now() - day), validUntil: new Date(Date.now() + 400 * day) };
  await registerUnitCertificate(site.gateway.database, registered, new Date());
}

/** A call by its name; its answer is held against the description. */
async function call(id: string, caller: Caller, path: string, body?: unknown): Promise<Answer> {
  const operation = own.find((one) => one.id === id);
  if (operation === undefined) throw new Error(`no call ${id}`);
  const answer = body === undefined ? await caller.get(path) : await caller.post(path, JSON.stringify(body), { 'content-type': 'application/json' });
  described.check(operation, answer);
  had.add(`${id} ${answer.status}`);
  return answer;
}

const jsonOf = ({ body }: Answer): Record<string, unknown> => JSON.parse(body.toString('utf8')) as Record<string, unknown>;

/** A signed message of the gateway: verifies, and is what its schema says. */
function checkSigned({ body }: { readonly body: Buffer }): string {
  expect(schemaFaults('XNSC', body)).toEqual([]);
  return body.toString('utf8');
}

async function open(more: object = {}): Promise<string> {
  const answer = await call('openOutage', operator.caller, '/v1/admin/outages', { scope: 'portal', causeVi: 'Mất kết nối <tới> cổng', causeEn: 'The portal is away', ...more });
  expect(answer.status).toBe(201);
  return String(jsonOf(answer)['reference']);
}

describe('an outage', () => {
  it('is public from its beginning, as JSON, as a page and as a signed document', async () => {
    const reference = await open({ agencies: '001' });
    expect(jsonOf(await call('listOutages', site.direct, '/v1/outages?agency=00101'))).toMatchObject({ outages: [{ reference, agencies: '001', endedAt: null, statements: [{ kind: 'began' }] }], next: null });
    expect(jsonOf(await call('listOutages', site.direct, '/v1/outages?agency=07901'))).toMatchObject({ outages: [] });
    const page = (await call('outagesPage', site.direct, '/outages')).body.toString('utf8');
    expect(page).toContain('Mất kết nối &lt;tới&gt; cổng');
    expect(page).not.toContain('<script');
    expect(page).toMatch(/<td>[^<]+\(001…\) <span lang="en">/);
    expect(page.match(/<time datetime="[^"]+">\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2} \+07:00<\/time>/g)?.length).toBeGreaterThanOrEqual(1);
    expect(page.replace(/datetime="[^"]+"/g, '')).not.toMatch(/\d{2}:\d{2}:\d{2}(?! (?:\+07:00|\(giờ Việt Nam, \+07:00\)))/);
    expect(checkSigned(await call('outageStatement', site.direct, `/v1/outages/${reference}`))).toContain('<VANBAN>BAT_DAU</VANBAN>');
    offset += hour;
    const ended = jsonOf(await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(now()) }));
    expect(checkSigned(await call('outageStatement', site.direct, `/v1/outages/${reference}`))).toContain('<VANBAN>KET_THUC</VANBAN>');
    const corrected = jsonOf(await call('correctOutage', operator.caller, `/v1/admin/outages/${reference}/correct`, { causeVi: 'Mất điện', reason: 'Rõ nguyên nhân' }));
    expect(checkSigned(await call('outageStatement', site.direct, `/v1/outages/${reference}`))).toContain('<LYDO>Rõ nguyên nhân</LYDO>');
    const [first] = (ended['statements'] as { document: string }[]).map(({ document }) => document);
    expect(checkSigned(await call('earlierStatement', site.direct, first ?? ''))).toContain('<VANBAN>BAT_DAU</VANBAN>');
    expect(corrected['statements']).toHaveLength(3);
  });

  it('that lasts stands before those that are over, and beside the maintenance that employers are to know of', async () => {
    const [first, second] = [await open({ causeVi: 'Thứ nhất' }), await open({ causeVi: 'Thứ hai' })];
    offset += hour;
    await call('endOutage', operator.caller, `/v1/admin/outages/${second}/end`, { endedAt: instant(now()) });
    await call('announceMaintenance', site.ivan, '/v1/maintenance', { from: instant(new Date(now().getTime() + 20 * day)), until: instant(new Date(now().getTime() + 20 * day + hour)), reason: 'Thay máy <chủ>', mitigation: 'Nộp qua cổng' });
    const page = (await call('outagesPage', site.direct, '/outages')).body.toString('utf8');
    expect(page.indexOf(first)).toBeLessThan(page.indexOf(second));
    expect(page).toContain('Thay máy &lt;chủ&gt;');
    expect(page).toContain('1 giờ 0 phút');
    await call('endOutage', operator.caller, `/v1/admin/outages/${first}/end`, { endedAt: instant(now()) });
  });

  it('is nobody’s but the operator’s to open, end and correct, and ends once and not in the future', async () => {
    expect((await call('openOutage', site.ivan, '/v1/admin/outages', { scope: 'portal', causeVi: 'x', causeEn: 'x' })).status).toBe(403);
    expect((await call('openOutage', operator.caller, '/v1/admin/outages', { scope: 'ivan', causeVi: 'x', causeEn: 'x' })).status).toBe(400);
    expect((await call('endOutage', operator.caller, '/v1/admin/outages/SC2020-0001/end', { endedAt: instant(now()) })).status).toBe(404);
    const reference = await open();
    expect((await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(new Date(now().getTime() + hour)) })).status).toBe(400);
    offset += hour;
    expect((await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(now()) })).status).toBe(200);
    expect(jsonOf(await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(now()) }))).toMatchObject({ code: 'OUTAGE_ENDED' });
    expect((await call('outageStatement', site.direct, '/v1/outages/SC2020-0001')).status).toBe(404);
  });
});

describe('a dossier whose deadlines run out', () => {
  let digest = '';

  it('is shown near, then breached; gets its apology; and is moved by an outage with a certificate', async () => {
    const bytes = await signedDossier(identityOf(site.pki.employer), { ivan: '', mark: 'hạn' });
    digest = createHash('sha256').update(bytes).digest('hex');
    expect((await site.direct.post('/v1/dossiers', bytes)).status).toBe(201);
    expect((await call('apology', site.direct, `/v1/dossiers/${digest}/apology`)).status).toBe(404);
    offset += 110 * 60_000;
    const states = async (state: string): Promise<unknown[]> => jsonOf(await call('listObligations', operator.caller, `/v1/admin/obligations?state=${state}&kind=forward`))['obligations'] as unknown[];
    await until('the warning', async () => (await states('near')).length > 0);
    expect(await states('near')).toMatchObject([{ kind: 'forward', digest, owedBy: 'gateway', breachedAt: null }]);
    offset += 15 * 60_000;
    await until('the breach', async () => (await states('breached')).length > 0);
    expect(await states('near')).toEqual([]);
    const [result] = jsonOf(await call('listObligations', operator.caller, '/v1/admin/obligations?state=open&kind=result'))['obligations'] as { dueAt: string }[];
    offset = new Date(result?.dueAt ?? '').getTime() - Date.now() - 20 * hour;
    const apology = await until('the apology', async () => {
      const answer = await call('apology', site.direct, `/v1/dossiers/${digest}/apology`);
      return answer.status === 200 && answer;
    });
    expect(schemaFaults('XLHL', apology.body)).toEqual([]);
    const { notices } = jsonOf(await site.direct.get(`/v1/dossiers/${digest}/notices`)) as { notices: { document: string }[] };
    expect(notices).toMatchObject([{ number: null, kind: 'XLHL', document: `/v1/dossiers/${digest}/notices/xl1`, agencyMessage: null }]);
    const listed = await site.direct.get(notices[0]?.document ?? '');
    expect(listed.body.equals(apology.body)).toBe(true);
    expect(await verifyNotice(listed.body, await readTrust(join(pkiFolder(), 'trust')), now(), { at: new Date(), fingerprint: fingerprintOf(site.pki.gatewaySigning.certificatePem) })).toMatchObject({ form: 'XLHL', digest });
    expect((await site.direct.get(`/v1/dossiers/${digest}/notices/xl2`)).status).toBe(404);
    expect((await site.direct.get(`/v1/dossiers/${digest}/notices/xl1/agency`)).status).toBe(404);
    const [moved] = jsonOf(await call('listObligations', operator.caller, '/v1/admin/obligations?state=moved&kind=result'))['obligations'] as { dueAt: string; firstDueAt: string }[];
    expect([moved?.firstDueAt, (moved?.dueAt ?? '') > (moved?.firstDueAt ?? '')]).toEqual([result?.dueAt, true]);
    offset = new Date(moved?.dueAt ?? '').getTime() - Date.now() - hour;
    const reference = await open();
    offset += 3 * hour;
    await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(now()) });
    const [certificate] = await until('the certificate', async () => {
      const { certificates } = jsonOf(await call('listDossierCertificates', site.direct, `/v1/dossiers/${digest}/outage-certificates`)) as { certificates: { document: string; outage: string; extendedUntil: string }[] };
      return certificates.length > 0 && certificates;
    });
    expect(certificate?.outage).toBe(reference);
    const text = checkSigned(await call('outageCertificate', site.direct, certificate?.document ?? ''));
    expect(text).toContain(`<HAN_MOI>${certificate?.extendedUntil ?? ''}</HAN_MOI>`);
    expect(text).toContain(`<SHA256>${digest}</SHA256>`);
    expect((await call('outageCertificate', site.direct, `/v1/dossiers/${'0'.repeat(64)}/outage-certificates/1`)).status).toBe(404);
  });

  it('stands in the report of its agency', async () => {
    const [from, to] = [dayOf(new Date(Date.now() - day)), dayOf(new Date(Date.now() + 2 * day))];
    const { clocks } = jsonOf(await call('reportObligations', operator.caller, `/v1/admin/obligations/report?from=${from}&until=${to}&agency=00101`)) as { clocks: Record<string, unknown>[] };
    expect(clocks.find(({ kind }) => kind === 'acknowledge')).toMatchObject({ arisen: 1, met: 1, inTime: 1, shareInTime: 1, worstSeconds: 0 });
    expect(clocks.find(({ kind }) => kind === 'forward')).toMatchObject({ arisen: 1, met: 0, missed: 1, shareInTime: 0 });
    expect(clocks.find(({ kind }) => kind === 'result')).toMatchObject({ arisen: 1, moved: 1, apologised: 1, missed: 1, shareInTime: 0 });
    expect((await call('reportObligations', operator.caller, '/v1/admin/obligations/report')).status).toBe(400);
    expect((await call('listObligations', operator.caller, '/v1/admin/obligations?state=late')).status).toBe(400);
  });
});

describe('an agency that is away for long', () => {
  it('is proposed to operators, who accept or dismiss it, and nobody else', async () => {
    const { database } = site.gateway;
    const propose = (lane: string): Promise<unknown> => database.query(`INSERT INTO lane (name, most_at_once, failures_in_a_row, times_opened, failing_since, open_until) VALUES ($1, 1, 9, 5, $2, $3)`, [lane, new Date(now().getTime() - hour), new Date(now().getTime() + 60_000)]);
    await changeRoute(database, new Map([['far', { name: 'far', url: '', certificateAuthorities: [], answerSigners: new Set<string>(), mostAtOnce: 1, timeoutMs: 1 }]]), { prefix: '07905', backend: 'far', reason: 'x', actor: 'x', changedAt: now() });
    for (const lane of ['agency:far', 'agency:farther']) await propose(lane);
    await database.query(`SELECT pg_notify('obligation', '')`);
    const proposals = await until('two proposals', async () => {
      const { proposals: found } = jsonOf(await call('listOutageProposals', operator.caller, '/v1/admin/outage-proposals?state=open')) as { proposals: { id: string; backend: string; agencies: string[]; isLasting: boolean }[] };
      return found.filter(({ backend }) => backend.startsWith('far')).length === 2 && found;
    });
    const [far, farther] = ['far', 'farther'].map((name) => proposals.find(({ backend }) => backend === name));
    expect(far).toMatchObject({ agencies: ['07905'], isLasting: true });
    expect((await call('listOutageProposals', site.ivan, '/v1/admin/outage-proposals')).status).toBe(403);
    expect((await call('listOutageProposals', operator.caller, '/v1/admin/outage-proposals?state=old')).status).toBe(400);
    const accepted = await call('acceptOutageProposal', operator.caller, `/v1/admin/outage-proposals/${far?.id ?? ''}/accept`, {});
    expect(jsonOf(accepted)).toMatchObject({ outages: [{ scope: 'portal', agencies: '07905', causeVi: 'Không kết nối được hệ thống tiếp nhận của cơ quan BHXH', statements: [{ kind: 'began' }] }] });
    expect(jsonOf(await call('acceptOutageProposal', operator.caller, `/v1/admin/outage-proposals/${far?.id ?? ''}/accept`, {}))).toMatchObject({ status: 409, code: 'PROPOSAL_DECIDED' });
    expect((await call('dismissOutageProposal', operator.caller, `/v1/admin/outage-proposals/${farther?.id ?? ''}/dismiss`, {})).status).toBe(400);
    expect(jsonOf(await call('dismissOutageProposal', operator.caller, `/v1/admin/outage-proposals/${farther?.id ?? ''}/dismiss`, { reason: 'Đã ngừng dùng' }))).toMatchObject({ state: 'dismissed', reason: 'Đã ngừng dùng' });
    expect((await call('dismissOutageProposal', operator.caller, '/v1/admin/outage-proposals/999/dismiss', { reason: 'x' })).status).toBe(404);
  });
});

describe('a unit that could not file', () => {
  it('is certified for by its own registered certificate, and by nobody else’s', async () => {
    const reference = await open();
    const body = { agency: '00101', unitCode: 'TS10001', procedure: '600', period: '11/2026', deadline: dayOf(now()) };
    const path = `/v1/outages/${reference}/certificates`;
    const first = await call('certifyUnit', unit, path, body);
    expect(first.status).toBe(201);
    expect(checkSigned(first)).toContain('<MA_DVI>TS10001</MA_DVI>');
    expect((await call('certifyUnit', unit, path, body)).body.equals(first.body)).toBe(true);
    for (const [caller, more] of [[site.direct, {}], [site.ivan, {}], [unit, { unitCode: 'TS10002' }], [unit, { agency: '07901' }]] as const) {
      expect(jsonOf(await call('certifyUnit', caller, path, { ...body, ...more }))).toMatchObject({ status: 403, code: 'UNIT_NOT_YOURS' });
    }
    expect(jsonOf(await call('certifyUnit', unit, path, { ...body, deadline: '2026-01-05' }))).toMatchObject({ code: 'OUTAGE_MISSES' });
    const past = employerLike(site.pki, { notBefore: new Date(Date.now() - 30 * day), notAfter: new Date(Date.now() - day) });
    await register(fingerprintOf(past.certificatePem));
    const formerly = callerTo(site.gateway.url, site.pki, { cert: past.certificatePem, key: past.privateKeyPem });
    expect(jsonOf(await call('certifyUnit', formerly, path, body))).toMatchObject({ status: 403, code: 'FEED_CERTIFICATE' });
    formerly.close();
    const paper = { agency: '00101', unitCode: 'TS10001', procedure: '600', period: '11/2026', paperNumber: 'G-15', filedAt: instant(now()) };
    expect((await call('reportPaper', operator.caller, `/v1/admin/outages/${reference}/paper`, paper)).status).toBe(201);
    expect((await call('reportPaper', operator.caller, `/v1/admin/outages/${reference}/paper`, paper)).status).toBe(200);
    offset += hour;
    await call('endOutage', operator.caller, `/v1/admin/outages/${reference}/end`, { endedAt: instant(now()) });
    await until('the demand', async () => (await site.gateway.database.query(`SELECT 1 FROM audit_event WHERE kind = 'resend_demanded'`)).length > 0);
    const bytes = await signedDossier(identityOf(site.pki.employer), { ivan: '', unitCode: 'TS10001', mark: 'gửi lại', period: '11/2026' });
    const answer = await site.direct.post('/v1/dossiers', bytes);
    expect(answer.status).toBe(201);
    expect(await site.gateway.database.query(`SELECT o.met_at IS NOT NULL AS met, p.paper_number AS number FROM obligation o JOIN paper_filing p ON p.id = o.paper_filing_id JOIN paper_filing_met m ON m.paper_filing_id = p.id`)).toEqual([{ met: true, number: 'G-15' }]);
  });
});

it('a certificate in the place of another is a lie, though the gateway signed it', async () => {
  const { database } = site.gateway;
  const put = (id: string, body: Buffer): Promise<void> => database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query('UPDATE outage_certificate SET body = $2 WHERE id = $1', [id, body]);
  });
  const [first, second] = await database.query<{ id: string; body: Buffer }>('SELECT id, body FROM outage_certificate ORDER BY id LIMIT 2');
  if (first === undefined || second === undefined) throw new Error('there are no two certificates');
  await put(second.id, first.body);
  await expect(audit(site.databaseUrl)).rejects.toThrow(new RegExp(`certificate ${second.id}.*not what the stored facts make`));
  await put(second.id, second.body);
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(`UPDATE outage_certificate SET period = '10/2026' WHERE id = $1`, [second.id]);
  });
  await expect(audit(site.databaseUrl)).rejects.toThrow(new RegExp(`certificate ${second.id}`));
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(`UPDATE outage_certificate SET period = '11/2026' WHERE id = $1`, [second.id]);
  });
});

describe('maintenance of an I-VAN', () => {
  const announce = (caller: Caller, from: Date, hours: number, more: object = {}): Promise<Answer> =>
    call('announceMaintenance', caller, '/v1/maintenance', { from: instant(from), until: instant(new Date(from.getTime() + hours * hour)), reason: 'Nâng cấp', mitigation: 'Nộp qua cổng', ...more });

  it('announced nine days, 23 hours and 59 minutes ahead is refused with the instant that would do', async () => {
    const early = now().getTime();
    const refused = await announce(site.ivan, new Date(early + 10 * day - 60_000), 2);
    expect(jsonOf(refused)).toMatchObject({ status: 409, code: 'MAINTENANCE_NOTICE' });
    const [earliest = ''] = /\d{4}-\d{2}-\d{2}T[\d:.]+\+07:00/.exec(String(jsonOf(refused)['en'])) ?? [];
    expect(new Date(earliest).getTime() - early - 10 * day).toBeLessThan(10_000);
    expect((await announce(site.ivan, new Date(early + 10 * day + 60_000), 2)).status).toBe(201);
  });

  it('is entered over the budget and flagged, shown to the I-VAN itself and to operators, and to no stranger', async () => {
    const from = new Date('2030-03-01T00:00:00+07:00');
    expect(jsonOf(await announce(site.ivan, from, 175.2))).toMatchObject({ downtime: { budgetHours: 175.2, spentHours: 175.2, isExceeded: false } });
    expect(jsonOf(await announce(operator.caller, new Date('2030-06-01T00:00:00+07:00'), 1, { ivan: '00040' }))).toMatchObject({ downtime: { spentHours: 176.2, isExceeded: true } });
    expect(jsonOf(await call('listMaintenance', site.ivan, '/v1/maintenance?year=2030'))).toMatchObject({ windows: [{ ivan: '00040' }, { ivan: '00040' }], downtime: [{ ivan: '00040', isExceeded: true }] });
    expect(jsonOf(await call('listMaintenance', operator.caller, '/v1/maintenance?year=2031'))).toMatchObject({ year: 2031, windows: [], downtime: [] });
    expect(jsonOf(await call('listMaintenance', site.ivan, '/v1/maintenance?year=2031'))).toMatchObject({ downtime: [{ ivan: '00040', budgetHours: 175.2, spentHours: 0, pastHours: 0, remainingHours: 175.2 }] });
    expect((await call('listMaintenance', site.direct, '/v1/maintenance')).status).toBe(403);
    expect((await announce(site.ivan, from, 1, { ivan: '00100' })).status).toBe(400);
    expect((await announce(operator.caller, from, 1)).status).toBe(400);
  });
});

it('every answer that is described has been had', () => {
  expect(own.flatMap(({ id, answers }) => answers.map(({ status }) => `${id} ${status}`)).filter((answer) => !had.has(answer))).toEqual([]);
});
