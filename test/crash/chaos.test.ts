// Guarantee: whatever is killed – gateways, agencies' backends, the program of one that fetches, a server of the message cluster –, again and again
// while 2,000 dossiers are on their way: every dossier has one receipt and one result, every feed is gapless, a webhook is told everything in order,
// each agency has each of its dossiers once and an employer's in order, and the audit holds. CHAOS_SEED repeats a run, CHAOS_DOSSIERS makes it shorter.
import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { randomFrom } from '../differential/random.ts';
import { audit } from '../support/audited.ts';
import { callerTo } from '../support/site.ts';
import type { Caller } from '../support/site.ts';
import { hasTool, itWith } from '../support/tools.ts';
import { untilNothing } from '../support/until.ts';
import { planOf } from './chaos/plan.ts';
import { ivanCallers, sendAll } from './chaos/senders.ts';
import type { IvanCallers, Sending } from './chaos/senders.ts';
import { startChaosSite } from './chaos/site.ts';
import type { ChaosSite } from './chaos/site.ts';
import { strikeAll } from './chaos/strikes.ts';
import { auditProgram, disordered, isGapless, isSensible, kindsByDossier, readFeed, storedAt } from './chaos/told.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31));
const dossierCount = Number(process.env['CHAOS_DOSSIERS'] ?? 2_000);
const EVENTS_EACH = 6; // accepted, forwarded, slip, two steps, result
const STANDSTILL_MS = 120_000; // longer than every lease and every breaker
const RUN_LIMIT_MS = 2_400_000; // only what stands still fails before
const ASKED_AT_ONCE = 16;

jest.setTimeout(RUN_LIMIT_MS);

const random = randomFrom(seed);
let site: ChaosSite | undefined;
let ivan: IvanCallers | undefined;
let sending: Sending | undefined;
const began = Date.now();

