// Guarantee: a valid dossier gets a signed receipt, and the same bytes get the same receipt for ever.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});

afterAll(() => site.stop());

describe('a valid dossier', () => {
  it('gets a signed receipt', async () => {
    const bytes = await signedDossier(identityOf(site.pki.employer));
    const answer = await site.ivan.post('/v1/dossiers', bytes);
    expect([answer.status, answer.body.toString('utf8')]).toEqual([201, expect.stringContaining(createHash('sha256').update(bytes).digest('hex'))]);
    const again = await site.ivan.post('/v1/dossiers', bytes);
    expect(again.status).toBe(200);
    expect(again.body.equals(answer.body)).toBe(true);
  });
});
