// Guarantee: the newest checkpoint of the log is stamped once in every interval, whichever gateway does it; a gateway whose stamps have failed for longer than
// the policy allows takes nothing in and says why, until they work again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { findStamps, findStampState, listStamps } from '../../src/store/stamps.ts';
import type { StampRow } from '../../src/store/stamps.ts';
import { findCheckpoint } from '../../src/store/log.ts';
import { verifyStamp } from '../../src/trust/stamp-ends.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { HOUR_MS, startStampedSite } from './support.ts';
import type { StampedSite } from './support.ts';

let site: StampedSite;
let other: Site;
let marks = 0;

beforeAll(async () => {
  site = await startStampedSite();
  other = await startSite({ databaseUrl: site.databaseUrl, environment: { GATEWAY_STAMP_URL: site.tsa.url }, world: { now: site.clock.now } });
});
afterAll(async () => {
  await site.stop();
});

async function file(to: Site = site): Promise<number> {
  const answer = await to.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: `dấu ${(marks += 1)}` }));
  return answer.status;
}

const all = (): Promise<StampRow[]> => listStamps(site.gateway.database.query, 0, 1_000_000);
const noteOf = async (size: number): Promise<Buffer> => Buffer.from((await findCheckpoint(site.gateway.database.query, size))?.note ?? '');
const health = async (): Promise<{ ready: boolean; stamping: Record<string, unknown> }> => JSON.parse((await site.direct.get('/health/ready')).body.toString()) as { ready: boolean; stamping: Record<string, unknown> };

describe('the newest checkpoint', () => {
  it('is stamped when the interval is over, and not before', async () => {
    expect(await file()).toBe(201);
    site.clock.turn(61_000);
    await site.gateway.stamping.work();
    const before = await all();
    const newest = await findCheckpoint(site.gateway.database.query, before.at(-1)?.size);
    expect(before.length).toBeGreaterThan(0);
    expect(await findStamps(site.gateway.database.query, 1)).toHaveLength(1);
    expect(verifyStamp({ token: before.at(-1)?.token ?? Buffer.alloc(0), octets: Buffer.from(newest?.note ?? '') }, materialOf(site.pki), site.clock.now()).stamp.tsa.commonName).toBe('Time stamps (Development)');
    expect(await file()).toBe(201);
    await site.gateway.stamping.work();
    expect(await all()).toHaveLength(before.length);
    site.clock.turn(61_000);
    await site.gateway.stamping.work();
    expect(await all()).toHaveLength(before.length + 1);
  });

  it('is not stamped for the sake of a stamp: while nothing but stamps has come, none is asked for', async () => {
    const waiting = async (): Promise<boolean> => (await site.gateway.database.query('SELECT 1 FROM log_waiting')).length === 0;
    const { query } = site.gateway.database;
    await until('all to be entered and stamped', async () => {
      site.clock.turn(61_000);
      await site.gateway.stamping.work();
      return (await waiting()) && (await findStampState(query)).waitingSince === null;
    });
    await until('the entry of the last stamp', async () => (await query(`SELECT 1 FROM log_entry WHERE kind = 'stamp' AND position >= (SELECT max(size) FROM log_stamp)`)).length > 0);
    const given = site.tsa.given;
    for (let round = 0; round < 3; round += 1) {
      site.clock.turn(61_000);
      expect(await site.gateway.stamping.work()).toBe(0);
    }
    expect(site.tsa.given).toBe(given);
  });

  it('has one stamp, whatever gateways there are', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [before, given] = [await all(), site.tsa.given];
      expect(await file(round % 2 === 0 ? site : other)).toBe(201);
      site.clock.turn(61_000);
      await Promise.all([site, other, site, other].map(({ gateway }) => gateway.stamping.work()));
      await until('the round that was under way', async () => (await all()).length > before.length);
      expect([(await all()).length - before.length, site.tsa.given - given]).toEqual([1, 1]);
    }
    await other.stop();
  });

  itWith('openssl', 'has a stamp that openssl believes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stamp-'));
    try {
      const last = (await all()).at(-1);
      writeFileSync(join(folder, 'note'), await noteOf(last?.size ?? 0));
      writeFileSync(join(folder, 'token'), last?.token ?? '');
      writeFileSync(join(folder, 'root.pem'), site.pki.root.certificatePem);
      writeFileSync(join(folder, 'subordinate.pem'), site.pki.subordinate.certificatePem);
      const verify = (data: string) => spawnSync('openssl', ['ts', '-verify', '-data', join(folder, data), '-in', join(folder, 'token'), '-token_in', '-CAfile', join(folder, 'root.pem'), '-untrusted', join(folder, 'subordinate.pem')], { encoding: 'utf8' });
      const good = verify('note');
      expect([good.status, good.stdout + good.stderr]).toEqual([0, expect.stringContaining('Verification: OK')]);
      expect(verify('root.pem').status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('while no stamp is to be had', () => {
  it('dossiers are taken in for four hours and not longer, and again when there is one', async () => {
    site.clock.turn(61_000);
    await site.gateway.stamping.work();
    site.tsa.behave({ mode: 'fail' });
    expect(await file()).toBe(201);
    site.clock.turn(4 * HOUR_MS - 10 * 60_000);
    await expect(site.gateway.stamping.work()).rejects.toThrow('answered 500');
    expect(await health()).toMatchObject({ ready: true, stamping: { on: true, refusing: false, failing: [expect.stringContaining('answered 500')] } });
    expect(await file()).toBe(201);
    site.clock.turn(20 * 60_000);
    await expect(site.gateway.stamping.work()).rejects.toThrow('answered 500');
    const refused = await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: 'quá lâu' }));
    expectProblem(refused, 'UNAVAILABLE');
    expect([refused.headers['retry-after'], refused.body.toString()]).toEqual(['60', expect.stringContaining('without a time stamp for too long')]);
    expectProblem(await site.ivan.post('/v1/registrations', Buffer.from('<Hoso/>')), 'UNAVAILABLE');
    expect(await health()).toMatchObject({ ready: false, stamping: { refusing: true, waitingSince: expect.stringMatching(/\+07:00$/) as unknown } });
    site.tsa.behave({});
    site.clock.turn(HOUR_MS);
    await site.gateway.stamping.work();
    expect(await health()).toMatchObject({ ready: true, stamping: { refusing: false, failing: [] } });
    expect(await file()).toBe(201);
  });
});

