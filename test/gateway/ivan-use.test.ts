// Guarantee: after a stop (form 06) nothing of the unit is accepted through an I-VAN until it registers again (form 04), and where an agency asks for it
// nothing before it has registered at all; whoever files directly is not asked. A unit that has stopped is no new one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { formatDay, formatInstant } from '../../src/standard/time.ts';
import { signedDossier } from '../support/dossiers.ts';
import { signedFirstRegistration } from '../support/first-registrations.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { day, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

describe('after a stop', () => {
  it('nothing of the unit is accepted through an I-VAN until it registers again', async () => {
    const unitCode = stage.newUnit();
    expect((await stage.file(unitCode)).status).toBe(201); // no agency asked for a registration
    await stage.accept({ unitCode });
    const bytes = await signedDossier(identityOf(stage.site.pki.employer), { unitCode, mark: 'trước khi ngừng' });
    const before = await stage.site.ivan.post('/v1/dossiers', bytes);
    await stage.accept({ unitCode, form: '06-IVAN' });
    const refused = await stage.file(unitCode);
    expect([refused.status, stage.codesIn(refused)]).toEqual([422, ['USE_STOPPED']]);
    expect(stage.codesIn(await stage.file(unitCode, { period: '13/2026' }))).toEqual(['USE_STOPPED', 'PERIOD_INVALID']);
    expect(stage.codesIn(await stage.file(unitCode, { ivan: '00110' }, stage.site.pki.employer, stage.other.caller))).toEqual(['USE_STOPPED']);
    const tried = await stage.site.ivan.post('/v1/dossiers?dry-run', await signedDossier(identityOf(stage.site.pki.employer), { unitCode, mark: 'thử' }));
    expect(tried.status).toBe(422);
    expect((await stage.file(unitCode, { ivan: '' }, stage.site.pki.employer, stage.site.direct)).status).toBe(201);
    expect((await stage.file(`${unitCode}9`)).status).toBe(201); // another unit
    const resent = await stage.site.ivan.post('/v1/dossiers', bytes);
    expect([resent.status, resent.body.equals(before.body)]).toEqual([200, true]);
    expect((await stage.operator.get(`certificates?unit=${unitCode}`)).json['certificates']).toEqual([expect.objectContaining({ endedAt: expect.any(String) })]);

    await stage.accept({ unitCode, effectiveOn: formatDay(new Date(stage.now().getTime() - day)) });
    expect((await stage.file(unitCode)).status).toBe(201);
    expect(stage.codesIn(await stage.file(unitCode, { ivan: '00110' }, stage.site.pki.employer, stage.other.caller))).toEqual([]);
  });

  it('that lies ahead the unit files until its day', async () => {
    const unitCode = stage.newUnit();
    await stage.accept({ unitCode });
    await stage.accept({ unitCode, form: '06-IVAN', effectiveOn: formatDay(new Date(stage.now().getTime() + 2 * day)) });
    expect((await stage.file(unitCode)).status).toBe(201);
    stage.putForward(2 * day);
    expect(stage.codesIn(await stage.file(unitCode))).toEqual(['USE_STOPPED']);
  });
});

describe('a first registration of a tax code', () => {
  const taxCode = '0301519977-001';
  const agency = '00109';

  it('that has stopped its use at the agency is refused through an I-VAN, however the code is written; no other, and none of one that still uses one', async () => {
    const branch = employerLike(stage.site.pki, { subject: { C: 'VN', CN: 'CHI NHÁNH ĐÃ NGỪNG (THỬ NGHIỆM)' }, uids: [`MST:${taxCode}`] });
    const [unitCode, sister] = [stage.newUnit(), stage.newUnit()];
    let marks = 0;
    const register = async (where = agency, ivan = '00040', by = ivan === '' ? stage.site.direct : stage.site.ivan): Promise<readonly [number, readonly string[]]> => {
      marks += 1;
      const written = marks % 2 === 0 ? taxCode : taxCode.replace('-', '');
      const bytes = await signedFirstRegistration(identityOf(branch), { taxCode: written, agency: where, ivan, mark: String(marks), editForm: (xml) => xml.replace('phố Mẫu', `ngõ ${marks}, phố Mẫu`) });
      const answer = await by.post('/v1/dossiers', bytes);
      return [answer.status, stage.codesIn(answer)];
    };
    const form = { agency, taxCode };
    await stage.accept({ ...form, unitCode }, {}, branch);
    expect(await register()).toEqual([201, []]);
    await stage.accept({ ...form, unitCode, form: '06-IVAN' }, {}, branch);
    expect([await register(), await register()]).toEqual([[422, ['USE_STOPPED']], [422, ['USE_STOPPED']]]);
    expect(await register(agency, '00110', stage.other.caller)).toEqual([422, ['USE_STOPPED']]);
    expect([await register('00101'), await register(agency, '')]).toEqual([[201, []], [201, []]]);
    await stage.accept({ ...form, unitCode: sister }, {}, branch);
    expect(await register()).toEqual([201, []]);
  });

  it('is not asked for a use that it cannot have registered', async () => {
    const rule = { agency: '00111', from: formatInstant(new Date(stage.now().getTime() - day)).slice(0, 10), required: true };
    expect((await stage.operator.post('use-rules', rule)).status).toBe(201);
    expect((await stage.site.ivan.post('/v1/dossiers', await signedFirstRegistration(identityOf(stage.site.pki.employer), { agency: rule.agency }))).status).toBe(201);
  });
});

describe('an agency that asks for it', () => {
  it('accepts through an I-VAN only what a unit files that uses it', async () => {
    const unitCode = stage.newUnit();
    const rule = { agency: '00108', from: formatInstant(new Date(stage.now().getTime() - day)).slice(0, 10) };
    expect((await stage.file(unitCode, { agency: '00108' })).status).toBe(201);
    expect((await stage.operator.post('use-rules', { ...rule, required: true })).status).toBe(201);
    expect(stage.codesIn(await stage.file(unitCode, { agency: '00108' }))).toEqual(['USE_NOT_REGISTERED']);
    expect((await stage.file(unitCode, { agency: '00108', ivan: '' }, stage.site.pki.employer, stage.site.direct)).status).toBe(201);
    await stage.accept({ unitCode, agency: '00108' });
    expect((await stage.file(unitCode, { agency: '00108' })).status).toBe(201);
    expect(stage.codesIn(await stage.file(unitCode, { agency: '00108', ivan: '00110' }, stage.site.pki.employer, stage.other.caller))).toEqual(['USE_NOT_REGISTERED']);
    await stage.operator.post('use-rules', { ...rule, required: false });
    expect((await stage.file(unitCode, { agency: '00108', ivan: '00110' }, stage.site.pki.employer, stage.other.caller)).status).toBe(201);
    expect(await stage.operator.post('use-rules', { ...rule, agency: '99999', required: true })).toMatchObject({ status: 400 });
  });
});

