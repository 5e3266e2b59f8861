// Guarantee: the operators' file lets nobody in whose certificate is not valid at that moment, and an I-VAN with a contract is one, whether or not the
// published list of I-VANs has it yet.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { registerContract } from '../../src/registers/record-contract.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { day, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { callerTo, fingerprintOf } from '../support/site.ts';

let stage: RegistrationStage;

beforeAll(async () => {
  stage = await openRegistrationStage();
});

afterAll(() => stage.stop());

it.each([
  ['no longer', 400 * day],
  ['not yet', -60 * day],
])('an operator’s certificate that is %s valid lets nobody in, to read or to write', async (_when, away) => {
  expect((await stage.operator.get('contracts')).status).toBe(200);
  stage.putForward(away);
  const { caller } = stage.operator;
  expectProblem(await caller.get('/v1/admin/contracts'), 'OPERATOR_CERTIFICATE_TIME');
  expectProblem(await caller.get('/v1/admin/registrations/1/document'), 'OPERATOR_CERTIFICATE_TIME');
  expectProblem(await caller.post('/v1/admin/use-rules', '{"agency":"00109","from":"2026-01-01","required":true}', { 'content-type': 'application/json' }), 'OPERATOR_CERTIFICATE_TIME');
  stage.putForward(-away);
  expect((await stage.operator.get('use-rules')).json).toEqual({ rules: [] });
});

it('an I-VAN under a new contract sends, though the published list does not have it', async () => {
  const { pki, gateway } = stage.site;
  const client = employerLike(pki, { subject: { C: 'VN', CN: 'I-VAN 00777' }, uids: [], extendedKeyUsage: ['clientAuth'] });
  const send = async (mark: string): Promise<[number, string[]]> => {
    const caller = callerTo(gateway.url, pki, { cert: client.certificatePem, key: client.privateKeyPem });
    const answer = await caller.post('/v1/dossiers', await signedDossier(identityOf(pki.employer), { unitCode: stage.newUnit(), ivan: '00777', mark }));
    caller.close();
    return [answer.status, stage.codesIn(answer)];
  };
  const contract = { ivanCode: '00777', fingerprint: fingerprintOf(client.certificatePem), validFrom: new Date(stage.now().getTime() - day), validUntil: new Date(stage.now().getTime() + day) };
  await registerContract(gateway.database, { ...contract, state: 'active' }, stage.now());
  expect(await send('một')).toEqual([201, []]);
  await registerContract(gateway.database, { ...contract, state: 'suspended' }, stage.now());
  expect(await send('hai')).toEqual([422, ['IVAN_CONTRACT_INACTIVE']]);
  // Nobody else may say it is that I-VAN.
  const other = await stage.site.ivan.post('/v1/dossiers', await signedDossier(identityOf(pki.employer), { unitCode: stage.newUnit(), ivan: '00777', mark: 'ba' }));
  expect(stage.codesIn(other)).toEqual(['IVAN_UNKNOWN']);
});
