// Guarantee: a dossier that was given up is not a dead letter any more once its agency speaks of it: it is delivered in the transaction that takes the message,
// told and audited as such, and nobody is to send it again.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';

import type { QueryRunner } from 'typeorm';

import { ToldApart1796960000000 } from '../../migrations/1796960000000-told-apart.ts';
import { messageXml, slip, stepReport } from '../../src/backend/messages.ts';
import { declareBackends } from '../../src/delivery/backend-facts.ts';
import { dossierPolicy } from '../../src/delivery/hand-over.ts';
import { recordRejection } from '../../src/delivery/outcome.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { takeMessages } from '../../src/results/take.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { findContradictions } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { listDeadLetters } from '../../src/store/dead-letters.ts';
import { insertEvents } from '../../src/store/events.ts';
import { findFeedContradictions } from '../../src/store/feed-audit.ts';
import { arise } from '../../src/store/obligations.ts';
import { keepTrustMaterial } from '../../src/store/trust.ts';
import { createWorld } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { insertAccepted } from '../support/accepted.ts';
import { openObligations, signing } from '../support/obligation-stage.ts';
import { fingerprintOf } from '../support/site.ts';

const schemas = createSchemas();
const terms = loadStandard();
const agency = '00101';
let world: World;
let signs: Awaited<ReturnType<typeof signing>>;
let database: Database;
let digest: string;
let submissionId: string;

beforeAll(async () => {
  world = await createWorld();
  signs = await signing();
});

beforeEach(async () => {
  database = await openObligations();
  [digest = ''] = await insertAccepted(database, [{ unitCode: 'TS1' }]);
  [{ id: submissionId }] = (await database.query<{ id: string }>('SELECT id FROM submission')) as [{ id: string }];
  await arise(database.query, [{ submissionId, kind: 'forward', arisenAt: world.now, dueAt: before(-7_200_000), basis: 'test' }]);
  await keepTrustMaterial(database.query, { digest: world.trust.digest, body: Buffer.from('x') }, []);
  const answerSigners = new Set([fingerprintOf(world.pki.agencySigning.certificatePem)]);
  await declareBackends(database, new Map([['one', { name: 'one', url: '', certificateAuthorities: [], answerSigners, mostAtOnce: 1, timeoutMs: 1 }]]), 'gateway:test', world.now);
  await giveUp(before(60_000));
});

afterEach(() => database.close());
afterAll(() => { schemas.dispose(); });

const before = (ms: number): Date => new Date(world.now.getTime() - ms);
const about = (number: number) => ({ digest, dossierNumber: `00001/2026/${agency}`, transactionCode: `GW${digest.slice(0, 16)}`, number, at: world.now, agency });
const bodies = {
  slip: () => messageXml(about(1), slip({ desk: 'Bộ phận một cửa', officer: 'Cán bộ', days: 5, receivedAt: world.now, dueAt: before(-5 * 86_400_000) })),
  step: () => messageXml(about(1), stepReport({ number: 1, name: 'Thẩm định', room: 'THU', receivedAt: world.now, returnedAt: null, history: [] })),
  result: () => messageXml(about(1), { kind: 'KETQUA_XULY', outcome: { code: '200', text: 'Đã xem', unitCode: 'TZ00009' }, documents: [] }),
};

async function giveUp(at: Date): Promise<void> {
  const [delivery] = await database.query<{ id: string }>(`SELECT id FROM delivery WHERE kind = 'dossier'`);
  const claimed = { id: delivery?.id ?? '', lease: '1', kind: 'dossier' as const, lane: 'agency:one', attempts: 5, rejections: dossierPolicy.mostRejections - 1, submissionId, feed: null, position: null };
  await recordRejection({ database, now: () => at, random: () => 0.5, log: () => undefined, slipDueOf: () => undefined }, { claimed, transport: { policy: dossierPolicy } }, 'không nhận');
}

async function say(xml: Buffer): Promise<void> {
  const settings = { ...signs, database, schemas, terms, trust: () => world.trust, missed: () => undefined };
  await takeMessages(settings, { backend: 'one', lane: 'agency:one' }, [{ position: null, body: await issueWith(world.agency)(xml) }], world.now, () => Promise.resolve(true));
}

