// Guarantee: a refusal, a conflict and a failure leave exactly what they must: signed evidence, or nothing; and the way stays open for the
// corrected dossier.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { expectProblem, signedXml } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

let site: Site;
let marks = 0;

beforeAll(async () => {
  site = await startSite();
});

afterAll(() => site.stop());

function dossier(variation: Variation = {}): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { mark: `từ chối ${marks}`, ...variation });
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const tables = ['submission', 'receipt', 'dossier', 'dossier_counter', 'delivery', 'audit_event', 'result'] as const;

/** Without what becomes of deliveries, which goes on meanwhile: no backend is there. */
async function counts(): Promise<Record<string, number>> {
  const rows = await Promise.all(tables.map((table) => site.gateway.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}${table === 'audit_event' ? ` WHERE kind NOT LIKE 'delivery%' AND kind NOT LIKE 'breaker%'` : ''}`)));
  return Object.fromEntries(tables.map((table, index) => [table, rows[index]?.[0]?.count ?? -1]));
}

/** Codes in a signed receipt, in order. */
function codesIn(answer: Answer): string[] {
  return [...signedXml(site, answer).matchAll(/<TEN>([A-Z_0-9]+)<\/TEN><MUC>/g)].map(([, code = '']) => code);
}

function numberIn({ body }: Answer): number {
  return Number(/<SO_HSO>(\d{5})\/\d{4}\/00101<\/SO_HSO>/.exec(body.toString('utf8'))?.[1]);
}

const post = (bytes: Buffer, key?: string): Promise<Answer> => site.ivan.post('/v1/dossiers', bytes, key === undefined ? {} : { 'idempotency-key': key });

describe('a refusal', () => {
  it('is signed and stored, and its resend gets the same octets', async () => {
    const bytes = await dossier({ period: '13/2026' });
    const before = await counts();
    const answer = await post(bytes);
    expect([answer.status, codesIn(answer)]).toEqual([422, ['PERIOD_INVALID']]);
    expect(answer.body.toString()).toContain(digestOf(bytes));
    const again = await post(bytes);
    expect([again.status, again.body.equals(answer.body)]).toEqual([422, true]);
    const { submission = 0, receipt = 0, audit_event: event = 0 } = before;
    expect(await counts()).toEqual({ ...before, submission: submission + 1, receipt: receipt + 1, audit_event: event + 1 });
    const asked = await site.direct.get(`/v1/dossiers/${digestOf(bytes)}`);
    expect([asked.status, asked.headers['ivan-state'], asked.body.equals(answer.body)]).toEqual([200, 'refused', true]);
    const result = await site.direct.get(`/v1/dossiers/${digestOf(bytes)}/result`);
    expect([result.status, result.body.equals(answer.body)]).toEqual([422, true]);
  });

  it.each([
    ['octets that are no XML', Buffer.from([0, 1, 2, 255]), ['XML_ENCODING']],
    ['XML that is no dossier', Buffer.from('<a/>'), ['ENVELOPE_ROOT']],
    ['an entity bomb', Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), ['XML_DOCTYPE']],
  ])('of %s is signed too, and the next dossier is accepted', async (_name, bytes, codes) => {
    const answer = await post(bytes);
    expect([answer.status, codesIn(answer)]).toEqual([422, codes]);
    expect((await post(await dossier())).status).toBe(201);
  });

  it('leaves its key free for the corrected dossier', async () => {
    expect((await post(await dossier({ agency: '99999' }), 'key-of-a-correction')).status).toBe(422);
    const corrected = await dossier();
    const answer = await post(corrected, 'key-of-a-correction');
    expect(answer.status).toBe(201);
    expect((await post(corrected, 'key-of-a-correction')).body.equals(answer.body)).toBe(true);
  });

  it('of the wrong sender does not stand in the way of the right one', async () => {
    const bytes = await dossier();
    const direct = await site.direct.post('/v1/dossiers', bytes);
    expect([direct.status, codesIn(direct)]).toEqual([422, ['IVAN_MISMATCH']]);
    const right = await post(bytes);
    expect([right.status, codesIn(right)]).toEqual([201, []]);
    expect((await site.direct.get(`/v1/dossiers/${digestOf(bytes)}`)).body.equals(right.body)).toBe(true);
  });
});

describe('a key used for two dossiers', () => {
  it('is a signed conflict that names both, and its resend gets the same octets', async () => {
    const [first, second] = [await dossier(), await dossier()];
    expect((await post(first, 'key-of-two')).status).toBe(201);
    const conflict = await post(second, 'key-of-two');
    const xml = signedXml(site, conflict);
    expect([conflict.status, xml.includes(digestOf(first)), xml.includes(digestOf(second)), xml.includes('key-of-two')]).toEqual([409, true, true, true]);
    const again = await post(second, 'key-of-two');
    expect([again.status, again.body.equals(conflict.body)]).toEqual([409, true]);
    expect((await post(first, 'key-of-two')).status).toBe(200);
    expect((await post(first)).status).toBe(200);
  });

  it('sent at the same moment is one dossier and one conflict', async () => {
    const both = [await dossier(), await dossier()];
    const answers = await Promise.all(both.map((bytes) => post(bytes, 'key-at-once')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('is no conflict when a refused one had it before', async () => {
    const statuses = [];
    for (const variation of [{ period: 'x' }, { agency: 'x' }, {}]) statuses.push((await post(await dossier(variation), 'key-of-three')).status);
    expect(statuses).toEqual([422, 422, 201]);
  });
});

describe('a dry run', () => {
  it.each<readonly [string, Variation, readonly string[]]>([
    ['a valid dossier', {}, []],
    ['a dossier with two faults', { period: '2026', agency: '99999' }, ['AGENCY_UNKNOWN', 'PERIOD_INVALID']],
    ['a changed dossier', { editSigned: (xml) => xml.replace('TS12345', 'TS54321') }, ['HASH_FAILURE']],
  ])('of %s records nothing and says what the real one says', async (_name, variation, codes) => {
    const bytes = await dossier(variation);
    const before = await counts();
    const tried = await site.ivan.post('/v1/dossiers?dry-run', bytes);
    const verdict = JSON.parse(tried.body.toString('utf8')) as { outcome: string; findings: { code: string; vi: string; en: string; wireCode: string }[] };
    expect(await counts()).toEqual(before);
    expect([verdict.outcome, verdict.findings.map(({ code }) => code)]).toEqual([codes.length === 0 ? 'accepted' : 'refused', codes]);
    expect(tried.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const real = await post(bytes);
    expect([tried.status, codesIn(real)]).toEqual([real.status === 201 ? 200 : 422, codes]);
    expect(verdict.findings.every(({ vi, en, wireCode }) => vi !== '' && en !== '' && /^(?:GW\d{3}|CE\d{3})$/.test(wireCode))).toBe(true);
  });

  it('does not take the key', async () => {
    const headers = { 'idempotency-key': 'key-of-a-dry-run' };
    expect((await site.ivan.post('/v1/dossiers?dry-run', await dossier(), headers)).status).toBe(200);
    expect((await site.ivan.post('/v1/dossiers', await dossier(), headers)).status).toBe(201);
  });
});

describe('a failure while recording', () => {
  const query = (sql: string): Promise<unknown> => site.gateway.database.query(sql);

  it.each(['receipt', 'dossier', 'delivery', 'audit_event'])('of %s promises nothing, stores nothing, and costs no number', async (table) => {
    const previous = numberIn(await post(await dossier()));
    const bytes = await dossier();
    const before = await counts();
    await query(`CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is on fire'; END $$`);
    await query(`CREATE TRIGGER fails BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fail_once()`);
    const failed = await post(bytes);
    expectProblem(failed, 'INTERNAL');
    expect(failed.body.toString()).not.toContain('fire');
    expect(await counts()).toEqual(before);
    await query(`DROP FUNCTION fail_once() CASCADE`);
    const answer = await post(bytes);
    expect([answer.status, numberIn(answer)]).toEqual([201, previous + 1]);
  });

  it('of one submission does not take its neighbours with it', async () => {
    const [poison, ...others] = await Promise.all(Array.from({ length: 12 }, () => dossier()));
    if (poison === undefined) throw new Error('no dossier');
    await query(`CREATE FUNCTION fail_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.digest = '${digestOf(poison)}' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$`);
    await query('CREATE TRIGGER fails BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION fail_one()');
    const answers = await Promise.all([poison, ...others].map((bytes) => post(bytes)));
    await query('DROP FUNCTION fail_one() CASCADE');
    expect(answers.map(({ status }) => status)).toEqual([500, ...others.map(() => 201)]);
    expect((await post(poison)).status).toBe(201);
  });
});

it('everything that was stored proves itself', async () => {
  const { submission } = await counts();
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions: submission });
});
