// Guarantee (QĐ 366/QĐ-BHXH Điều 5(2.3.4d)): of a unit's notice the agency is told apart that it was delivered, by whichever way was first, and that it was
// opened, each once with its instant and way, in that order; an audit finds one that was opened before it was delivered.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { webhookPolicy } from '../../src/delivery/webhook.ts';
import { recordDone } from '../../src/delivery/outcome.ts';
import { tellReports } from '../../src/delivery/reports.ts';
import type { ReportTransport } from '../../src/delivery/reports.ts';
import type { Database } from '../../src/store/database.ts';
import { insertEvents } from '../../src/store/events.ts';
import { findReportContradictions, reportDelivered, reportOpened } from '../../src/store/notice-reports.ts';
import { insertNotices } from '../../src/store/notices.ts';
import { openObligations } from '../support/obligation-stage.ts';

const unit = { agency: '00101', unitCode: 'TS1', taxCode: '0101300842' };
const FEED = 'unit:00101/TS1';
const begin = new Date('2026-11-23T08:00:00+07:00');
const after = (minutes: number): Date => new Date(begin.getTime() + minutes * 60_000);
let database: Database;
let told: Parameters<ReportTransport>[0][];

beforeEach(async () => {
  database = await openObligations();
  await database.query(`INSERT INTO trust_material (digest, body) VALUES (repeat('0', 64), '')`);
  told = [];
});
afterEach(() => database.close());

/** As it is recorded when the agency's message is taken; gives its id. */
async function bring(): Promise<string> {
  return database.transaction(async (query) => {
    const [message] = await query<{ id: string }>(
      `INSERT INTO agency_message (backend, digest, body, received_at, trust_digest, verdict, kind, sense, said_at) SELECT 'one', encode(sha256(n::text::bytea), 'hex'), '', $1, repeat('0', 64), 'taken', 'notice', n, $1 FROM (SELECT count(*)::text AS n FROM agency_message) c RETURNING id`, [begin]);
    const [id = ''] = await insertNotices(query, [{ submissionId: null, number: null, unit, agencyMessageId: message?.id ?? '', kind: 'C12-TS', issuedAt: begin, trustDigest: '0'.repeat(64), body: Buffer.from('x') }]);
    await insertEvents(query, [{ at: begin, kind: 'unit_notice_received', submissionId: null, unit, detail: { form: 'C12-TS', month: '10/2026', agencyUnit: 'TS1', document: `/v1/notices/${id}` } }]);
    return id;
  });
}

const reports = (): Promise<unknown[]> => database.query(`SELECT notice_id AS id, what, how, at FROM notice_report ORDER BY notice_id, what`);
const settings = (at: Date) => ({ database, now: () => at, random: () => 0.5, log: () => undefined });
const handOver = (kind: 'webhook' | 'mail', position: string, at: Date): Promise<void> =>
  recordDone({ ...settings(at), slipDueOf: () => undefined }, [{ claimed: { id: '1', lease: '1', kind, lane: kind === 'mail' ? 'mail' : 'webhook:1', attempts: 1, rejections: 0, submissionId: null, feed: FEED, position }, transport: { policy: webhookPolicy } }]);
const tell = (at: Date, report: ReportTransport = (one) => { told.push(one); return Promise.resolve(); }): Promise<void> => tellReports({ ...settings(at), report }, 'one');

