// Guarantee: an employer's use of an I-VAN (forms 04, 05, 06) is registered by two good signatures and the operator's decision alone, within clocks that
// are kept; the same bytes get the same receipt; an I-VAN sees only its own.
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Credential } from '../../src/development/certificates.ts';
import { packageFile } from '../../src/paths.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { isWorkingDay } from '../../src/standard/calendar.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { formatDay, formatInstant } from '../../src/standard/time.ts';
import { operatorName } from '../support/operator.ts';
import { employerLike } from '../support/pki.ts';
import { expectProblem, signedXml } from '../support/problems.ts';
import { day, hour, openRegistrationStage, unitGrounds } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import type { FormVariation } from '../support/registrations.ts';
import { fingerprintOf } from '../support/site.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

describe('form 04', () => {
  it('gets a signed receipt with the clocks, is decided by the operator, and its notice is fetched by the I-VAN', async () => {
    const unitCode = stage.newUnit();
    const bytes = await stage.form({ unitCode });
    const answer = await stage.site.ivan.post('/v1/registrations', bytes);
    const receipt = signedXml(stage.site, answer);
    expect([answer.status, answer.headers.location]).toEqual([201, `/v1/registrations/${stage.digestIn(answer)}`]);
    expect(receipt).toMatch(/<MALOAI_HSO>04-IVAN<\/MALOAI_HSO>[\s\S]*<LOAI>TIEP_NHAN<\/LOAI>[\s\S]*<SUKIEN_TIEP><TEN>CHUYEN_CO_QUAN<\/TEN>/);
    const resent = await stage.site.ivan.post('/v1/registrations', bytes);
    expect([resent.status, resent.body.equals(answer.body)]).toEqual([200, true]);
    // It is in the log, so it is not said never to have come.
    expectProblem(await stage.site.direct.get(`/v1/dossiers/${stage.digestIn(answer)}`), 'DOSSIER_IS_FORM');
    expect((await stage.site.direct.get(`/v1/log/proof?digest=${stage.digestIn(answer)}`)).status).toBe(200);

    const address = String(answer.headers.location);
    const before = await stage.site.ivan.get(address);
    expect([before.status, JSON.parse(before.body.toString())]).toEqual([202, expect.objectContaining({ state: 'received', form: '04-IVAN' })]);
    expect(await stage.operator.post(`registrations/${await stage.idOf(answer)}/forward`)).toMatchObject({ status: 200, json: { state: 'forwarded', late: [] } });
    expect((await stage.site.ivan.get(address)).headers['ivan-state']).toBe('forwarded');
    const decided = await stage.decide(answer);
    expect(decided.json).toMatchObject({ state: 'accepted', decidedBy: operatorName, relayedAt: null });
    const notice = await stage.site.ivan.get(address);
    expect([notice.status, signedXml(stage.site, notice)]).toEqual([200, expect.stringMatching(new RegExp(`<KQUA>Chấp nhận</KQUA>[\\s\\S]*<LOAI>CHAP_NHAN</LOAI>[\\s\\S]*<SHA256>${fingerprintOf(stage.site.pki.employer.certificatePem)}</SHA256>`))]);
    expect((await stage.site.ivan.get(address)).body.equals(notice.body)).toBe(true);
    expect((await stage.site.ivan.get(`${address}/receipt`)).body.equals(answer.body)).toBe(true);
    expect((await stage.operator.get(`registrations/${await stage.idOf(answer)}`)).json['relayedAt']).toEqual(expect.any(String));
    expect(await stage.decide(answer)).toMatchObject({ status: 409, json: { code: 'REGISTRATION_DECIDED' } });

    expect((await stage.operator.get(`uses?unit=${unitCode}`)).json['uses']).toEqual([expect.objectContaining({ agency: '00101', ivan: '00040', taxCode: '0101300842', endedAt: null })]);
    expect((await stage.operator.get(`certificates?unit=${unitCode}`)).json['certificates']).toEqual([expect.objectContaining({ fingerprint: fingerprintOf(stage.site.pki.employer.certificatePem), endedAt: null })]);
    const document = await stage.operator.caller.get(`/v1/admin/registrations/${await stage.idOf(answer)}/document`);
    expect(document.body.equals(bytes)).toBe(true);
  });

  it('has its clocks from reception: two hours on, three working days to decide, two hours back', async () => {
    const friday = stage.now();
    while (new Date(friday.getTime() + 7 * hour).getUTCDay() !== 5) friday.setTime(friday.getTime() + day);
    stage.putForward(friday.getTime() - stage.now().getTime());
    const answer = await stage.send({ unitCode: stage.newUnit() });
    const { receivedAt, forwardDueAt, decisionDueAt } = (await stage.operator.get(`registrations/${await stage.idOf(answer)}`)).json as Record<string, string>;
    const received = Date.parse(receivedAt ?? '');
    const { calendar } = loadStandard();
    let due = received;
    for (let left = 3; left > 0;) {
      due += day;
      if (isWorkingDay(calendar, new Date(due))) left -= 1;
    }
    expect([Date.parse(forwardDueAt ?? ''), Date.parse(decisionDueAt ?? '')]).toEqual([received + 2 * hour, due]);
    expect(due - received).toBeGreaterThanOrEqual(5 * day); // a week-end lies between
    expect(answer.body.toString()).toContain(`<HAN_TRA><THOIDIEM>${formatInstant(new Date(due))}</THOIDIEM>`);
    expect((await stage.forms('late=forward')).map(({ digest }) => digest)).not.toContain(stage.digestIn(answer));
    stage.putForward(2 * hour + 1000);
    expect((await stage.forms('late=forward')).map(({ digest }) => digest)).toContain(stage.digestIn(answer));
    const { json } = await stage.decide(answer, { decision: 'refuse', reason: 'Thiếu hồ sơ' });
    expect(Date.parse(String(json['relayDueAt'])) - Date.parse(String(json['decidedAt']))).toBe(2 * hour);
    expect(json['late']).toEqual(['forward']);
    stage.putForward(2 * hour + 1000);
    expect((await stage.forms('late=relay')).map(({ digest }) => digest)).toContain(stage.digestIn(answer));
  });

  it('is not refused without a reason, which the notice gives; corrected or not it may then come again', async () => {
    const unitCode = stage.newUnit();
    const answer = await stage.send({ unitCode });
    expect(await stage.decide(answer, { decision: 'refuse' })).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
    expect(await stage.decide(answer, { decision: 'refuse', reason: ' ' })).toMatchObject({ status: 400 });
    await stage.decide(answer, { decision: 'refuse', reason: 'Mã đơn vị không đúng' });
    const notice = signedXml(stage.site, await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(answer)}`));
    expect(notice).toMatch(/<MA_KQUA>GW420<\/MA_KQUA><KQUA>Không chấp nhận<\/KQUA><MA_LOI>GW420<\/MA_LOI><MOTA_LOI>Mã đơn vị không đúng<\/MOTA_LOI>/);
    expect((await stage.operator.get(`uses?unit=${unitCode}`)).json['uses']).toEqual([]);
    const again = await stage.send({ unitCode, editAfter: (xml) => `${xml}\n` });
    expect(again.status).toBe(201);
  });

  it('counts from the day that it names, when that is still to come', async () => {
    const unitCode = stage.newUnit();
    await stage.accept({ unitCode, effectiveOn: formatDay(new Date(stage.now().getTime() + 3 * day)) });
    await stage.operator.post('use-rules', { agency: '00107', from: '2026-01-01', required: true });
    await stage.accept({ unitCode, agency: '00107', effectiveOn: formatDay(new Date(stage.now().getTime() + 3 * day)) });
    expect(stage.codesIn(await stage.file(unitCode, { agency: '00107' }))).toEqual(['USE_NOT_REGISTERED']);
    stage.putForward(3 * day);
    expect((await stage.file(unitCode, { agency: '00107' })).status).toBe(201);
  });

  it('through an I-VAN whose contract names its tax code needs no certificate of it to be registered', async () => {
    const bytes = await stage.form({ unitCode: stage.newUnit(), ivan: '00110' }, stage.site.pki.employer, stage.other.signer);
    expect((await stage.other.caller.post('/v1/registrations', bytes)).status).toBe(201);
    const foreign = await stage.form({ unitCode: stage.newUnit(), ivan: '00110' }, stage.site.pki.employer, stage.ivanSigner);
    expect(stage.codesIn(await stage.other.caller.post('/v1/registrations', foreign))).toEqual(['IVAN_SIGNER_UNKNOWN']);
  });
});

describe('a form', () => {
  const wrong: readonly (readonly [what: string, variation: () => FormVariation, codes: readonly string[], by?: { readonly employer?: () => Credential; readonly signer?: () => Credential }])[] = [
    ['without the I-VAN’s signature', () => ({ signIvan: false }), ['IVAN_SIGNATURE_MISSING']],
    ['without the employer’s', () => ({ signUnit: false }), ['SIGNATURE_MISSING']],
    ['without either', () => ({ signUnit: false, signIvan: false }), ['SIGNATURE_MISSING', 'IVAN_SIGNATURE_MISSING']],
    ['changed after both', () => ({ editAfter: (xml) => xml.replace('baohiem@', 'kexau@') }), ['HASH_FAILURE', 'HASH_FAILURE']],
    ['changed between them', () => ({ editSigned: (xml) => xml.replace('baohiem@', 'kexau@') }), ['HASH_FAILURE']],
    ['whose counter-signature was altered', () => ({ editAfter: (xml) => xml.replace(/(<CKy_iVan>.*<SignatureValue>)(.)/s, (_all, head: string, first: string) => head + (first === 'A' ? 'B' : 'A')) }), ['SIG_CRYPTO_FAILURE']],
    ['counter-signed by the employer itself', () => ({}), ['IVAN_SIGNER_UNKNOWN'], { signer: () => stage.site.pki.employer }],
    ['counter-signed by another I-VAN', () => ({}), ['IVAN_SIGNER_UNKNOWN'], { signer: () => stage.other.signer }],
    ['signed for another unit’s tax code', () => ({ taxCode: '0109999999' }), ['TAX_CODE_MISMATCH']],
    ['signed with a certificate that it does not list', () => ({ certificates: [{ credential: employerLike(stage.site.pki) }] }), ['REGISTRATION_CERTIFICATE_UNLISTED']],
    ['that withdraws the certificate it is signed with', () => ({ certificates: [{ credential: stage.site.pki.employer, change: '2' }] }), ['REGISTRATION_CERTIFICATE_UNLISTED']],
    ['with dates that are not the certificate’s', () => ({ certificates: [{ credential: stage.site.pki.employer, until: '01/01/2099' }] }), ['REGISTRATION_CERTIFICATE_DATES']],
    ['with a certificate twice', () => ({ certificates: [{ credential: stage.site.pki.employer }, { credential: stage.site.pki.employer }] }), ['REGISTRATION_CERTIFICATE_REPEATED']],
    ['of another kind', () => ({ formCode: 'D02-TS' }), ['REGISTRATION_FORM_UNKNOWN']],
    ['that says it is another matter', () => ({ matter: '3' }), ['REGISTRATION_MATTER']],
    ['for another I-VAN', () => ({ ivan: '00110' }), ['IVAN_MISMATCH']],
    ['to an agency that there is not', () => ({ agency: '99999' }), ['AGENCY_UNKNOWN']],
    ['of tomorrow', () => ({ filedOn: formatDay(new Date(stage.now().getTime() + day)) }), ['REGISTRATION_DAY']],
    ['of a day that there is not', () => ({ effectiveOn: '31/02/2026' }), ['DATE_INVALID']],
    ['without a telephone’s neighbour', () => ({ edit: (xml) => xml.replace('<Email>baohiem@vidu.vn</Email>', '') }), ['ELEMENT_MISSING']],
    ['by a certificate that nobody vouches for', () => ({}), ['NO_CERTIFICATE_CHAIN_FOUND'], { employer: () => selfMade() }],
    ['05 without a use', () => ({ form: '05-IVAN' }), ['USE_NOT_REGISTERED']],
    ['06 without a use', () => ({ form: '06-IVAN' }), ['USE_NOT_REGISTERED', 'REGISTRATION_CERTIFICATE_UNLISTED']],
    ['in the shape of 2015', () => ({ edit: () => readFileSync(packageFile('schemas', '04-IVAN', '1', 'sample.xml'), 'utf8'), signUnit: false, signIvan: false }), ['REGISTRATION_SHAPE']],
    ['with a root that no version ever had', () => ({ edit: () => '<Hosos/>', signUnit: false, signIvan: false }), ['ENVELOPE_ROOT']],
    ['that is no XML', () => ({ edit: () => '<Hoso>', signUnit: false, signIvan: false }), ['XML_MALFORMED']],
  ];

  const selfMade = (): Credential => employerLike(stage.site.pki, { issuer: employerLike(stage.site.pki) });

  it.each(wrong.map(([what, variation, codes, by]) => ({ what, variation, codes, by })))('$what gets a signed refusal that says so, always the same', async ({ variation, codes, by }) => {
    const bytes = await stage.form({ unitCode: stage.newUnit(), ...variation() }, by?.employer?.(), by?.signer?.());
    const answer = await stage.site.ivan.post('/v1/registrations', bytes);
    expect([answer.status, stage.codesIn(answer)]).toEqual([422, codes]);
    const again = await stage.site.ivan.post('/v1/registrations', bytes);
    expect([again.status, again.body.equals(answer.body)]).toEqual([422, true]);
    expect((await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(answer)}`)).status).toBe(422);
    expect(await stage.decide(answer)).toMatchObject({ status: 409, json: { code: 'REGISTRATION_DECIDED' } });
  });

  it('under a suspended contract is refused', async () => {
    const contract = { ivanCode: '00040', fingerprint: fingerprintOf(stage.site.pki.ivan.certificatePem), validFrom: new Date(Date.now() - day), validUntil: new Date(Date.now() + 365 * day) };
    await registerContract(stage.site.gateway.database, { ...contract, state: 'suspended' }, stage.now());
    expect(stage.codesIn(await stage.send({ unitCode: stage.newUnit() }))).toEqual(['IVAN_CONTRACT_INACTIVE']);
    await registerContract(stage.site.gateway.database, { ...contract, state: 'active' }, stage.now());
    expect((await stage.send({ unitCode: stage.newUnit() })).status).toBe(201);
  });

  it('waits for the one before it, and is not received twice in other octets', async () => {
    const unitCode = stage.newUnit();
    const first = await stage.send({ unitCode });
    expect(stage.codesIn(await stage.send({ unitCode, effectiveOn: formatDay(new Date(stage.now().getTime() + day)) }))).toEqual(['USE_PENDING']);
    expect(stage.codesIn(await stage.send({ unitCode, editAfter: (xml) => `${xml}\n` }))).toEqual(['REGISTRATION_REPEATED']);
    await stage.decide(first);
    expect(stage.codesIn(await stage.send({ unitCode, editAfter: (xml) => `${xml}\n\n` }))).toEqual(['REGISTRATION_REPEATED']);
    expect(stage.codesIn(await stage.send({ unitCode, effectiveOn: formatDay(new Date(stage.now().getTime() + 2 * day)) }))).toEqual(['USE_ALREADY_REGISTERED']);
    await stage.accept({ unitCode, form: '06-IVAN' });
    // Kept back by the I-VAN: drawn up before the stop.
    expect(stage.codesIn(await stage.send({ unitCode, filedOn: formatDay(new Date(stage.now().getTime() - day)) }))).toEqual(['REGISTRATION_DAY']);
    expect(stage.codesIn(await stage.send({ unitCode, editAfter: (xml) => `${xml}\n\n\n` }))).toEqual(['REGISTRATION_REPEATED']);
  });

  it('sent several times at once is received once', async () => {
    const unitCode = stage.newUnit();
    const bytes = await stage.form({ unitCode });
    const answers = await Promise.all(Array.from({ length: 6 }, () => stage.site.ivan.post('/v1/registrations', bytes)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.toString('hex'))).size).toBe(1);
    const others = await Promise.all([1, 2, 3].map(async (days) => stage.send({ unitCode: `${unitCode}X`, effectiveOn: formatDay(new Date(stage.now().getTime() + days * day)) })));
    expect(others.map(({ status }) => status).toSorted()).toEqual([201, 422, 422]);
  });

  it('is seen by the I-VAN that sent it only', async () => {
    const answer = await stage.send({ unitCode: stage.newUnit() });
    const address = `/v1/registrations/${stage.digestIn(answer)}`;
    for (const path of [address, `${address}/receipt`]) {
      expectProblem(await stage.other.caller.get(path), 'REGISTRATION_UNKNOWN');
      expectProblem(await stage.site.direct.get(path), 'IVAN_REQUIRED');
    }
    expectProblem(await stage.site.direct.post('/v1/registrations', '<Hoso/>'), 'IVAN_REQUIRED');
    expectProblem(await stage.operator.caller.get(address), 'IDENTITY_UNKNOWN');
    expectProblem(await stage.site.ivan.get('/v1/registrations/abc'), 'DIGEST_FORMAT');
    expectProblem(await stage.site.ivan.get('/v1/admin/registrations'), 'OPERATOR_UNKNOWN');
    expectProblem(await stage.site.ivan.get('/v1/admin/registrations/1/document'), 'OPERATOR_UNKNOWN');
  });

  it('is bounded, and of XML', async () => {
    expectProblem(await stage.site.ivan.post('/v1/registrations', Buffer.alloc(1024 * 1024 + 1, 0x20)), 'BODY_TOO_LARGE');
    expectProblem(await stage.site.ivan.post('/v1/registrations', '{}', { 'content-type': 'application/json' }), 'MEDIA_TYPE');
    expectProblem(await stage.site.ivan.post('/v1/registrations?form=04', '<Hoso/>'), 'FIELD_INVALID');
  });
});

