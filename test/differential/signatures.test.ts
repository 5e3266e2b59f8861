// Guarantee: a signed document is accepted only if libxmlsec1 and the JDK accept it, with the content that was signed, whatever was changed in
// it; where the two part from us, a rule with a name says so, and a document shows it. The changes are seeded; keys are new in every run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { signEnveloped } from '../../src/signature/sign.ts';
import { parse } from '../../src/xml/parse.ts';
import { employerLike, identityOf, loadPki, materialOf, pkiFolder } from '../support/pki.ts';
import { hasLibrary, itWith, itWithLibrary } from '../support/tools.ts';
import { changedDocuments, compareSigned, judgeSigned } from './compare-signed.ts';
import type { Changed, Trust } from './compare-signed.ts';
import { concerns, milderSignatureRuleFor, milderSignatureRules, stricterSignatureRuleFor, stricterSignatureRules } from './signature-rules.ts';
import { kindNames, makeKeys, makeKinds, unsignedContent } from './signed.ts';
import type { Keys, Kind, Witness } from './signed.ts';
import { compile } from './witness.ts';
import type { Program } from './witness.ts';
import { askXmlsec, xmlsecAccepts } from './xmlsec.ts';

const CHANGES_EACH = 150;
const THROUGH_COMMAND = 100;
const THROUGH_JDK_EACH = 25;
const library = 'xmlsec1-openssl';

const program: Program | undefined = hasLibrary(library) ? compile('xmlsec', library) : undefined;
const folder = mkdtempSync(join(tmpdir(), 'signed-'));
let kinds: readonly Kind[] = [];
let keys: Keys;
let trust: Trust;

beforeAll(async () => {
  const pki = await loadPki();
  trust = { material: materialOf(pki), at: new Date() };
  keys = makeKeys(pki);
  const plain = await signEnveloped(Buffer.from(unsignedContent), identityOf(employerLike(pki)), { path: ['Hoso', 'CKy_Dvi'], signingTime: new Date(), keyValue: true });
  kinds = [...makeKinds(keys), { name: 'signed by src/signature/sign.ts', bytes: plain, unwitnessed: {} }];
});

