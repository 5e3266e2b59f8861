// Guarantee: what is about to lapse is said once, what lapsed is recorded once, and a result that is not there in time gets one apology with a new date before
// the day lapses, signed and as its schema says, however many processes look; the agency's own apology counts instead. No apology forgives: late is what
// comes after the date that was promised first, and every move of it is counted with who made it; an apologised date lapses too, and so do a second term's.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { VirtualClock } from '../../src/development/virtual-clock.ts';
import { createSweeper } from '../../src/obligations/sweeper.ts';
import type { Sweeper } from '../../src/obligations/sweeper.ts';
import { dueOf } from '../../src/standard/obligations.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Database } from '../../src/store/database.ts';
import { openResults, runAnew } from '../../src/store/completion.ts';
import { insertEvents } from '../../src/store/events.ts';
import { findObligationContradictions } from '../../src/store/obligation-audit.ts';
import { findPromiseContradictions } from '../../src/store/promise-audit.ts';
import { listObligations, reportObligations } from '../../src/store/obligation-lists.ts';
import { arise, endReturns, meet, moveByAgency } from '../../src/store/obligations.ts';
import type { DossierObligationKind } from '../../src/store/obligations.ts';
import { insertResults } from '../../src/store/results.ts';
import { insertAccepted } from '../support/accepted.ts';
import { insertOwing, openObligations, signing, vietnam } from '../support/obligation-stage.ts';

const standard = loadStandard();
const at = vietnam;
/** Monday; the result of the procedure is due a week later. */
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
  clock.join(sweeper());
});

afterEach(() => database.close());

function sweeper(now = clock.now): Sweeper {
  return createSweeper({ database, ...signs, terms: standard, now });
}

const owing = (kind: DossierObligationKind, dueAt: Date, count = 1): Promise<string[]> =>
  insertOwing(database, Array.from({ length: count }, (_value, index) => ({ kind, unitCode: `TS${index}`, receivedAt: received, dueAt })));

interface Told { readonly kind: string; readonly at: Date; readonly submissionId: string; readonly due: string }
const told = (): Promise<Told[]> => database.query<Told>(`SELECT kind, at, submission_id AS "submissionId", detail ->> 'dueAt' AS due FROM audit_event WHERE kind LIKE 'deadline%' OR kind = 'apology_sent' ORDER BY id`);
const said = async (): Promise<[string, string][]> => (await told()).map(({ kind, at: when }): [string, string] => [kind, new Date(when.getTime() + 7 * 3_600_000).toISOString().slice(0, 19)]);

it('what was to be returned in time is neither near nor late once the dossier has its result, though what lapsed before stays as it was', async () => {
  const [decided = '', lapsed = '', open = ''] = await owing('return', at('2026-11-26T08:00:00'), 3);
  await database.query(`INSERT INTO trust_material (digest, body) VALUES ($1, '') ON CONFLICT DO NOTHING`, ['0'.repeat(64)]);
  const answer = async (submissionId: string, when: Date): Promise<void> => {
    await insertResults(database.query, [{ submissionId, answeredAt: when, code: '200', unitCode: '', agencyAnswer: Buffer.from('a'), trustDigest: '0'.repeat(64), body: Buffer.from('b') }]);
    await endReturns(database.query, [decided, lapsed, open], when);
  };
  await answer(decided, at('2026-11-24T08:00:00'));
  await clock.advanceTo(at('2026-11-27T08:00:00'));
  await answer(lapsed, at('2026-11-27T08:00:00'));
  await clock.advanceTo(at('2026-11-30T08:00:00'));
  expect((await told()).map(({ kind, submissionId }) => [kind, submissionId])).toEqual([['deadline_near', lapsed], ['deadline_near', open]]);
});

