// Guarantee: whoever has open dossiers is told in its feed of an outage that concerns them, of its end once the deadlines have moved, and of corrections, each
// once, with the signed statement; nobody else is told; and what was told is what an audit finds.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { VirtualClock } from '../../src/development/virtual-clock.ts';
import { correctOutage, endOutage, openOutage } from '../../src/outages/ledger.ts';
import { createSettling } from '../../src/outages/settle.ts';
import { createTelling } from '../../src/outages/telling.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Database } from '../../src/store/database.ts';
import { findFeedContradictions } from '../../src/store/feed-audit.ts';
import { findOutageContradictions } from '../../src/store/outage-audit.ts';
import { insertOwing, openObligations, signing, vietnam as at } from '../support/obligation-stage.ts';

const standard = loadStandard();
const received = at('2026-11-23T08:00:00');
const began = at('2026-11-26T07:00:00');
const ended = at('2026-11-26T09:00:00');
const everywhere = { scope: 'portal', agencyPrefix: '', ivanCode: null, causeVi: 'Mất điện', causeEn: 'Power cut' } as const;
let signs: Awaited<ReturnType<typeof signing>>;
let database: Database;
let clock: VirtualClock;

beforeAll(async () => { signs = await signing(); });

beforeEach(async () => {
  database = await openObligations();
  clock = createVirtualClock(began);
  clock.join(createSettling({ database, ...signs, terms: standard, now: clock.now }));
  clock.join(telling());
});

afterEach(async () => {
  expect([await findFeedContradictions(database.query), await findOutageContradictions(database.query)]).toEqual([[], []]);
  await database.close();
});

const telling = () => createTelling({ database, terms: standard, now: clock.now });
const desk = () => ({ database, ...signs });
const by = (): { readonly actor: string; readonly at: Date } => ({ actor: 'Trực', at: clock.now() });
const owe = (unitCode: string, agency = '00101', dueAt = at('2026-11-26T08:00:00')): Promise<string[]> => insertOwing(database, [{ kind: 'return', unitCode, agency, receivedAt: received, dueAt }]);
const feed = async (name: string): Promise<string[]> => (await database.query<{ kind: string }>('SELECT kind FROM feed_event WHERE feed = $1 ORDER BY position', [name])).map(({ kind }) => kind);
const feeds = async (): Promise<string[]> => (await database.query<{ name: string }>('SELECT name FROM feed ORDER BY name COLLATE "C"')).map(({ name }) => name);
const pass = (minutes: number): Promise<unknown> => clock.advanceTo(new Date(clock.now().getTime() + minutes * 60_000));

describe('who has open dossiers', () => {
  it('is told that the outage began, what it did to its deadlines, that it is over, and of a correction, with the documents', async () => {
    await owe('TS1');
    await owe('TS1');
    await owe('TS2', '07901');
    const reference = await openOutage(desk(), { ...everywhere, agencyPrefix: '001', startedAt: began }, by());
    await pass(1);
    expect(await feed('unit:00101/TS1')).toEqual(['outage-began']);
    await clock.advanceTo(ended);
    await endOutage(desk(), reference, ended, by());
    await pass(1);
    await correctOutage(desk(), reference, { causeVi: 'Đứt cáp', reason: 'Rõ nguyên nhân' }, by());
    await pass(1);
    expect(await feed('unit:00101/TS1')).toEqual(['outage-began', 'deadline-moved', 'deadline-moved', 'outage-ended', 'outage-corrected']);
    expect(await feeds()).toEqual(['unit:00101/TS1']);
    const details = await database.query<{ detail: Record<string, unknown> }>(`SELECT detail FROM feed_event ORDER BY position`);
    expect(details[0]?.detail).toEqual({ outage: reference, scope: 'portal', agencies: '001', causeVi: 'Mất điện', causeEn: 'Power cut', startedAt: began.toISOString(), endedAt: null, document: `/v1/outages/${reference}/statements/1` });
    expect(details[1]?.detail).toMatchObject({ outage: reference, clock: 'return', statement: `/v1/outages/${reference}/statements/2` });
    expect(details[3]?.detail).toMatchObject({ endedAt: ended.toISOString(), document: `/v1/outages/${reference}/statements/2` });
    expect(details[4]?.detail).toMatchObject({ causeVi: 'Đứt cáp', document: `/v1/outages/${reference}/statements/3` });
  });

  it('only as deadlines moved is told of the end, and the I-VAN that filed is told as its unit is', async () => {
    const reference = await openOutage(desk(), { ...everywhere, startedAt: began }, by());
    await pass(1);
    const [id] = await owe('TS3');
    await database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      await query(`UPDATE submission SET sender = '00040', sender_facts = '{"kind":"ivan"}' WHERE id = $1`, [id]);
    });
    await clock.advanceTo(ended);
    await endOutage(desk(), reference, ended, by());
    await pass(1);
    for (const name of ['unit:00101/TS3', 'ivan:00040']) expect(await feed(name)).toEqual(['deadline-moved', 'outage-ended']);
    expect(await feeds()).toEqual(['ivan:00040', 'unit:00101/TS3']);
  });

  it('through another I-VAN is not told of one I-VAN’s outage', async () => {
    await owe('TS4');
    await openOutage(desk(), { ...everywhere, scope: 'ivan', ivanCode: '00040', startedAt: began }, by());
    await pass(1);
    expect(await feeds()).toEqual([]);
  });

  it('is told once, of however many units, by any number of processes', async () => {
    await insertOwing(database, Array.from({ length: 620 }, (_value, index) => ({ kind: 'return' as const, unitCode: `TS${index}`, receivedAt: received, dueAt: at('2026-11-30T08:00:00') })));
    await openOutage(desk(), { ...everywhere, startedAt: began }, by());
    const all = [telling(), telling(), telling()];
    for (let done = 1; done > 0;) done = (await Promise.all(all.map((one) => one.work()))).reduce((sum, count) => sum + count, 0);
    expect(await database.query(`SELECT count(*)::int AS events, count(DISTINCT feed)::int AS feeds FROM feed_event`)).toEqual([{ events: 620, feeds: 620 }]);
    expect(await database.query('SELECT feeds FROM outage_told')).toEqual([{ feeds: 620 }]);
    expect(await telling().nextDue()).toBeUndefined();
  });
});

it.each([
  ['feed that was not told', `DELETE FROM outage_telling`, 'was told to other feeds than recorded'],
  ['count', `UPDATE outage_told SET feeds = feeds + 1`, 'was not told to as many as recorded'],
])('a %s is found by an audit', async (_what, statement, found) => {
  await owe('TS1');
  await openOutage(desk(), { ...everywhere, startedAt: began }, by());
  await pass(1);
  await expect(database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(statement);
    throw new Error((await findOutageContradictions(query)).map(({ what }) => what).join('\n'));
  })).rejects.toThrow(found);
});
