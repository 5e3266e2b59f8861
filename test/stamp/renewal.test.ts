// Guarantee: no stamp, of a checkpoint or of a receipt, ends before a stamp that lasts longer covers it; one stamp covers any number of them, for each is in the
// log; and what the first of them proved is believed when its certificate has long ended, each link by openssl and by a second reader of the log.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { examineStamps } from '../../src/client/examine-stamps.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { collectEvidence } from '../../src/evidence/collect.ts';
import { commitmentTo, entryOctets } from '../../src/log/entry.ts';
import type { Facts } from '../../src/log/entry.ts';
import { parseProof } from '../../src/log/proof.ts';
import { findStamps, findUncovered } from '../../src/store/stamps.ts';
import { secondReader, text } from '../log/followed.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { DAY_MS, HOUR_MS, startStampedSite, timeStampCredential } from './support.ts';
import type { StampedSite } from './support.ts';

let site: StampedSite;
const DOSSIERS = 3;
const digests: string[] = [];
let files: ReadonlyMap<string, Buffer>;

const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');
const entered = (): Promise<unknown> => until('all to be in the log', async () => (await site.gateway.database.query('SELECT 1 FROM log_waiting')).length === 0);
const count = async (what: string): Promise<number> => (await site.gateway.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`))[0]?.count ?? 0;
const fileOf = (name: string): Buffer => files.get(name) ?? Buffer.alloc(0);

beforeAll(async () => {
  site = await startStampedSite({ GATEWAY_STAMP_RECEIPTS: 'on' });
  site.tsa.behave({ credential: timeStampCredential(site.pki, 100) });
  for (let nth = 0; nth < DOSSIERS; nth += 1) {
    const bytes = await signedDossier(identityOf(site.pki.employer), { mark: `gia hạn ${nth}` });
    expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
    digests.push(sha256(bytes));
    await entered();
    site.clock.turn(61_000);
    await site.gateway.stamping.work();
  }
  await entered();
});
afterAll(async () => { await site.stop(); });

it('an authority that has no longer certificate is asked in vain, and not at every turn', async () => {
  const { clock, tsa, gateway: { database: { query }, stamping } } = site;
  expect([await count('receipt_stamp'), await count('log_stamp') >= DOSSIERS]).toEqual([DOSSIERS, true]);
  expect(await findUncovered(query, clock.now(), new Date(clock.now().getTime() + 90 * DAY_MS))).toBeUndefined();
  clock.turn(11 * DAY_MS);
  const [stamps, given] = [await count('log_stamp'), tsa.given];
  await stamping.work();
  const refused = (): number => site.log.filter(({ message, details }) => message === 'time stamps not renewed' && String(details['reason']).includes('no certificate that lasts longer')).length;
  await until('the round that was under way', () => Promise.resolve(refused() > 0));
  await stamping.work();
  // What has come into the log meanwhile is stamped all the same.
  expect([refused(), tsa.given - given - (await count('log_stamp') - stamps)]).toEqual([1, 1]);
});

it('one stamp covers every stamp there is, of checkpoints and of receipts', async () => {
  const { pki, clock, tsa, gateway: { database: { query }, stamping } } = site;
  tsa.behave({ credential: timeStampCredential(pki, 700) });
  clock.turn(HOUR_MS);
  const given = tsa.given;
  const soon = new Date(clock.now().getTime() + 90 * DAY_MS);
  await stamping.work();
  await until('the round that was under way', async () => (await findUncovered(query, clock.now(), soon)) === undefined);
  expect(tsa.given - given).toBe(1);
  const [{ size } = { size: 0 }] = await query<{ size: number }>('SELECT max(size)::float8 AS size FROM log_stamp');
  expect(await count(`log_entry WHERE kind IN ('stamp', 'receipt-stamp') AND position < ${size}`)).toBe(await count('log_stamp') - 1 + DOSSIERS);
  await entered();
  await stamping.work();
  expect([tsa.given - given, await findUncovered(query, clock.now(), soon)]).toEqual([1, undefined]); // the interval is not over
  for (const digest of digests) {
    const chain = await findStamps(query, (await query<{ size: number }>(`SELECT position::float8 + 1 AS size FROM log_entry e JOIN submission s ON s.id = e.subject WHERE e.kind = 'submission' AND s.digest = $1`, [digest]))[0]?.size ?? 0);
    expect(chain.map(({ tsa: by, size: of }) => [by, of === size])).toEqual([['TSA 100', false], ['TSA 700', true]]);
  }
  await audit(site.databaseUrl);
});

it('one that ended before anything covered it is passed over for the first that was made after', async () => {
  const undone = new Error('nothing of it stays');
  let sizes: readonly number[] = [];
  await site.gateway.database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(`UPDATE log_stamp SET ends_at = at + interval '1 day' WHERE tsa = 'TSA 100'`);
    sizes = (await findStamps(query, 1)).map(({ size }) => size);
    throw undone;
  }).catch((error: unknown) => { if (error !== undone) throw error; });
  const later = await site.gateway.database.query<{ size: number }>(`SELECT size::float8 AS size FROM log_stamp WHERE at > (SELECT min(at) FROM log_stamp) + interval '1 day' ORDER BY size`);
  expect(sizes).toEqual(later.map(({ size }) => size));
  expect([later.length > 0, later.length < (await count('log_stamp'))]).toEqual([true, true]);
});

it('in a container, the first of them proves its instant when its certificate has long ended, by the second that covers it', async () => {
  const { pki, gateway: { database: { query } } } = site;
  files = (await collectEvidence(query, digests[0] ?? '', findStamps))?.files ?? new Map();
  expect([...files.keys()].filter((name) => name.includes('timestamps/'))).toEqual(expect.arrayContaining(['timestamps/1.tst', 'timestamps/2.tst', 'log/timestamps/1.proof', 'log/timestamps/1.json']));
  const years = daysAfter(new Date(), 500);
  const list = (issuer: typeof pki.root, at: Date): string => issueCrl({ issuer, thisUpdate: at, nextUpdate: daysAfter(at, 600) });
  const trust = materialOf(pki, { rootCrlPem: list(pki.root, new Date()), subordinateCrlPem: list(pki.subordinate, new Date()) });
  const states = (given: ReadonlyMap<string, Buffer>): unknown => examineStamps(given, { trust, now: years }).entries.map(({ state }) => state);
  expect(states(files)).toEqual(['passed', 'passed']);
  expect(examineStamps(files, { trust, now: years }).proven).toMatchObject({ by: 'TSA 100' });
  const without = (...names: readonly string[]): ReadonlyMap<string, Buffer> => new Map([...files].filter(([name]) => !names.includes(name)));
  for (const name of ['log/timestamps/1.proof', 'log/timestamps/1.json', 'timestamps/2.tst']) expect(states(without(name))).toContain('unchecked');
  const facts = JSON.parse(fileOf('log/timestamps/1.json').toString('utf8')) as Facts;
  const swapped = new Map([...files, ['log/timestamps/1.json', Buffer.from(JSON.stringify({ ...facts, token: sha256(Buffer.from('other')) }))]] as const);
  expect(states(swapped)).toEqual(['unchecked', 'passed']);
});

itWith('openssl', 'openssl believes each link', () => {
  const folder = mkdtempSync(join(tmpdir(), 'renewal-'));
  try {
    writeFileSync(join(folder, 'root.pem'), site.pki.root.certificatePem);
    writeFileSync(join(folder, 'subordinate.pem'), site.pki.subordinate.certificatePem);
    for (const name of ['1.tst', '1.txt', '2.tst', '2.txt']) writeFileSync(join(folder, name), fileOf(`timestamps/${name}`));
    const verify = (data: string, token: string) => spawnSync('openssl', ['ts', '-verify', '-data', data, '-in', token, '-token_in', '-CAfile', 'root.pem', '-untrusted', 'subordinate.pem'], { cwd: folder, encoding: 'utf8' });
    expect([verify('1.txt', '1.tst').status, verify('2.txt', '2.tst').status]).toEqual([0, 0]);
    expect(verify('1.txt', '2.tst').status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

itWith('python3', 'a second reader finds the first token in the checkpoint that the second covers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'renewal-'));
  try {
    const facts = JSON.parse(fileOf('log/timestamps/1.json').toString('utf8')) as Facts;
    expect(facts['token']).toBe(sha256(fileOf('timestamps/1.tst')));
    const proof = fileOf('log/timestamps/1.proof').toString('utf8');
    writeFileSync(join(folder, 'entry'), entryOctets('stamp', commitmentTo(facts, parseProof(proof)?.extra ?? Buffer.alloc(0))));
    expect(proof.endsWith(fileOf('timestamps/2.txt').toString('utf8'))).toBe(true);
    expect(secondReader(proof, 'proof', (await text(site.direct, '/v1/log/key')).trim(), join(folder, 'entry'))).toMatch(/^included \d+ \d+\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('one that ended before another covered it is named by the audit', async () => {
  const [{ digest } = { digest: '' }] = await site.gateway.database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    return query<{ digest: string }>(`UPDATE receipt_stamp SET ends_at = recorded_at + interval '1 second' WHERE id = (SELECT min(id) FROM receipt_stamp) RETURNING digest`);
  });
  await expect(audit(site.databaseUrl)).rejects.toThrow(`time stamp of receipt ${digest}: ended before another covered it`);
});