describe('the audit', () => {
  /** As somebody with the database in hand would. */
  async function altered(sql: string): Promise<void> {
    await site.gateway.database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      await query(sql);
    });
  }
  const flip = (id: string, octet: string): string => `UPDATE log_stamp SET token = set_byte(token, ${octet}, get_byte(token, ${octet}) # 1) WHERE id = ${id}`;

  it('names the stamp of which a bit was changed, wherever it was', async () => {
    await audit(site.databaseUrl);
    const [one, other] = (await all()).map(({ id }) => id);
    for (const id of [one ?? '', other ?? '']) {
      for (const octet of ['length(token) - 5', 'length(token) / 2', '40']) {
        await altered(flip(id, octet));
        await expect(audit(site.databaseUrl)).rejects.toThrow(new RegExp(`stamp ${id}\\b`));
        await altered(flip(id, octet));
      }
    }
    for (const change of [`ends_at = ends_at + interval '1 year'`, `at = at - interval '1 second'`, `recorded_at = recorded_at + interval '1 hour'`, `digest = repeat('0', 64)`, `tsa = 'another'`]) {
      const column = change.split(' ')[0] ?? '';
      await altered(`CREATE TABLE kept AS SELECT id, ${column} FROM log_stamp; UPDATE log_stamp SET ${change} WHERE id = ${other ?? ''}`);
      await expect(audit(site.databaseUrl)).rejects.toThrow(new RegExp(`stamp ${other ?? ''}\\b`));
      await altered(`UPDATE log_stamp s SET ${column} = k.${column} FROM kept k WHERE k.id = s.id; DROP TABLE kept`);
    }
    await altered(`DELETE FROM log_stamp WHERE id = ${one ?? ''}`);
    await expect(audit(site.databaseUrl)).rejects.toThrow(`its stamp ${one ?? ''} is not there`);
  }, 120_000);
});
