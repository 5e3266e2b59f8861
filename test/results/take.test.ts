// Guarantee: of what an agency says nothing is passed over and nothing is recorded by a past that is no longer the last one: a message that cannot be judged
// now stops its batch, a batch that another has overtaken is judged again, and what is only repeated or contradicted issues nothing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { messageXml, noticeXml, stepReport } from '../../src/backend/messages.ts';
import { contributionNotice } from '../../src/backend/notice-forms.ts';
import { declareBackends } from '../../src/delivery/backend-facts.ts';
import type { Unavailable } from '../../src/errors/outcomes.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { takeMessages } from '../../src/results/take.ts';
import type { Hold, Taking } from '../../src/results/take.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { listAgencyMessages } from '../../src/store/agency-messages.ts';
import { findCursor, leaseFeed, moveCursor, openFeeds } from '../../src/store/backend-feeds.ts';
import type { Database } from '../../src/store/database.ts';
import { findMessageContradictions } from '../../src/store/message-audit.ts';
import { keepTrustMaterial } from '../../src/store/trust.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { createWorld, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { insertAccepted } from '../support/accepted.ts';
import { openObligations, signing } from '../support/obligation-stage.ts';
import { identityOf } from '../support/pki.ts';
import { fingerprintOf } from '../support/site.ts';

const schemas = createSchemas();
const terms = loadStandard();
let world: World;
let signs: Awaited<ReturnType<typeof signing>>;
let database: Database;
let digest: string;
let missed: Unavailable[];

beforeAll(async () => {
  world = await createWorld();
  signs = await signing();
});

beforeEach(async () => {
  database = await openObligations();
  missed = [];
  [digest = ''] = await insertAccepted(database, [{ unitCode: 'TS1' }]);
  await keepTrustMaterial(database.query, { digest: world.trust.digest, body: Buffer.from('x') }, []);
  const answerSigners = new Set([fingerprintOf(world.pki.agencySigning.certificatePem)]);
  await declareBackends(database, new Map([['one', { name: 'one', url: '', certificateAuthorities: [], answerSigners, mostAtOnce: 1, timeoutMs: 1 }]]), 'gateway:test', world.now);
});

afterEach(() => database.close());
afterAll(() => { schemas.dispose(); });

const agency = '00101';
const sign = (xml: Buffer): Promise<Buffer> => issueWith(world.agency)(xml);
const about = (number: number) => ({ digest, dossierNumber: `00001/2026/${agency}`, transactionCode: `GW${digest.slice(0, 16)}`, number, at: world.now, agency });
const step = (number: number, name = 'Thẩm định'): Promise<Buffer> => sign(messageXml(about(number), stepReport({ number, name, room: 'THU', receivedAt: world.now, returnedAt: null, history: [] })));
const result = (number: number, code: string): Promise<Buffer> => sign(messageXml(about(number), { kind: 'KETQUA_XULY', outcome: { code, text: 'Đã xem', unitCode: 'TZ00009' }, documents: [] }));
const always: Hold = () => Promise.resolve(true);

function take(bodies: readonly Buffer[], hold = always, trust: TrustMaterial = world.trust): Promise<Taking | undefined> {
  const settings = { ...signs, database, schemas, terms, trust: () => trust, missed: (error: Unavailable) => missed.push(error) };
  return takeMessages(settings, { backend: 'one', lane: 'agency:one' }, bodies.map((body) => ({ position: null, body })), world.now, hold);
}

const verdicts = async (): Promise<string[]> => (await database.query<{ text: string }>(`SELECT concat_ws(' ', kind, verdict, reason) AS text FROM agency_message ORDER BY id`)).map(({ text }) => text);

