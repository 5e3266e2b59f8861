// Guarantee: the end of an outage moves each open deadline that fell into it once, by the decree in force, with a signed certificate for each result; what lapsed
// meanwhile waits for the end and is no breach; outages that overlap add nothing twice; a correction moves what it newly covers; paper is followed by one demand.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { VirtualClock } from '../../src/development/virtual-clock.ts';
import { createSweeper } from '../../src/obligations/sweeper.ts';
import { correctOutage, endOutage, openOutage } from '../../src/outages/ledger.ts';
import { createSettling } from '../../src/outages/settle.ts';
import type { Settling } from '../../src/outages/settle.ts';
import { certifyUnit, reportPaper } from '../../src/outages/units.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Database } from '../../src/store/database.ts';
import { meet } from '../../src/store/obligations.ts';
import { tieToPaper } from '../../src/store/paper-filings.ts';
import { insertOwing, openObligations, signing, vietnam as at } from '../support/obligation-stage.ts';
import type { Owing } from '../support/obligation-stage.ts';

const standard = loadStandard();
const received = at('2026-11-23T08:00:00');
const due = at('2026-12-01T08:00:00');
const everywhere = { scope: 'portal', agencyPrefix: '', ivanCode: null, causeVi: 'Mất điện', causeEn: 'Power cut' } as const;

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
  clock.join(settling());
});

afterEach(() => database.close());

const settling = (now = clock.now): Settling => createSettling({ database, ...signs, terms: standard, now });
const desk = (): Parameters<typeof openOutage>[0] & { readonly terms: typeof standard } => ({ database, ...signs, terms: standard });
const by = (): { readonly actor: string; readonly at: Date } => ({ actor: 'Trực', at: clock.now() });
const owe = (more: Partial<Owing>, count = 1): Promise<string[]> => insertOwing(database, Array.from({ length: count }, (_value, index) => ({ kind: 'result', unitCode: `TS${index}`, receivedAt: received, dueAt: due, ...more })));

/** An outage of the time between, opened as it began and ended as it ended. */
async function outage(from: string, until: string, more: Partial<Parameters<typeof openOutage>[1]> = {}): Promise<string> {
  await clock.advanceTo(at(from));
  const reference = await openOutage(desk(), { ...everywhere, startedAt: at(from), ...more }, by());
  await clock.advanceTo(at(until));
  await endOutage(desk(), reference, at(until), by());
  await clock.advanceTo(new Date(at(until).getTime() + 1000));
  return reference;
}

const moves = (): Promise<{ from: Date; due: Date; basis: string }[]> => database.query(`SELECT from_due_at AS "from", due_at AS due, basis FROM obligation_move WHERE reason = 'outage' ORDER BY id`);
const kinds = async (): Promise<string[]> => (await database.query<{ kind: string }>(`SELECT kind FROM audit_event WHERE kind LIKE 'deadline%' OR kind LIKE 'resend%' ORDER BY id`)).map(({ kind }) => kind);

