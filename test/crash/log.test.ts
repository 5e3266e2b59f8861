// Guarantee: two gateways make one log, whatever is killed when. Of 5,000 dossiers sent to two processes that are killed again and again, and whose connections to
// the database are cut in the middle of their work: no fork, no gap, every submission entered once, every receipt that anybody ever got is in the store and its
// proof leads to every later checkpoint (promises 2, 12-14). LOG_SEED repeats a run, LOG_DOSSIERS makes it shorter.
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { entryOctets } from '../../src/log/entry.ts';
import { pick, randomFrom } from '../differential/random.ts';
import { audit } from '../support/audited.ts';
import { itWith } from '../support/tools.ts';
import { untilNothing } from '../support/until.ts';
import { planOf } from './chaos/plan.ts';
import { strikeAll } from './chaos/strikes.ts';
import { leadsTo, provenBy, readLog, secondReader, writeTiles } from './log/reading.ts';
import type { ReadLog } from './log/reading.ts';
import { sendAll } from './log/senders.ts';
import type { Sending } from './log/senders.ts';
import { answering, startLogSite } from './log/site.ts';
import type { LogSite } from './log/site.ts';

const seed = Number(process.env['LOG_SEED'] ?? randomInt(2 ** 31));
const dossierCount = Number(process.env['LOG_DOSSIERS'] ?? 5_000);
const KILLS = 6; // of each gateway, and as often are its connections cut
const LATER = 5; // checkpoints that each receipt's is held against, beside the next and the last
const READ_AGAIN = 6; // pairs of checkpoints, and receipts, that the second reader sees
const STANDSTILL_MS = 120_000;

jest.setTimeout(1_200_000); // only what stands still fails before

const random = randomFrom(seed);
const began = Date.now();
let site: LogSite | undefined;
let sending: Sending | undefined;
let log: ReadLog | undefined;