it('one that cannot be judged now stops its batch, and whoever can fetch what is missing is told', async () => {
  const trust = parseTrustMaterial(trustFiles(world.pki).filter(([name]) => name !== 'subordinate.crl.pem').map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
  await keepTrustMaterial(database.query, { digest: trust.digest, body: Buffer.from('y') }, []);
  const held: number[] = [];
  const hold: Hold = (_query, taken) => {
    held.push(taken);
    return Promise.resolve(true);
  };
  const taking = await take([Buffer.from('không phải XML'), await step(1), Buffer.from('cũng không')], hold, trust);
  expect(taking).toMatchObject({ taken: 1, blocked: { reason: 'REVOCATION_UNKNOWN' } });
  expect([missed.map(({ reason }) => reason), held, await verdicts()]).toEqual([['REVOCATION_UNKNOWN'], [1], ['rejected XML_MALFORMED']]);
  expect(await take([await step(1)], hold, trust)).toMatchObject({ taken: 0, blocked: { reason: 'REVOCATION_UNKNOWN' } });
  expect(held).toEqual([1]);
});

describe('a batch that another has overtaken', () => {
  it('is judged again by what the other said', async () => {
    let overtakes = 1;
    const taking = await take([await result(2, '200')], async () => {
      if (overtakes-- > 0) await take([await result(1, '500')]);
      return true;
    });
    expect(taking).toMatchObject({ taken: 1 });
    expect(await verdicts()).toEqual(['result taken', 'result contradicting SECOND_RESULT']);
    expect(await database.query('SELECT code FROM result')).toEqual([{ code: '500' }]);
  });

  it('again and again says so instead of going on for ever', async () => {
    let number = 0;
    const taking = take([await step(1000)], async () => {
      number += 1;
      await take([await step(number)]);
      return true;
    });
    await expect(taking).rejects.toThrow('again and again');
    expect([number, (await verdicts()).length]).toEqual([10, 10]);
  });

  it('and is not to be recorded after all leaves nothing behind', async () => {
    let asked = 0;
    expect(await take([await step(1)], () => { asked += 1; return Promise.resolve(false); })).toBeUndefined();
    expect([asked, await verdicts()]).toEqual([1, []]);
  });
});

it('what is repeated or contradicts issues nothing, is judged by what came before it, and keeps its octets once', async () => {
  const [first, other] = [await result(1, '200'), await result(2, '500')];
  await take([first]);
  await take([first, other]);
  expect(await verdicts()).toEqual(['result taken', 'result repeated SAME', 'result contradicting SECOND_RESULT']);
  expect(await database.query(`SELECT body IS NULL AS "isLeftOut", first_id::int AS first FROM agency_message ORDER BY id`)).toEqual([{ isLeftOut: false, first: null }, { isLeftOut: true, first: 1 }, { isLeftOut: false, first: 1 }]);
  expect(await database.query('SELECT code FROM result')).toEqual([{ code: '200' }]);
  expect(await database.query(`SELECT kind FROM audit_event WHERE kind LIKE 'result%' OR kind LIKE 'agency_message%' ORDER BY id`)).toEqual([{ kind: 'result_issued' }, { kind: 'agency_message_contradicting' }]);
});

describe('a notice to a unit', () => {
  const notice = async (of: string): Promise<Buffer> => {
    const text = await sign(contributionNotice({ agency: of, code: 'TS1', name: 'Đơn vị', taxCode: '0101300842', people: 3, wages: 30_000_000 }, '10/2026', world.now, world.agency));
    return sign(noticeXml({ agency: of, recipient: 'TS1', taxCode: '0101300842', kind: 'C12-TS', month: '10/2026', at: world.now, text }));
  };

  it('is not of an agency that another backend serves', async () => {
    await database.query(`INSERT INTO route_change (prefix, backend, reason, actor, changed_at) VALUES ('079', 'two', 'test', 'test', now())`);
    await take([await notice('07901'), await notice(agency)]);
    expect(await verdicts()).toEqual(['notice rejected BACKEND_MISMATCH', 'notice taken']);
  });

  it('that another brought meanwhile is a repeat', async () => {
    let overtakes = 1;
    const body = await notice(agency);
    await take([body], async () => {
      if (overtakes-- > 0) await take([body]);
      return true;
    });
    expect(await verdicts()).toEqual(['notice taken', 'notice repeated SAME']);
    expect(await database.query('SELECT count(*)::int AS notices FROM notice')).toEqual([{ notices: 1 }]);
  });
});

describe('a feed that says the same hundreds of times', () => {
  const PAGES = 3;
  const SIZE = 250;
  let cursor = 0;
  beforeEach(async () => {
    cursor = 0;
    await openFeeds(database.query, ['one'], world.now);
  });

  const page = async (bodies: readonly Buffer[], used = schemas): Promise<void> => {
    const settings = { ...signs, database, schemas: used, terms, trust: () => world.trust, missed: (error: Unavailable) => missed.push(error) };
    const lease = await leaseFeed(database.query, 'one', 'reader', world.now, new Date(world.now.getTime() + 20_000));
    if (lease === undefined) throw new Error('no lease');
    await takeMessages(settings, { backend: 'one', lane: 'agency:one' }, bodies.map((body, index) => ({ position: cursor + index + 1, body })), world.now, (query, taken) => moveCursor(query, lease, 'reader', cursor + taken));
    cursor += bodies.length;
  };
  const rows = async (): Promise<number> => (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM agency_message'))[0]?.n ?? 0;
  const events = async (): Promise<number> => (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM audit_event WHERE kind LIKE 'agency_message%'`))[0]?.n ?? 0;

  it('is read on to its end, and few rows are written, whether it is believed or not', async () => {
    const stranger = await issueWith(world.agency)(messageXml({ ...about(1), digest: 'f'.repeat(64) }, stepReport({ number: 1, name: 'A', room: 'B', receivedAt: world.now, returnedAt: null, history: [] })));
    const [taken, again, other, strange, broken] = [await result(2, '200'), await result(2, '200'), await result(3, '500'), stranger, Buffer.from('không phải XML')];
    await page([taken]);
    for (let count = 0; count < PAGES; count += 1) await page(Array.from({ length: SIZE }, (_value, index) => [taken, again, other, strange, broken][index % 5] ?? broken));
    expect([cursor, await findCursor(database.query, 'one')]).toEqual([PAGES * SIZE + 1, PAGES * SIZE + 1]);
    expect(await verdicts()).toEqual(['result taken', 'result repeated SAME', 'result contradicting SECOND_RESULT', 'step rejected DOSSIER_UNKNOWN', 'rejected XML_MALFORMED']);
    expect([await rows(), await events()]).toEqual([5, 3]);
    expect((await listAgencyMessages(database.query, { most: 10 })).map(({ repeats }) => repeats)).toEqual([2 * PAGES * SIZE / 5 - 1, 0, PAGES * SIZE / 5 - 1, PAGES * SIZE / 5 - 1, PAGES * SIZE / 5 - 1]);
    expect(await findMessageContradictions(database.query)).toEqual([]);
    await expect(database.query('UPDATE agency_message_repeat SET times = 1, positions = 1')).rejects.toThrow(/stays counted/);
    await database.query('UPDATE backend_feed SET after = after + 1');
    expect(await findMessageContradictions(database.query)).toEqual([{ where: 'feed of one', what: `is not read from 1 to ${PAGES * SIZE + 2} without gap` }]);
  });

  it('costs no reading of what was not believed by the same certificates and lists', async () => {
    const unreadable = new Proxy(schemas, { get: () => { throw new Error('read again'); } });
    const forged = async (number: number): Promise<Buffer> => issueWith(identityOf(world.pki.employer))(messageXml(about(number), stepReport({ number, name: 'A', room: 'B', receivedAt: world.now, returnedAt: null, history: [] })));
    const [known, fresh] = [await forged(1), await forged(2)];
    await page([known]);
    await page(Array.from({ length: SIZE }, () => known), unreadable);
    await expect(page([await step(3)], unreadable)).rejects.toThrow('read again');
    expect([await rows(), await findCursor(database.query, 'one'), (await verdicts())[0]]).toEqual([1, SIZE + 1, expect.stringMatching(/^rejected/)]);
    await page([fresh]);
    expect(await rows()).toBe(2);
  });
});