describe('a clock of hours', () => {
  it('is said to be near its end with a fifth left, then to have lapsed, each once', async () => {
    await owing('forward', at('2026-11-23T10:00:00'));
    await clock.advanceTo(at('2026-11-30T00:00:00'));
    expect(await said()).toEqual([['deadline_near', '2026-11-23T09:36:00'], ['deadline_missed', '2026-11-23T10:01:00']]);
    expect(await sweeper().nextDue()).toBeUndefined();
  });

  it('met in time is not spoken of; met late it lapsed, though nobody looked in between', async () => {
    const [timely = '', late = ''] = await owing('forward', at('2026-11-23T10:00:00'), 2);
    await meet(database.query, [{ submissionId: timely, kind: 'forward', at: at('2026-11-23T10:00:00') }]);
    await meet(database.query, [{ submissionId: late, kind: 'forward', at: at('2026-11-23T10:00:01') }]);
    await meet(database.query, [{ submissionId: late, kind: 'forward', at: at('2026-11-23T09:00:00') }]);
    clock = createVirtualClock(at('2026-11-23T11:00:00'));
    expect(await sweeper().work()).toBe(1);
    expect((await told()).map(({ kind, submissionId }) => [kind, submissionId])).toEqual([['deadline_missed', late]]);
  });

  it('that nobody wrote down before it was met is written down as met, and does not arise again', async () => {
    await insertAccepted(database, [{ unitCode: 'TS1', receivedAt: received }]);
    const [row] = await database.query<{ id: string }>('SELECT id FROM submission');
    const submissionId = row?.id ?? '';
    await meet(database.query, [{ submissionId, kind: 'slip', at: received }]);
    const slip = dueOf(standard, 'slip', received);
    await arise(database.query, slip === undefined ? [] : [{ submissionId, kind: 'slip', ...slip }]);
    expect(await database.query('SELECT kind, basis, met_at IS NOT NULL AS met FROM obligation')).toEqual([{ kind: 'slip', basis: 'met-first', met: true }]);
  });

  it('of a duty that lapses by itself is no breach, unless it comes late after all', async () => {
    const [never = '', late = ''] = await owing('return', at('2026-11-26T08:00:00'), 2);
    await clock.advanceTo(at('2026-11-27T08:00:00'));
    await meet(database.query, [{ submissionId: late, kind: 'return', at: at('2026-11-27T08:00:00') }]);
    await clock.advanceTo(at('2026-11-28T08:00:00'));
    expect((await told()).filter(({ kind }) => kind === 'deadline_missed').map(({ submissionId }) => submissionId)).toEqual([late]);
    expect((await told()).filter(({ kind }) => kind === 'deadline_near').map(({ submissionId }) => submissionId).sort()).toEqual([never, late].sort());
  });
});