describe('a deadline that falls into an outage', () => {
  it('lapses neither while it lasts nor at its end, and is moved by the three working days of a collection dossier', async () => {
    await owe({ kind: 'return', dueAt: at('2026-11-26T08:00:00') });
    await owe({ kind: 'forward', dueAt: at('2026-11-23T10:00:00') });
    await outage('2026-11-23T09:00:00', '2026-11-26T09:00:00');
    const group = standard.procedureAt('600', received)?.group;
    expect(group).toBe('thu');
    expect(await moves()).toEqual([
      { from: at('2026-11-26T08:00:00'), due: at('2026-12-01T08:00:00'), basis: 'qd366-2026: outageExtension.collectionWorkingDays 3' },
      { from: at('2026-11-23T10:00:00'), due: at('2026-11-26T11:00:00'), basis: 'qd366-2026: forward from the end of the outage' },
    ]);
    await clock.advanceTo(at('2026-11-26T10:59:00'));
    expect((await kinds()).filter((kind) => kind === 'deadline_missed')).toEqual([]);
    await clock.advanceTo(at('2026-11-26T11:02:00'));
    expect((await kinds()).filter((kind) => kind === 'deadline_missed')).toEqual(['deadline_missed']);
  });

  it('is moved for each dossier of the agencies concerned alone, with one certificate each, by any number of processes', async () => {
    await owe({ dueAt: at('2026-11-25T08:00:00'), kind: 'result' }, 130);
    await owe({ agency: '07901', unitCode: 'TS900', dueAt: at('2026-11-25T08:00:00'), kind: 'result' });
    await database.query(`UPDATE obligation SET look_at = NULL`); // nobody apologises here
    const early = clock.now;
    const reference = await openOutage(desk(), { ...everywhere, agencyPrefix: '001', startedAt: early() }, by());
    const end = at('2026-11-26T00:00:00');
    await endOutage(desk(), reference, end, { actor: 'Trực', at: end });
    const both = [settling(() => end), settling(() => end)];
    for (let done = 1; done > 0;) done = (await Promise.all(both.map((one) => one.work()))).reduce((sum, count) => sum + count, 0);
    expect(await database.query(`SELECT count(*)::int AS n, count(DISTINCT submission_id)::int AS dossiers, count(DISTINCT move_id)::int AS moves, bool_and(agency = '00101') AS own FROM outage_certificate`)).toEqual([{ n: 130, dossiers: 130, moves: 130, own: true }]);
    expect(await settling(() => end).nextDue()).toBeUndefined();
  });

  it('is certified where it is the unit’s own time to supplement', async () => {
    const [id] = await owe({ kind: 'supplement', dueAt: at('2026-11-25T17:00:00') });
    await outage('2026-11-25T15:00:00', '2026-11-25T18:00:00');
    expect(await database.query('SELECT submission_id AS id, deadline, extended_until AS until FROM outage_certificate')).toEqual([{ id, deadline: at('2026-11-25T17:00:00'), until: at('2026-11-30T17:00:00') }]);
    expect(await database.query(`SELECT detail ->> 'document' LIKE '/v1/dossiers/%/outage-certificates' AS linked FROM feed_event WHERE kind = 'deadline-moved'`)).toEqual([{ linked: true }]);
  });

  it('is not moved where it was met in time, nor where the outage is another I-VAN’s', async () => {
    const [met = ''] = await owe({ kind: 'forward', dueAt: at('2026-11-23T10:00:00') });
    await meet(database.query, [{ submissionId: met, kind: 'forward', at: at('2026-11-23T09:59:00') }]);
    await owe({ kind: 'slip', dueAt: at('2026-11-23T10:00:00') });
    await outage('2026-11-23T09:00:00', '2026-11-23T12:00:00', { scope: 'ivan', ivanCode: '00040' });
    expect(await moves()).toEqual([]);
    expect((await kinds()).filter((kind) => kind === 'deadline_missed')).toEqual(['deadline_missed']);
  });

  it('and was met late in it is no breach', async () => {
    const [late = ''] = await owe({ kind: 'forward', dueAt: at('2026-11-23T10:00:00') });
    await clock.advanceTo(at('2026-11-23T09:00:00'));
    const reference = await openOutage(desk(), { ...everywhere, startedAt: at('2026-11-23T09:00:00') }, by());
    await clock.advanceTo(at('2026-11-23T11:00:00'));
    await meet(database.query, [{ submissionId: late, kind: 'forward', at: at('2026-11-23T11:00:00') }]);
    await clock.advanceTo(at('2026-11-23T12:00:00'));
    await endOutage(desk(), reference, at('2026-11-23T10:30:00'), by());
    await clock.advanceTo(at('2026-11-24T12:00:00'));
    expect(await kinds()).toEqual(['deadline_near', 'deadline_moved']);
  });
});

describe('outages that overlap', () => {
  it('add nothing twice: the second moves only what still falls into it', async () => {
    await owe({ kind: 'return', dueAt: at('2026-11-26T08:00:00') });
    await clock.advanceTo(at('2026-11-26T07:00:00'));
    const first = await openOutage(desk(), { ...everywhere, startedAt: at('2026-11-26T07:00:00') }, by());
    await clock.advanceTo(at('2026-11-26T07:30:00'));
    const second = await openOutage(desk(), { ...everywhere, scope: 'network', startedAt: at('2026-11-26T07:30:00') }, by());
    await clock.advanceTo(at('2026-11-26T09:00:00'));
    await endOutage(desk(), first, clock.now(), by());
    await endOutage(desk(), second, clock.now(), by());
    await clock.advanceTo(at('2026-11-26T09:10:00'));
    expect(await moves()).toHaveLength(1);
    await outage('2026-12-01T07:00:00', '2026-12-01T09:00:00');
    expect((await moves()).map(({ from, due: to }) => [from, to])).toEqual([[at('2026-11-26T08:00:00'), at('2026-12-01T08:00:00')], [at('2026-12-01T08:00:00'), at('2026-12-04T08:00:00')]]);
  });
});

