// Guarantee: while an agency waits for its unit nobody is warned, blamed or apologised to for the result, however long it takes; the term runs anew from the
// complete dossier, for every dossier of the case, and from then on its clocks are looked at again; an answer meanwhile is not late.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { VirtualClock } from '../../src/development/virtual-clock.ts';
import { createSweeper } from '../../src/obligations/sweeper.ts';
import { endOutage, openOutage } from '../../src/outages/ledger.ts';
import { createSettling } from '../../src/outages/settle.ts';
import { termAnew } from '../../src/standard/obligations.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { findCompletionContradictions } from '../../src/store/completion-audit.ts';
import { awaitUnits, endWaiting, openResults, runAnew } from '../../src/store/completion.ts';
import type { Database } from '../../src/store/database.ts';
import { insertEvents } from '../../src/store/events.ts';
import { listObligations, reportObligations } from '../../src/store/obligation-lists.ts';
import { findPromiseContradictions } from '../../src/store/promise-audit.ts';
import { arise, meet } from '../../src/store/obligations.ts';
import { insertOwing, openObligations, signing, vietnam as at } from '../support/obligation-stage.ts';

const standard = loadStandard();
const received = at('2026-11-23T08:00:00');
const due = at('2026-12-01T08:00:00');

let signs: Awaited<ReturnType<typeof signing>>;
let database: Database;
let clock: VirtualClock;

beforeAll(async () => {
  signs = await signing();
});

beforeEach(async () => {
  database = await openObligations();
  clock = createVirtualClock(received);
  clock.join(createSweeper({ database, ...signs, terms: standard, now: clock.now }));
  clock.join(createSettling({ database, ...signs, terms: standard, now: clock.now }));
});

afterEach(() => database.close());

const owing = (count = 1): Promise<string[]> => insertOwing(database, Array.from({ length: count }, (_value, index) => ({ kind: 'result' as const, unitCode: `TS${index}`, receivedAt: received, dueAt: due })));
const ask = (ids: readonly string[]): Promise<void> => database.transaction((query) => awaitUnits(query, ids));
const complete = (submissionId: string): Promise<unknown> =>
  database.transaction(async (query) => {
    const open = await openResults(query, [submissionId], { awaiting: true });
    await insertEvents(query, await runAnew(query, open.map((result) => ({ open: result, ...termAnew(standard, result, clock.now()) })), clock.now()));
  });
const said = async (): Promise<[string, string][]> =>
  (await database.query<{ kind: string; at: Date }>(`SELECT kind, at FROM audit_event WHERE kind LIKE 'deadline%' OR kind = 'apology_sent' ORDER BY id`)).map(({ kind, at: when }): [string, string] => [kind, new Date(when.getTime() + 7 * 3_600_000).toISOString().slice(0, 16)]);
const supplements = (id: string, origin: string): Promise<unknown> =>
  database.transaction(async (query) => {
    await query('ALTER TABLE submission DISABLE TRIGGER USER');
    await query(`UPDATE submission SET supplements = jsonb_build_object('digest', '', 'dossier', jsonb_build_object('origin', $2::text)) WHERE id = $1`, [id, origin]);
    await query('ALTER TABLE submission ENABLE TRIGGER USER');
  });

it('nothing is said while it waits; the five working days begin anew when the agency goes on, with their warning and apology', async () => {
  const [id = ''] = await owing();
  await clock.advanceTo(at('2026-11-27T08:00:00'));
  expect(await said()).toEqual([['deadline_near', '2026-11-27T08:00']]);
  await ask([id]);
  expect(await listObligations(database.query, { state: 'near' }, 10)).toEqual([]);
  await clock.advanceTo(at('2026-12-14T10:00:00'));
  expect(await said()).toHaveLength(1);
  await complete(id);
  expect(await database.query('SELECT from_due_at, due_at, reason, basis FROM obligation_move')).toEqual([{ from_due_at: due, due_at: at('2026-12-21T10:00:00'), reason: 'completed', basis: 'qd366-2026: complete dossier 5 wd' }]);
  await clock.advanceTo(at('2026-12-18T12:00:00'));
  expect((await said()).slice(1)).toEqual([['deadline_moved', '2026-12-14T10:00'], ['deadline_near', '2026-12-17T10:00'], ['apology_sent', '2026-12-18T10:00']]);
  await complete(id); // nobody waits any more
  expect(await database.query(`SELECT count(*)::int AS n FROM obligation_move WHERE reason = 'completed'`)).toEqual([{ n: 1 }]);
});

