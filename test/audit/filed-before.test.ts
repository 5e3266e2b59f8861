// Guarantee: an audit repeats what every dossier was told of those its unit had filed before, and finds whatever was changed of it, or of the declarations on
// record, behind the gateway's back; and the table refuses such changes anyway.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { sampleOf } from '../support/examples.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { tampered } from '../support/tampered.ts';

const tables = ['submission', 'dossier_declaration'];
let site: Site;

async function file(variation: Variation): Promise<void> {
  expect((await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), variation))).status).toBe(201);
}

const benefit = (remark: string): Variation => ({
  procedure: '630a',
  formXml: sampleOf('M01B-HSB').replace('<TenBenh>Viêm phổi<', `<TenBenh>${remark}<`),
  editEnvelope: (xml) => xml.replaceAll('D02-TS', 'M01B-HSB'),
});

/** 1 and 2 share a declaration, 3 and 4 a batch; 5 stands alone. */
beforeAll(async () => {
  site = await startSite();
  await file({ mark: 'một' });
  await file({ mark: 'một', period: '10/2026' });
  await file(benefit('Ho'));
  await file(benefit('Sốt'));
  await file({ mark: 'hai' });
});

afterAll(() => site.stop());

describe('an audit', () => {
  const lies: readonly (readonly [what: string, change: string, where: RegExp])[] = [
    ['what a dossier was told', `UPDATE submission SET filed_before = '[]', findings = '[]' WHERE id = 2`, /receipt of submission 2: it is not what/],
    ['which dossier it was told of', `UPDATE submission SET filed_before = jsonb_set(filed_before, '{0,submission}', '"5"') WHERE id = 2`, /submission 2: does not say what its unit had filed/],
    ['the number it was told', `UPDATE submission SET filed_before = jsonb_set(filed_before, '{0,number}', '"00009/2026/00101"') WHERE id = 4`, /submission 4: has other findings/],
    ['the finding alone', `UPDATE submission SET findings = '[]' WHERE id = 4`, /submission 4: has other findings/],
    ['that it was told anything', `UPDATE submission SET filed_before = NULL, findings = '[]' WHERE id = 4`, /submission 4/],
    ['that it was asked at all', 'UPDATE submission SET filed_before = NULL WHERE id = 5', /submission 5: has declarations on record/],
    ['that it was asked at all, with its declarations', `UPDATE submission SET filed_before = NULL WHERE id = 5; DELETE FROM dossier_declaration WHERE submission_id = 5`, /submission 5: was not held against/],
    ['an earlier declaration', `UPDATE dossier_declaration SET content_digest = repeat('a', 64) WHERE submission_id = 1`, /submission 1: has other declarations on record/],
    ['an earlier declaration gone', 'DELETE FROM dossier_declaration WHERE submission_id = 1', /submission 1: has other declarations on record/],
    ['an earlier batch', `UPDATE dossier_declaration SET batch = '20261102' WHERE submission_id = 3`, /submission 3: has other declarations on record/],
    ['whose declaration it is', `UPDATE dossier_declaration SET unit_code = 'TS9' WHERE submission_id = 5`, /submission 5: has other declarations on record/],
    ['a declaration that was never filed', `INSERT INTO dossier_declaration SELECT submission_id, 1, agency, unit_code, tax_code, procedure, period, form, batch, repeat('b', 64) FROM dossier_declaration WHERE submission_id = 5`, /submission 5: has other declarations on record/],
  ];

  it('of an honest store holds', async () => {
    expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 5, accepted: 5, otherRuleSets: 0 });
    const told = await site.gateway.database.query(`SELECT id, jsonb_path_query_array(findings, '$[*].code ? (@ like_regex "FILED_BEFORE")') AS codes FROM submission ORDER BY id`);
    expect(told).toEqual([['1', []], ['2', ['DECLARATION_FILED_BEFORE']], ['3', []], ['4', ['BATCH_FILED_BEFORE']], ['5', []]].map(([id, codes]) => ({ id, codes })));
  });

  it.each(lies)('finds %s changed', async (_what, change, where) => {
    const before = 'ALTER TABLE submission DROP CONSTRAINT IF EXISTS submission_was_compared';
    await tampered(site.gateway.database, { tables, before, change }, () => expect(audit(site.databaseUrl)).rejects.toThrow(where));
    await audit(site.databaseUrl);
  });

  it('is hardly needed: the table refuses changes', async () => {
    for (const change of ['DELETE FROM dossier_declaration', `UPDATE dossier_declaration SET form = 'x'`, 'TRUNCATE dossier_declaration']) {
      await expect(site.gateway.database.query(change)).rejects.toThrow(/never changed/);
    }
  });
});
