// Guarantee: what other rules judged – other tables, schemas or code – is no lie: everything but the verdict is checked, a lie in it is found, and the audit
// says by which digest which version can decide the rest.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { conclude } from '../../src/audit/conclusion.ts';
import { runAudit } from '../../src/audit/run.ts';
import type { AuditReport } from '../../src/audit/run.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandards } from '../../src/standard/tables.ts';
import { findRuleSets } from '../../src/store/audit.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

const schemas = createSchemas();
const own = loadStandards();
let site: Site;

beforeAll(async () => {
  site = await startSite();
  expect((await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer)))).status).toBe(201);
  expect((await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { period: '13/2026' }))).status).toBe(422);
});

afterAll(async () => {
  await site.stop();
  schemas.dispose();
});

/** As a version audits that has other rules. */
const auditByOthers = (): Promise<AuditReport> => runAudit({ database: site.gateway.database, standards: [], schemas });

it('is counted, and its rule set named, by a version that has other rules', async () => {
  const report = await auditByOthers();
  expect(report).toMatchObject({ submissions: 2, accepted: 1, refused: 1, otherRuleSets: 2 });
  const { exitCode, remarks, report: line } = conclude(report, ['another'], await findRuleSets(site.gateway.database.query));
  expect([exitCode, JSON.parse(line), remarks]).toMatchObject([2, { holds: false, otherRuleSets: 2 }, [expect.stringMatching(new RegExp(`^not judged again: 2 under the rule set ${own[0]?.digest ?? ''}, .*\\(this one has another\\)\\.$`))]]);
});

it('holds, without a remark, by the version that judged', async () => {
  const report = await runAudit({ database: site.gateway.database, standards: own, schemas });
  expect(conclude(report, own.map(({ digest }) => digest), await findRuleSets(site.gateway.database.query))).toMatchObject({ exitCode: 0, remarks: [] });
});

it('is a lie all the same when anything else of it was changed', async () => {
  const runner = site.gateway.database.source.createQueryRunner();
  await runner.query(`SET session_replication_role = 'replica'`);
  await runner.query(`UPDATE submission SET rule_set_digest = repeat('a', 64) WHERE id = 2`);
  await runner.query(`SET session_replication_role = 'origin'`);
  await runner.release();
  await expect(auditByOthers()).rejects.toThrow(/receipt of submission 2: BIENNHAN\/BO_QUYTAC is not a{64}/);
});