function tell(line: string): void {
  process.stdout.write(`log ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the run before has failed');
  return value;
}

beforeAll(async () => {
  tell(`seed ${seed}, ${dossierCount} dossiers`);
  site = await startLogSite();
  tell('both gateways are up');
}, 180_000);

afterAll(async () => {
  await site?.stop();
}, 60_000);

/** What the gateways still have to do of what this run is about, as text. */
async function unsettled(): Promise<string> {
  const [row] = await there(site).database.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM dossier d WHERE agency = $1 AND NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)) AS "without result",
            (SELECT count(*)::int FROM log_waiting) AS "waiting for the log"`, [answering]);
  return Object.entries(row ?? {}).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`).join(', ');
}

describe('two gateways that are killed', () => {
  it('give every submission a receipt, and enter all that waits', async () => {
    const { parts, gateways } = there(site);
    const plan = planOf(seed, new Map([...parts.keys()].map((name) => [name, KILLS])));
    let isOver = false;
    const begun = sendAll(there(site), dossierCount, random);
    sending = begun;
    const finished = begun.finished.then(() => { tell(`${begun.receipts.size} receipts, ${begun.repeats()} sendings repeated`); });
    try {
      await Promise.all([finished, strikeAll(plan, parts, { progress: () => Math.floor((1000 * begun.receipts.size) / dossierCount), tell, isOver: () => isOver })]);
      await untilNothing('everything to be entered', unsettled, STANDSTILL_MS);
    } catch (error) {
      for (const { name, lines } of gateways) tell(`${name} said last:\n${lines.slice(-8).join('\n')}`);
      throw error;
    } finally {
      isOver = true;
    }
    expect([...parts.values()].map((part) => part.kills())).toEqual(Array(parts.size).fill(KILLS));
    expect([...begun.outcomes.keys()].toSorted()).toEqual([201, 409, 422]);
    tell(`settled: ${[...begun.outcomes].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  });

  it('make one log without a gap, in which every submission is once', async () => {
    const { database } = there(site);
    const read = await readLog(database);
    log = read;
    tell(`${read.entries.length} entries, ${read.checkpoints.length} checkpoints`);
    expect(read.entries.every(({ position }, place) => position === place)).toBe(true);
    const subjects = read.entries.map(({ kind, subject }) => `${kind} ${subject}`);
    expect(new Set(subjects).size).toBe(subjects.length);
    const submissions = await database.query<{ id: string }>('SELECT id FROM submission');
    expect(submissions).toHaveLength(there(sending).receipts.size);
    expect(read.entries.filter(({ kind }) => kind === 'submission').map(({ subject }) => subject).toSorted()).toEqual(submissions.map(({ id }) => id).toSorted());
    for (const [kind, table] of [['receipt', 'receipt'], ['event', `audit_event WHERE kind NOT LIKE 'submission%'`], ['result', 'result'], ['notice', 'notice'], ['message', 'agency_message']] as const) {
      const [row] = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      expect([kind, read.entries.filter((entry) => entry.kind === kind).length]).toEqual([kind, row?.n]);
    }
    expect(read.checkpoints.at(-1)?.size).toBe(read.entries.length);
  });

  it('sign one tree for each size, each the beginning of the next', () => {
    const { checkpoints } = there(log);
    const forks = checkpoints.slice(1).filter((later, index) => !leadsTo(there(log), there(checkpoints[index]), later));
    expect(forks.map(({ size }) => size)).toEqual([]);
    expect(checkpoints.length).toBeGreaterThan(100);
  });

  it('give receipts whose proofs hold, and lead to every later checkpoint', async () => {
    const read = there(log);
    const { checkpoints, entries } = read;
    const { receipts } = there(sending);
    const places = new Map(checkpoints.map((checkpoint, place) => [checkpoint.note, place]));
    const rows = await there(site).database.query<{ id: string; digest: string; body: Buffer }>('SELECT s.id, s.digest, r.body FROM submission s JOIN receipt r ON r.submission_id = s.id');
    const stored = new Map(rows.map((row) => [row.digest, row]));
    const wrong: string[] = [];
    for (const [digest, receipt] of receipts) {
      const proven = provenBy(receipt, read);
      const [row, place, entry] = [stored.get(digest), places.get(proven.note), entries[proven.index]];
      if (row?.body.equals(receipt) !== true) wrong.push(`${digest}: the store has another receipt`);
      if (entry?.kind !== 'submission' || entry.subject !== row?.id) wrong.push(`${digest}: entry ${proven.index} is of another`);
      if (place === undefined) { wrong.push(`${digest}: its checkpoint is not the log's`); continue; }
      const later = [there(checkpoints.at(-1)), ...checkpoints.slice(place, place + 2), ...Array.from({ length: LATER }, () => pick(random, checkpoints.slice(place)))];
      for (const checkpoint of later) if (!leadsTo(read, proven, checkpoint)) wrong.push(`${digest}: ${proven.size} does not lead to ${checkpoint.size}`);
    }
    expect(wrong).toEqual([]);
    tell('every proof holds, and leads on');
  });

  itWith('python3', 'and a second reader finds the same tree', () => {
    const read = there(log);
    const folder = mkdtempSync(join(tmpdir(), 'log-tiles-'));
    try {
      const last = there(read.checkpoints.at(-1));
      const some = Array.from({ length: READ_AGAIN }, () => pick(random, read.checkpoints));
      writeTiles(folder, read, [last.size, ...some.map(({ size }) => size)]);
      expect(secondReader(last.note, 'tree', folder)).toMatch(new RegExp(`^tree ${last.size} \\d+$`));
      expect(secondReader(last.note, 'note', read.keyText)).toContain(`${last.size} ${last.root.toString('hex')}`);
      for (const first of some) expect(secondReader(`${first.note}----\n${last.note}`, 'grows', folder)).toBe(`grows ${first.size} ${last.size}`);
      const receipts = [...there(sending).receipts.values()];
      for (const receipt of Array.from({ length: READ_AGAIN }, () => pick(random, receipts))) {
        const { index, size, proof } = provenBy(receipt, read);
        const { kind, commitment } = there(read.entries[index]);
        writeFileSync(join(folder, 'entry'), entryOctets(kind, commitment));
        expect(secondReader(proof, 'proof', read.keyText, join(folder, 'entry'))).toBe(`included ${index} ${size}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    tell('read a second time');
  });

  it('and the audit holds', async () => {
    const { receipts, outcomes } = there(sending);
    const refused = (outcomes.get(422) ?? 0);
    expect(await audit(there(site).databaseUrl)).toMatchObject({ submissions: receipts.size, refused });
    tell('audited');
  });
});
