// Guarantee: a backend's feed is read on only where it goes on. One that was set back, or that leaves a place out, is not read past what it forgot:
// nothing is taken for read that was never there, and the operator sees why it stands still.
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';

import { declareBackends } from '../../src/delivery/backend-facts.ts';
import { startFeed } from '../../src/delivery/feed.ts';
import type { MessagePage } from '../../src/delivery/https.ts';
import type { Loop } from '../../src/delivery/loop.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { listFeeds, openFeeds } from '../../src/store/backend-feeds.ts';
import type { ListedFeed } from '../../src/store/backend-feeds.ts';
import type { Database } from '../../src/store/database.ts';
import { keepTrustMaterial } from '../../src/store/trust.ts';
import { createWorld } from '../client/support.ts';
import { openObligations, signing } from '../support/obligation-stage.ts';
import { until } from '../support/until.ts';

const schemas = createSchemas();
let database: Database;
let feed: Loop;
let page: MessagePage;

beforeEach(async () => {
  database = await openObligations();
  const { trust } = await createWorld();
  await keepTrustMaterial(database.query, { digest: trust.digest, body: Buffer.from('x') }, []);
  await declareBackends(database, new Map([['one', { name: 'one', url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 1, timeoutMs: 1 }]]), 'this process', new Date());
  await openFeeds(database.query, ['one'], new Date());
  page = { messages: [], end: 0 };
  feed = startFeed({
    ...(await signing()), database, schemas, trust: () => trust, terms: loadStandard(), missed: () => undefined,
    speaker: { backend: 'one', lane: 'agency:one' },
    read: (after) => Promise.resolve(after).then(() => ({ ...page, messages: page.messages.filter(({ position }) => position > after) })),
    holder: 'this process', report: () => Promise.resolve(), now: () => new Date(), random: () => 0, log: () => undefined,
  });
});

afterEach(async () => {
  await feed.stop();
  await database.close();
});

afterAll(() => { schemas.dispose(); });

const body = Buffer.from('không phải XML');
const upTo = (end: number): MessagePage => ({ messages: Array.from({ length: end }, (_value, index) => ({ position: index + 1, body })), end });
const standsAt = (what: string, is: (one: ListedFeed) => boolean): Promise<ListedFeed> => until(what, async () => (await listFeeds(database.query)).find(is));

it('that was set back stands still, says so, and goes on where it was left', async () => {
  page = upTo(3);
  await standsAt('three are read', ({ after, readAt }) => after === 3 && readAt !== null);
  page = { messages: [], end: 1 };
  expect((await standsAt('the fault', ({ lastError }) => lastError !== null)).lastError).toBe('the feed ends at 1 and was read to 3');
  page = upTo(4);
  expect(await standsAt('the fourth', ({ after }) => after === 4)).toMatchObject({ lastKnown: 4 });
});

it('that cannot be read stands still, whatever characters the reason has', async () => {
  page = { messages: [], get end(): number { throw new Error('one answered 500: \u0000'); } };
  expect((await standsAt('the fault', ({ lastError }) => lastError !== null)).lastError).toBe('one answered 500: ');
});

it('that leaves a place out is not read past it', async () => {
  page = { messages: [{ position: 1, body }, { position: 3, body }], end: 3 };
  expect(await standsAt('the fault', ({ lastError }) => lastError !== null)).toMatchObject({ after: 0, lastError: 'the feed goes on at 3 after 1' });
});

it('that a clock a day ahead had put off, or held, is read at once', async () => {
  await standsAt('it is read', ({ readAt }) => readAt !== null);
  const [before] = await listFeeds(database.query);
  await database.query(`UPDATE backend_feed SET due_at = now() + interval '1 day', claimed_by = 'who is gone', claimed_until = now() + interval '1 day'`);
  await standsAt('it is read again', ({ readAt }) => (readAt?.getTime() ?? 0) > (before?.readAt?.getTime() ?? 0) + 1_000);
});