afterAll(() => {
  program?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function libxmlsec1(documents: readonly Buffer[]): boolean[] {
  if (program === undefined) throw new Error('libxmlsec1 is not here');
  return askXmlsec(program, join(pkiFolder(), 'trust'), documents).map((verdict) => verdict === 'valid');
}

/** One JVM for all. */
function jdk(documents: readonly Buffer[]): boolean[] {
  const files = documents.map((_, index) => join(folder, `${index}.xml`));
  for (const [index, bytes] of documents.entries()) writeFileSync(files[index] ?? '', bytes);
  const run = spawnSync('java', [packageFile('test', 'support', 'VerifySignature.java'), ...files], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim().split('\n').map((line) => line === 'valid');
}

/** What both say of every sort of document, changed or not. */
function compareWith(witness: Witness, documents: readonly Changed[], accepted: readonly boolean[]): void {
  const { bothAccept, bothRefuse, differences } = compareSigned(witness, documents, accepted, trust);
  expect(differences.slice(0, 5)).toEqual([]);
  expect(bothAccept).toBeGreaterThan(documents.length / 5);
  expect(bothRefuse).toBeGreaterThan(documents.length / 5);
}

const bytesOf = (documents: readonly Changed[]): Buffer[] => documents.map(({ bytes }) => bytes);

describe('a signature of every kind', () => {
  it.each(kindNames)('%s is accepted', (name) => {
    const kind = kinds.find((one) => one.name === name);
    expect(judgeSigned(kind?.bytes ?? Buffer.alloc(0), trust)).toMatchObject({ accepted: true });
  });

  itWithLibrary(library, 'is accepted by libxmlsec1, but for those that say why not', () => {
    expect(libxmlsec1(kinds.map(({ bytes }) => bytes))).toEqual(kinds.map(({ unwitnessed }) => unwitnessed.xmlsec1 === undefined));
  });

  itWith('java', 'is accepted by the JDK, but for those that say why not', () => {
    expect(jdk(kinds.map(({ bytes }) => bytes))).toEqual(kinds.map(({ unwitnessed }) => unwitnessed.jdk === undefined));
  });
});

describe(`${CHANGES_EACH} changes of each kind`, () => {
  itWithLibrary(library, 'are accepted only if libxmlsec1 does, and refused otherwise by listed rules only', () => {
    const documents = changedDocuments(kinds, 20261123, CHANGES_EACH);
    compareWith('xmlsec1', documents, libxmlsec1(bytesOf(documents)));
  });

  itWith('java', `are the same for the JDK (${THROUGH_JDK_EACH} of each)`, () => {
    const documents = changedDocuments(kinds, 4711, THROUGH_JDK_EACH);
    compareWith('jdk', documents, jdk(bytesOf(documents)));
  });

  itWith('xmlsec1', `are the same for the xmlsec1 command (${THROUGH_COMMAND} in all)`, () => {
    const documents = changedDocuments(kinds, 815, Math.ceil(THROUGH_COMMAND / kinds.length));
    const accepted = documents.map(({ bytes }, index) => {
      const file = join(folder, `command-${index}.xml`);
      writeFileSync(file, bytes);
      return xmlsecAccepts(join(pkiFolder(), 'trust'), file);
    });
    compareWith('xmlsec1', documents, accepted);
  });
});

const witnesses: readonly (readonly [Witness, (documents: readonly Buffer[]) => boolean[], typeof itWith, string])[] = [
  ['xmlsec1', libxmlsec1, itWithLibrary, library],
  ['jdk', jdk, itWith, 'java'],
];

describe('a listed rule', () => {
  for (const [witness, accepts, itIf, tool] of witnesses) {
    itIf(tool, `refuses what ${witness} takes, by its code`, () => {
      const shown = Object.entries(stricterSignatureRules).flatMap(([name, rule]) => (rule.shown === undefined || !concerns(rule, witness) ? [] : [{ name, bytes: Buffer.from(rule.shown(keys)) }]));
      const judged = shown.map(({ name, bytes }) => {
        const judgement = judgeSigned(bytes, trust);
        const { code, reason } = stricterSignatureRules[name] ?? {};
        return [name, judgement.accepted ? 'accepted' : [judgement.code, judgement.reason], stricterSignatureRuleFor(witness, code ?? 'HASH_FAILURE', reason) !== undefined];
      });
      expect(judged).toEqual(shown.map(({ name }) => [name, [stricterSignatureRules[name]?.code, stricterSignatureRules[name]?.reason], true]));
      const taken = accepts(shown.map(({ bytes }) => bytes));
      expect(shown.filter((_, index) => taken[index] !== true).map(({ name }) => name)).toEqual([]);
    });

    itIf(tool, `accepts what ${witness} does not, with the content that was signed`, () => {
      const first = kinds[0];
      const signed = judgeSigned(first?.bytes ?? Buffer.alloc(0), trust);
      const shown = Object.entries(milderSignatureRules).flatMap(([name, rule]) => (concerns(rule, witness) ? [{ name, bytes: Buffer.from(rule.shown(keys)) }] : []));
      for (const { name, bytes } of shown) {
        const judgement = judgeSigned(bytes, trust);
        if (!judgement.accepted || !signed.accepted) throw new Error(`${name} is not accepted: ${JSON.stringify(judgement)}`);
        expect([name, judgement.canonicalDigest]).toEqual([name, signed.canonicalDigest]);
        expect(milderSignatureRuleFor(witness, parse(bytes), judgement.warnings)).toBe(name);
      }
      expect(accepts(shown.map(({ bytes }) => bytes))).toEqual(shown.map(() => false));
    });
  }
});
