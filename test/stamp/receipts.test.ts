// Guarantee: where every receipt has a stamp of its own, none leaves without it, and none is lost because an authority was away.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { eraseDossier } from '../../src/evidence/erase.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import type { Answer } from '../support/site.ts';
import { tampered } from '../support/tampered.ts';
import { untilNothing } from '../support/until.ts';
import { startStampedSite } from './support.ts';
import type { StampedSite } from './support.ts';

let site: StampedSite;
beforeAll(async () => { site = await startStampedSite({ GATEWAY_STAMP_RECEIPTS: 'on' }); });
afterAll(async () => { await site.stop(); });

const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

async function stampOf({ body, headers }: Answer): Promise<Buffer> {
  expect(headers['ivan-receipt-stamp']).toBe(`/v1/receipt-stamps/${sha256(body)}`);
  const stamp = await site.direct.get(String(headers['ivan-receipt-stamp']));
  expect([stamp.status, stamp.headers['content-type']]).toEqual([200, 'application/vnd.etsi.timestamp-token']);
  expect(verifyTimeStamp({ token: stamp.body, octets: body }, materialOf(site.pki), new Date()).tsa.commonName).toBe('Time stamps (Development)');
  return stamp.body;
}

it('a receipt, a refusal and a resend come with the stamp of their very octets', async () => {
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: 'một' });
  const first = await site.ivan.post('/v1/dossiers', bytes);
  expect(first.status).toBe(201);
  const stamp = await stampOf(first);
  const again = await site.ivan.post('/v1/dossiers', bytes);
  expect([again.status, again.body.equals(first.body), (await stampOf(again)).equals(stamp)]).toEqual([200, true, true]);
  expect((await stampOf(await site.direct.get(`/v1/dossiers/${sha256(bytes)}`))).equals(stamp)).toBe(true);
  const refused = await site.ivan.post('/v1/dossiers', Buffer.from('<Hoso/>'));
  expect(refused.status).toBe(422);
  await stampOf(refused);
});

it('while the authority is away the dossier is recorded, and its receipt comes with the stamp at the next try', async () => {
  site.tsa.behave({ mode: 'fail' });
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: 'hai' });
  const away = await site.ivan.post('/v1/dossiers', bytes);
  expectProblem(away, 'UNAVAILABLE');
  expect([away.headers['retry-after'], away.body.toString()]).toEqual(['5', expect.stringContaining('is recorded, but its receipt has no time stamp yet')]);
  expectProblem(await site.direct.get(`/v1/dossiers/${sha256(bytes)}`), 'UNAVAILABLE');
  const [row] = await site.gateway.database.query<{ receipt: Buffer }>('SELECT r.body AS receipt FROM receipt r JOIN submission s ON s.id = r.submission_id WHERE s.digest = $1', [sha256(bytes)]);
  expect(row).toBeDefined();
  site.tsa.behave({});
  const then = await site.ivan.post('/v1/dossiers', bytes);
  expect([then.status, then.body.equals(row?.receipt ?? Buffer.alloc(0))]).toEqual([200, true]);
  await stampOf(then);
});

it('what has no stamp is said to have none', async () => {
  expectProblem(await site.direct.get(`/v1/receipt-stamps/${'0'.repeat(64)}`), 'STAMP_UNKNOWN');
  expectProblem(await site.direct.get('/v1/receipt-stamps/x'), 'DIGEST_FORMAT');
});

it('the stamp of an erased receipt is still given, to who kept the receipt', async () => {
  const bytes = Buffer.from('<Hoso>xóa</Hoso>');
  const refused = await site.direct.post('/v1/dossiers', bytes);
  const { database } = site.gateway;
  await untilNothing('everything in the log', async () => (await database.query('SELECT FROM log_waiting')).length);
  await eraseDossier(database, sha256(bytes), { erasedAt: site.clock.now(), actor: 'x', reason: 'x', legalBasis: 'x', beforeRetention: true });
  expect((await site.direct.post('/v1/dossiers', bytes)).status).toBe(410);
  await stampOf(refused);
  expect(await audit(site.databaseUrl)).toMatchObject({ erased: 1 });
  await tampered(database, { tables: ['receipt_stamp'], change: `UPDATE receipt_stamp SET token = set_byte(token, 60, get_byte(token, 60) # 1) WHERE digest = '${sha256(refused.body)}'` }, () =>
    expect(audit(site.databaseUrl)).rejects.toThrow(/receipt-stamp \d+|time stamp of receipt/));
});

it('and the audit believes them, until a bit of one is changed', async () => {
  expect((await audit(site.databaseUrl)).stamps).toBeGreaterThanOrEqual(3);
  const id = await site.gateway.database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    const [changed] = await query<{ id: string }>('UPDATE receipt_stamp SET token = set_byte(token, 60, get_byte(token, 60) # 1) WHERE digest = (SELECT max(digest) FROM receipt_stamp) RETURNING id');
    return changed?.id ?? '';
  });
  await expect(audit(site.databaseUrl)).rejects.toThrow(new RegExp(`receipt-stamp ${id}\\b|time stamp of receipt [0-9a-f]{64}: does not verify`)) /* as it is in the log by now, or waits for it */;
});
