// A gateway with an operator, two I-VANs under contract and a clock that can be put forward, for tests of forms 04, 05 and 06.
import { rmSync } from 'node:fs';

import { expect } from '@jest/globals';

import type { Credential } from '../../src/development/certificates.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { audit } from './audited.ts';
import { signedDossier } from './dossiers.ts';
import type { Variation } from './dossiers.ts';
import { makeOperator, operatorOf } from './operator.ts';
import type { JsonAnswer, OperatorCaller, OperatorIdentity } from './operator.ts';
import { employerLike, identityOf, loadPki } from './pki.ts';
import { signedXml } from './problems.ts';
import { signedRegistration } from './registrations.ts';
import type { FormVariation } from './registrations.ts';
import { callerTo, fingerprintOf, startSite } from './site.ts';
import type { Answer, Caller, Site } from './site.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** Each test has a unit that nothing ties to the employer's tax code yet. */
export const unitGrounds = 'Công văn xác nhận mã đơn vị (thử nghiệm)';

export interface RegistrationStage {
  readonly site: Site;
  readonly operator: OperatorCaller;
  /** I-VAN 00110, whose contract names its tax code; the site's own, 00040, has a signing certificate registered instead. */
  readonly other: { readonly caller: Caller; readonly signer: Credential };
  readonly ivanSigner: Credential;
  now(): Date;
  putForward(milliseconds: number): void;
  /** A unit of its own for each test, under the employer's tax code. */
  newUnit(): string;
  form(variation: FormVariation, employer?: Credential, signer?: Credential): Promise<Buffer>;
  send(variation: FormVariation, employer?: Credential, signer?: Credential): Promise<Answer>;
  codesIn(answer: Answer): string[];
  digestIn(answer: Answer): string;
  forms(filter: string): Promise<Record<string, unknown>[]>;
  idOf(answer: Answer): Promise<string>;
  decide(answer: Answer, body?: object): Promise<JsonAnswer>;
  /** Sends a form and has it accepted. */
  accept(variation: FormVariation, more?: object, employer?: Credential): Promise<void>;
  /** Files a dossier of the unit. */
  file(unitCode: string, variation?: Variation, employer?: Credential, caller?: Caller): Promise<Answer>;
  /** Ends with an audit run. */
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly operator?: OperatorIdentity;
  readonly backendUrl?: string;
}

export async function openRegistrationStage({ operator: given, backendUrl }: StageOptions = {}): Promise<RegistrationStage> {
  let offset = 0;
  let marks = 0;
  const now = (): Date => new Date(Date.now() + offset);
  const identity = given ?? makeOperator(await loadPki());
  const site = await startSite({ environment: identity.environment, world: { now }, ...(backendUrl === undefined ? {} : { backendUrl }) });
  const operator = operatorOf(site, identity);
  const ivanSigner = employerLike(site.pki, { subject: { C: 'VN', CN: 'I-VAN 00040 ký (thử nghiệm)' }, uids: ['MST:0101234567'] });
  const [contract] = (await operator.get('contracts?ivan=00040')).json['contracts'] as { number: string }[];
  expect((await operator.post(`contracts/${contract?.number ?? ''}/certificates`, { certificate: ivanSigner.certificatePem, purpose: 'sign' })).status).toBe(201);
  const other = await makeOtherIvan(site);
  const form: RegistrationStage['form'] = (variation, employer = site.pki.employer, signer = ivanSigner) => signedRegistration(employer, signer, now(), variation);
  const send: RegistrationStage['send'] = async (variation, employer, signer) => site.ivan.post('/v1/registrations', await form(variation, employer, signer));
  const codesIn = (answer: Answer): string[] => [...signedXml(site, answer).matchAll(/<TEN>([A-Z_0-9]+)<\/TEN><MUC>/g)].map(([, code = '']) => code);
  const digestIn = (answer: Answer): string => /<SHA256>([0-9a-f]{64})</.exec(answer.body.toString('utf8'))?.[1] ?? '';
  const forms = async (filter: string): Promise<Record<string, unknown>[]> => (await operator.get(`registrations?${filter}`)).json['registrations'] as Record<string, unknown>[];
  const idOf = async (answer: Answer): Promise<string> => String((await forms('ivan=00040')).find(({ digest }) => digest === digestIn(answer))?.['id']);
  const decide: RegistrationStage['decide'] = async (answer, body = { decision: 'accept', unitGrounds }) => operator.post(`registrations/${await idOf(answer)}/decision`, body);
  return {
    site, operator, other, ivanSigner, now, form, send, codesIn, digestIn, forms, idOf, decide,
    putForward: (milliseconds) => { offset += milliseconds; },
    newUnit: () => `TS${String(20000 + (marks += 1))}`,
    accept: async (variation, more = {}, employer) => {
      const answer = await send(variation, employer);
      expect([answer.status, answer.status === 201 ? [] : codesIn(answer)]).toEqual([201, []]);
      expect(await decide(answer, { decision: 'accept', unitGrounds, ...more })).toMatchObject({ status: 200, json: { state: 'accepted' } });
    },
    file: async (unitCode, variation = {}, employer = site.pki.employer, caller = site.ivan) => {
      marks += 1;
      return caller.post('/v1/dossiers', await signedDossier(identityOf(employer), { unitCode, mark: `sử dụng ${marks}`, ...variation }));
    },
    stop: async () => {
      for (const caller of [operator.caller, other.caller]) caller.close();
      await audit(site.databaseUrl).finally(() => site.stop());
      rmSync(identity.folder, { recursive: true });
    },
  };
}

async function makeOtherIvan({ pki, gateway }: Site): Promise<RegistrationStage['other']> {
  const client = employerLike(pki, { subject: { C: 'VN', CN: 'I-VAN 00110' }, uids: [], extendedKeyUsage: ['clientAuth'] });
  const signer = employerLike(pki, { subject: { C: 'VN', CN: 'I-VAN 00110 ký (thử nghiệm)' }, uids: ['MST:0101243150'] });
  const fingerprint = fingerprintOf(client.certificatePem);
  await registerContract(gateway.database, { ivanCode: '00110', fingerprint, state: 'active', validFrom: new Date(Date.now() - day), validUntil: new Date(Date.now() + 300 * day), taxCode: '0101243150' }, new Date());
  return { caller: callerTo(gateway.url, pki, { cert: client.certificatePem, key: client.privateKeyPem }), signer };
}