it('an answer while it waits is no late one, and the agency kept its time', async () => {
  const [id = ''] = await owing();
  await ask([id]);
  await clock.advanceTo(at('2026-12-20T08:00:00'));
  await database.transaction((query) => meet(query, [{ submissionId: id, kind: 'result', at: clock.now() }]));
  await clock.advanceTo(at('2026-12-31T08:00:00'));
  expect(await said()).toEqual([]);
  expect(await reportObligations(database.query, { agency: undefined, from: received, until: clock.now() }, clock.now())).toMatchObject([{ kind: 'result', met: 1, inTime: 1, missed: 0, worstSeconds: 0 }]);
});

it('all dossiers of a case wait and go on together, and no other', async () => {
  const [first = '', second = '', other = ''] = await owing(3);
  await supplements(second, first);
  await ask([first]);
  const waiting = async (): Promise<string[]> => (await database.query<{ id: string }>('SELECT submission_id AS id FROM obligation WHERE awaits_unit ORDER BY id')).map(({ id }) => id);
  expect(await waiting()).toEqual([first, second]);
  await clock.advanceTo(at('2026-11-25T08:00:00'));
  await complete(second);
  expect(await waiting()).toEqual([]);
  expect(await database.query('SELECT submission_id AS id FROM obligation WHERE due_at > $1 ORDER BY id', [due])).toEqual([{ id: first }, { id: second }]);
  expect(await database.query('SELECT due_at FROM obligation WHERE submission_id = $1', [other])).toEqual([{ due_at: due }]);
});

it('a dossier of the case whose own unit is waited for goes on waiting, while the others go on', async () => {
  const [first = '', second = ''] = await owing(2);
  await supplements(second, first);
  await ask([second]);
  await database.query(`INSERT INTO case_state (submission_id, state, state_number, apologies, changed_at, messages, notices) VALUES ($1, 'processing', 2, 0, now(), 1, 0), ($2, 'supplement', 2, 0, now(), 1, 0)`, [first, second]);
  expect((await findCompletionContradictions(database.query)).map(({ what }) => what)).toEqual([]);
  await complete(first);
  expect(await database.query('SELECT submission_id AS id FROM obligation WHERE awaits_unit')).toEqual([{ id: second }]);
  expect((await findCompletionContradictions(database.query)).map(({ what }) => what)).toEqual([]);
});

it('each term has one apology of the gateway’s, and its own date first promised', async () => {
  const [id = ''] = await owing();
  await clock.advanceTo(at('2026-12-01T12:00:00'));
  expect((await said()).map(([kind]) => kind)).toEqual(['deadline_near', 'apology_sent', 'deadline_missed']);
  await ask([id]);
  await clock.advanceTo(at('2026-12-14T10:00:00'));
  await complete(id);
  await clock.advanceTo(at('2027-01-31T00:00:00'));
  expect((await said()).slice(3)).toEqual([['deadline_moved', '2026-12-14T10:00'], ['deadline_near', '2026-12-17T10:00'], ['apology_sent', '2026-12-18T10:00'],
    ['deadline_missed', '2026-12-21T10:01'], ['deadline_near', '2026-12-31T10:00'], ['deadline_missed', '2027-01-05T10:01']]);
  expect(await database.query('SELECT reason, term FROM obligation_move ORDER BY id')).toEqual([{ reason: 'apology', term: 1 }, { reason: 'completed', term: 1 }, { reason: 'apology', term: 2 }]);
  expect(await database.query('SELECT promised_at, term FROM obligation')).toEqual([{ promised_at: at('2026-12-21T10:00:00'), term: 2 }]);
  expect((await findPromiseContradictions(database.query)).filter(({ where }) => where.startsWith('obligation'))).toEqual([]);
  await database.query('UPDATE obligation SET promised_at = due_at');
  expect(await findPromiseContradictions(database.query)).toContainEqual(expect.objectContaining({ what: expect.stringMatching(/promised for another time/) as unknown }));
});

