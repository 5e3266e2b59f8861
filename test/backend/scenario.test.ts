// Guarantee: an agency told to be faulty is so for the same dossiers every time, says the right thing too, and keeps one answer; without being
// told it is never faulty.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readScenario, strikes, vanishes } from '../../src/backend/scenario.ts';
import type { Backend } from '../../src/backend/server.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { page, readFeed, readSigned, textAt } from './feed.ts';
import type { Fields } from './feed.ts';
import { call, makeDossier, makeSite, put, sha256, signedReceipt, trustOf } from './support.ts';
import type { Site } from './support.ts';

let site: Site;
let backend: Backend;
let read = 0;

beforeAll(async () => {
  site = await makeSite();
  backend = await site.start();
});

afterAll(() => site.end());

async function settle(scenario: string): Promise<{ digest: string; said: { kind: string; fields: Fields; body: Buffer }[] }> {
  backend.behaviour.scenario = readScenario(scenario);
  const dossier = await makeDossier(site.pki, [{ HoTen: 'A', MasoBHXH: '0100000001' }]);
  const digest = sha256(dossier);
  await put(site, backend, digest, dossier, await signedReceipt(site.pki, dossier));
  site.time = new Date(site.time.getTime() + 2_000);
  await backend.work();
  const { messages } = await page(site, backend, `after=${read}`);
  read = messages.at(-1)?.position ?? read;
  expect(await call(site, backend, { path: `/dossiers/${digest}/result` })).toMatchObject({ status: 200 });
  return { digest, said: messages.map((message) => ({ ...readSigned(Buffer.from(message.body, 'base64')), body: Buffer.from(message.body, 'base64') })) };
}

const kinds = ['TIEPNHAN_XULY', 'BUOC_XULY', 'BUOC_XULY', 'KETQUA_XULY'];

