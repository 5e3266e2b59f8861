// Attack: a document small on the wire and dear to read: thousands of attributes or namespace declarations (each compared, sorted or carried with
// every other), names without end, depth without end, nodes without number (CVE-2013-0338 class; "XML attribute blowup", hash flooding).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openStage, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const many = (count: number, write: (index: number) => string): string => Array.from({ length: count }, (_none, index) => write(index)).join('');
const inSlot = (markup: string, attributes = ''): string => stage.dossier({ envelope: swap('<CKy_Dvi />', `<CKy_Dvi${attributes}><Signature xmlns="urn:x">${markup}</Signature></CKy_Dvi>`), spec: 'unsigned' });
const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

describe('a bound', () => {
  const bombs: readonly (readonly [string, (size: number) => string, number, number])[] = [
    ['attributes of one element', (size) => inSlot('', ` ${many(size, (index) => `a${index}="" `)}`), 64, 100_000],
    ['namespace declarations of one element', (size) => inSlot('', ` ${many(size, (index) => `xmlns:a${index}="u" `)}`), 60, 100_000],
    ['depth', (size) => inSlot(nested(size)), 61, 100_000],
    ['octets of a name', (size) => inSlot(`<${'a'.repeat(size)}/>`), 256, 5_000_000],
    ['octets of an attribute’s name', (size) => inSlot(`<a ${'b'.repeat(size)}=""/>`), 256, 5_000_000],
  ];

  it.each(bombs)('of %s lets honest documents through and stops a bomb at once', (_what, make, honest, bomb) => {
    expect(stage.judged(make(honest))).not.toMatch(/XML_/);
    const xml = Buffer.from(make(bomb));
    const started = process.hrtime.bigint();
    expect(stage.judged(xml)).toBe('XML_LIMIT');
    expect(Number(process.hrtime.bigint() - started)).toBeLessThan(2e9);
  });

  it('of declarations counts those in scope, not those of one element: a staircase of them is stopped too', () => {
    const staircase = (steps: number): string => many(steps, (index) => `<a xmlns:p${index}="u" xmlns:q${index}="u">`) + '</a>'.repeat(steps);
    expect(stage.judged(inSlot(staircase(25)))).not.toMatch(/XML_/);
    expect(stage.judged(inSlot(staircase(40)))).toBe('XML_LIMIT');
  });

  it('of nodes is one for the dossier and all its files', () => {
    expect(stage.judged(inSlot(many(1_100_000, () => '<a/>')))).toBe('XML_LIMIT');
    const comments = '<!---->'.repeat(600_000);
    const both = stage.dossier({ signedForm: swap('<Cky>', `${comments}<Cky>`), spec: 'unsigned', envelope: swap('<CKy_Dvi />', `<CKy_Dvi>${comments}</CKy_Dvi>`) });
    expect(stage.judged(stage.dossier({ spec: 'unsigned', envelope: swap('<CKy_Dvi />', `<CKy_Dvi>${comments}</CKy_Dvi>`) }))).toBe('SIGNATURE_MISSING');
    expect(stage.judged(both)).toMatch(/^SIGNATURE_MISSING.* XML_LIMIT/);
  });
});