it('in the shape of 2015 is told since when today’s alone is taken', async () => {
  const bytes = await stage.form({ edit: () => readFileSync(packageFile('schemas', '06-IVAN', '1', 'sample.xml'), 'utf8'), signUnit: false, signIvan: false });
  const refusal = signedXml(stage.site, await stage.site.ivan.post('/v1/registrations', bytes));
  expect(refusal).toContain('Mẫu có phần tử gốc BHXH là bản chỉ dùng từ 01/05/2015 đến trước 08/10/2018; từ ngày đó chỉ nhận bản có phần tử gốc Hoso.');
});

describe('form 05', () => {
  it('changes which certificates are registered', async () => {
    const unitCode = stage.newUnit();
    const [next, later] = [employerLike(stage.site.pki), employerLike(stage.site.pki)];
    await stage.accept({ unitCode });
    const change: FormVariation = { unitCode, form: '05-IVAN', certificates: [{ credential: stage.site.pki.employer, change: '2' }, { credential: next }, { credential: later }] };
    const answer = await stage.send(change);
    expect(await stage.decide(answer, { decision: 'accept', certificates: [employerLike(stage.site.pki).certificatePem] })).toMatchObject({ status: 400, json: { code: 'FIELD_INVALID' } });
    expect((await stage.decide(answer, { decision: 'accept', certificates: [next.certificatePem] })).status).toBe(200);
    const notice = signedXml(stage.site, await stage.site.ivan.get(`/v1/registrations/${stage.digestIn(answer)}`));
    expect(notice.match(/<CHUNGTHU>/g)).toHaveLength(1);
    expect(notice.match(/<THIEU_CHUNGTHU>/g)).toHaveLength(1);
    const rows = (await stage.operator.get(`certificates?unit=${unitCode}`)).json['certificates'] as { fingerprint: string; endedAt: string | null }[];
    expect(rows.map(({ fingerprint, endedAt }) => [fingerprint, endedAt !== null])).toEqual([[fingerprintOf(stage.site.pki.employer.certificatePem), true], [fingerprintOf(next.certificatePem), false]]);
    // The one that was withdrawn no longer signs for the unit, the new one does.
    expect(stage.codesIn(await stage.send({ unitCode, form: '06-IVAN' }))).toEqual(['REGISTRATION_CERTIFICATE_UNLISTED']);
    await stage.accept({ unitCode, form: '06-IVAN' }, {}, next);
  });

  it('does not take a unit over for another tax code', async () => {
    const unitCode = stage.newUnit();
    await stage.accept({ unitCode });
    const thief = employerLike(stage.site.pki, { subject: { C: 'VN', CN: 'CÔNG TY KHÁC (THỬ NGHIỆM)' }, uids: ['MST:0109999999'] });
    expect(stage.codesIn(await stage.send({ unitCode, form: '05-IVAN', taxCode: '0109999999', certificates: [{ credential: thief }] }, thief))).toEqual(['USE_TAX_CODE']);
    expect(stage.codesIn(await stage.send({ unitCode, form: '06-IVAN', taxCode: '0109999999' }, thief))).toEqual(['USE_TAX_CODE', 'REGISTRATION_CERTIFICATE_UNLISTED']);
  });
});

