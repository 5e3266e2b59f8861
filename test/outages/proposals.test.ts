// Guarantee: an agency that is away for longer than the set time makes a proposal, once, from its first failure on, and never an outage by itself; an operator
// makes it one, with its signed statement, or dismisses it with a reason, once; and all of it is on record.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { afterFailure } from '../../src/delivery/breaker.ts';
import { acceptProposal, createProposing, dismissProposal } from '../../src/outages/proposals.ts';
import type { OutageDesk } from '../../src/outages/ledger.ts';
import type { Database } from '../../src/store/database.ts';
import { lockLane, resetBreakers, saveBreaker } from '../../src/store/lanes.ts';
import { findOutageContradictions } from '../../src/store/outage-audit.ts';
import { listProposals } from '../../src/store/outage-proposals.ts';
import type { Proposal } from '../../src/store/outage-proposals.ts';
import { listOutages } from '../../src/store/outages.ts';
import { openObligations, signing, vietnam as at } from '../support/obligation-stage.ts';

const minute = 60_000;
const began = at('2026-11-23T08:00:00');
const words = { causeVi: 'Mất kết nối', causeEn: 'Away', agencies: undefined };
let signs: Awaited<ReturnType<typeof signing>>;
let database: Database;
let now: Date;

beforeAll(async () => { signs = await signing(); });

beforeEach(async () => {
  database = await openObligations();
  await database.query(`INSERT INTO lane (name, most_at_once) VALUES ('webhook:1', 1), ('agency:two', 1)`);
  now = began;
});

afterEach(async () => {
  expect(await findOutageContradictions(database.query)).toEqual([]);
  await database.close();
});

const after = (minutes: number): Date => new Date(began.getTime() + minutes * minute);
const proposing = () => createProposing({ database, proposeAfterMs: 30 * minute, now: () => now });
const desk = (): OutageDesk => ({ database, ...signs });
const by = (): { readonly actor: string; readonly at: Date } => ({ actor: 'Trực', at: now });
const open = (): Promise<Proposal[]> => listProposals(database.query, 'open', undefined, 10);

/** Tried whenever the breaker lets one through, until the minute. */
async function fails(lane: string, until: number): Promise<void> {
  for (; now <= after(until); ) {
    const breaker = await lockLane(database.query, lane);
    if (breaker.openUntil === null || breaker.openUntil <= now) await saveBreaker(database.query, lane, afterFailure(breaker, now, 0.5), now);
    now = new Date(Math.max(now.getTime() + 1_000, (await lockLane(database.query, lane)).openUntil?.getTime() ?? 0));
  }
}

describe('an agency that is away', () => {
  it('is proposed after the set time, from its first failure on, once, by any number of processes, and no outage is opened', async () => {
    await fails('agency:one', 25);
    expect(await proposing().work()).toBe(0);
    await fails('agency:one', 31);
    expect(await proposing().nextDue()).toEqual(after(30));
    expect((await Promise.all([proposing().work(), proposing().work(), proposing().work()])).reduce((sum, count) => sum + count, 0)).toBe(1);
    await fails('agency:one', 90);
    expect(await proposing().work()).toBe(0);
    expect(await proposing().nextDue()).toBeUndefined();
    expect(await open()).toMatchObject([{ lane: 'agency:one', failingSince: began, agencies: [''], isLasting: true, state: 'open' }]);
    expect(await listOutages(database.query, {}, 10)).toEqual([]);
  });

  it('is not proposed when it was reached meanwhile, nor when nobody has tried it for as long, nor when it is a subscriber', async () => {
    await fails('agency:one', 20);
    await resetBreakers(database.query, ['agency:one']);
    await fails('agency:one', 40);
    await fails('webhook:1', 80);
    now = began;
    await fails('agency:two', 2);
    now = after(200);
    expect(await proposing().work()).toBe(0);
    expect(await proposing().nextDue()).toBeUndefined();
  });

  it('is proposed anew when it fails again after it was reached, and shows which of them last', async () => {
    await fails('agency:one', 40);
    await proposing().work();
    await resetBreakers(database.query, ['agency:one']);
    const again = now;
    await fails('agency:one', 90);
    await proposing().work();
    expect((await open()).map(({ failingSince, isLasting }) => [failingSince, isLasting])).toEqual([[again, true], [began, false]]);
  });
});

