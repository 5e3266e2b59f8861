// Guarantee: what overlaps – a form that comes while the end of a certificate is being recorded, a look at the clocks while a step in time is – leaves a
// store that an audit finds honest, and no lateness of what was in time.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { forwardForm } from '../../src/registers/decide.ts';
import { certificatesOf, endIvanCertificate } from '../../src/store/ivan-certificates.ts';
import { noteLateness } from '../../src/store/registration-lateness.ts';
import { endUnitCertificates, registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { day, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import type { Answer } from '../support/site.ts';
import { fingerprintOf } from '../support/site.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

const before = (milliseconds: number): Date => new Date(stage.now().getTime() - milliseconds);

/** The instant before the one at which the form was received. */
async function justBefore(answer: Answer): Promise<Date> {
  expect(answer.status).toBe(201);
  const [row] = await stage.site.gateway.database.query<{ at: Date }>('SELECT received_at AS at FROM ivan_registration WHERE digest = $1', [stage.digestIn(answer)]);
  if (row === undefined) throw new Error('no such form');
  return new Date(row.at.getTime() - 1);
}

/** An end is dated when it is asked for, a moment before the form comes, and is there for others to see a moment after. */
describe('a form that comes while an end is being recorded', () => {
  it('of the unit’s certificate, is quoted truly', async () => {
    const { database } = stage.site.gateway;
    const unitCode = stage.newUnit();
    const certificate = { agency: '00101', unitCode, fingerprint: fingerprintOf(stage.site.pki.employer.certificatePem) };
    await registerUnitCertificate(database, { ...certificate, serialNumber: '1', subject: 'CN=x', validFrom: before(10 * day), validUntil: before(-300 * day) }, before(day));
    const at = await justBefore(await stage.send({ unitCode }));
    expect(await endUnitCertificates(database, certificate, at)).toBe(1);
    await audit(stage.site.databaseUrl);
  });

  it('of the I-VAN’s certificate, is quoted truly', async () => {
    const { database } = stage.site.gateway;
    const at = await justBefore(await stage.send({ unitCode: stage.newUnit() }));
    const [contract] = await database.query<{ id: string }>(`SELECT id FROM ivan_contract WHERE ivan_code = '00040'`);
    const entry = (await certificatesOf(database.query, contract?.id ?? '')).find(({ purpose, endedAt }) => purpose === 'sign' && endedAt === null);
    if (entry === undefined) throw new Error('no certificate');
    await database.transaction((query) => endIvanCertificate(query, entry, 'người vận hành', at));
    await audit(stage.site.databaseUrl);
    expect((await stage.operator.post(`contracts/${entry.number}/certificates`, { certificate: stage.ivanSigner.certificatePem, purpose: 'sign' })).status).toBe(201);
  });
});

describe('a look at the clocks while a step in time is being recorded', () => {
  it('enters no lateness', async () => {
    const { database } = stage.site.gateway;
    const id = await stage.idOf(await stage.send({ unitCode: stage.newUnit() }));
    const [row] = await database.query<{ due: Date }>('SELECT forward_due_at AS due FROM ivan_registration WHERE id = $1', [id]);
    const at = (milliseconds: number): Date => new Date((row?.due.getTime() ?? 0) + milliseconds);
    expect(await database.transaction((query) => noteLateness(query, at(2_000), id))).toBe(0);
    await forwardForm({ database }, id, 'người vận hành', at(-10));
    expect(await database.transaction((query) => noteLateness(query, at(20 * day), id))).toBe(1); // of the decision alone
    await audit(stage.site.databaseUrl);
  });
});