describe('a result that is not there', () => {
  it('is announced two working days before, apologised for one before, once; and has lapsed after the date that was promised first', async () => {
    await owing('result', due);
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    // Half of the five working days of the term, rounded up: the Tuesday's three; the 24th is a day off.
    expect(await said()).toEqual([
      ['deadline_near', '2026-11-27T08:00:00'], ['apology_sent', '2026-11-30T08:00:00'], ['deadline_missed', '2026-12-01T08:01:00'], ['deadline_near', '2026-12-02T08:00:00'],
      ['deadline_missed', '2026-12-04T08:01:00'],
    ]);
    expect(await database.query('SELECT from_due_at, due_at, reason, basis FROM obligation_move')).toEqual([{ from_due_at: due, due_at: at('2026-12-04T08:00:00'), reason: 'apology', basis: 'qd366-2026: apology 3 wd' }]);
  });

  it('is apologised for exactly once by two processes that look at the same instant', async () => {
    await owing('result', due, 250);
    const sweepers = [sweeper(() => at('2026-11-30T08:00:00')), sweeper(() => at('2026-11-30T08:00:00'))];
    for (let done = 1; done > 0;) done = (await Promise.all(sweepers.map((one) => one.work()))).reduce((sum, count) => sum + count, 0);
    const events = await told();
    expect([events.length, new Set(events.map(({ submissionId }) => submissionId)).size]).toEqual([250, 250]);
    expect(await database.query('SELECT count(*)::int AS moves, count(DISTINCT obligation_id)::int AS moved FROM obligation_move')).toEqual([{ moves: 250, moved: 250 }]);
    await expect(database.query(`INSERT INTO obligation_move (obligation_id, from_due_at, due_at, reason, basis, moved_at, notice) SELECT obligation_id, due_at, due_at + interval '1 day', reason, basis, moved_at, notice FROM obligation_move LIMIT 1`)).rejects.toThrow(/obligation_move_apology/);
  });

  it('is apologised for late, and has lapsed, where nobody looked in time; the new date is after now', async () => {
    await owing('result', due);
    clock = createVirtualClock(at('2026-12-03T12:00:00'));
    expect(await sweeper().work()).toBe(1);
    expect((await told()).map(({ kind, due: named }) => [kind, named])).toEqual([['deadline_missed', due.toISOString()], ['apology_sent', at('2026-12-08T12:00:00').toISOString()]]);
  });

  it('has the date of the agency’s own apology, and gets none of the gateway', async () => {
    const [submissionId = ''] = await owing('result', due);
    expect(await database.transaction((query) => moveByAgency(query, submissionId, at('2026-12-15T08:00:00'), 'HENLAI_XULY', received))).toBe(true);
    expect(await database.transaction((query) => moveByAgency(query, submissionId, at('2026-12-10T08:00:00'), 'HENLAI_XULY', received))).toBe(false);
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    expect(await said()).toEqual([['deadline_missed', '2026-12-01T08:01:00'], ['deadline_near', '2026-12-11T08:00:00'], ['deadline_missed', '2026-12-15T08:01:00']]);
    expect(await database.query('SELECT reason FROM obligation_move')).toEqual([{ reason: 'agency-apology' }]);
  });

  it('is late after the date first promised, however often the agency moves it; each move is counted', async () => {
    const [submissionId = '', timely = ''] = await owing('result', due, 2);
    for (const [time, day] of [[1, '2026-12-08'], [2, '2026-12-15'], [3, '2026-12-22']] as const) {
      await database.transaction((query) => moveByAgency(query, submissionId, at(`${day}T08:00:00`), `HENLAI_XULY ${time}`, received));
      await database.query(
        `INSERT INTO agency_message (backend, digest, body, received_at, trust_digest, verdict, kind, submission_id, number, sense, said_at) VALUES ('one', repeat($2, 64), '', $3, repeat('0', 64), 'taken', 'apology', $1, $4, $2, $3)`,
        [submissionId, String(time), received, time],
      );
    }
    await meet(database.query, [{ submissionId: timely, kind: 'result', at: at('2026-11-30T07:00:00') }]);
    await clock.advanceTo(at('2026-12-10T00:00:00'));
    expect((await told()).filter(({ kind }) => kind === 'deadline_missed')).toMatchObject([{ submissionId, at: at('2026-12-01T08:01:00.001') }]);
    await meet(database.query, [{ submissionId, kind: 'result', at: at('2026-12-10T00:00:00') }]);
    expect(await listObligations(database.query, { state: 'moved' }, 10)).toMatchObject([{ submissionId, promisedAt: due, dueAt: at('2026-12-22T08:00:00'), movedByAgency: 3, movedByGateway: 0 }]);
    expect(await reportObligations(database.query, { agency: undefined, from: received, until: clock.now() }, clock.now())).toMatchObject([{ met: 2, inTime: 1, apologised: 1, missed: 1, worstSeconds: 748_800 }]);
  });

  it('that came is nobody’s business any more', async () => {
    const [submissionId = ''] = await owing('result', due);
    await meet(database.query, [{ submissionId, kind: 'result', at: at('2026-11-25T08:00:00') }]);
    expect(await sweeper().nextDue()).toBeUndefined();
    expect(await database.transaction((query) => moveByAgency(query, submissionId, at('2026-12-15T08:00:00'), 'HENLAI_XULY', received))).toBe(false);
  });
});