describe('a clock of hours', () => {
  it('begins anew with each outage that it falls into, as long as it was at first and no longer', async () => {
    await owe({ kind: 'forward', dueAt: at('2026-11-23T10:00:00') });
    await outage('2026-11-23T09:00:00', '2026-11-23T10:30:00');
    await outage('2026-11-23T12:00:00', '2026-11-23T14:00:00');
    expect((await moves()).map(({ due: to }) => to)).toEqual([at('2026-11-23T12:30:00'), at('2026-11-23T16:00:00')]);
  });
});

describe('a correction', () => {
  it('moves what it newly covers, takes back nothing, and is a document of its own', async () => {
    await owe({ kind: 'return', unitCode: 'TS1', dueAt: at('2026-11-26T08:00:00') });
    await owe({ kind: 'return', unitCode: 'TS2', dueAt: at('2026-11-26T10:00:00') });
    const reference = await outage('2026-11-26T07:00:00', '2026-11-26T09:00:00');
    await clock.advanceTo(at('2026-11-26T11:00:00'));
    await correctOutage(desk(), reference, { endedAt: at('2026-11-26T10:30:00'), startedAt: at('2026-11-26T09:30:00'), reason: 'Nhật ký cho thấy' }, by());
    await clock.advanceTo(at('2026-11-26T11:01:00'));
    expect((await moves()).map(({ from }) => from)).toEqual([at('2026-11-26T08:00:00'), at('2026-11-26T10:00:00')]);
    expect(await database.query('SELECT kind, reason FROM outage_statement ORDER BY id')).toEqual([{ kind: 'began', reason: null }, { kind: 'ended', reason: null }, { kind: 'corrected', reason: 'Nhật ký cho thấy' }]);
    await expect(database.query(`UPDATE outage_statement SET cause_vi = 'x'`)).rejects.toThrow(/never changed/);
    await expect(endOutage(desk(), reference, clock.now(), by())).rejects.toMatchObject({ code: 'OUTAGE_ENDED' });
  });

  it('to a later end moves again what had been moved to before it, and no more', async () => {
    const [id] = await owe({ kind: 'forward', dueAt: at('2026-11-23T10:00:00') });
    await owe({ unitCode: 'TS2', dueAt: at('2026-11-23T10:00:00') });
    await database.query(`UPDATE obligation SET look_at = NULL WHERE kind = 'result'`); // nobody apologises here
    const reference = await outage('2026-11-23T09:00:00', '2026-11-23T10:30:00');
    await clock.advanceTo(at('2026-11-23T12:00:00'));
    await correctOutage(desk(), reference, { endedAt: at('2026-11-23T11:45:00'), reason: 'Nhật ký cho thấy' }, by());
    await clock.advanceTo(at('2026-11-23T12:01:00'));
    await correctOutage(desk(), reference, { endedAt: at('2026-11-23T11:50:00'), causeVi: 'Đứt cáp', reason: 'Rõ hơn' }, by());
    await clock.advanceTo(at('2026-11-23T13:40:00'));
    expect(await moves()).toHaveLength(2);
    await correctOutage(desk(), reference, { endedAt: at('2026-11-23T13:00:00'), reason: 'Vẫn còn' }, by());
    await clock.advanceTo(at('2026-11-23T13:41:00'));
    expect((await database.query<{ from: Date; due: Date }>(`SELECT from_due_at AS "from", due_at AS due FROM obligation_move WHERE obligation_id = (SELECT id FROM obligation WHERE submission_id = $1) ORDER BY id`, [id])))
      .toEqual([{ from: at('2026-11-23T10:00:00'), due: at('2026-11-23T12:30:00') }, { from: at('2026-11-23T12:30:00'), due: at('2026-11-23T15:00:00') }]);
    expect((await database.query('SELECT 1 FROM outage_certificate')).length).toBe(1);
  });
});

