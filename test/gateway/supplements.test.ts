// Guarantee: a dossier that its agency sent back for completion goes on with the one that names it, whatever way both came: the receipt says what it
// supplements, the agency resumes the first case, both are answered, and the audit can repeat it all; a supplement that nobody waits for or that is
// another matter is refused in words (SUPPLEMENT_UNKNOWN, SUPPLEMENT_OF_ANOTHER, SUPPLEMENT_NOT_ASKED, SUPPLEMENT_GIVEN), a late one is warned of (SUPPLEMENT_AFTER_TIME).
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { findCompletionContradictions } from '../../src/store/completion-audit.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Edit, Variation } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
let backend: Backend;
let now: Date | undefined;

beforeAll(async () => {
  backend = await startReferenceBackend();
  site = await startSite({ backendUrl: backend.url, world: { now: () => now ?? new Date() } });
});

afterAll(async () => {
  try {
    await audit(site.databaseUrl);
  } finally {
    await site.stop();
    await backend.stop();
  }
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const dossier = (variation: Variation): Promise<Buffer> => signedDossier(identityOf(site.pki.employer), variation);
/** Somebody without number and without Form TK1: the agency asks for it. */
const lacking: Edit = (xml) => xml.replace('<MasoBHXH>0123456780</MasoBHXH>', '<MasoBHXH />').replace('<CMND>001190000000</CMND>', '<CMND />');

function post(bytes: Buffer, supplements: string, path = '/v1/dossiers'): Promise<Answer> {
  return site.ivan.post(path, bytes, { 'Ivan-Supplements': supplements });
}

async function asked(mark: string): Promise<string> {
  const bytes = await dossier({ mark, editForm: lacking });
  expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  const digest = digestOf(bytes);
  await until(`a request to complete ${mark}`, async () => (await stateOf(digest)) === 'supplement');
  return digest;
}

async function stateOf(digest: string): Promise<string | undefined> {
  const [row] = await site.gateway.database.query<{ state: string }>('SELECT c.state FROM case_state c JOIN submission s ON s.id = c.submission_id WHERE s.digest = $1', [digest]);
  return row?.state;
}

interface Owed { readonly due: Date; readonly awaits: boolean; readonly reason: string | null; readonly basis: string | null }

async function owes(digest: string): Promise<Owed | undefined> {
  const [row] = await site.gateway.database.query<Owed>(
    `SELECT o.due_at AS due, o.awaits_unit AS awaits, m.reason, m.basis FROM obligation o JOIN submission s ON s.id = o.submission_id LEFT JOIN obligation_move m ON m.obligation_id = o.id WHERE s.digest = $1 AND o.kind = 'result'`,
    [digest],
  );
  return row;
}

function answered(digest: string): Promise<Answer> {
  return until(`a result of ${digest}`, async () => {
    const answer = await site.direct.get(`/v1/dossiers/${digest}/result`);
    return answer.status === 200 && answer;
  });
}

it('completes the first: the receipt names it, its case goes on, and both are answered', async () => {
  const first = await asked('thiếu');
  const completed = await dossier({ mark: 'đủ' });
  const receipt = await post(completed, first.toUpperCase());
  expect(receipt.status).toBe(201);
  const [, number] = /<SO_HSO>([^<]+)<\/SO_HSO>/.exec((await site.direct.get(`/v1/dossiers/${first}`)).body.toString('utf8')) ?? [];
  expect(receipt.body.toString('utf8')).toContain(`<BO_SUNG_CHO><SO_HSO>${number}</SO_HSO><SHA256>${first}</SHA256></BO_SUNG_CHO>`);
  for (const digest of [first, digestOf(completed)]) expect((await answered(digest)).body.toString('utf8')).toContain('<MA_KQUA>200</MA_KQUA>');
  const heard = JSON.parse((await site.direct.get(`/v1/dossiers/${first}/events`)).body.toString('utf8')) as { events: { kind: string; detail: object }[] };
  expect(heard.events.map(({ kind }) => kind)).toEqual(['accepted', 'forwarded', 'slip', 'supplement-requested', 'supplement-received', 'deadline-moved', ...Array<string>(2).fill('step'), 'result']);
  expect(heard.events.find(({ kind }) => kind === 'supplement-received')?.detail).toMatchObject({ supplement: digestOf(completed) });
  const [owed, own] = await Promise.all([first, digestOf(completed)].map((digest) => owes(digest)));
  expect(owed).toMatchObject({ due: own?.due, awaits: false, reason: 'completed', basis: expect.stringMatching(/: supplement \d{5}\/\d{4}\/00101$/) });
  expect(own).toMatchObject({ reason: null, awaits: false });
  expect(await post(completed, first)).toMatchObject({ status: 200, body: receipt.body }); // a resend, however it is named
  expect((await post(await dossier({ mark: 'đủ nữa' }), first)).body.toString('utf8')).toContain('<TEN>SUPPLEMENT_NOT_ASKED</TEN>');
});

it('is given once for a request, however many come at once: the others are refused and move no date; an audit finds a second', async () => {
  const first = await asked('một lần');
  const { query } = site.gateway.database;
  const many = await Promise.all(['a', 'b', 'c', 'd'].map((mark) => dossier({ mark: `một lần ${mark}`, editForm: lacking })));
  // Nothing goes to the agency meanwhile, which would wait no more. A lane that is open for longer than five minutes counts as opened by a clock set back, and is tried.
  await query(`UPDATE lane SET open_until = now() + interval '4 minutes', times_opened = 1 WHERE name LIKE 'agency:%'`);
  const answers = await Promise.all(many.map((bytes) => post(bytes, first)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  const given = answers.findIndex(({ status }) => status === 201);
  const [, number = ''] = /<SO_HSO>(\d{5}[^<]+)<\/SO_HSO>/.exec(answers[given]?.body.toString('utf8') ?? '') ?? [];
  for (const { body } of answers.filter((_answer, index) => index !== given)) expect(body.toString('utf8')).toMatch(new RegExp(`GW333[^]*${number}`));
  expect(await query(`SELECT count(*)::int AS n FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id JOIN submission s ON s.id = o.submission_id WHERE s.digest = $1 AND m.basis LIKE '%supplement%'`, [first])).toEqual([{ n: 1 }]);
  expect(JSON.parse((await post(await dossier({ mark: 'một lần e' }), first, '/v1/dossiers?dry-run')).body.toString('utf8'))).toMatchObject({ findings: [{ code: 'SUPPLEMENT_GIVEN' }] });
  await query(`UPDATE lane SET open_until = NULL, times_opened = 0 WHERE name LIKE 'agency:%'`);
  expect(await post(many[given] ?? Buffer.alloc(0), first)).toMatchObject({ status: 200 });
  const another = await dossier({ mark: 'một lần bên cạnh' });
  await site.ivan.post('/v1/dossiers', another);
  await query('ALTER TABLE submission DISABLE TRIGGER USER');
  await query('UPDATE submission SET supplements = (SELECT supplements FROM submission WHERE digest = $2) WHERE digest = $1', [digestOf(another), digestOf(many[given] ?? Buffer.alloc(0))]);
  expect(await findCompletionContradictions(query)).toContainEqual(expect.objectContaining({ what: expect.stringMatching(/supplemented twice/) as unknown }));
  await query('UPDATE submission SET supplements = NULL WHERE digest = $1', [digestOf(another)]);
  await query('ALTER TABLE submission ENABLE TRIGGER USER');
});

it('sent by another than the first is not named to the first’s sender: its digest would open what is not its own', async () => {
  const first = await asked('người khác bổ sung');
  const completed = await dossier({ mark: 'người khác đã bổ sung', ivan: '' });
  expect((await site.direct.post('/v1/dossiers', completed, { 'Ivan-Supplements': first })).status).toBe(201);
  await answered(first);
  for (const [caller, path] of [[site.direct, `/v1/dossiers/${first}/events`], [site.ivan, '/v1/events?limit=1000']] as const) {
    const { body } = await caller.get(path);
    const { events } = JSON.parse(body.toString('utf8')) as { events: { kind: string; detail: Record<string, unknown>; dossier: { sha256: string } }[] };
    const heard = events.find(({ kind, dossier: { sha256 } }) => kind === 'supplement-received' && sha256 === first);
    expect(Object.keys(heard?.detail ?? {})).toEqual(['number']);
    expect(body.toString('utf8')).not.toContain(digestOf(completed));
  }
});

it('is waited for with the clock of the result standing still; a row that says otherwise is a lie', async () => {
  const first = await asked('đồng hồ');
  expect(await owes(first)).toMatchObject({ awaits: true, reason: null });
  const { query } = site.gateway.database;
  const set = (awaits: boolean): Promise<unknown> => query(`UPDATE obligation o SET awaits_unit = $2 FROM submission s WHERE s.id = o.submission_id AND s.digest = $1 AND o.kind = 'result'`, [first, awaits]);
  await set(false);
  await expect(audit(site.databaseUrl)).rejects.toThrow(/runs on while its agency waits/);
  await set(true);
});

it('has what the first has, and is not warned of it', async () => {
  const first = await asked('hai lần');
  const again = await dossier({ mark: 'hai lần', editForm: lacking, editEnvelope: (xml) => xml.replace('<TenThuTuc>Báo tăng, báo giảm<', '<TenThuTuc>Bổ sung<') });
  const { status, body } = await post(again, first);
  expect([status, body.toString('utf8')]).toEqual([201, expect.not.stringContaining('GW980')]);
});

it('is refused when it names nothing, another matter, or a dossier that waits for nothing; the sandbox says the same', async () => {
  const first = await asked('ba');
  const unknown = await dossier({ mark: 'vô danh' });
  const refused = await post(unknown, 'a'.repeat(64));
  expect([refused.status, refused.body.toString('utf8')]).toEqual([422, expect.stringMatching(/GW330[^]*Ivan-Supplements/)]);
  expect((await post(await dossier({ mark: 'cơ quan khác', agency: '07906' }), first)).body.toString('utf8')).toContain('GW331');
  const done = await dossier({ mark: 'đã xong' });
  await site.ivan.post('/v1/dossiers', done);
  const tried = await post(await dossier({ mark: 'không ai chờ' }), digestOf(done), '/v1/dossiers?dry-run');
  expect([tried.status, JSON.parse(tried.body.toString('utf8'))]).toEqual([422, expect.objectContaining({ findings: [expect.objectContaining({ code: 'SUPPLEMENT_NOT_ASKED' })] })]);
});

it('that comes after the agency’s time is taken with a warning', async () => {
  const first = await asked('trễ');
  const [row] = await site.gateway.database.query<{ until: Date }>('SELECT supplement_until AS until FROM case_state c JOIN submission s ON s.id = c.submission_id WHERE s.digest = $1', [first]);
  now = new Date((row?.until.getTime() ?? 0) + 1_000);
  try {
    const tried = await post(await dossier({ mark: 'trễ rồi' }), first, '/v1/dossiers?dry-run');
    expect(JSON.parse(tried.body.toString('utf8'))).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ code: 'SUPPLEMENT_AFTER_TIME' })]) as unknown });
  } finally {
    now = undefined;
  }
});

