// Guarantee: the gateway accepts no more than it can answer for, says "not now" beyond, and goes on when there is room; and an employer's
// dossiers reach the agency in the order in which they were accepted, whatever fails meanwhile, while no other employer waits for them.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { cloneDatabase, startReferenceBackend, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const most = 6;
const units = ['TS50001', 'TS50002'];
let databaseUrl: string;
let backend: Backend;
let site: Site;

beforeAll(async () => {
  databaseUrl = await cloneDatabase();
  backend = await startReferenceBackend();
  site = await startSite({ databaseUrl, environment: { GATEWAY_MAX_BACKLOG: String(most) } });
});

afterAll(async () => {
  await site.stop();
  await backend.stop();
});

function dossier(mark: number): Promise<Buffer> {
  return signedDossier(identityOf(site.pki.employer), { mark: `tồn ${mark}`, unitCode: units[mark % units.length] ?? '' });
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

it('a full backlog is "not now"; with a backend that works again everything goes out, in the order of each employer', async () => {
  const filed: string[] = [];
  for (let mark = 0; mark < most; mark += 1) {
    const bytes = await dossier(mark);
    expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
    filed.push(digestOf(bytes));
  }
  const surplus = await dossier(most);
  const full = await until('the backlog counted', async () => {
    const answer = await site.ivan.post('/v1/dossiers?dry-run', surplus);
    return answer.status === 503 && answer;
  });
  expectProblem(full, 'UNAVAILABLE');
  const refused = await site.ivan.post('/v1/dossiers', surplus);
  expect([refused.status, refused.headers['retry-after'], refused.body.toString()]).toEqual([503, '30', expect.stringContaining('as many dossiers wait')]);
  expect((await site.direct.get(`/v1/dossiers/${digestOf(surplus)}`)).status).toBe(404);
  await site.stop();

  // The next gateway on this database has a backend, which fails at first.
  backend.behaviour.failNext = 4;
  site = await startSite({ databaseUrl, backendUrl: backend.url, environment: { GATEWAY_MAX_BACKLOG: String(most) } });
  await site.gateway.database.query(`UPDATE delivery SET due_at = now() WHERE state = 'waiting'`);
  const late = await until('room again', async () => {
    const answer = await site.ivan.post('/v1/dossiers', surplus);
    return answer.status === 201 && answer;
  });
  expect(late.body.toString()).toContain('<SO_HSO>00007/');
  filed.push(digestOf(surplus));
  await until('everything answered', async () => {
    const [row] = await site.gateway.database.query<{ open: number }>(`SELECT count(*)::int AS open FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)`);
    return row?.open === 0;
  });
  const sent = await site.gateway.database.query<{ unit: string; digest: string }>(
    `SELECT d.unit_code AS unit, s.digest FROM audit_event e JOIN dossier d ON d.submission_id = e.submission_id JOIN submission s ON s.id = d.submission_id WHERE e.kind = 'delivered' ORDER BY e.id`,
  );
  for (const [index, unit] of units.entries()) {
    expect(sent.filter((row) => row.unit === unit).map(({ digest }) => digest)).toEqual(filed.filter((_digest, mark) => mark % units.length === index));
  }
  expect((await backend.dossiers()).map(({ digest }) => digest).toSorted()).toEqual(filed.toSorted());
  expect(await audit(databaseUrl)).toMatchObject({ accepted: most + 1, results: most + 1 });
}, 120_000);
