// Guarantee: the gateway takes the demonstration's dossier of process 320 without a word, by the rules of the day it is filed.
import { afterAll, expect, test } from '@jest/globals';

import { demonstrationBooks } from '../../src/development/book-dossier.ts';
import { createDevelopmentPki } from '../../src/development/pki.ts';
import { judgeOffline } from '../../src/intake/offline.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { identityOf, materialOf } from '../support/pki.ts';

const schemas = createSchemas();
afterAll(() => { schemas.dispose(); });

test.each(['2017-01-03T02:30:00Z', '2026-11-23T02:30:00Z'])('filed at %s', async (filed) => {
  const at = new Date(filed);
  const pki = await createDevelopmentPki({ now: at });
  const bytes = await demonstrationBooks(identityOf(pki.employer), at);
  const { outcome, findings } = judgeOffline({ bytes, at, standard: loadStandard(), schemas, trust: materialOf(pki) });
  expect([outcome, findings]).toEqual(['accepted', []]);
});
