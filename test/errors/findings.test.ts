// Guarantee: every finding has one code, one wire code, both sentences, both actions and a clause; no group takes another's code.
import { readdirSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { findingTexts } from '../../src/errors/findings.ts';
import type { FindingText } from '../../src/errors/findings/text.ts';
import { packageFile } from '../../src/paths.ts';

async function groups(): Promise<Record<string, FindingText>[]> {
  const files = readdirSync(packageFile('src', 'errors', 'findings')).filter((name) => name.endsWith('.ts') && name !== 'text.ts');
  const modules = await Promise.all(files.map((name) => import(`../../src/errors/findings/${name}`) as Promise<Record<string, Record<string, FindingText>>>));
  return modules.flatMap((exported) => Object.values(exported));
}

describe('the table of findings', () => {
  it('holds every row of every group under a code of its own', async () => {
    const codes = (await groups()).flatMap((group) => Object.keys(group));
    expect(codes.toSorted()).toEqual([...new Set(codes)].toSorted());
    expect(codes.toSorted()).toEqual(Object.keys(findingTexts).toSorted());
  });

  it('gives each a wire code of its own', () => {
    const wireCodes = Object.values(findingTexts).map(({ wireCode }) => wireCode);
    expect(wireCodes.filter((code, index) => wireCodes.indexOf(code) !== index)).toEqual([]);
    expect(wireCodes.filter((code) => !/^(?:GW\d{3}|CE\d{3})$/.test(code))).toEqual([]);
  });

  it.each(Object.entries(findingTexts))('says %s in both languages, with what to do and the clause', (_code, text) => {
    expect([text.vi, text.en, text.actionVi, text.actionEn, text.clause].filter((value) => value.trim() === '')).toEqual([]);
    const named = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).toSorted();
    expect(named(text.vi)).toEqual(named(text.en));
  });
});
