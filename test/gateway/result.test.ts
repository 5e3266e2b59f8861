// Guarantee: an accepted dossier reaches its backend once, whatever fails in between, and its answer comes back verified and signed again.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import { noScenario } from '../../src/backend/scenario.ts';
import type { Backend } from '../../src/backend/server.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
let backend: Backend;
let marks = 0;

beforeAll(async () => {
  backend = await startReferenceBackend();
  site = await startSite({ backendUrl: backend.url });
});

beforeEach(() => {
  Object.assign(backend.behaviour, { failNext: 0, dropNext: 0, delayMs: 0, scenario: noScenario });
});

afterAll(async () => {
  const report = await audit(site.databaseUrl);
  await site.stop();
  await backend.stop();
  expect(report.results).toBe(report.accepted);
});

async function submit(agency = '00101'): Promise<string> {
  marks += 1;
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: `lần ${marks}`, agency });
  expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  return createHash('sha256').update(bytes).digest('hex');
}

function resultOf(digest: string): Promise<Answer> {
  return until(`result of ${digest}`, async () => {
    const answer = await site.direct.get(`/v1/dossiers/${digest}/result`);
    return answer.status === 200 && answer;
  });
}

async function timesPut(digest: string): Promise<number[]> {
  return (await backend.dossiers()).filter((row) => row.digest === digest).map((row) => row.timesPut);
}

it('the result is signed by the gateway and holds the agency’s answer', async () => {
  const digest = await submit();
  const { body, headers } = await resultOf(digest);
  expect(body.toString('utf8')).toContain(`<SHA256>${digest}</SHA256>`);
  expect(headers['ivan-state']).toBe('answered');
  expect(await timesPut(digest)).toEqual([1]);
});

it('a dossier for an agency of another province than the sender’s is routed by the agency alone', async () => {
  await resultOf(await submit('07906'));
});

it('a backend that fails for a while delays and loses nothing', async () => {
  backend.behaviour.failNext = 3;
  await resultOf(await submit());
});

it('a backend that stored a dossier but dropped the answer is asked again and sees one dossier', async () => {
  backend.behaviour.dropNext = 1;
  const digest = await submit();
  await resultOf(digest); // may come before the dossier is handed over again
  await until('handed over again', async () => (await timesPut(digest)).join() === '2');
});

it.each(['other-dossier', 'wrong-code', 'duplicate', 'reorder'] as const)('what is said wrongly (%s) is kept, and the dossier has the right result', async (fault) => {
  backend.behaviour.scenario = { seed: '1', shares: new Map([[fault, 1]]) };
  const digest = await submit();
  const { body } = await resultOf(digest);
  expect(body.toString('utf8')).toContain('<MA_KQUA>200</MA_KQUA>');
});