describe('a transaction that fails', () => {
  it.each([
    ['of reception', () => stage.site.ivan.post('/v1/registrations', pending)],
    ['of a decision', (id: string) => stage.operator.caller.post(`/v1/admin/registrations/${id}/decision`, JSON.stringify({ decision: 'accept', unitGrounds }), { 'content-type': 'application/json' })],
  ])('– %s – leaves nothing, and may be repeated', async (_what, act) => {
    const { query } = stage.site.gateway.database;
    const id = await stage.idOf(await stage.send({ unitCode: stage.newUnit() }));
    pending = await stage.form({ unitCode: stage.newUnit() });
    const count = (): Promise<unknown> => query(`SELECT (SELECT count(*) FROM ivan_registration) AS r, (SELECT count(*) FROM ivan_registration_decision) AS d, (SELECT count(*) FROM ivan_use) AS u, (SELECT count(*) FROM unit_certificate) AS c, (SELECT count(*) FROM audit_event) AS e`);
    const before = await count();
    await query(`CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IN ('registration_received', 'registration_decided') THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$`);
    await query('CREATE TRIGGER fail_late BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION fail_late()');
    expectProblem(await act(id), 'INTERNAL');
    await query('DROP TRIGGER fail_late ON audit_event');
    await query('DROP FUNCTION fail_late()');
    expect(await count()).toEqual(before);
    expect([200, 201]).toContain((await act(id)).status);
  });
  let pending: Buffer;
});
