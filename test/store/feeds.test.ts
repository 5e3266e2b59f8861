// Guarantee: a reader of a feed that has seen position n never finds one before it later. Feeds have no gap, whoever writes to them at the same time,
// in whatever order and with whatever rolled back; what was told is not changed; and an audit sees every lie about it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { insertEvents } from '../../src/store/events.ts';
import type { EventKind, NewEvent } from '../../src/store/events.ts';
import { findFeedContradictions } from '../../src/store/feed-audit.ts';
import { readDossierEvents, readFeed } from '../../src/store/feed-pages.ts';
import { insertAccepted } from '../support/accepted.ts';
import { cloneDatabase } from '../support/site.ts';

const at = new Date(Date.UTC(2026, 10, 23, 1));
const units = ['TS1', 'TS2', 'TS3', 'TS4', 'TS5'];
let url: string;
let writers: Database[];
let reader: Database;
/** Of submissions, five of each unit. */
let ids: { readonly id: string; readonly unit: string }[];
let digests: string[];

beforeAll(async () => {
  url = await cloneDatabase();
  writers = [await openDatabase({ url, connections: 8 }), await openDatabase({ url, connections: 8 })];
  reader = await openDatabase({ url, connections: 6 });
  digests = await insertAccepted(reader, Array.from({ length: 25 }, (_value, index) => ({ unitCode: units[index % 5] ?? '' })));
  const rows = await reader.query<{ id: string; unit: string }>('SELECT submission_id AS id, unit_code AS unit FROM dossier ORDER BY 1');
  ids = rows;
});

afterAll(async () => {
  for (const database of [...writers, reader]) await database.close();
});

const event = (submissionId: string | null, kind: EventKind = 'delivered', detail: NewEvent['detail'] = {}): NewEvent => ({ at, kind, submissionId, detail });
const feedOf = (unit: string): string => `unit:00101/${unit}`;

/** Reads on from what it has until told to stop; everything in the order in which it saw it. */
function follow(feed: string): { readonly seen: number[]; stop(): Promise<void> } {
  const seen: number[] = [];
  const stops: true[] = [];
  const reading = (async (): Promise<void> => {
    for (;;) {
      const wasToldToStop = stops.length > 0; // before it reads for the last time
      const page = await readFeed(reader.query, feed, seen.at(-1) ?? 0, 7);
      seen.push(...page.events.map(({ position }) => position));
      if (wasToldToStop && page.events.length === 0) return;
    }
  })();
  return { seen, stop: () => { stops.push(true); return reading; } };
}

