// Guarantee: under concurrency no number is skipped or given twice, and both copies of a dossier get one receipt.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

const distinct = 100;

let site: Site;

beforeAll(async () => {
  site = await startSite();
});

afterAll(() => site.stop());

it('200 concurrent submissions of 100 dossiers make 100 dossiers with 100 numbers, and resends are byte-identical', async () => {
  const identity = identityOf(site.pki.employer);
  const dossiers: Buffer[] = [];
  for (let index = 0; index < distinct; index += 1) dossiers.push(await signedDossier(identity, { mark: `hồ sơ ${index}`, unitCode: `TS${10000 + (index % 7)}` }));

  const twice = dossiers.flatMap((bytes) => [bytes, bytes]);
  const answers = await Promise.all(twice.map((bytes) => site.ivan.post('/v1/dossiers', bytes)));

  const pairs = dossiers.map((_bytes, index) => [answers[2 * index], answers[2 * index + 1]] as [Answer, Answer]);
  for (const [first, second] of pairs) {
    expect([first.status, second.status].sort()).toEqual([200, 201]);
    expect(first.body.equals(second.body)).toBe(true);
  }
  const numbers = pairs.map(([{ body }]) => Number(/<SO_HSO>(\d{5})\/\d{4}\/00101<\/SO_HSO>/.exec(body.toString('utf8'))?.[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: distinct }, (_value, index) => index + 1));
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions: distinct, accepted: distinct, refused: 0 });
});
