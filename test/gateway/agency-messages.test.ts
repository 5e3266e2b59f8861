// Guarantee: whatever an agency says reaches who it concerns, signed and with the agency's own octets beside it; what it says wrongly, twice, late, about
// others' dossiers or with a revoked certificate is kept with its verdict, changes nothing, and keeps nothing right from being taken.
import { createHash, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { readSettings } from '../../src/backend/config.ts';
import { messageXml, noticeXml, slip, stepReport } from '../../src/backend/messages.ts';
import { contributionNotice } from '../../src/backend/notice-forms.ts';
import { noScenario } from '../../src/backend/scenario.ts';
import type { Fault } from '../../src/backend/scenario.ts';
import { startBackend } from '../../src/backend/server.ts';
import type { Backend } from '../../src/backend/server.ts';
import { declareBackends } from '../../src/delivery/backend-facts.ts';
import type { Backend as BackendGiven } from '../../src/delivery/routes.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { takeMessages } from '../../src/results/take.ts';
import type { ResultSettings } from '../../src/results/take.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { readTrustFolder } from '../../src/trust-folder.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { makeOperator, operatorOf } from '../support/operator.ts';
import type { OperatorCaller } from '../support/operator.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { backendEnvironment, callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;
const schemas = createSchemas();
let pki: DevelopmentPki;
let folder: string;
let site: Site;
let backend: Backend;
let operator: OperatorCaller;
let backendTime: () => Date = () => new Date();
let marks = 0;
/** Somebody without a number of any kind: the agency asks for TK1-TS. */
const unknownPerson: Variation = { editForm: (xml) => xml.replace('<MasoBHXH>0123456780</MasoBHXH>', '<MasoBHXH></MasoBHXH>').replace('<CMND>001190000000</CMND>', '<CMND></CMND>') };

beforeAll(async () => {
  pki = await loadPki();
  folder = mkdtempSync(join(tmpdir(), 'ivan-messages-'));
  cpSync(join(pkiFolder(), 'trust'), join(folder, 'trust'), { recursive: true });
  const revoked = issueCertificate({ subject: { C: 'VN', CN: 'Agency, revoked' }, issuer: pki.subordinate, keyUsage: ['digitalSignature', 'nonRepudiation'], notBefore: new Date(Date.now() - 2 * DAY), notAfter: new Date(Date.now() + 10 * DAY) });
  writeFileSync(join(folder, 'revoked.pem'), revoked.certificatePem);
  writeFileSync(join(folder, 'revoked.key'), revoked.privateKeyPem);
  const entry = { serial: new X509Certificate(revoked.certificatePem).serialNumber, revokedAt: new Date(Date.now() - DAY), reason: 'keyCompromise' as const };
  writeFileSync(join(folder, 'trust', 'subordinate.crl.pem'), issueCrl({ issuer: pki.subordinate, revoked: [entry], thisUpdate: new Date(Date.now() - 60_000), nextUpdate: new Date(Date.now() + 10 * DAY) }));
  const environment = { ...(await backendEnvironment(pkiFolder())), BACKEND_REVOKED_CERTIFICATE_FILE: join(folder, 'revoked.pem'), BACKEND_REVOKED_KEY_FILE: join(folder, 'revoked.key') };
  backend = await startBackend(readSettings(environment), { now: () => backendTime(), log: pino({ enabled: false }) });
  const identity = makeOperator(pki);
  site = await startSite({ backendUrl: backend.url, environment: { ...identity.environment, GATEWAY_TRUST_FOLDER: join(folder, 'trust') } });
  operator = operatorOf(site, identity);
  const answerSigners = new Set([fingerprintOf(pki.agencySigning.certificatePem)]);
  await declareBackends(site.gateway.database, new Map(['second', 'third'].map((name): [string, BackendGiven] => [name, { name, url: '', certificateAuthorities: [], answerSigners, mostAtOnce: 1, timeoutMs: 1 }])), 'gateway:test', new Date());
});

beforeEach(() => { backend.behaviour.scenario = noScenario; });

afterAll(async () => {
  operator.caller.close();
  const report = await audit(site.databaseUrl);
  await site.stop();
  await backend.stop();
  schemas.dispose();
  rmSync(folder, { recursive: true, force: true });
  expect(report.messages).toBeGreaterThan(30);
});

async function submit(variation: Variation = {}): Promise<string> {
  marks += 1;
  const bytes = await signedDossier(identityOf(pki.employer), { mark: `thông điệp ${marks}`, ...variation });
  expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  return createHash('sha256').update(bytes).digest('hex');
}

const jsonOf = async (path: string): Promise<Record<string, unknown>> => JSON.parse((await site.direct.get(path, { accept: 'application/json' })).body.toString()) as Record<string, unknown>;
const caseOf = async (digest: string): Promise<Record<string, unknown>> => (await jsonOf(`/v1/dossiers/${digest}`))['case'] as Record<string, unknown>;

async function reaches(digest: string, state: string): Promise<Record<string, unknown>> {
  return until(`${digest} ${state}`, async () => {
    const found = await caseOf(digest);
    return found['state'] === state && found;
  });
}

/** What was made of the messages about a dossier: `kind verdict reason`. */
async function verdictsOf(digest: string): Promise<string[]> {
  const { messages } = (await operator.get(`agency-messages?dossier=${digest}`)).json as { messages: { kind: string; verdict: string; reason: string | null }[] };
  return messages.map(({ kind, verdict, reason }) => [kind, verdict, reason].filter((part) => part !== null).join(' '));
}

function told(fault: Fault): void {
  backend.behaviour.scenario = { seed: '1', shares: new Map([[fault, 1]]) };
}

/** The messages that follow the result are in the same batch or the next. */
async function settled(digest: string, count: number): Promise<string[]> {
  return until(`${count} messages`, async () => {
    const found = await verdictsOf(digest);
    return found.length >= count && found;
  });
}

describe('an agency that works as it should', () => {
  it('brings the case from its slip to its decision, with a signed slip and the agency’s own beside it', async () => {
    const digest = await submit();
    expect(await reaches(digest, 'decided')).toMatchObject({ notices: 1, supplementUntil: null, step: { ended: true } });
    const { notices } = (await jsonOf(`/v1/dossiers/${digest}/notices`)) as { notices: { number: number; kind: string; document: string; agencyMessage: string }[] };
    expect(notices).toMatchObject([{ number: 1, kind: 'TNHT', document: `/v1/dossiers/${digest}/notices/1` }]);
    const [ours, theirs] = [await site.direct.get(notices[0]?.document ?? ''), await site.direct.get(notices[0]?.agencyMessage ?? '')];
    expect(ours.body.toString()).toContain(`<PHIEU_TIEPNHAN><PHIENBAN>1</PHIENBAN><SHA256>${digest}</SHA256>`);
    expect(ours.body.toString()).toContain('<TEN>D02-TS-595.xml</TEN>');
    expect(theirs.body.toString()).toContain('<TIEPNHAN_XULY>');
    expect(await verdictsOf(digest)).toEqual(['slip taken', 'step taken', 'step taken', 'result taken']);
    expect((await site.direct.get(`/v1/dossiers/${digest}/notices/2`)).status).toBe(404);
  });

  it('asks for a supplement by a signed notice, and the case waits for the unit', async () => {
    const digest = await submit(unknownPerson);
    const found = await reaches(digest, 'supplement');
    expect(found['supplementUntil']).toEqual(expect.stringMatching(/\+07:00$/));
    expect((await site.direct.get(`/v1/dossiers/${digest}/notices/2`)).body.toString()).toContain('<YEUCAU_BOSUNG>');
    expect((await site.direct.get(`/v1/dossiers/${digest}/result`)).status).toBe(202);
  });
});

describe('an agency that says', () => {
  it('everything twice is heard once', async () => {
    told('duplicate');
    const digest = await submit();
    await reaches(digest, 'decided');
    const verdicts = await settled(digest, 8);
    expect(verdicts.filter((verdict) => verdict.endsWith('repeated SAME'))).toHaveLength(4);
    expect((await caseOf(digest))['notices']).toBe(1);
  });

  it('later things first has its slip and its steps told all the same', async () => {
    told('reorder');
    const digest = await submit();
    await reaches(digest, 'decided');
    expect((await settled(digest, 4)).toSorted()).toEqual(['result taken', 'slip late OVERTAKEN', 'step late AFTER_RESULT', 'step taken']);
    expect(await caseOf(digest)).toMatchObject({ state: 'decided', notices: 1, promisedAt: expect.stringContaining('+07:00') as unknown });
  });

  it('two results is held to the first, and the operator sees the contradiction', async () => {
    told('wrong-code');
    const digest = await submit();
    await reaches(digest, 'decided');
    expect((await settled(digest, 5)).at(-1)).toBe('result contradicting SAME_NUMBER');
    expect((await site.direct.get(`/v1/dossiers/${digest}/result`)).body.toString()).toContain('<MA_KQUA>200</MA_KQUA>');
    const { messages } = (await operator.get('agency-messages?verdict=contradicting')).json as { messages: { id: string; dossierDigest: string; firstId: string }[] };
    expect(messages.map(({ dossierDigest }) => dossierDigest)).toEqual([digest]);
    const document = (await operator.caller.get(`/v1/admin/agency-messages/${messages[0]?.id ?? ''}/document`)).body.toString();
    expect(document).toContain('GW-TC99');
    expect((await operator.get(`agency-messages/${messages[0]?.firstId ?? ''}`)).json).toMatchObject({ kind: 'result', verdict: 'taken' });
  });

  it('something of a dossier that nobody filed is not believed, and the right answer is', async () => {
    told('other-dossier');
    await reaches(await submit(), 'decided');
    expect(await rejections()).toContain('DOSSIER_UNKNOWN');
  });

  it('its result with a revoked certificate is not believed until it says it properly', async () => {
    told('revoked');
    await reaches(await submit(), 'decided');
    expect(await rejections()).toContain('REVOKED');
  });

  it('nothing for a while is heard when it is back', async () => {
    backend.behaviour.vanishNext = 6;
    await reaches(await submit(), 'decided');
  });

  const rejections = async (): Promise<string[]> => ((await operator.get('agency-messages?verdict=rejected')).json as { messages: { reason: string }[] }).messages.map(({ reason }) => reason);
});

const settings = (): ResultSettings => {
  const trust = readTrustFolder(join(folder, 'trust'));
  const issuer = { name: 'Cổng', certificateName: 'Cổng', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '1900' };
  return { database: site.gateway.database, issue: issueWith(identityOf(pki.gatewaySigning)), issuer, schemas, trust: () => trust, terms: loadStandard(), missed: () => undefined };
};
const speaker = (backendName: string) => ({ backend: backendName, lane: `agency:${backendName}` });

describe('a batch', () => {
  const later = (days: number): Date => new Date(Date.now() + days * DAY);
  async function slipFor(digest: string, days: number, agency = '00101'): Promise<Buffer> {
    const { transactionCode, dossierNumber } = (await jsonOf(`/v1/dossiers/${digest}`)) as { transactionCode: string; dossierNumber: string };
    const about = { digest, dossierNumber, transactionCode, number: 1, at: new Date(), agency };
    return issueWith(identityOf(pki.agencySigning))(messageXml(about, slip({ desk: 'TNHS', officer: '', days, receivedAt: new Date(), dueAt: later(days) })));
  }
  const verdictOf = async (digest: string, backendName: string): Promise<string[]> =>
    (await site.gateway.database.query<{ text: string }>(`SELECT verdict || coalesce(' ' || reason, '') AS text FROM agency_message WHERE backend = $1 AND digest = $2 ORDER BY id`, [backendName, digest])).map(({ text }) => text);
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  it('is taken up to a message whose signer’s revocation state nobody knows, and from there when somebody does', async () => {
    const digest = await submit();
    const body = await slipFor(digest, 5);
    const taking = await takeMessages(settings(), speaker('second'), [{ position: 1, body }], later(60), () => { throw new Error('nothing is to be recorded'); });
    expect(taking).toMatchObject({ taken: 0, blocked: { reason: 'REVOCATION_UNKNOWN' } });
    expect(await verdictOf(sha256(body), 'second')).toEqual([]);
    const again = await takeMessages(settings(), speaker('second'), [{ position: 1, body }], new Date(), () => Promise.resolve(true));
    expect(again).toEqual({ taken: 1, blocked: undefined });
    expect(await verdictOf(sha256(body), 'second')).toEqual(['rejected BACKEND_MISMATCH']); // its dossier is not that backend's
  });

  it('in which another agency speaks about the dossier is not believed', async () => {
    const digest = await submit(unknownPerson);
    await reaches(digest, 'supplement');
    const body = await slipFor(digest, 5, '00102');
    await takeMessages(settings(), speaker('reference'), [{ position: null, body }], new Date(), () => Promise.resolve(true));
    expect(await verdictOf(sha256(body), 'reference')).toEqual(['rejected AGENCY_MISMATCH']);
    expect((await caseOf(digest))['state']).toBe('supplement');
  });

  it('in which the agency goes on without the supplement lets the term run anew from then', async () => {
    const digest = await submit(unknownPerson);
    await reaches(digest, 'supplement');
    const { transactionCode, dossierNumber } = (await jsonOf(`/v1/dossiers/${digest}`)) as { transactionCode: string; dossierNumber: string };
    const at = new Date(Date.now() + DAY);
    const report = stepReport({ number: 2, name: 'Thẩm định', room: 'Phòng Thu', receivedAt: at, returnedAt: null, history: [] });
    const body = await issueWith(identityOf(pki.agencySigning))(messageXml({ digest, dossierNumber, transactionCode, number: 9, at, agency: '00101' }, report));
    await takeMessages(settings(), speaker('reference'), [{ position: null, body }], at, () => Promise.resolve(true));
    const moved = await site.gateway.database.query<{ reason: string; later: boolean; awaits: boolean }>(
      `SELECT m.reason, m.due_at > m.from_due_at AS later, o.awaits_unit AS awaits FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id JOIN submission s ON s.id = o.submission_id WHERE s.digest = $1`, [digest]);
    expect(moved).toEqual([{ reason: 'completed', later: true, awaits: false }]);
  });

  it('that another holds by now leaves nothing behind', async () => {
    const body = await slipFor(await submit(), 5);
    expect(await takeMessages(settings(), speaker('third'), [{ position: 1, body }], new Date(), () => Promise.resolve(false))).toBeUndefined();
    expect(await verdictOf(sha256(body), 'third')).toEqual([]);
  });

  it('taken by two at the same moment is taken once', async () => {
    const digest = await submit(unknownPerson);
    await reaches(digest, 'supplement');
    const bodies = await Promise.all([7, 8, 9].map((days) => slipFor(digest, days)));
    await Promise.all([...bodies, ...bodies].map((body) => takeMessages(settings(), speaker('reference'), [{ position: null, body }], new Date(), () => Promise.resolve(true))));
    const verdicts = await verdictsOf(digest);
    expect(verdicts.filter((verdict) => verdict === 'slip taken')).toHaveLength(1);
    // The same octets again are counted.
    expect(verdicts.filter((verdict) => verdict === 'slip contradicting SAME_NUMBER')).toHaveLength(3);
    const { messages } = (await operator.get(`agency-messages?dossier=${digest}`)).json as { messages: { verdict: string; repeats: number }[] };
    expect(messages.map(({ verdict, repeats }) => (verdict === 'contradicting' ? repeats : 0)).reduce((sum, repeats) => sum + repeats, 0)).toBe(3);
    expect((await caseOf(digest))['notices']).toBe(2);
  });
});

describe('a monthly notice', () => {
  it('that is brought several times at the same moment is given once', async () => {
    const unit = { agency: '00101', code: 'TS77009', name: 'Đơn vị', taxCode: '0101300842', people: 3, wages: 30_000_000 };
    const sign = issueWith(identityOf(pki.agencySigning));
    const text = await sign(contributionNotice(unit, '10/2026', new Date(), identityOf(pki.agencySigning)));
    const bodies = await Promise.all([1, 2, 3, 4].map((minute) => sign(noticeXml({ agency: unit.agency, recipient: unit.code, taxCode: unit.taxCode, kind: 'C12-TS', month: '10/2026', at: new Date(Date.now() - minute * 60_000), text }))));
    await Promise.all([...bodies, ...bodies].map((body) => takeMessages(settings(), speaker('reference'), [{ position: null, body }], new Date(), () => Promise.resolve(true))));
    expect(await site.gateway.database.query(`SELECT count(*)::int AS notices FROM notice WHERE unit_code = $1`, [unit.code])).toEqual([{ notices: 1 }]);
    expect(await site.gateway.database.query(`SELECT last::int AS last FROM feed WHERE name = 'unit:00101/TS77009'`)).toEqual([{ last: 1 }]);
  });

  it('is had by its unit alone, with the agency’s own message, and the agency learns that it was delivered and opened', async () => {
    const unitCode = 'TS77001';
    const employer = employerLike(pki, { extendedKeyUsage: ['clientAuth'] });
    const stranger = employerLike(pki, { extendedKeyUsage: ['clientAuth'] });
    const register = (code: string, certificatePem: string): Promise<unknown> =>
      registerUnitCertificate(site.gateway.database, { agency: '00101', unitCode: code, fingerprint: fingerprintOf(certificatePem), serialNumber: '1', subject: 'x', validFrom: new Date(Date.now() - DAY), validUntil: later(100) }, new Date());
    await register(unitCode, employer.certificatePem);
    await register('TS77002', stranger.certificatePem);
    await reaches(await submit({ unitCode }), 'decided');
    backendTime = () => later(40);
    await backend.work();
    const id = await until('the unit’s notice', async () => {
      const [row] = await site.gateway.database.query<{ id: string }>(`SELECT id FROM notice WHERE kind = 'C12-TS' AND unit_code = $1`, [unitCode]);
      return row?.id;
    });
    const as = ({ certificatePem, privateKeyPem }: { certificatePem: string; privateKeyPem: string }): Caller => callerTo(site.gateway.url, pki, { cert: certificatePem, key: privateKeyPem });
    const [own, foreign] = [as(employer), as(stranger)];
    const revoked = { certificatePem: readFileSync(join(folder, 'revoked.pem'), 'utf8'), privateKeyPem: readFileSync(join(folder, 'revoked.key'), 'utf8') };
    await register(unitCode, revoked.certificatePem);
    const thief = as(revoked);
    expect((await thief.get(`/v1/notices/${id}`)).status).toBe(403);
    thief.close();
    expect((await foreign.get(`/v1/notices/${id}`)).status).toBe(404);
    for (const nobody of [site.ivan, site.direct]) expect((await nobody.get(`/v1/notices/${id}`)).status).toBe(403);
    expect((await reportedTo(unitCode)).at(-1)).toMatchObject({ deliveredAt: null, openedAt: null });
    const told = async (): Promise<unknown> => {
      const [row] = await site.gateway.database.query<{ message: string }>('SELECT agency_message_id AS message FROM notice WHERE id = $1', [id]);
      return ((await operator.get(`agency-messages/${row?.message ?? ''}`)).json as { reports: { what: string; how: string }[] }).reports.map(({ what, how }) => `${what} ${how}`);
    };
    expect((await own.get('/v1/events?limit=1000')).body.toString()).toContain(`/v1/notices/${id}`);
    await until('the agency knows that it was delivered', async () => (await reportedTo(unitCode)).some(({ deliveredHow, openedAt }) => deliveredHow === 'feed' && openedAt === null));
    expect(await told()).toEqual(['delivered feed']);
    expect((await own.get(`/v1/notices/${id}`)).body.toString()).toContain('<C12_TS>');
    expect((await own.get(`/v1/notices/${id}/agency`)).body.toString()).toContain('<THONGBAO_XULY>');
    await until('the agency knows', async () => (await reportedTo(unitCode)).every(({ deliveredAt, openedAt }) => deliveredAt !== null && openedAt !== null));
    expect(await told()).toEqual(['delivered feed', 'opened fetch']);
    expect((await reportedTo(unitCode)).at(-1)).toMatchObject({ deliveredHow: 'feed', openedHow: 'fetch' });
    own.close();
    foreign.close();
    backendTime = () => new Date();
  });

  const later = (days: number): Date => new Date(Date.now() + days * DAY);
  const reportedTo = async (unitCode: string): Promise<{ recipient: string; deliveredAt: string | null; deliveredHow: string | null; openedAt: string | null; openedHow: string | null }[]> => {
    const asGateway = callerTo(backend.url, pki, { cert: pki.gatewayClient.chainPem, key: pki.gatewayClient.privateKeyPem });
    const { notices } = JSON.parse((await asGateway.get('/notices')).body.toString()) as { notices: { recipient: string; deliveredAt: string | null; deliveredHow: string | null; openedAt: string | null; openedHow: string | null }[] };
    asGateway.close();
    return notices.filter(({ recipient }) => recipient === unitCode);
  };
});
