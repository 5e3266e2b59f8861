// Guarantee: while the database is away the gateway says "not now" and loses nothing; when it is back the gateway goes on without a restart.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { startSiteOnOwnDatabase } from '../support/own-database.ts';
import type { SiteOnOwnDatabase } from '../support/own-database.ts';
import { identityOf } from '../support/pki.ts';
import { until } from '../support/until.ts';

const awayMs = 10_000;
let stand: SiteOnOwnDatabase;

beforeAll(async () => {
  stand = await startSiteOnOwnDatabase();
});

afterAll(() => stand.stop());

it('a database that is away for ten seconds: 503 with Retry-After, then on without a restart', async () => {
  const { database, site } = stand;
  const identity = identityOf(site.pki.employer);
  const before = await signedDossier(identity, { mark: 'trước' });
  const during = await signedDossier(identity, { mark: 'trong' });
  const receipt = await site.ivan.post('/v1/dossiers', before);
  expect(receipt.status).toBe(201);

  await database.pause();
  const end = Date.now() + awayMs;
  let answered = 0;
  while (Date.now() < end || answered < 4) {
    const answer = await site.direct.post('/v1/dossiers', during);
    expect([answer.status, answer.headers['content-type'], site.log.findLast(({ message }) => message === 'bug')]).toEqual([503, 'application/problem+json', undefined]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    answered += 1;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
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
}, 180_000);
