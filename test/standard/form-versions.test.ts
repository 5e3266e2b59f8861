// Guarantee: a form is judged by its version in force on the day of reception, and a version of tomorrow changes nothing today.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createDevelopmentPki } from '../../src/development/pki.ts';
import { judge } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import type { Rulebook } from '../../src/standard/validate.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { copyStandard } from '../support/standard-copy.ts';

const contract = { state: 'active', from: new Date(0), until: new Date('2100-01-01') } as const;
let rules: Pick<Rulebook, 'standard' | 'schemas'>;

beforeAll(() => {
  const copy = copyStandard();
  const first = readFileSync(packageFile('schemas', 'D02-TS', '1', 'D02-TS.xsd'), 'utf8');
  const second = first.replace(/(<xs:element name="NoiLamViec"[^>]*?) minOccurs="0"/, '$1').replace(/version="1"/, 'version="2"');
  expect(second.length).toBeLessThan(first.length);
  copy.write('schemas/D02-TS/2/D02-TS.xsd', second);
  const versions = [{ version: 1, root: 'D02-TS', from: '2015-12-01', until: '2026-05-01', basis: 'x' }, { version: 2, root: 'D02-TS', from: '2026-05-01', until: null, basis: 'y' }];
  copy.edit('forms', 'forms', (row) => (row['code'] === 'D02-TS' ? { ...row, versions } : row));
  rules = copy.open();
  copy.remove();
});
afterAll(() => { rules.schemas.dispose(); });

test.each([['2026-04-29', []], ['2026-05-04', ['ELEMENT_MISSING']]])('received on %s: %j', async (day, expected) => {
  const receivedAt = new Date(`${day}T09:00:00+07:00`);
  const pki = await createDevelopmentPki({ now: receivedAt });
  const bytes = await signedDossier(identityOf(pki.employer), { editForm: (xml) => xml.replace('<NoiLamViec />', '') });
  const verdict = judge({ bytes, sender: { kind: 'ivan', code: '00040', contract }, receivedAt }, { ...rules, trust: materialOf(pki) });
  expect([...new Set(verdict.findings.map(({ code }) => code))]).toEqual(expected);
});
