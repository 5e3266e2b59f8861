// Guarantee: an end that lies ahead is neither doubled nor in the way: a use that is to stop takes no further form, and of several ends of a
// certificate's entry the earliest counts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { formatDay } from '../../src/standard/time.ts';
import { endUnitCertificates, findRegistration, setAgencyPolicy } from '../../src/store/unit-certificates.ts';
import { employerLike } from '../support/pki.ts';
import { day, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { fingerprintOf } from '../support/site.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

const ahead = (days: number): string => formatDay(new Date(stage.now().getTime() + days * day));

describe('a use whose end lies ahead', () => {
  it('takes no further form until then, and may be registered anew afterwards', async () => {
    const unitCode = stage.newUnit();
    await stage.accept({ unitCode });
    await stage.accept({ unitCode, form: '06-IVAN', effectiveOn: ahead(3) });
    const again = { unitCode, certificates: [{ credential: employerLike(stage.site.pki) }, { credential: stage.site.pki.employer }] };
    expect(stage.codesIn(await stage.send({ unitCode, form: '06-IVAN', effectiveOn: ahead(2) }))).toEqual(['USE_ENDING']);
    expect(stage.codesIn(await stage.send({ ...again, form: '05-IVAN' }))).toEqual(['USE_ENDING']);
    expect(stage.codesIn(await stage.send({ ...again, form: '04-IVAN' }))).toEqual(['USE_ENDING']);
    stage.putForward(3 * day);
    await stage.accept({ unitCode });
  });

  it('by an end recorded between reception and decision is overtaken, not broken', async () => {
    const unitCode = stage.newUnit();
    const { query } = stage.site.gateway.database;
    await stage.accept({ unitCode });
    const waiting = await stage.send({ unitCode, form: '06-IVAN' });
    await query(`INSERT INTO ivan_use_end (use_id, registration_id, ended_at, recorded_at) SELECT u.id, $2, now() + interval '30 days', now() FROM ivan_use u WHERE u.unit_code = $1`, [unitCode, await stage.idOf(waiting)]);
    expect(await stage.decide(waiting)).toMatchObject({ status: 409, json: { code: 'REGISTRATION_OVERTAKEN' } });
    const runner = stage.site.gateway.database.source.createQueryRunner();
    await runner.query(`SET session_replication_role = 'replica'`);
    await runner.query('DELETE FROM ivan_use_end WHERE registration_id = $1', [await stage.idOf(waiting)]);
    await runner.query(`SET session_replication_role = 'origin'`);
    await runner.release();
    expect((await stage.decide(waiting)).status).toBe(200);
  });
});

describe('a certificate’s entry with an end ahead', () => {
  it('is ended at once by the operator, and an end that is past is not put off', async () => {
    const [unitCode, agency] = [stage.newUnit(), '00106'];
    const { database } = stage.site.gateway;
    const question = { agency, unitCode, fingerprint: fingerprintOf(stage.site.pki.employer.certificatePem) };
    await setAgencyPolicy(database, { agency, effectiveFrom: new Date(stage.now().getTime() - day), required: true }, new Date(stage.now().getTime() - day));
    await stage.accept({ unitCode, agency });
    await stage.accept({ unitCode, agency, form: '06-IVAN', effectiveOn: ahead(5) });
    stage.putForward(1000);
    expect(await findRegistration(database.query, question, stage.now())).toMatchObject({ certificate: expect.any(String) });
    const endedAt = stage.now();
    expect(await endUnitCertificates(database, question, endedAt)).toBe(1);
    expect(await findRegistration(database.query, question, stage.now())).toMatchObject({ certificate: null });
    expect(await endUnitCertificates(database, question, new Date(endedAt.getTime() + 1000))).toBe(0);
    const { certificates } = (await stage.operator.get(`certificates?unit=${unitCode}`)).json as { certificates: { endedAt: string }[] };
    expect(certificates.map((entry) => Date.parse(entry.endedAt))).toEqual([endedAt.getTime()]);
    expect((await stage.file(unitCode, { agency })).status).toBe(422);
  });
});