describe('told to', () => {
  test('duplicate, it says everything twice, in the same octets', async () => {
    const { said } = await settle('duplicate');
    expect(said.map(({ kind }) => kind)).toEqual(kinds.flatMap((kind) => [kind, kind]));
    for (let index = 0; index < said.length; index += 2) expect(said[index]?.body).toEqual(said[index + 1]?.body);
  });

  test('reorder, it says the slip last and the result before the step that led to it', async () => {
    const { said } = await settle('reorder');
    expect(said.map(({ kind, fields }) => `${kind} ${textAt(fields, 'SO_THUTU')}`)).toEqual(['BUOC_XULY 2', 'TIEPNHAN_XULY 1', 'KETQUA_XULY 4', 'BUOC_XULY 3']);
  });

  test('mistake the dossier, it first gives a result of one that it has not got', async () => {
    const { digest, said } = await settle('other-dossier');
    expect(said.map(({ kind }) => kind)).toEqual([...kinds, 'KETQUA_XULY']);
    expect(said.slice(3).map(({ fields }) => textAt(fields, 'SHA256') === digest)).toEqual([false, true]);
  });

  test('contradict itself, it gives a second result after the first, which stays the answer', async () => {
    const { digest, said } = await settle('wrong-code');
    expect(said.slice(3).map(({ fields }) => textAt(fields, 'MA_KQUA'))).toEqual(['200', 'GW-TC99']);
    expect((await call(site, backend, { path: `/dossiers/${digest}/result` })).body).toEqual(said[3]?.body);
  });

  test('contradict itself and reorder, the right result still comes before the wrong one', async () => {
    const { said } = await settle('wrong-code,reorder');
    expect(said.filter(({ kind }) => kind === 'KETQUA_XULY').map(({ fields }) => textAt(fields, 'MA_KQUA'))).toEqual(['200', 'GW-TC99']);
  });

  test('sign with a revoked certificate, it does so first, and properly afterwards', async () => {
    const day = 86_400_000;
    const revoked = issueCertificate({ subject: { C: 'VN', CN: 'Agency, revoked' }, issuer: site.pki.subordinate, keyUsage: ['digitalSignature', 'nonRepudiation'], notBefore: new Date(site.time.getTime() - day), notAfter: new Date(site.time.getTime() + 100 * day) });
    const { serialNumber } = new X509Certificate(revoked.certificatePem);
    await backend.stop();
    backend = await site.start({ revoked: readIdentity(revoked.certificatePem, revoked.privateKeyPem) });
    const { said } = await settle('revoked');
    expect(said.map(({ kind }) => kind)).toEqual([...kinds, 'KETQUA_XULY']);
    const trust = trustOf(site.pki, new Date(), [{ serial: serialNumber, revokedAt: new Date(site.time.getTime() - day), reason: 'keyCompromise' }]);
    const verdicts = said.slice(3).map(({ body }) => {
      try {
        trustSigner(parseCertificate(readSigned(body).certificate), trust, site.time, 'signature');
        return 'trusted';
      } catch (error) {
        return error instanceof Error ? error.message.slice(0, 7) : '';
      }
    });
    expect(verdicts).toEqual(['REVOKED', 'trusted']);
  });

  test('vanish, it destroys connections for a while, has done nothing, and comes back', async () => {
    backend.behaviour.scenario = readScenario('seed=0');
    backend.behaviour.vanishNext = 3;
    const dossier = await makeDossier(site.pki);
    const digest = sha256(dossier);
    const receipt = await signedReceipt(site.pki, dossier);
    for (let time = 0; time < 3; time += 1) await expect(put(site, backend, digest, dossier, receipt)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await backend.dossiers()).some((row) => row.digest === digest)).toBe(false);
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 202 });
  });

  test('be slow, it apologises in time with a new date, and is late', async () => {
    const start = new Date('2026-11-20T02:00:00Z');
    const clock = createVirtualClock(start);
    const other = await makeSite(start);
    const slow = await other.start({ pace: 'calendar', scenario: readScenario('slow') }, clock.now);
    clock.join({ nextDue: () => slow.nextDue(), work: () => slow.work() });
    const dossier = await makeDossier(other.signers, [{ HoTen: 'A', MasoBHXH: '0100000001' }]);
    expect(await put(other, slow, sha256(dossier), dossier, await signedReceipt(other.signers, dossier))).toMatchObject({ status: 202 });
    await clock.advanceTo(new Date('2026-12-31T00:00:00Z'));
    const said = (await readFeed(other, slow)).filter(({ kind }) => kind !== 'THONGBAO_XULY');
    expect(said.map(({ kind }) => kind)).toEqual(['TIEPNHAN_XULY', 'HENLAI_XULY', 'BUOC_XULY', 'BUOC_XULY', 'KETQUA_XULY']);
    const [slip, apology] = said.map(({ fields }) => fields);
    const result = said.at(-1)?.fields;
    expect([textAt(slip, 'TRA_LUC'), textAt(apology, 'HEN_CU')]).toEqual(['2026-11-30T09:00:00.000+07:00', '2026-11-30T09:00:00.000+07:00']);
    expect(textAt(apology, 'THOIDIEM') < '2026-11-28').toBe(true);
    expect(textAt(result, 'THOIDIEM') > textAt(apology, 'HEN_CU') && textAt(result, 'THOIDIEM') <= textAt(apology, 'HEN_MOI')).toBe(true);
    await other.end();
  });
});

test('told to vanish by its setting, an agency loses requests by the score, not one by one', () => {
  const scenario = readScenario('seed=3,vanish=0.5');
  const lost = Array.from({ length: 400 }, (_, request) => vanishes(scenario, request));
  const scores = Array.from({ length: 20 }, (_, score) => new Set(lost.slice(20 * score, 20 * score + 20)));
  expect(scores.every(({ size }) => size === 1)).toBe(true);
  expect(new Set(lost)).toEqual(new Set([true, false]));
});

describe('chance', () => {
  const digests = Array.from({ length: 2_000 }, (_, index) => sha256(String(index)));
  const struck = (scenario: string): string[] => digests.filter((digest) => strikes(readScenario(scenario), 'duplicate', digest));

  test('is the same for the same seed, another for another, and of the share asked for', () => {
    expect(struck('seed=1,duplicate=0.3')).toEqual(struck('duplicate=0.3,seed=1'));
    expect(struck('seed=2,duplicate=0.3')).not.toEqual(struck('seed=1,duplicate=0.3'));
    expect(Math.abs(struck('duplicate=0.3').length / digests.length - 0.3)).toBeLessThan(0.04);
    expect([struck('duplicate=0').length, struck('duplicate').length, struck('slow').length]).toEqual([0, digests.length, 0]);
  });
});