it('cannot be made one behind the gateway’s back', async () => {
  const { query } = site.gateway.database;
  const change = async (sql: string): Promise<void> => {
    const undo = await query<{ id: string; supplements: string }>(`SELECT id, supplements::text AS supplements FROM submission WHERE supplements IS NOT NULL AND outcome = 'accepted' ORDER BY id LIMIT 1`);
    await query('ALTER TABLE submission DISABLE TRIGGER USER');
    await query(`UPDATE submission SET supplements = ${sql} WHERE id = $1`, [undo[0]?.id]);
    await expect(audit(site.databaseUrl)).rejects.toThrow(/supplements|receipt|findings/);
    await query('UPDATE submission SET supplements = $2::jsonb WHERE id = $1', [undo[0]?.id, undo[0]?.supplements]);
    await query('ALTER TABLE submission ENABLE TRIGGER USER');
  };
  await change('NULL');
  await change(`jsonb_set(supplements, '{dossier,number}', '"00099/2026/00101"')`);
  await change(`jsonb_set(supplements, '{dossier,requestedAt}', '"2026-01-01T00:00:00.000Z"')`);
  await change(`jsonb_set(supplements, '{dossier}', 'null')`);
});

it('is named by a SHA-256', async () => {
  expectProblem(await post(await dossier({ mark: 'sai' }), 'xyz'), 'SUPPLEMENTS_FORMAT');
});
