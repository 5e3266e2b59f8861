// Attack: an inner declaration is replaced by another one that is truly signed by the same unit – of another month, of another dossier – or put in twice,
// or taken out. Its own signature stays true; only the envelope's says which declarations were sent together.
import { afterAll, describe, expect, it } from '@jest/globals';

import { openStage, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const other = (xml: string): string => swap('<HoTen>Nguyễn Thị Thử', '<HoTen>Trần Văn Khống')(xml);
const [honest, elsewhere] = [stage.dossier(), stage.dossier({ form: other })];
const fileOf = (xml: string): string => /<FileToKhai><MaToKhai>D02-TS<.*?<\/FileToKhai>/s.exec(xml)?.[0] ?? '';

describe('a declaration truly signed by the same unit', () => {
  it('lives: in the dossier that it was sent with it is accepted', () => {
    expect([honest, elsewhere].map((xml) => stage.judged(xml))).toEqual(['accepted', 'accepted']);
    expect(fileOf(honest)).not.toBe(fileOf(elsewhere));
  });

  it.each([
    ['in place of another', (xml: string) => xml.replace(fileOf(honest), () => fileOf(elsewhere))],
    ['beside another', (xml: string) => xml.replace(fileOf(honest), () => fileOf(honest) + fileOf(elsewhere))],
    ['twice', (xml: string) => xml.replace(fileOf(honest), () => fileOf(honest) + fileOf(honest))],
    ['taken out', (xml: string) => xml.replace(fileOf(honest), '')],
    ['in place of another, in content alone', (xml: string) => xml.replace(/(<NoiDungFile>)[^<]*/, (_all, open: string) => open + (/<NoiDungFile>([^<]*)/.exec(elsewhere)?.[1] ?? ''))],
    ['under another name', (xml: string) => xml.replace('<MaToKhai>D02-TS<', '<MaToKhai>TK1-TS<')],
    ['as an attachment', (xml: string) => xml.replace('<MaToKhai>D02-TS<', '<MaToKhai>CT-DK<')],
  ])('%s breaks the envelope’s signature', (_how, attack) => {
    expect(stage.judged(attack(honest))).toMatch(/^HASH_FAILURE/);
  });

  it('changed inside is refused though the envelope was signed over the change', () => {
    expect(stage.judged(stage.dossier({ signedForm: other }))).toBe('HASH_FAILURE');
  });

  it('unsigned, or with the signature of another form, is refused though the envelope is true', () => {
    expect(stage.judged(stage.dossier({ formSpec: 'unsigned' }))).toBe('DECLARATION_UNSIGNED');
    const signature = /<Signature.*<\/Signature>/.exec(stage.form({ form: other }))?.[0] ?? '';
    expect(stage.judged(stage.dossier({ signedForm: (xml) => xml.replace(/<Signature.*<\/Signature>/, () => signature) }))).toBe('HASH_FAILURE');
  });

  it('called a structured form and being another is refused', () => {
    expect(stage.judged(stage.dossier({ envelope: swap('<MaToKhai>D02-TS<', '<MaToKhai>TK1-TS<') }))).toMatch(/ENVELOPE_ROOT/);
  });

  it('that calls itself an attachment, though it is XML by its name, is no way around its signature: then the form is missing', () => {
    expect(stage.judged(stage.dossier({ formSpec: 'unsigned', envelope: swap('<MaToKhai>D02-TS<', '<MaToKhai>CT-DK<') }))).toMatch(/FORM_MISSING/);
  });
});
