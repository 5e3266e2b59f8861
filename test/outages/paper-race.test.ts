// Guarantee: an electronic dossier and the report of its paper, recorded at the same moment by any processes, are tied to each other; and a dossier that comes in
// the very moment in which it is demanded has met the demand. Whatever the order, nothing is demanded of who has sent, and an audit sees it where it were.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { endOutage, openOutage } from '../../src/outages/ledger.ts';
import { createSettling } from '../../src/outages/settle.ts';
import type { SettlingSettings } from '../../src/outages/settle.ts';
import { reportPaper } from '../../src/outages/units.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Database, Query } from '../../src/store/database.ts';
import { findPaperContradictions } from '../../src/store/paper-audit.ts';
import { tieToPaper } from '../../src/store/paper-filings.ts';
import { insertAccepted } from '../support/accepted.ts';
import { openObligations, signing, vietnam as at } from '../support/obligation-stage.ts';

const ROUNDS = 25;
const standard = loadStandard();
const began = at('2026-11-26T07:00:00');
const filedAt = at('2026-11-26T07:30:00');
const now = at('2026-11-26T08:00:00');
const by = { actor: 'Trực', at: now };
let database: Database;
let settings: SettlingSettings;
let reference: string;
let round = 0;
let unitCode: string;

beforeAll(async () => {
  database = await openObligations();
  settings = { database, ...(await signing()), terms: standard, now: () => now };
});

beforeEach(async () => {
  reference = await open();
});

afterAll(() => database.close());

const open = (): Promise<string> => openOutage(settings, { scope: 'portal', agencyPrefix: '', ivanCode: null, causeVi: 'Mất điện', causeEn: 'Power cut', startedAt: began }, by);
const report = (): Promise<unknown> => reportPaper(settings, reference, { agency: '00101', unitCode, procedure: '600', period: '11/2026', paperNumber: `G-${unitCode}`, filedAt }, by);
const nothing = (): Promise<unknown> => Promise.resolve();
const send = (before = nothing, after = nothing): Promise<unknown> =>
  insertAccepted(database, [{ unitCode, receivedAt: now }], async (query: Query, submissionId) => {
    await before();
    await tieToPaper(query, [submissionId], now);
    await after();
  });
const ties = (): Promise<object[]> => database.query(`SELECT (m.paper_filing_id IS NOT NULL) AS tied, (o.id IS NULL OR o.met_at IS NOT NULL) AS met FROM paper_filing p LEFT JOIN paper_filing_met m ON m.paper_filing_id = p.id LEFT JOIN obligation o ON o.paper_filing_id = p.id WHERE p.unit_code = $1`, [unitCode]);
const pause = (turns: number): Promise<void> => (turns === 0 ? Promise.resolve() : new Promise((resolve) => { setTimeout(resolve, turns); }));
const next = (): void => {
  round += 1;
  unitCode = `TS${round}`;
};

describe('a dossier and the report of its paper', () => {
  it('are tied though each transaction began before the other was seen', async () => {
    next();
    let reporting: Promise<unknown> = Promise.resolve();
    await send(nothing, async () => {
      reporting = report();
      await pause(100); // as far as it comes without what is not committed
    });
    await reporting;
    expect(await ties()).toEqual([{ tied: true, met: true }]);
  });

  it('are tied whenever they come together', async () => {
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      next();
      await Promise.all([send(() => pause(turn % 4)), pause(turn % 7).then(report)]);
      expect(await ties()).toEqual([{ tied: true, met: true }]);
    }
  });
});

describe('a dossier and the demand for it', () => {
  it('are tied and the demand is met, though it was made while the dossier was being recorded', async () => {
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      next();
      if (turn > 0) reference = await open();
      await report();
      await endOutage(settings, reference, now, by);
      const settle = createSettling(settings);
      await Promise.all([send(() => pause(turn % 5)), pause(turn % 3).then(async () => { while ((await settle.work()) > 0); })]);
      while ((await settle.work()) > 0);
      expect(await ties()).toEqual([{ tied: true, met: true }]);
    }
  });
});

describe('an audit', () => {
  async function found(...statements: readonly string[]): Promise<string[]> {
    let seen: string[] = [];
    await database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      for (const statement of statements) await query(statement);
      seen = (await findPaperContradictions(query)).map(({ what }) => what);
      throw new Error('undone');
    }).catch(() => undefined);
    return seen;
  }

  it('finds nothing after all that, a paper whose dossier is there and not tied, and a demand that was met and stands open', async () => {
    expect(await found()).toEqual([]);
    expect(await found(`DELETE FROM paper_filing_met WHERE paper_filing_id = (SELECT min(id) FROM paper_filing)`)).toEqual(['is not tied to the dossier that was sent']);
    expect(await found(`INSERT INTO obligation (paper_filing_id, kind, agency, arisen_at, first_due_at, due_at, basis) SELECT min(id), 'resend', '00101', now(), now(), now(), 'x' FROM paper_filing WHERE NOT EXISTS (SELECT 1 FROM obligation o WHERE o.paper_filing_id = paper_filing.id)`)).toEqual(['is tied to its dossier, which is still demanded']);
  });
});