describe('a date after one that lapsed', () => {
  const missed = async (): Promise<[string, string | null][]> =>
    (await database.query<{ due: Date; apologised: string | null }>(`SELECT (detail ->> 'dueAt')::timestamptz AS due, detail ->> 'apologised' AS apologised FROM audit_event WHERE kind = 'deadline_missed' ORDER BY id`)).map(({ due: named, apologised }): [string, string | null] => [new Date(named.getTime() + 7 * 3_600_000).toISOString().slice(0, 10), apologised]);
  const complete = async (day: string, now: string): Promise<void> => {
    const [open] = await openResults(database.query, (await database.query<{ id: string }>('SELECT id FROM submission')).map(({ id }) => id), { awaiting: false });
    if (open === undefined) throw new Error('no result is owed');
    await database.transaction(async (query) => insertEvents(query, await runAnew(query, [{ open, dueAt: at(`${day}T08:00:00`), basis: 'test' }], at(now))));
  };
  const contradictions = async (): Promise<string[]> => [...(await findObligationContradictions(database.query)), ...(await findPromiseContradictions(database.query))].map(({ where, what }) => `${where} ${what}`).filter((text) => !/receipt says/.test(text));

  it('lapses too, and is told once: an apologised one as such', async () => {
    await owing('result', due);
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    expect(await missed()).toEqual([['2026-12-01', null], ['2026-12-04', 'true']]);
    expect(await sweeper().nextDue()).toBeUndefined();
    expect(await contradictions()).toEqual([]);
  });

  it('lapses when the result comes after it, and not when it comes by it', async () => {
    const [late = '', timely = ''] = await owing('result', due, 2);
    await clock.advanceTo(at('2026-12-02T00:00:00'));
    await meet(database.query, [{ submissionId: late, kind: 'result', at: at('2026-12-05T00:00:00') }, { submissionId: timely, kind: 'result', at: at('2026-12-03T00:00:00') }]);
    await clock.advanceTo(at('2026-12-10T00:00:00'));
    expect((await told()).filter(({ kind, due: named }) => kind === 'deadline_missed' && named === at('2026-12-04T08:00:00').toISOString()).map(({ submissionId }) => submissionId)).toEqual([late]);
    expect(await contradictions()).toEqual([]);
  });

  it('of a second term, which a supplement began, is a breach of its own, though the first term had one', async () => {
    await owing('result', due);
    await clock.advanceTo(at('2026-12-02T00:00:00'));
    await complete('2026-12-11', '2026-12-02T00:00:00');
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    expect((await missed()).slice(0, 2)).toEqual([['2026-12-01', null], ['2026-12-11', null]]);
    expect((await missed()).length).toBe(3); // and the apology of the second term
    expect(await database.query('SELECT term, count(*)::int AS dates FROM obligation_breach GROUP BY term ORDER BY term')).toEqual([{ term: 1, dates: 1 }, { term: 2, dates: 2 }]);
    expect(await database.query('SELECT (breached_at < $1) AS first FROM obligation', [at('2026-12-02T00:00:00')])).toEqual([{ first: true }]);
    expect(await reportObligations(database.query, { agency: undefined, from: received, until: clock.now() }, clock.now())).toMatchObject([{ missed: 1, lapses: 3 }]);
    expect(await contradictions()).toEqual([]);
  });

  it('that came late in the second term, unseen, was a breach', async () => {
    const [submissionId = ''] = await owing('result', due);
    await clock.advanceTo(at('2026-12-02T00:00:00'));
    await complete('2026-12-11', '2026-12-02T00:00:00');
    await clock.advanceTo(at('2026-12-03T00:00:00'));
    await meet(database.query, [{ submissionId, kind: 'result', at: at('2026-12-12T00:00:00') }]);
    await clock.advanceTo(at('2026-12-13T00:00:00'));
    expect(await missed()).toEqual([['2026-12-01', null], ['2026-12-11', null]]);
  });

  it('is audited: a lapse that nobody recorded, one without its event, one of a date that was none', async () => {
    await owing('result', due);
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    const whileOff = async (sql: string): Promise<string[]> => database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      await query(sql);
      const found = [...(await findObligationContradictions(query)), ...(await findPromiseContradictions(query))].map(({ what }) => what);
      await query('SET LOCAL session_replication_role = origin');
      throw Object.assign(new Error('undone'), { found });
    }).catch((error: unknown) => (error as { found: string[] }).found);
    expect(await whileOff(`DELETE FROM obligation_breach WHERE due_at > '2026-12-02'`)).toContain('tells of what is not there');
    expect(await whileOff(`DELETE FROM audit_event WHERE kind = 'deadline_missed'`)).toContain('has 0 events of the lapse of a date');
    expect(await whileOff(`UPDATE obligation_breach SET due_at = due_at - interval '1 hour'`)).toContain('has a lapse of a date that it never had');
    expect(await whileOff(`UPDATE obligation SET breached_at = NULL`)).toContain('does not say when its first date lapsed');
  });
});

describe('what is written down', () => {
  it('stays: neither what it was, nor that it was met or lapsed, nor a move can be changed', async () => {
    await owing('result', due);
    await clock.advanceTo(at('2027-01-31T00:00:00'));
    await expect(database.query(`UPDATE obligation SET first_due_at = first_due_at + interval '1 day'`)).rejects.toThrow(/stays what it was/);
    await expect(database.query('UPDATE obligation SET breached_at = NULL')).rejects.toThrow(/stays what it was/);
    await expect(database.query('DELETE FROM obligation')).rejects.toThrow(/never changed/);
    await expect(database.query('DELETE FROM obligation_move')).rejects.toThrow(/never changed/);
    await expect(database.query('TRUNCATE obligation CASCADE')).rejects.toThrow(/never changed/);
  });

  it('is looked at by an index, however much of it there is', async () => {
    const plan = await database.transaction(async (query) => {
      await query('SET LOCAL enable_seqscan = off');
      return query<{ 'QUERY PLAN': string }>(`EXPLAIN SELECT id FROM obligation o WHERE o.look_at <= now() ORDER BY o.look_at, o.id LIMIT 200`);
    });
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('obligation_look');
  });
});
