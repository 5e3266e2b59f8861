// Guarantee: canonical octets are libxml2's, in every form, for documents of every kind that XML 1.0 allows; a document is well-formed for us
// only if it is for libxml2, and refused where libxml2 takes it only by a rule with a name. Seeded: every run sees the same documents.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { hasLibrary, itWith, itWithLibrary } from '../support/tools.ts';
import { canonicalOctets, compareGenerated, compareMutated, readOrRefuse } from './compare.ts';
import { makeDocument } from './documents.ts';
import { partingFor, partings, stricterRuleFor, stricterRules } from './exclusions.ts';
import { askLibxml2 } from './libxml2.ts';
import type { Algorithm, Question } from './libxml2.ts';
import { randomFrom } from './random.ts';
import { compile } from './witness.ts';
import type { Program } from './witness.ts';

const GENERATED = 20_000;
const CHANGED = 40_000;
const THROUGH_XMLLINT = 250;
const library = 'libxml-2.0';

const program: Program | undefined = hasLibrary(library) ? compile('libxml2', library) : undefined;

function libxml2(): Program {
  if (program === undefined) throw new Error('libxml2 is not here');
  return program;
}

afterAll(() => { program?.dispose(); });

const plain: Question = { algorithm: '1.0', comments: false, prefixes: [] };

describe('canonical octets', () => {
  itWithLibrary(library, `are libxml2’s in every form, for ${GENERATED} documents`, () => {
    const { accepted, compared, ruled, differences } = compareGenerated(libxml2(), 20261123, GENERATED);
    expect(differences.slice(0, 5)).toEqual([]);
    expect(accepted).toBeGreaterThan(GENERATED * 0.99);
    expect(compared).toBeGreaterThan(GENERATED * 12);
    expect([...ruled.keys()].toSorted()).toEqual(['limits', 'xml-base-of-1.1']);
  });

  itWith('xmllint', `are those that xmllint prints, for ${THROUGH_XMLLINT} documents`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'xmllint-'));
    try {
      const random = randomFrom(77);
      const files: { file: string; bytes: Buffer }[] = [];
      for (let index = 0; files.length < THROUGH_XMLLINT; index += 1) {
        const bytes = makeDocument(random);
        const read = readOrRefuse(bytes);
        if (read instanceof Refusal || partingFor(read, { ...plain, algorithm: '1.1' }, false) !== undefined) continue;
        const file = join(folder, `${index}.xml`);
        writeFileSync(file, bytes);
        files.push({ file, bytes });
      }
      const options: readonly [string, Algorithm][] = [['--c14n', '1.0'], ['--c14n11', '1.1'], ['--exc-c14n', 'exclusive']];
      for (const [option, algorithm] of options) {
        const ours = files.map(({ bytes }) => {
          const read = readOrRefuse(bytes);
          return read instanceof Refusal ? '' : canonicalOctets(read, { algorithm, comments: true, prefixes: [] }).toString();
        });
        const { stdout, status } = spawnSync('xmllint', ['--nonet', option, ...files.map(({ file }) => file)], { maxBuffer: 1 << 28 });
        expect(status).toBe(0);
        expect(stdout.toString()).toBe(ours.join(''));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('well-formedness', () => {
  itWithLibrary(library, `is judged no more mildly than by libxml2, and more strictly by listed rules only, for ${CHANGED} changed documents`, () => {
    const { accepted, ruled, differences } = compareMutated(libxml2(), 20261123, CHANGED);
    expect(differences.slice(0, 5)).toEqual([]);
    expect(accepted).toBeGreaterThan(CHANGED / 10);
    expect(accepted).toBeLessThan(CHANGED / 2);
    expect(ruled.size).toBeGreaterThan(5);
  });
});

describe('the rule', () => {
  for (const [name, { shown }] of Object.entries(stricterRules)) {
    itWithLibrary(library, `“${name}” refuses what libxml2 takes`, () => {
      const answers = askLibxml2(libxml2(), shown.map((document) => ({ bytes: Buffer.from(document), questions: [] })));
      for (const [index, document] of shown.entries()) {
        const refusal = readOrRefuse(Buffer.from(document));
        expect([document, refusal instanceof Refusal && stricterRuleFor(Buffer.from(document), refusal), answers[index]?.error]).toEqual([document, name, 0]);
      }
    });
  }

  for (const [name, { shown }] of Object.entries(partings)) {
    itWithLibrary(library, `“${name}” is where libxml2’s octets are others`, () => {
      for (const { document, question, ours, theirs } of shown) {
        const read = readOrRefuse(Buffer.from(document));
        if (read instanceof Refusal) throw read;
        const asked: Question = { ...plain, ...question };
        const [answer] = askLibxml2(libxml2(), [{ bytes: Buffer.from(document), questions: [asked] }]);
        expect([canonicalOctets(read, asked).toString(), answer?.octets[0]?.toString()]).toEqual([ours, theirs]);
        expect(partingFor(read, asked, theirs === undefined)).toBe(name);
      }
    });
  }

  it('about one seed makes the same documents every time', () => {
    const [one, other] = [randomFrom(5), randomFrom(5)];
    for (let index = 0; index < 50; index += 1) expect(makeDocument(one).equals(makeDocument(other))).toBe(true);
  });
});