function tell(line: string): void {
  process.stdout.write(`chaos ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the run before has failed');
  return value;
}

async function inTurns<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items].toReversed();
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  }));
}

/** Any of them. */
function asIvan(): Caller {
  return there([...there(ivan).callers.values()][random(2)]);
}

beforeAll(async () => {
  if (!hasTool('nats-server')) return;
  tell(`seed ${seed}, ${dossierCount} dossiers`);
  site = await startChaosSite(random(3));
  ivan = ivanCallers(site);
  tell('everything is up');
}, 180_000);

afterAll(async () => {
  ivan?.close();
  await site?.stop();
}, 60_000);

/** What waits to be done, as text; empty when nothing does. */
async function unsettled(): Promise<string> {
  const [row] = await there(site).database.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)) AS "without result",
            (SELECT count(*)::int FROM delivery WHERE state <> 'delivered' AND kind = 'dossier') AS "to deliver", (SELECT count(*)::int FROM delivery WHERE state <> 'delivered' AND kind <> 'dossier') AS "to tell",
            (SELECT count(*)::int FROM backend_feed WHERE after < last_known) AS "to read"`);
  return Object.entries(row ?? {}).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`).join(', ');
}

describe('chaos', () => {
  itWith('nats-server', 'strikes, and all that was begun comes to its end', async () => {
    const { gateways, agencies, fetcher, parts, receiver } = there(site);
    const registered = await asIvan().post('/v1/webhooks', JSON.stringify({ url: receiver.url }), { 'content-type': 'application/json' });
    expect([registered.status, JSON.parse(registered.body.toString('utf8'))]).toEqual([201, expect.objectContaining({ state: 'active' })]);

    const nats = there([...parts.keys()].find((name) => name.startsWith('nats')));
    const plan = planOf(seed, new Map([...gateways.map(({ name }): [string, number] => [name, 4]), ...agencies.map(({ backend }): [string, number] => [backend.name, 3]), [fetcher.name, 3], [nats, 2]]));
    let isOver = false;
    const begun = sendAll(there(site), there(ivan), dossierCount, random);
    sending = begun;
    const progress = (): number => Math.floor((1000 * (begun.sent.size + receiver.events.length)) / (dossierCount * (1 + EVENTS_EACH)));
    const settled = (async () => {
      await begun.finished;
      tell(`the last of ${begun.sent.size} receipts, ${begun.repeats()} sendings repeated`);
      await untilNothing('everything to be settled', unsettled, STANDSTILL_MS);
      tell('settled');
    })();
    try {
      await Promise.all([settled, strikeAll(plan, parts, { progress, tell, isOver: () => isOver })]);
    } catch (error) {
      for (const { name, lines } of parts.values()) tell(`${name} said last:\n${lines.slice(-8).join('\n')}`);
      throw error;
    } finally {
      isOver = true;
    }
    expect(new Map([...parts].map(([name, part]) => [name, part.kills()]))).toEqual(new Map([...parts.keys()].map((name) => [name, plan.filter(({ part }) => part === name).length])));
  });

  itWith('nats-server', 'every dossier has one receipt, the same octets whenever it is asked for, and one result', async () => {
    const { database } = there(site);
    const { sent } = there(sending);
    expect(sent.size).toBe(dossierCount);
    const wrong: string[] = [];
    await inTurns(sent, async ([digest, { receipt }]) => {
      const again = await asIvan().get(`/v1/dossiers/${digest}`);
      const result = await asIvan().get(`/v1/dossiers/${digest}/result`);
      if (!again.body.equals(receipt) || result.status !== 200 || !result.body.includes(digest)) wrong.push(`${digest}: ${again.status}, result ${result.status}`);
    });
    expect(wrong).toEqual([]);
    const [counts] = await database.query('SELECT (SELECT count(*)::int FROM submission) AS submissions, (SELECT count(*)::int FROM receipt) AS receipts, (SELECT count(*)::int FROM dossier) AS dossiers, (SELECT count(*)::int FROM result) AS results');
    tell(JSON.stringify(counts));
    expect(counts).toEqual({ submissions: dossierCount, receipts: dossierCount, dossiers: dossierCount, results: dossierCount });
  });

  itWith('nats-server', 'every feed is gapless, and tells of each dossier in an order that makes sense', async () => {
    const { pki, employer, units, gateways, receiver } = there(site);
    const { sent } = there(sending);
    const feed = await readFeed(asIvan());
    const kinds = kindsByDossier(feed.events);
    expect([isGapless(feed), new Set(kinds.keys())]).toEqual([true, new Set(sent.keys())]);
    expect([...kinds].filter(([, those]) => !isSensible(those))).toEqual([]);

    const caller = callerTo(there(gateways[0]).url, pki, { cert: employer.certificatePem, key: employer.privateKeyPem });
    const wrong: string[] = [];
    let unitEvents = 0;
    await inTurns(units, async ({ agency, code }) => {
      const own = await readFeed(caller, `${agency}/${code}`);
      unitEvents += own.events.length;
      const expected = feed.events.filter(({ dossier }) => { const unit = sent.get(dossier?.sha256 ?? '')?.unit; return unit?.code === code && unit.agency === agency; });
      if (!isGapless(own) || own.events.map(({ id }) => id).join() !== expected.map(({ id }) => id).join()) wrong.push(`${agency}/${code}`);
    });
    caller.close();
    expect(wrong).toEqual([]);
    expect(unitEvents).toBe(feed.events.length);

    const told = receiver.events.filter(({ kind }) => kind !== 'test');
    const byPosition = new Map(told.map((event) => [event.position, event]));
    tell(`${feed.last} events in the I-VAN's feed, ${unitEvents} in ${units.length} units'; the webhook was told ${told.length} times`);
    expect(feed.events.filter(({ position, id, kind }) => { const event = byPosition.get(position); return event?.id !== id || event.kind !== kind; })).toEqual([]);
    expect([byPosition.size, disordered(told), receiver.untrusted]).toEqual([feed.last, [], []]);
  });

  itWith('nats-server', 'each agency has each of its dossiers once, and those of an employer in the order of their numbers', async () => {
    const { agencies, database } = there(site);
    const { sent } = there(sending);
    const ordered = await database.query<{ digest: string }>(`SELECT s.digest FROM delivery v JOIN submission s ON s.id = v.submission_id WHERE v.kind = 'dossier' ORDER BY v.id`);
    for (const { code, databaseUrl } of agencies) {
      const stored = await storedAt(databaseUrl);
      const ofUnits = (digests: readonly string[]): Map<string, string[]> => {
        const byUnit = new Map<string, string[]>();
        for (const digest of digests) { const unit = sent.get(digest)?.unit; if (unit?.agency === code) byUnit.set(unit.code, [...(byUnit.get(unit.code) ?? []), digest]); }
        return byUnit;
      };
      tell(`agency ${code} has ${stored.length}, ${stored.filter(({ timesPut }) => timesPut > 1).length} of them put more than once`);
      expect(ofUnits(stored.map(({ digest }) => digest))).toEqual(ofUnits(ordered.map(({ digest }) => digest)));
      expect(stored).toHaveLength([...sent.values()].filter(({ unit }) => unit.agency === code).length);
    }
  });

  itWith('nats-server', 'and the audit holds, in this process and as its program', async () => {
    const { databaseUrl } = there(site);
    expect(await audit(databaseUrl)).toMatchObject({ submissions: dossierCount, accepted: dossierCount, results: dossierCount, refused: 0 });
    tell('audited');
    const { exitCode, output } = await auditProgram(databaseUrl);
    tell(`the audit program: ${output.trim()}`);
    expect([exitCode, output]).toEqual([0, expect.stringContaining(String(dossierCount))]);
  });
});

it('the plan is the same for the same seed, and everything is back before the end', () => {
  const times = new Map([['a', 3], ['b', 2]]);
  expect([planOf(7, times), planOf(7, times).every(({ at, backAt }) => at <= backAt && backAt < 1000)]).toEqual([planOf(7, times), true]);
  expect(planOf(8, times)).not.toEqual(planOf(7, times));
});