describe('what the unit is asked for', () => {
  const until = at('2026-12-07T08:00:00');
  const asked = async (): Promise<string> => {
    const [id = ''] = await owing();
    await ask([id]);
    await arise(database.query, [{ submissionId: id, kind: 'supplement', arisenAt: clock.now(), dueAt: until, basis: 'test' }]);
    return id;
  };

  it('is reminded of before its time is over; then it has lapsed, and the agency has three working days to conclude, which is watched too', async () => {
    const id = await asked();
    await clock.advanceTo(at('2026-12-31T08:00:00'));
    expect(await said()).toEqual([['deadline_near', '2026-12-04T12:48'], ['deadline_missed', '2026-12-07T08:01'], ['deadline_near', '2026-12-09T17:36'], ['deadline_missed', '2026-12-10T08:01']]);
    expect(await database.query(`SELECT detail ->> 'owedBy' AS by, detail ->> 'clock' AS clock FROM audit_event WHERE kind = 'deadline_missed' ORDER BY id`)).toEqual([{ by: 'sender', clock: 'supplement' }, { by: 'agency', clock: 'conclude' }]);
    expect((await listObligations(database.query, { state: 'breached', agency: '00101' }, 10)).map(({ kind }) => kind)).toEqual(['supplement', 'conclude']);
    expect((await findPromiseContradictions(database.query)).filter(({ what }) => /conclude/.test(what))).toEqual([]);
    await database.transaction((query) => endWaiting(query, [id], clock.now()));
    expect(await listObligations(database.query, { state: 'open' }, 10)).toMatchObject([{ kind: 'result' }]);
  });

  it('that came, or that the agency concluded without, is nobody’s any more', async () => {
    const id = await asked();
    await database.transaction((query) => endWaiting(query, [id], at('2026-12-01T08:00:00')));
    await clock.advanceTo(at('2026-12-31T08:00:00'));
    expect(await said()).toEqual([]);
  });

  it('that came late lapsed, and there is nothing to conclude', async () => {
    const id = await asked();
    await clock.advanceTo(at('2026-12-07T08:00:30'));
    await database.transaction((query) => endWaiting(query, [id], clock.now()));
    await clock.advanceTo(at('2026-12-31T08:00:00'));
    expect((await said()).slice(1)).toEqual([['deadline_missed', '2026-12-07T08:00']]);
    expect(await database.query(`SELECT 1 FROM obligation WHERE kind = 'conclude'`)).toEqual([]);
  });
});

it('an outage moves nothing that stands still', async () => {
  const [id = ''] = await owing();
  await ask([id]);
  await clock.advanceTo(at('2026-12-01T07:00:00'));
  const reference = await openOutage({ database, ...signs }, { scope: 'portal', agencyPrefix: '', ivanCode: null, causeVi: 'Mất điện', causeEn: 'Power cut', startedAt: clock.now() }, { actor: 'Trực', at: clock.now() });
  await clock.advanceTo(at('2026-12-01T09:00:00'));
  await endOutage({ database, ...signs }, reference, clock.now(), { actor: 'Trực', at: clock.now() });
  await clock.advanceTo(at('2026-12-01T10:00:00'));
  expect(await said()).toEqual([]);
  expect(await database.query('SELECT 1 FROM obligation_move')).toEqual([]);
});
