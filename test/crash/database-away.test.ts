// Guarantee: while the database is away the gateway says "not now" and loses nothing; when it is back the gateway goes on without a restart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { startEmbeddedDatabase } from '../../src/development/database.ts';
import type { EmbeddedDatabase } from '../../src/development/database.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-away-'));
const awayMs = 10_000;
let database: EmbeddedDatabase;
let site: Site;

beforeAll(async () => {
  database = await startEmbeddedDatabase({ folder, persistent: false });
  await database.createDatabase('gateway');
  site = await startSite({ databaseUrl: database.url('gateway') });
});

afterAll(async () => {
  await site.stop();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a database that is away for ten seconds: 503 with Retry-After, then on without a restart', async () => {
  const identity = identityOf(site.pki.employer);
  const before = await signedDossier(identity, { mark: 'trước' });
  const during = await signedDossier(identity, { mark: 'trong' });
  const receipt = await site.ivan.post('/v1/dossiers', before);
  expect(receipt.status).toBe(201);

  await database.pause();
  const end = Date.now() + awayMs;
  let answered = 0;
  while (Date.now() < end) {
    const answer = await site.direct.post('/v1/dossiers', during);
    expect([answer.status, answer.headers['content-type'], site.log.findLast(({ message }) => message === 'bug')]).toEqual([503, 'application/problem+json', undefined]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    answered += 1;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect(answered).toBeGreaterThan(3);
  expect((await site.direct.get('/health/ready')).status).toBe(503);
  expect((await site.direct.get('/health/live')).status).toBe(200);
  await database.resume();

  const after = await until('accepted again', async () => {
    const answer = await site.ivan.post('/v1/dossiers', during);
    return answer.status === 201 && answer;
  });
  expect(after.body.toString('utf8')).toContain('<SO_HSO>00002/');
  const resent = await site.ivan.post('/v1/dossiers', before);
  expect([resent.status, resent.body.equals(receipt.body)]).toEqual([200, true]);
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 2, accepted: 2 });
});