const dead = async (): Promise<number> => (await listDeadLetters(database.query, { most: 10 })).length;
const deliveryEvents = (): Promise<unknown[]> => database.query(`SELECT kind, detail ->> 'lane' AS lane FROM audit_event WHERE kind LIKE 'deliver%' ORDER BY id`);
const owed = (): Promise<unknown[]> => database.query(`SELECT kind, met_at IS NOT NULL AS met FROM obligation WHERE kind IN ('forward', 'slip') ORDER BY kind`);
const contradictions = async (): Promise<string[]> => (await findContradictions(database.query)).filter(({ where }) => where.startsWith('delivery')).map(({ what }) => what);

it.each(['slip', 'step', 'result'] as const)('the agency’s %s says that it has the dossier', async (kind) => {
  expect(await dead()).toBe(1);
  await say(bodies[kind]());
  expect([await dead(), await database.query('SELECT state, delivered_at AS at, last_error AS error FROM delivery')]).toEqual([0, [{ state: 'delivered', at: world.now, error: null }]]);
  expect(await deliveryEvents()).toEqual([{ kind: 'delivery_dead', lane: 'agency:one' }, { kind: 'delivered', lane: 'agency:one' }]);
  // The slip is still to come where the case goes on.
  expect(await owed()).toEqual([{ kind: 'forward', met: true }, ...(kind === 'result' ? [] : [{ kind: 'slip', met: kind === 'slip' }])]);
  expect((await database.query<{ kind: string }>(`SELECT kind FROM feed_event WHERE feed = 'unit:00101/TS1' AND kind <> 'accepted' ORDER BY position`)).map((event) => event.kind)).toEqual(['forwarded', kind]);
  expect(await contradictions()).toEqual([]);
});

it('what the agency says wrongly says nothing of it', async () => {
  await say(messageXml({ ...about(1), dossierNumber: `00009/2026/${agency}` }, stepReport({ number: 1, name: 'Thẩm định', room: 'THU', receivedAt: world.now, returnedAt: null, history: [] })));
  expect(await dead()).toBe(1);
});

it('an audit finds a dossier that is given up though its agency spoke of it since, and not one that it spoke of before', async () => {
  await say(bodies.step());
  await database.query(`UPDATE delivery SET state = 'dead'`);
  expect(await contradictions()).toContain('is given up, though its agency has spoken of the dossier since');
  await database.query(`UPDATE delivery SET state = 'waiting'`);
  await giveUp(before(-60_000));
  expect(await contradictions()).toEqual([]);
});

it('what was answered, delivered and late before that was recorded apart is recorded by the migration', async () => {
  await database.query(`UPDATE obligation SET breached_at = $1, promised_at = due_at - interval '1 day', look_at = NULL`, [before(-8_000_000)]);
  await insertEvents(database.query, [{ at: before(-8_000_000), kind: 'deadline_missed', submissionId, detail: { obligation: (await database.query<{ id: string }>('SELECT id FROM obligation'))[0]?.id ?? '', clock: 'forward', dueAt: before(-7_200_000).toISOString() } }]);
  await database.query(
    `INSERT INTO agency_message (backend, digest, body, received_at, trust_digest, verdict, kind, submission_id, number, sense, said_at) VALUES ('one', repeat('a', 64), '', $2, $3, 'taken', 'step', $1, 1, 'x', $2)`, [submissionId, world.now, world.trust.digest]);
  const runner = { query: (sql: string) => database.query(sql), isTransactionActive: false } as unknown as QueryRunner;
  const migration = new ToldApart1796960000000();
  await migration.down(runner);
  await migration.up(runner);
  expect([await dead(), await database.query('SELECT state FROM delivery')]).toEqual([0, [{ state: 'delivered' }]]);
  expect(await owed()).toEqual([{ kind: 'forward', met: true }]);
  expect(await database.query('SELECT term, due_at AS due, breached_at AS at FROM obligation_breach')).toEqual([{ term: 1, due: before(-7_200_000), at: before(-8_000_000) }]);
  expect(await database.query(`SELECT kind FROM feed_event WHERE feed = 'unit:00101/TS1' AND kind = 'forwarded'`)).toEqual([{ kind: 'forwarded' }]);
  expect([await contradictions(), (await findFeedContradictions(database.query)).filter(({ what }) => !/lacks/.test(what))]).toEqual([[], []]);
});
