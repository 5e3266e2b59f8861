// Guarantee: every committed dossier gets the outcome and exactly the codes on record, and every code that a verdict can have is on record.
import { readdirSync, readFileSync } from 'node:fs';

import { afterAll, describe, expect, it } from '@jest/globals';

import { findingTexts, sentencesOf, severityOf } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { packageFile } from '../../src/paths.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { restoreTrustMaterial } from '../../src/trust/material.ts';
import { readExamples } from '../support/examples.ts';
import { catalogue, rowOf, senderOf } from './catalogue.ts';
import type { VectorFile } from './catalogue.ts';
import type { SenderName } from './kit.ts';
import { recipes } from './recipes.ts';
import type { RecipeName } from './recipes.ts';
import { attackersName } from './wrapping.ts';

const folder = packageFile('test', 'vectors');
const { receivedAt, senders, vectors } = JSON.parse(readFileSync(`${folder}/vectors.json`, 'utf8')) as VectorFile;
const schemas = createSchemas();
const rulebook = { standard: loadStandard(), schemas, trust: restoreTrustMaterial(readFileSync(`${folder}/trust.pem`)) };

function judged(bytes: Buffer, sender: SenderName): Verdict {
  return judge({ bytes, sender: senderOf(senders[sender]), receivedAt: new Date(receivedAt) }, rulebook);
}

function codesOf({ findings }: Verdict): FindingCode[] {
  return findings.map(({ code }) => code);
}

afterAll(() => { schemas.dispose(); });

describe('a committed vector', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (name, { outcome, codes, sender }) => {
    const verdict = judged(readFileSync(`${folder}/files/${name}.xml`), sender);
    expect({ outcome: verdict.outcome, codes: codesOf(verdict) }).toEqual({ outcome, codes });
    for (const { code, params } of verdict.findings) expect(Object.values(sentencesOf(code, params)).join()).not.toMatch(/[{}]/);
    if (verdict.outcome === 'accepted') {
      expect(JSON.stringify(verdict.dossier)).not.toContain(attackersName);
      expect(verdict.dossier).toMatchObject({ unitName: 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)', unitCode: 'TS12345' });
    }
  });
});

/** Beyond what can be committed. Unsigned, so most lack a signature too. */
const big: Readonly<Record<RecipeName, { readonly first: FindingCode; readonly others?: readonly FindingCode[] }>> = {
  'depth-10000': { first: 'XML_LIMIT' },
  'attributes-1000000': { first: 'XML_LIMIT' },
  'declarations-1000000': { first: 'XML_LIMIT' },
  'name-of-10-megabytes': { first: 'XML_LIMIT' },
  'text-of-50-megabytes': { first: 'XML_MALFORMED' },
  'ampersands-2000000': { first: 'XML_MALFORMED' },
  'files-10000': { first: 'SIGNATURE_MISSING', others: ['DECLARATION_UNSIGNED', 'FILES_MANY', 'VALUE_INVALID', 'XML_LIMIT'] },
  'files-50000-of-wrong-length': { first: 'SIGNATURE_MISSING', others: ['FILE_LENGTH', 'FORM_MISSING', 'FINDINGS_OMITTED', 'XML_LIMIT'] },
  'people-20000-all-wrong': { first: 'SIGNATURE_MISSING', others: ['DECLARATION_UNSIGNED', 'FINDINGS_OMITTED', 'PERSON_REPEATED', 'ROW_NUMBERS', 'VALUE_INVALID'] },
  'files-wrong-3-times-200': { first: 'SIGNATURE_MISSING', others: ['DECLARATION_UNSIGNED', 'VALUE_INVALID', 'FINDINGS_OMITTED'] },
  'elements-unknown-200000': { first: 'SIGNATURE_MISSING', others: ['ELEMENT_MISSING', 'ELEMENT_UNKNOWN'] },
  'signatures-20000': { first: 'SIGNATURE_MULTIPLE', others: ['ELEMENT_MISSING'] },
  'ivan-slots-20000': { first: 'SIGNATURE_MISSING', others: ['FORM_MISSING', 'SIGNATURE_FORMAT'] },
};

describe('an input of great size', () => {
  it.each(Object.keys(big) as RecipeName[])('%s is refused', (name) => {
    const { first, others = [] } = big[name];
    const verdict = judged(Buffer.from(recipes[name]()), 'ivan');
    const codes = codesOf(verdict);
    expect([verdict.outcome, codes[0], codes.length <= 501]).toEqual(['refused', first, true]);
    expect([...new Set(codes.slice(1))].toSorted()).toEqual([...others].toSorted());
  });
});

describe('the vectors', () => {
  it('cover every code that no example of the rules shows', () => {
    const covered = new Set<string>([...vectors.flatMap(({ codes }) => codes), ...Object.values(big).flatMap(({ first, others = [] }) => [first, ...others])]);
    const shown = new Set<string>([...readExamples().values()].flat().map(({ rule }) => rule));
    expect(Object.keys(findingTexts).filter((code) => !covered.has(code) && !shown.has(code))).toEqual([]);
  });

  it('name only codes that have a row, and refuse by a code that refuses', () => {
    for (const { name, outcome, codes } of vectors) {
      expect([name, codes.filter((code) => !Object.hasOwn(findingTexts, code))]).toEqual([name, []]);
      expect([name, codes.some((code) => severityOf(code) === 'refuse')]).toEqual([name, outcome === 'refused']);
    }
  });

  it('are the catalogue, one file each', () => {
    expect(vectors).toEqual(catalogue.map(rowOf));
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(readdirSync(`${folder}/files`).toSorted()).toEqual(vectors.map(({ name }) => `${name}.xml`).toSorted());
  });

  it('come without any private key', () => {
    expect(readFileSync(`${folder}/trust.pem`, 'latin1')).not.toContain('PRIVATE');
    expect(readdirSync(folder).filter((name) => !/\.(?:ts|json|pem)$|^files$/.test(name))).toEqual([]);
  });
});
