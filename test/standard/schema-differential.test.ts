// Guarantee: the walk accepts nothing that libxml2 refuses, for any form; and what libxml2 accepts it accepts too, so that the engine is not
// asked about valid documents. Shown on documents made from each form's model, and shown to be able to fail.
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ParseOption, XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';

import { packageFile } from '../../src/paths.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { compileSchemas } from '../../src/standard/schema.ts';
import type { Schemas, SchemaVersion } from '../../src/standard/schema.ts';
import { readStandardFiles } from '../../src/standard/standard-files.ts';
import { contentOf } from './documents.ts';
import { FormMaker } from './generated-forms.ts';

const receivedAt = new Date('2026-11-20T02:00:00Z');
const DOCUMENTS = Number(process.env['SCHEMA_DOCUMENTS'] ?? 100);

/** libxml2 on the document as it is written, without anything of ours in between. */
class Reference {
  readonly #validator: XsdValidator;

  constructor({ path }: SchemaVersion) {
    const xsd = XmlDocument.fromBuffer(readFileSync(packageFile(path)));
    this.#validator = XsdValidator.fromDoc(xsd);
    xsd.dispose();
  }

  accepts(markup: string): boolean {
    const document = XmlDocument.fromBuffer(Buffer.from(markup), { option: ParseOption.XML_PARSE_HUGE });
    try {
      this.#validator.validate(document);
      return true;
    } catch (error) {
      if (error instanceof XmlValidateError) return false;
      throw error;
    } finally {
      document.dispose();
    }
  }

  dispose(): void {
    this.#validator.dispose();
  }
}

interface Comparison {
  readonly accepted: number;
  readonly refused: number;
  /** Accepted by the walk and refused by libxml2. */
  readonly weaker: readonly string[];
  /** Refused by the walk and accepted by libxml2. */
  readonly stricter: readonly string[];
}

function compare(schemas: Schemas, version: SchemaVersion, reference: Reference, count: number): Comparison {
  const maker = new FormMaker(version.model, 20_261_120);
  const weaker: string[] = [];
  const stricter: string[] = [];
  let [accepted, refused] = [0, 0];
  for (let document = 0; document < count; document += 1) {
    const markup = maker.make();
    const { walked: { isAccepted } } = schemas.judge(version, contentOf(markup), receivedAt);
    const isValid = reference.accepts(markup);
    if (isValid) accepted += 1;
    else refused += 1;
    if (isAccepted && !isValid) weaker.push(markup);
    if (!isAccepted && isValid) stricter.push(markup);
  }
  return { accepted, refused, weaker, stricter };
}

describe('the walk and libxml2 say the same of', () => {
  const schemas = createSchemas();
  afterAll(() => {
    schemas.dispose();
  });

  it.each([...schemas.forms.values()].flat().map((version) => [`${version.form} ${version.version}`, version] as const))('%s', (_, version) => {
    const reference = new Reference(version);
    const { weaker, stricter, accepted, refused } = compare(schemas, version, reference, DOCUMENTS);
    reference.dispose();
    expect(weaker).toEqual([]);
    expect(stricter).toEqual([]);
    expect(accepted).toBeGreaterThan(DOCUMENTS / 10);
    expect(refused).toBeGreaterThan(DOCUMENTS / 10);
  });
});

describe('a walk that is weaker than libxml2 is found out', () => {
  const files = readStandardFiles();
  const path = 'schemas/TK1-TS/1/TK1-TS.xsd';
  const original = createSchemas();
  let reference: Reference;
  const [version] = original.forms.get('TK1-TS') ?? [];
  beforeAll(() => {
    if (version === undefined) throw new Error('no TK1-TS');
    reference = new Reference(version);
  });
  afterAll(() => {
    reference.dispose();
    original.dispose();
  });

  it.each<[string, (xsd: string) => string]>([
    ['a text that is longer by one', (xsd) => xsd.replace(/(maxLength value=")(\d+)/g, (_, facet: string, length: string) => `${facet}${Number(length) + 1}`)],
    ['a text that may be empty', (xsd) => xsd.replace(/minLength value="1"/g, 'minLength value="0"')],
    ['a digit more', (xsd) => xsd.replace(/\{0,(\d+)\}/g, (_, most: string) => `{0,${Number(most) + 1}}`)],
    ['no required element', (xsd) => xsd.replace(/(<xs:element name="HoTen"[^>]*?)( minOccurs="\d")?>/g, '$1 minOccurs="0">')],
    ['one more of a list', (xsd) => xsd.replace(/maxOccurs="(\d+)"/g, (_, most: string) => `maxOccurs="${Number(most) + 1}"`)],
  ])('%s', (_, weaken) => {
    const written = Buffer.from(files.get(path) ?? []).toString();
    const weakened = weaken(written);
    expect(weakened).not.toBe(written);
    const schemas = compileSchemas(new Map([...files].filter(([name]) => name.startsWith('src/') || name === path).map(([name, bytes]) => [name, name === path ? Buffer.from(weakened) : bytes])));
    const [broken] = schemas.forms.get('TK1-TS') ?? [];
    if (broken === undefined) throw new Error('no TK1-TS');
    expect(compare(schemas, broken, reference, 400).weaker.length).toBeGreaterThan(0);
    schemas.dispose();
  });
});