describe('a proposal', () => {
  beforeEach(async () => {
    await fails('agency:one', 40);
    await proposing().work();
  });

  it('that is accepted is an outage with its statement, from the first failure on, and is accepted once', async () => {
    const tries = await Promise.allSettled([acceptProposal(desk(), '1', words, by()), acceptProposal(desk(), '1', words, by())]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await listOutages(database.query, {}, 10)).toMatchObject([{ reference: 'SC2026-0001', scope: 'portal', agencyPrefix: '', startedAt: began, endedAt: null, causeVi: 'Mất kết nối' }]);
    expect(await listProposals(database.query, undefined, undefined, 10)).toMatchObject([{ state: 'accepted', outages: ['SC2026-0001'], actor: 'Trực' }]);
    await expect(dismissProposal(desk(), '1', 'x', by())).rejects.toMatchObject({ code: 'PROPOSAL_DECIDED' });
    await expect(acceptProposal(desk(), '2', words, by())).rejects.toMatchObject({ code: 'PROPOSAL_UNKNOWN' });
  });

  it('that is dismissed says why, and is none', async () => {
    await dismissProposal(desk(), '1', 'Bảo trì đã báo trước', by());
    expect(await listProposals(database.query, 'dismissed', undefined, 10)).toMatchObject([{ reason: 'Bảo trì đã báo trước', outages: [], decidedAt: now }]);
    await expect(acceptProposal(desk(), '1', words, by())).rejects.toMatchObject({ code: 'PROPOSAL_DECIDED' });
    expect(await listOutages(database.query, {}, 10)).toEqual([]);
    await expect(database.query(`UPDATE outage_proposal_decision SET reason = 'y'`)).rejects.toThrow(/never changed/);
  });

  it('does not become an outage of agencies whose dossiers go elsewhere', async () => {
    await database.query(`INSERT INTO route_change (prefix, backend, reason, actor, changed_at) VALUES ('079', 'two', 'test', 'test', now())`);
    await expect(acceptProposal(desk(), '1', words, by())).rejects.toMatchObject({ code: 'FIELD_INVALID' });
    for (const agencies of [['07901'], ['07'], ['001', '079'], []]) await expect(acceptProposal(desk(), '1', { ...words, agencies }, by())).rejects.toMatchObject({ code: 'FIELD_INVALID' });
    expect(await acceptProposal(desk(), '1', { ...words, agencies: ['001', '078'] }, by())).toEqual(['SC2026-0001', 'SC2026-0002']);
    expect((await listOutages(database.query, {}, 10)).map(({ agencyPrefix }) => agencyPrefix)).toEqual(['078', '001']);
  });

  it.each([
    ['proposal', `DELETE FROM audit_event WHERE kind = 'outage_proposed'`, 'is not what was recorded'],
    ['agencies', `UPDATE outage_proposal SET agencies = '{079}'`, 'is not what was recorded'],
    ['error', `UPDATE outage_proposal SET error = 'x'`, 'is not what was recorded'],
    ['decision', `DELETE FROM audit_event WHERE kind = 'outage_proposal_accepted'`, 'was decided otherwise than recorded'],
    ['beginning', `UPDATE outage_statement SET started_at = started_at - interval '1 day'`, 'which did not begin with it'],
    ['event', `DELETE FROM outage_proposal_decision`, 'tells of what is not there'],
  ])('whose %s was altered is found by an audit', async (_what, statement, found) => {
    await acceptProposal(desk(), '1', words, by());
    await expect(database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      await query(statement);
      throw new Error((await findOutageContradictions(query)).map(({ what }) => what).join('\n'));
    })).rejects.toThrow(found);
  });
});
