// Guarantee: a record that stands apart from its list is found out of order, however many records of the list are in order before it.
import { readFileSync } from 'node:fs';

import { afterAll, expect, it } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { readUnsigned } from '../../src/signature/verify.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { parse } from '../../src/xml/parse.ts';

const schemas = createSchemas();
afterAll(() => { schemas.dispose(); });

const sample = readFileSync(packageFile('schemas/XNSC/1/sample.xml'), 'utf8');
const codesOf = (xml: string): string[] => (judgeForm(schemas, 'XNSC', readUnsigned(parse(Buffer.from(xml)), { path: ['BHXH'] }), new Date('2026-11-20T09:00:00+07:00'))?.findings ?? []).map(({ code }) => code);

it.each([1, 2, 40])('after %i records in their place', (count) => {
  const record = /<GIAHAN>[^]*?<\/GIAHAN>/.exec(sample)?.[0] ?? '';
  const many = sample.replace(/<GIAHAN>[^]*<\/GIAHAN>/, record.repeat(count));
  expect(codesOf(many)).toEqual([]);
  const apart = many.replace(/<GUI_LAI>[^<]*<\/GUI_LAI>/, (next) => next + record);
  expect(apart).not.toBe(many);
  expect(codesOf(apart)).toContain('ELEMENT_UNKNOWN');
});