describe('a notice of a unit', () => {
  it.each(['webhook', 'mail'] as const)('is delivered when its %s was answered, and not opened by that; the agency is told so, and later that it was opened', async (kind) => {
    const id = await bring();
    await handOver(kind, '1', after(1));
    expect(await reports()).toEqual([{ id, what: 'delivered', how: kind, at: after(1) }]);
    await tell(after(2));
    await tell(after(3));
    expect(told).toMatchObject([{ what: 'delivered', how: kind, at: after(1) }]);
    await reportOpened(database.query, id, 'one', after(60));
    await reportOpened(database.query, id, 'one', after(90));
    await tell(after(61));
    expect(told.slice(1)).toMatchObject([{ what: 'opened', how: 'fetch', at: after(60) }]);
    expect(await findReportContradictions(database.query)).toEqual([]);
  });

  it('is delivered by the way that was first, and each of several by its own', async () => {
    const [one, two] = [await bring(), await bring()];
    await reportDelivered(database.query, [{ feed: FEED, position: '1', how: 'feed' }], after(1));
    await handOver('webhook', '1', after(2));
    await handOver('webhook', '2', after(2));
    await reportDelivered(database.query, [{ feed: FEED, position: '1', how: 'feed' }, { feed: FEED, position: '2', how: 'feed' }], after(3));
    expect(await reports()).toEqual([{ id: one, what: 'delivered', how: 'feed', at: after(1) }, { id: two, what: 'delivered', how: 'webhook', at: after(2) }]);
  });

  it('that is fetched without having been delivered is both by that, and is told as delivered first', async () => {
    const id = await bring();
    await reportOpened(database.query, id, 'one', after(5));
    expect(await reports()).toEqual([{ id, what: 'delivered', how: 'fetch', at: after(5) }, { id, what: 'opened', how: 'fetch', at: after(5) }]);
    await tell(after(6), ({ what }) => Promise.reject(new Error(`${what} not now`)));
    await tell(after(6));
    expect(told).toEqual([]);
    await tell(after(60));
    expect(told.map(({ what }) => what)).toEqual(['delivered', 'opened']);
    expect(await database.query('SELECT count(*)::int AS untold FROM notice_report WHERE told_at IS NULL')).toEqual([{ untold: 0 }]);
  });

  it('was not opened before it was delivered, whatever the clocks of two processes say', async () => {
    const id = await bring();
    await handOver('mail', '1', after(5));
    await reportOpened(database.query, id, 'one', after(4));
    expect(await reports()).toEqual([{ id, what: 'delivered', how: 'mail', at: after(5) }, { id, what: 'opened', how: 'fetch', at: after(5) }]);
  });

  it('is nobody’s who has another feed, and no dossier’s', async () => {
    await bring();
    await reportDelivered(database.query, [{ feed: 'ivan:00040', position: '1', how: 'feed' }, { feed: 'unit:00101/TS2', position: '1', how: 'feed' }, { feed: FEED, position: '9', how: 'feed' }], after(1));
    expect(await reports()).toEqual([]);
  });
});

it.each([
  ['opened before it was delivered', `UPDATE notice_report SET at = at - interval '1 second' WHERE what = 'opened'`, 'says that it was opened and not, or not before, that it was delivered'],
  ['opened and not delivered', `DELETE FROM notice_report WHERE what = 'delivered'`, 'says that it was opened and not, or not before, that it was delivered'],
  ['delivered by being fetched, and not opened', `DELETE FROM notice_report WHERE what = 'opened'`, 'says that it was delivered by being fetched, and not that it was opened'],
  ['told to another agency', `UPDATE notice_report SET backend = 'two' WHERE what = 'opened'`, 'is to somebody else than who sent the notice, or of what is not a unit’s'],
  ['delivered by an event that is not there', `UPDATE notice_report SET how = 'feed', notice_id = (SELECT max(id) FROM notice) WHERE what = 'delivered'`, 'says that it was delivered by an event that is not there'],
])('an audit finds what is reported as %s', async (_name, forge, what) => {
  const id = await bring();
  await insertNotices(database.query, [{ submissionId: null, number: null, unit, agencyMessageId: null, kind: 'C12-TS', issuedAt: begin, trustDigest: '0'.repeat(64), body: Buffer.from('y') }]);
  await reportOpened(database.query, id, 'one', after(5));
  expect(await findReportContradictions(database.query)).toEqual([]);
  await database.query(forge);
  expect((await findReportContradictions(database.query)).map((found) => found.what)).toContain(what);
});