describe('feeds', () => {
  it('are read without a gap while many write to many of them at once', async () => {
    const readers = units.map((unit) => follow(feedOf(unit)));
    let seed = 1;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    let written = 0;
    const write = async (database: Database): Promise<void> => {
      while (written < 500) {
        const count = 1 + next(4);
        const fails = next(5) === 0;
        const events = Array.from({ length: count }, () => event(ids[next(ids.length)]?.id ?? ''));
        if (!fails) written += count;
        const one = database.transaction(async (query) => {
          await insertEvents(query, events);
          if (next(2) === 0) await query('SELECT pg_sleep(0.002)'); // commits late
          if (fails) throw new Error('rolled back');
        });
        await (fails ? expect(one).rejects.toThrow('rolled back') : one);
      }
    };
    await Promise.all(writers.flatMap((database) => Array.from({ length: 8 }, () => write(database))));
    for (const { stop } of readers) await stop();
    for (const { seen } of readers) expect(seen).toEqual(Array.from({ length: seen.length }, (_value, index) => index + 1));
    expect(readers.reduce((sum, { seen }) => sum + seen.length, 0)).toBe(written);
    expect(await findFeedContradictions(reader.query)).toEqual([]);
  });

  it('of events of one transaction are fed in its order, also where it names two feeds crosswise', async () => {
    const [first, second] = [ids.find(({ unit }) => unit === 'TS1')?.id ?? '', ids.find(({ unit }) => unit === 'TS2')?.id ?? ''];
    const [beforeOne, beforeTwo] = [await readFeed(reader.query, feedOf('TS1'), 0, 1), await readFeed(reader.query, feedOf('TS2'), 0, 1)];
    const orders = [[first, second, first], [second, first, second]];
    await Promise.all(Array.from({ length: 40 }, (_value, index) => (writers[index % 2] ?? reader).transaction((query) => insertEvents(query, (orders[index % 2] ?? []).map((id, nth) => event(id, 'result_issued', { code: String(nth), signer: 'kept inside' }))))));
    const codes = (await readFeed(reader.query, feedOf('TS1'), beforeOne.last, 1000)).events.map(({ detail }) => detail['code']);
    expect([codes.length, (await readFeed(reader.query, feedOf('TS2'), beforeTwo.last, 1000)).last - beforeTwo.last]).toEqual([60, 60]);
    // Each transaction's own stand together.
    for (const [index, code] of codes.entries()) expect(code === '2' ? codes[index - 1] : '0').toBe('0');
  });

  it('show what is meant to be shown of an event and nothing else', async () => {
    const own = await readFeed(reader.query, feedOf('TS1'), 0, 1000);
    const [row] = await reader.query<{ detail: object }>(`SELECT detail FROM audit_event WHERE kind = 'result_issued' LIMIT 1`);
    expect(row?.detail).toHaveProperty('signer');
    expect([...new Set(own.events.flatMap(({ detail }) => Object.keys(detail)))]).toEqual(['code']);
    const before = own.last;
    await reader.transaction((query) => insertEvents(query, [event(ids[0]?.id ?? '', 'delivery_failed', { reason: 'inside' }), event(null, 'breaker_opened')]));
    expect((await readFeed(reader.query, feedOf('TS1'), 0, 1)).last).toBe(before);
  });

  it('of a dossier count from 1 and keep the ids of the unit’s', async () => {
    const [digest = ''] = digests;
    const [found] = await reader.query<{ id: string }>('SELECT id FROM submission WHERE digest = $1', [digest]);
    const whole = await readDossierEvents(reader.query, digest, 0, 1000);
    const inUnit = (await readFeed(reader.query, feedOf('TS1'), 0, 1000)).events.filter((one) => one.digest === digest);
    expect(whole?.events.map(({ id }) => id)).toEqual(inUnit.map(({ id }) => id));
    expect(whole?.events.map(({ position }) => position)).toEqual(inUnit.map((_value, index) => index + 1));
    await reader.transaction((query) => insertEvents(query, [event(found?.id ?? '')]));
    const more = await readDossierEvents(reader.query, digest, whole?.last ?? 0, 1000);
    expect([more?.last, more?.events.map(({ position }) => position)]).toEqual([(whole?.last ?? 0) + 1, [(whole?.last ?? 0) + 1]]);
    expect(await readDossierEvents(reader.query, 'f'.repeat(64), 0, 1)).toBeUndefined();
  });

  it('tell a unit what concerns no dossier of its', async () => {
    await reader.transaction((query) => insertEvents(query, [{ ...event(null, 'delivered'), unit: { agency: '00101', unitCode: '', taxCode: '0101300842' } }]));
    expect(await readFeed(reader.query, 'unit:00101/0101300842', 0, 10)).toMatchObject({ last: 1, events: [{ position: 1, digest: null, detail: {} }] });
  });

  it('of nobody are empty', async () => {
    expect(await readFeed(reader.query, 'ivan:nobody', 0, 10)).toEqual({ feed: 'ivan:nobody', fed: 0, last: 0, events: [] });
  });
});

describe('an audit of the feeds', () => {
  it('finds nothing where nobody lied, and cannot be lied to by changing a row', async () => {
    expect(await findFeedContradictions(reader.query)).toEqual([]);
    for (const lie of ['UPDATE feed_event SET position = 99', 'DELETE FROM feed_event', 'TRUNCATE feed_event']) await expect(reader.query(lie)).rejects.toThrow('rows of feed_event are never changed');
  });

  const lies: readonly (readonly [string, string, RegExp])[] = [
    ['an event taken out of the middle', `DELETE FROM feed_event WHERE feed = 'unit:00101/TS1' AND position = 2`, /without gap/],
    ['the last event taken out', `DELETE FROM feed_event p USING feed f WHERE f.name = p.feed AND p.position = f.last AND f.name = 'unit:00101/TS2'`, /lacks event \d+/],
    ['an event told otherwise', `UPDATE feed_event SET detail = '{"code": "900"}' WHERE feed = 'unit:00101/TS3' AND position = 1`, /otherwise than it happened/],
    ['an event told later than it was', `UPDATE feed_event SET at = at + interval '1 hour' WHERE feed = 'unit:00101/TS3' AND position = 1`, /otherwise than it happened/],
    ['a foreign event', `INSERT INTO feed_event SELECT 'unit:00101/TS4', f.last + 1, p.event_id, p.submission_id, p.kind, p.at, p.detail FROM feed f, feed_event p WHERE f.name = 'unit:00101/TS4' AND p.feed = 'unit:00101/TS5' AND p.position = 1`, /not its own/],
    ['a feed that counts further than it goes', `UPDATE feed SET last = last + 1 WHERE name = 'unit:00101/TS5'`, /without gap/],
    ['a feed without its counter', `DELETE FROM feed WHERE name = 'unit:00101/TS5'`, /nothing without gap/],
  ];

  it.each(lies)('finds %s', async (_name, lie, found) => {
    const undone = reader.transaction(async (query) => {
      await query('ALTER TABLE feed_event DISABLE TRIGGER USER');
      await query(lie);
      const contradictions = await findFeedContradictions(query);
      throw new Error(contradictions.map(({ where, what }) => `${where} ${what}`).join('; '));
    });
    await expect(undone).rejects.toThrow(found);
  });
});
