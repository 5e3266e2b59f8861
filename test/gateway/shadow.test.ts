// Guarantee: a rule set in shadow judges the real traffic and is counted, per rule and I-VAN; what senders get is what they would get without it.
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { shadowReport } from '../../src/store/shadow.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

let folder: string;
let site: Site;
let marks = 0;

/** The standard of tomorrow: procedure 600 asks for TK1-TS too, and the period may be written as one likes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-shadow-'));
  for (const part of ['src/standard/tables', 'schemas']) cpSync(packageFile(part), join(folder, part), { recursive: true });
  const change = (table: string, from: RegExp | string, to: string): void => {
    const path = join(folder, 'src/standard/tables', table);
    const text = readFileSync(path, 'utf8');
    expect(text.replace(from, to)).not.toBe(text);
    writeFileSync(path, text.replace(from, to));
  };
  change('procedures.json', /("code": "600", "from": "2026-05-01"[^\n]*"requiredForms": )\[\]([^\n]*"optionalForms": \["CT-DK", "D01-TS"), "TK1-TS"\]/, '$1["TK1-TS"]$2]');
  change('rule-sets.json', /"severities": \{"FORM_WITHOUT_SCHEMA": "refuse"/, '"severities": {"PERIOD_INVALID": "warn", "DECLARATION_FILED_BEFORE": "refuse", "FORM_WITHOUT_SCHEMA": "refuse"');
  site = await startSite({ environment: { GATEWAY_SHADOW_RULE_SET: 'next', GATEWAY_SHADOW_STANDARD_FOLDER: folder } });
});

afterAll(async () => {
  await audit(site.databaseUrl);
  await rm(folder, { recursive: true, force: true });
});

async function file(variation: Variation = {}): Promise<number> {
  marks += 1;
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: `chạy thử ${marks}`, ...variation });
  return (await site.ivan.post('/v1/dossiers', bytes)).status;
}

describe('a rule set in shadow', () => {
  it('changes no answer, and is counted per rule and sender', async () => {
    expect([await file(), await file(), await file({ period: '13/2026' }), await file({ agency: '99999' })]).toEqual([201, 201, 422, 422]);
    expect(await file({ mark: 'chạy thử 1', period: '10/2026' })).toBe(201); // the first once more
    const refusedInBoth = await site.direct.post('/v1/dossiers', 'no XML');
    expect(refusedInBoth.status).toBe(422);
    const { query } = site.gateway.database;
    const rows = await untilCounted(() => shadowReport(query, '2000-01-01'), 6);
    expect(rows.map(({ ruleSet, sender, kind, code, count }) => [ruleSet, sender, kind, code, count])).toEqual([
      ['next', '00040', 'judged', '', 5],
      ['next', '00040', 'rule', 'FORM_MISSING', 5],
      ['next', '00040', 'rule', 'DECLARATION_FILED_BEFORE', 1],
      ['next', '00040', 'would_refuse', '', 3],
      ['next', 'direct', 'judged', '', 1],
    ]);
  });

  it('is told to the operator, in words and as JSON, when the gateway has stopped too', async () => {
    await site.stop();
    const run = (...words: readonly string[]): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [packageFile('dist/src/cli/shadow.js'), ...words], { env: { PATH: process.env['PATH'], GATEWAY_DATABASE_URL: site.databaseUrl } });
    expect((await run()).stdout).toMatch(/next\t[0-9a-f]{12}\t00040\t5\tFORM_MISSING: Thủ tục .* thiếu tờ khai/);
    expect(JSON.parse((await run('--json')).stdout)).toHaveLength(5);
    expect((await run('--since', '2100-01-01')).stdout).toMatch(/GATEWAY_SHADOW_RULE_SET/);
  });
});

async function untilCounted<Row extends { readonly kind: string; readonly count: number }>(read: () => Promise<Row[]>, judged: number): Promise<Row[]> {
  for (;;) {
    const rows = await read();
    if (rows.filter(({ kind }) => kind === 'judged').reduce((sum, { count }) => sum + count, 0) >= judged) return rows;
  }
}
