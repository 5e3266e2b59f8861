// Guarantee: after a stop (form 06) nothing of the unit is accepted through an I-VAN until it registers again (form 04), and where an agency asks for it
// nothing before it has registered at all; whoever files directly is not asked.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { formatDay, formatInstant } from '../../src/standard/time.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
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