describe('a unit that could not file', () => {
  const filing = { agency: '00101', unitCode: 'TS77', procedure: '600', period: '11/2026' };

  it('gets the same certificate each time it asks, for a deadline that fell into the outage, and for no other', async () => {
    const reference = await outage('2026-11-26T07:00:00', '2026-11-28T09:00:00');
    const ask = (day: string): Promise<Buffer> => certifyUnit(desk(), reference, { ...filing, day: at(`${day}T00:00:00`) }, by());
    const first = await ask('2026-11-27');
    expect(first.toString('utf8')).toContain('<HAN_MOI>2026-12-02T23:59:59.999+07:00</HAN_MOI>');
    await clock.advanceTo(at('2026-11-29T09:00:00'));
    expect((await ask('2026-11-27')).equals(first)).toBe(true);
    await expect(ask('2026-11-28')).rejects.toMatchObject({ code: 'OUTAGE_MISSES' });
    await expect(ask('2026-11-25')).rejects.toMatchObject({ code: 'OUTAGE_MISSES' });
  });

  it('gets none for an outage of an I-VAN that it did not use then', async () => {
    const reference = await outage('2026-11-26T07:00:00', '2026-11-28T09:00:00', { scope: 'ivan', ivanCode: '00040' });
    const ask = (unitCode: string): Promise<Buffer> => certifyUnit(desk(), reference, { ...filing, unitCode, day: at('2026-11-27T00:00:00') }, by());
    await database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica'); // a use without the form that began it
      await query(`INSERT INTO ivan_use (registration_id, agency, unit_code, tax_code, ivan_code, began_at) VALUES (1, '00101', 'TS77', '0101300842', '00040', $1), (2, '00101', 'TS78', '0101300842', '00111', $1), (3, '00101', 'TS79', '0101300842', '00040', $2)`, [received, clock.now()]);
    });
    expect((await ask('TS77')).toString('utf8')).toContain('<MA_DVI>TS77</MA_DVI>');
    for (const other of ['TS78', 'TS79', 'TS80']) await expect(ask(other)).rejects.toMatchObject({ code: 'OUTAGE_MISSES' });
  });

  it('is asked once for the electronic dossier of what it filed on paper, after the outage, and the dossier that comes is the paper’s', async () => {
    await clock.advanceTo(at('2026-11-26T07:00:00'));
    const reference = await openOutage(desk(), { ...everywhere, startedAt: at('2026-11-26T07:00:00') }, by());
    await clock.advanceTo(at('2026-11-26T08:00:00'));
    const paper = { ...filing, paperNumber: 'G-15', filedAt: at('2026-11-26T07:30:00') };
    expect(await reportPaper(desk(), reference, paper, by())).toMatchObject({ isNew: true, isSent: false });
    expect(await reportPaper(desk(), reference, paper, by())).toMatchObject({ isNew: false });
    await expect(reportPaper(desk(), reference, { ...paper, unitCode: 'TS78' }, by())).rejects.toMatchObject({ code: 'PAPER_NUMBER_TAKEN' });
    expect(await kinds()).toEqual([]);
    await clock.advanceTo(at('2026-11-26T09:00:00'));
    await endOutage(desk(), reference, clock.now(), by());
    await clock.advanceTo(at('2026-11-26T09:01:00'));
    expect(await kinds()).toEqual(['resend_demanded']);
    const [sent = '', second = ''] = await owe({ unitCode: 'TS77' }, 2);
    expect(await database.transaction((query) => tieToPaper(query, [sent, second], clock.now()))).toEqual([{ paperFilingId: '1', submissionId: sent, agency: '00101', paperNumber: 'G-15' }]);
    expect(await database.transaction((query) => tieToPaper(query, [second], clock.now()))).toEqual([]);
    expect(await database.query(`SELECT met_at IS NOT NULL AS met FROM obligation WHERE kind = 'resend'`)).toEqual([{ met: true }]);
  });

  it('is told in its own feed when the time for that is about to be over, is over, or is moved by another outage', async () => {
    const reference = await outage('2026-11-26T07:00:00', '2026-11-26T09:00:00');
    await reportPaper(desk(), reference, { ...filing, paperNumber: 'G-17', filedAt: at('2026-11-26T08:30:00') }, by());
    await clock.advanceTo(at('2026-12-01T08:00:00'));
    await outage('2026-12-01T08:30:00', '2026-12-01T09:30:00');
    await clock.advanceTo(at('2026-12-10T00:00:00'));
    const told = await database.query<{ kind: string }>(`SELECT kind FROM feed_event WHERE feed = 'unit:00101/TS77' ORDER BY position`);
    expect(told.map(({ kind }) => kind)).toEqual(['resend-demanded', 'deadline-near', 'deadline-moved', 'deadline-near', 'deadline-missed']);
  });

  it('is not asked where the electronic dossier came before the paper was reported', async () => {
    const reference = await outage('2026-11-23T08:00:00', '2026-11-23T09:00:00');
    await owe({ unitCode: 'TS77', receivedAt: at('2026-11-23T08:30:00') });
    expect(await reportPaper(desk(), reference, { ...filing, paperNumber: 'G-16', filedAt: at('2026-11-23T08:10:00') }, by())).toMatchObject({ isNew: true, isSent: true });
    expect((await kinds()).filter((kind) => kind.startsWith('resend'))).toEqual(['resend_met']);
  });
});
