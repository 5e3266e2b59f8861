// Guarantee: what a unit filed before only warns, unless a rule set says otherwise; a set that refuses by it refuses, one that is off is silent, and nothing
// else of the verdict changes.
import { afterAll, describe, expect, it } from '@jest/globals';

import type { FindingCode } from '../../src/errors/findings.ts';
import { comparedDossier, withFiledBefore } from '../../src/intake/filed-before.ts';
import type { Accepted } from '../../src/intake/judge.ts';
import type { Severity } from '../../src/standard/rule-sets.ts';
import type { FiledBefore } from '../../src/store/tables.ts';
import { createStage } from '../support/examples.ts';

const stage = await createStage();
afterAll(() => { stage.rulebook.schemas.dispose(); });

const earlier: FiledBefore = { position: 0, shares: 'batch', submission: '7', number: '00003/2026/00101', receivedAt: '2026-11-03T02:04:05.678Z' };
const asked = (filedBefore: readonly FiledBefore[] | null, supplemented?: string): Parameters<typeof withFiledBefore>[1] => ({
  filedBefore,
  supplements: supplemented === undefined ? null : { digest: 'a'.repeat(64), dossier: { submission: supplemented, origin: '7', number: earlier.number, agency: '', unitCode: '', taxCode: '', procedure: '', requestedAt: null, until: null } },
});
const set = (...changed: [FindingCode, Severity][]): { changed: ReadonlyMap<FindingCode, Severity> } => ({ changed: new Map(changed) });

async function accepted(form = 'M01B-HSB'): Promise<Accepted> {
  const verdict = await stage.judgeExample({ form, changes: [] });
  if (verdict.outcome !== 'accepted') throw new Error(JSON.stringify(verdict.findings));
  return verdict;
}

describe('an earlier dossier', () => {
  it('warns, at the batch, in words that name number and time', async () => {
    const verdict = await accepted();
    const told = withFiledBefore(verdict, asked([earlier]), set());
    expect(told).toMatchObject({ ...verdict, findings: [...verdict.findings, { code: 'BATCH_FILED_BEFORE', params: { form: 'M01B-HSB', number: '00003/2026/00101', at: '03/11/2026 09:04:05', batch: '20261101' } }] });
    expect(told.findings.at(-1)?.place).toMatchObject({ file: expect.stringContaining('M01B-HSB'), xpath: '/M01B-HSB/ThongTinKhac/DotXetDuyet', line: 9 });
  });

  it('is said once where the same declaration shares content and batch, and never of a declaration that is not there', async () => {
    const verdict = await accepted();
    const codes = withFiledBefore(verdict, asked([{ ...earlier, shares: 'content' }, earlier, { ...earlier, position: 5 }]), set()).findings.map(({ code }) => code);
    expect(codes).toEqual([...verdict.findings.map(({ code }) => code), 'DECLARATION_FILED_BEFORE']);
  });

  it('refuses under a set that says so, and is silent under one that switches it off', async () => {
    const verdict = await accepted();
    const { signatures, declared } = verdict;
    expect(withFiledBefore(verdict, asked([earlier]), set(['BATCH_FILED_BEFORE', 'refuse']))).toEqual({ outcome: 'refused', declared, signatures, findings: [...verdict.findings, expect.objectContaining({ code: 'BATCH_FILED_BEFORE', severity: 'refuse' })] });
    expect(withFiledBefore(verdict, asked([earlier]), set(['BATCH_FILED_BEFORE', 'off']))).toBe(verdict);
    expect(withFiledBefore(verdict, asked([earlier]), set(['DECLARATION_FILED_BEFORE', 'refuse'])).outcome).toBe('accepted');
  });

  it('is not asked for of what is refused already, and nobody’s answer changes nothing', async () => {
    const verdict = await accepted();
    const refused = { outcome: 'refused' as const, declared: verdict.declared, findings: [], signatures: [] };
    expect([comparedDossier(refused), withFiledBefore(refused, asked([earlier]), set())]).toEqual([undefined, refused]);
    expect(withFiledBefore(verdict, asked([earlier], '8'), set())).toBe(verdict); // what supplements a dossier has what that one has, and what it began with
    expect([withFiledBefore(verdict, asked(null), set()), withFiledBefore(verdict, asked([]), set())]).toEqual([verdict, verdict]);
  });
});

it('compares every signed declaration by its content, with the batch where the form has one', async () => {
  const { declarations, contentDigest, ...rest } = comparedDossier(await accepted()) ?? { declarations: [] };
  expect(declarations).toEqual([{ form: 'M01B-HSB', contentDigest: expect.stringMatching(/^[0-9a-f]{64}$/), batch: '20261101' }]);
  expect([rest, declarations[0]?.contentDigest === contentDigest]).toMatchObject([{ unit: { unitCode: 'TS12345' }, procedure: expect.stringMatching(/^630/) }, false]);
  expect(comparedDossier(await accepted('D02-TS'))?.declarations).toEqual(expect.arrayContaining([expect.objectContaining({ form: 'D02-TS', batch: null })]));
});

it('knows a branch by one tax code, with its hyphen and without', async () => {
  const verdict = await accepted();
  const unitOf = (taxCode: string): string | undefined => comparedDossier({ ...verdict, dossier: { ...verdict.dossier, taxCode } })?.unit.taxCode;
  expect(['0101300842-001', '0101300842001', '0101300842'].map(unitOf)).toEqual(['0101300842001', '0101300842001', '0101300842']);
});
