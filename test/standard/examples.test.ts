// Guarantee: every form that employers file has a sample, and a dossier around it is accepted; every finding has a failing example, a committed
// vector or a test that shows it; each example is judged by exactly the rule it is of, at a place and in sentences a person can use.
import { existsSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { findingTexts, sentencesOf, severityOf } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import { envelopeForms } from '../../src/standard/envelope.ts';
import { formVersionAt } from '../../src/standard/forms.ts';
import { rules } from '../../src/standard/rules/apply.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { applyChange, createStage, examplesReceivedAt, readExamples } from '../support/examples.ts';
import type { Stage } from '../support/examples.ts';
import type { VectorFile } from '../vectors/catalogue.ts';

const groups = readExamples();
const examples = [...groups.values()].flat();
const judged = examples.filter(({ where }) => where === undefined);
const elsewhere = examples.filter(({ where }) => where !== undefined);
const { vectors } = JSON.parse(readFileSync(packageFile('test', 'vectors', 'vectors.json'), 'utf8')) as VectorFile;
const vectorCodes = new Set<string>(vectors.flatMap(({ codes }) => codes));

const codesOf = ({ findings }: Verdict): FindingCode[] => findings.map(({ code }) => code).toSorted();

let stage: Stage;
beforeAll(async () => { stage = await createStage(); });
afterAll(() => { stage.rulebook.schemas.dispose(); });

const { forms } = loadStandard();
const filed = [...forms.values()].filter((form) => form.kind === 'declaration' && formVersionAt(form, examplesReceivedAt) !== undefined).map(({ code }) => code);

describe('a form that employers file', () => {
  it.each(filed)('%s has a sample, and a dossier around it is accepted without a finding', async (form) => {
    const verdict = await stage.judgeExample({ form });
    expect({ outcome: verdict.outcome, findings: verdict.findings }).toEqual({ outcome: 'accepted', findings: [] });
  });
});

describe('a first registration', () => {
  it.each([[[]], [['D02-TS', 'TK1-TS']], [['D02-LT', 'TK1-TS', 'D01-TS']]])('with %j besides its declaration is accepted without a finding', async (forms) => {
    const verdict = await stage.judgeExample({ form: envelopeForms['first-registration'], with: forms });
    expect({ outcome: verdict.outcome, findings: verdict.findings }).toEqual({ outcome: 'accepted', findings: [] });
  });
});

describe('an example', () => {
  it.each(judged.map((example, index) => [`${index + 1} ${example.rule}`, example] as const))('%s is judged by that rule', async (_name, example) => {
    const verdict = await stage.judgeExample(example);
    expect(codesOf(verdict)).toEqual([example.rule, ...(example.also ?? [])].toSorted());
    expect(verdict.outcome).toBe(verdict.findings.some(({ code }) => severityOf(code) === 'refuse') ? 'refused' : 'accepted');
    for (const { code, place, params } of verdict.findings) {
      const { vi, en } = sentencesOf(code, params);
      expect([code, vi, en].join()).not.toMatch(/[{}]/);
      expect([code, place.xpath ?? '', place.line ?? 0, place.column ?? 0]).toEqual([code, expect.stringMatching(/^\/\S/), expect.any(Number), expect.any(Number)]);
      expect([place.line, place.column]).not.toContain(0);
      expect([code, place.file ?? '']).toEqual([code, expect.stringMatching(fileAt(place.xpath ?? ''))]);
    }
  });

  it.each(elsewhere.map(({ rule, where = '' }) => [rule, where] as const))('of %s is in %s', (rule, where) => {
    expect([where, existsSync(packageFile(where))]).toEqual([where, true]);
    expect(where).toMatch(/^test\/.*\.test\.ts$/);
    expect(new RegExp(`\\b${rule}\\b`).test(readFileSync(packageFile(where), 'utf8'))).toBe(true);
  });

  it('names nothing but codes that have a row, and says where or how', () => {
    expect(examples.filter(({ rule, also = [] }) => [rule, ...also].some((code) => !Object.hasOwn(findingTexts, code))).map(({ rule }) => rule)).toEqual([]);
    expect(judged.filter(({ form, changes }) => form === undefined || changes === undefined || changes.length === 0).map(({ rule }) => rule)).toEqual([]);
  });
});

/** The name that the stage gives the file in which the finding stands; in the envelope it may be about a file or about none. */
function fileAt(xpath: string): RegExp {
  const root = /^\/([^/[]+)/.exec(xpath)?.[1] ?? '';
  return root === 'Hoso' ? /^(?:[\w-]+-595\.xml)?$/ : new RegExp(`^${root}-595\\.xml$`);
}

describe('every rule', () => {
  const shown = new Set<string>([...vectorCodes, ...examples.map(({ rule }) => rule)]);

  it('has a failing example, a vector or a test', () => {
    expect(rules.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
    expect(Object.keys(findingTexts).filter((code) => !shown.has(code))).toEqual([]);
  });

  it('is on the list once, with its texts', () => {
    const codes = rules.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(codes.map((code) => findingTexts[code]).filter(({ vi, en, actionVi, actionEn, clause }) => [vi, en, actionVi, actionEn, clause].includes(''))).toEqual([]);
  });
});

describe('a change of an example', () => {
  it('must fit exactly once, so that no example tests something else than it says', () => {
    expect(applyChange('<a>1</a>', { find: '1', replace: '$&2' })).toBe('<a>$&2</a>');
    expect(applyChange('<a>1</a>', { find: '(?<=<a>)\\d', replace: '$&2', regex: true })).toBe('<a>12</a>');
    expect(() => applyChange('<a>11</a>', { find: '1', replace: '2' })).toThrow(/2 times/);
    expect(() => applyChange('<a>1</a>', { find: '.', replace: '2' })).toThrow(/0 times/);
  });
});
