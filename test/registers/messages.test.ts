// Guarantee: every message the running gateway signs about forms 04, 05 and 06 has its published shape, names the rule set that judged, and says to a
// client what was decided.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { verifyMessage } from '../../src/client/verify-message.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace } from '../../src/standard/kind.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import type { Schemas } from '../../src/standard/schema.ts';
import { formatDay } from '../../src/standard/time.ts';
import { parse } from '../../src/xml/parse.ts';
import { employerLike } from '../support/pki.ts';
import { trustOf } from '../client/support.ts';
import { day, openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { fingerprintOf } from '../support/site.ts';
import type { Answer } from '../support/site.ts';

let stage: RegistrationStage;
let schemas: Schemas;

beforeAll(async () => {
  stage = await openRegistrationStage();
  schemas = createSchemas();
});

afterAll(async () => {
  await stage.stop();
  schemas.dispose();
});

function expectShape({ body }: Answer, form: string): string {
  const signed = verifySignature(parse(body), messagePlace);
  const version = schemas.versionAt(form, 'BHXH', stage.now());
  if (version === undefined) throw new Error(`no schema of ${form} is in force`);
  expect(schemas.judge(version, signed, stage.now()).violations).toEqual([]);
  return body.toString('utf8');
}

const noticeOf = (answer: Answer): Promise<Answer> => stage.site.ivan.get(`/v1/registrations/${stage.digestIn(answer)}`);

it('receipts, refusals and notices of 04, 05 and 06 are as published', async () => {
  const unitCode = stage.newUnit();
  const [next, later] = [employerLike(stage.site.pki), employerLike(stage.site.pki)];
  const first = await stage.send({ unitCode });
  expect(expectShape(first, 'BIENNHAN')).toMatch(/<BO_QUYTAC>[0-9a-f]{64}<\/BO_QUYTAC><MA_BO_QUYTAC>qd366-2026<\/MA_BO_QUYTAC>/);
  await stage.decide(first);
  expectShape(await noticeOf(first), '01-TB-GD');
  const refused = await stage.send({ unitCode, form: '05-IVAN', taxCode: '0109999999' });
  expect(expectShape(refused, 'TUCHOI')).toContain('<MA_BO_QUYTAC>qd366-2026</MA_BO_QUYTAC>');
  expectShape(await stage.site.ivan.post('/v1/registrations', '<Hoso>'), 'TUCHOI');
  const change = await stage.send({ unitCode, form: '05-IVAN', certificates: [{ credential: stage.site.pki.employer, change: '2' }, { credential: next }, { credential: later }] });
  expectShape(change, 'BIENNHAN');
  await stage.decide(change, { decision: 'accept', reason: 'Đã đối chiếu <hồ sơ>', certificates: [next.certificatePem] });
  expectShape(await noticeOf(change), '01-TB-GD');
  const stop = await stage.send({ unitCode, form: '06-IVAN', effectiveOn: formatDay(new Date(stage.now().getTime() + day)) }, next);
  expectShape(stop, 'BIENNHAN');
  await stage.decide(stop, { decision: 'refuse', reason: 'đ'.repeat(2000) });
  expectShape(await noticeOf(stop), '01-TB-GD');
});

it('a client verifies the notice and reads what was decided', async () => {
  const answer = await stage.send({ unitCode: stage.newUnit() });
  const { decidedAt, relayDueAt } = (await stage.decide(answer)).json as Record<string, string>;
  const message = await verifyMessage((await noticeOf(answer)).body, trustOf(stage.site.pki), { fingerprint: fingerprintOf(stage.site.pki.gatewaySigning.certificatePem) });
  expect(message).toMatchObject({ kind: 'CHAP_NHAN', digest: stage.digestIn(answer), at: new Date(decidedAt ?? ''), decision: { form: '04-IVAN', ivanCode: '00040', relayDueAt: new Date(relayDueAt ?? ''), missing: [] } });
  expect(message.decision?.certificates).toHaveLength(1);
});
