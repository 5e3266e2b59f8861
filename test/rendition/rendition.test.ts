// Guarantee: a rendition shows the signed content, all of it, nothing else as signed, under the verdict of its signature; and the same rendition
// gives the same octets.
import { mkdirSync, writeFileSync } from 'node:fs';

import { beforeAll, describe, expect, it, test } from '@jest/globals';

import { signDossier } from '../../src/client/sign.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { renditionOf } from '../../src/rendition/documents.ts';
import { htmlOf } from '../../src/rendition/html.ts';
import { createDictionary } from '../../src/rendition/labels.ts';
import type { Rendition } from '../../src/rendition/page.ts';
import { pdfOf } from '../../src/rendition/pdf.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace, signaturePlaceOf } from '../../src/standard/kind.ts';
import { readStandardFiles } from '../../src/standard/standard-files.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import { parse } from '../../src/xml/parse.ts';
import { createWorld, dossierOf, logStatementFor, nonReceiptFor, notAccepted, noticeFor, receiptFor, resultFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { shownIn, textsOf } from './shown.ts';

const dictionary = createDictionary(readStandardFiles());
let world: World;
let dossier: Buffer;
const rendered = (bytes: Buffer, changes: Partial<Parameters<typeof renditionOf>[1]> = {}): Rendition => renditionOf(bytes, { trust: world.trust, at: world.now, dictionary, ...changes });

beforeAll(async () => {
  world = await createWorld();
  dossier = await dossierOf(world);
});

const sorted = (texts: readonly string[]): string[] => texts.filter((text) => text !== '').sort();
const isFile = (name: string): boolean => name === 'NoiDungFile' || name === 'VANBAN';

/** Texts of every document in it, by verification alone. */
function signedTexts(bytes: Buffer, inner: readonly Buffer[] = []): string[] {
  return [bytes, ...inner].flatMap((octets) => {
    const document = parse(octets);
    const { root } = verifySignature(document, signaturePlaceOf(document) ?? messagePlace);
    return textsOf(document, root, isFile);
  });
}

function filesIn(bytes: Buffer): Buffer[] {
  return [...bytes.toString('utf8').matchAll(/<(?:NoiDungFile|VANBAN)>([^<]*)</g)].map(([, base64]) => Buffer.from(base64 ?? '', 'base64'));
}

const signature = /<Signature .*<\/Signature>/s;

/** The bytes with one thing changed, which must be there. */
function replaced(bytes: Buffer, what: string | RegExp, by: string): Buffer {
  const text = bytes.toString('utf8');
  const changed = text.replace(what, () => by);
  if (changed === text) throw new Error(`nothing to replace: ${String(what)}`);
  return Buffer.from(changed);
}

describe('all of the signed content is shown, and nothing else as signed', () => {
  test('a dossier with its declaration', () => {
    const [declaration = Buffer.alloc(0), attachment = Buffer.alloc(0)] = filesIn(dossier);
    const rendition = rendered(dossier);
    const { values, text } = shownIn(htmlOf(rendition));
    expect(sorted(values)).toEqual(sorted(signedTexts(dossier, [declaration])));
    expect(rendition.parts.map(({ standing, file }) => [standing, file?.name])).toEqual([['passed', undefined], ['passed', 'D02-TS-595.xml']]);
    expect(text).toContain(digestOf(declaration));
    expect(text).toContain(`${attachment.length} byte, SHA-256 ${digestOf(attachment)}`);
    expect(text).not.toContain('%PDF');
  });

  test.each([
    ['a receipt', 'BIENNHAN', () => receiptFor(world, dossier)],
    ['a refusal', 'TUCHOI', () => receiptFor(world, dossier, 'refused')],
    ['a conflict', 'XUNGDOT', () => receiptFor(world, dossier, 'conflict')],
    ['a non-receipt', 'CHUANHAN', () => nonReceiptFor(world, digestOf(dossier))],
    ['a statement on the log', 'NHATKY', () => logStatementFor(world)],
    ['a result with the agency’s answer', 'KETQUA', () => resultFor(world, dossier)],
    ['a notice on a form 04', '01-TB-GD', () => noticeFor(world, dossier)],
    ['a notice that refuses a form 04', '01-TB-GD', () => noticeFor(world, dossier, notAccepted)],
  ])('%s', async (_, form, make) => {
    const message = await make();
    const rendition = rendered(message);
    const { values } = shownIn(htmlOf(rendition));
    expect(sorted(values)).toEqual(sorted(signedTexts(message, filesIn(message))));
    expect(rendition.standing).toBe('passed');
    expect(rendition.title).toEqual(dictionary.find(verifySignature(parse(message), messagePlace))?.title);
    expect(titles.get(form)).toBe(rendition.title.en);
  });

  const titles = new Map([['BIENNHAN', 'Receipt: the dossier is accepted'], ['TUCHOI', 'Refusal: the dossier is not accepted'], ['XUNGDOT', 'Conflict with a dossier received before'], ['CHUANHAN', 'Statement that a dossier was not received'], ['NHATKY', 'Statement on the log'], ['KETQUA', 'Result of a dossier, with the agency’s signed answer'], ['01-TB-GD', 'Confirmation of a unit’s electronic dealings (01/TB-GD)']]);

  test('what stands beside the signed content is not shown: the signature, comments, an I-VAN’s appendix', () => {
    const marked = replaced(replaced(dossier, /<\/NoiDung>(?=<CKy_Dvi)/, '<!-- GHI CHU NGOAI CHU KY --></NoiDung>'), '</CKy_Dvi>', '</CKy_Dvi><CKy_iVan></CKy_iVan>');
    const rendition = rendered(marked);
    expect(rendition.standing).toBe('passed');
    const { values, text } = shownIn(htmlOf(rendition));
    expect(values).toEqual(shownIn(htmlOf(rendered(dossier))).values);
    expect(text).not.toContain('GHI CHU NGOAI CHU KY');
  });

  test('without a schema the elements’ own names are the labels', () => {
    const bare = shownIn(htmlOf(rendered(dossier, { dictionary: createDictionary(new Map()) })));
    expect(sorted(bare.values)).toEqual(sorted(signedTexts(dossier, filesIn(dossier).slice(0, 1)).concat(filesIn(dossier).map((file) => file.toString('base64')).filter((text) => text.length < 4096))));
    expect(bare.text).toContain('MaSoBHXH');
  });

  test('empty fields are shown as empty, and labels come from the schema with their units', async () => {
    const { parts } = rendered(await receiptFor(world, dossier));
    const fields = parts.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'fields' ? block.fields : [])));
    expect(fields).toContainEqual({ label: { vi: 'Mã lỗi', en: 'Error code' }, value: '' });
    expect(fields).toContainEqual({ label: { vi: 'Độ lớn của hồ sơ', en: 'Size of the dossier', unit: 'byte' }, value: String(dossier.length) });
  });
});

describe('the verdict is that of verification', () => {
  const factsOf = ({ parts }: Rendition, part = 0): ReadonlyMap<string, unknown> => new Map(parts[part]?.verdicts[0]?.facts.map(({ label, value }) => [label.en, typeof value === 'string' ? value : value.en]));

  test('it says what TT 15/2025 Art. 6 asks', () => {
    const facts = factsOf(rendered(dossier));
    expect([...facts.keys()]).toEqual(expect.arrayContaining(['Issuer of the certificate', 'Signer', 'Holder of the certificate', 'Signing time (as the signer claims)', 'Integrity of the content', 'Validity at that time', 'Certificate valid', 'Algorithm', 'Conclusion (ETSI EN 319 102-1)']));
    expect(facts.get('Validity at that time')).toBe('Valid and not revoked');
    expect(facts.get('Integrity of the content')).toBe('Whole: this is what was signed');
  });

  test.each([
    ['altered content', 'failed', () => replaced(dossier, '05/2026', '06/2026')],
    ['no signature', 'unsigned', () => replaced(dossier, signature, '')],
  ])('%s is shown under a warning before and after it', (_, standing, make) => {
    const rendition = rendered(make());
    expect([rendition.standing, ...rendition.parts.map((part) => part.standing)]).toEqual([standing, standing, 'passed']);
    const html = htmlOf(rendition).toString('utf8');
    const warnings = [...html.matchAll(/do not rely on it/g)];
    expect(warnings).toHaveLength(2);
    expect(html.indexOf('do not rely on it')).toBeLessThan(html.indexOf('class="v"'));
    expect(factsOf(rendition).get('Validity at that time')).toBeUndefined();
  });

  test('a certificate that nobody we trust issued', async () => {
    const stranger = (await createWorld()).trust;
    const rendition = rendered(dossier, { trust: stranger });
    expect(rendition.parts.map(({ standing }) => standing)).toEqual(['open', 'open']);
    expect(factsOf(rendition).get('Conclusion (ETSI EN 319 102-1)')).toContain('no path leads');
    expect(factsOf(rendition).get('Integrity of the content')).toBe('Whole: this is what was signed');
  });

  test('an expired certificate', () => {
    const rendition = rendered(dossier, { at: new Date(world.now.getTime() + 20 * 365 * 86_400_000) });
    expect(rendition.standing).toBe('open');
    expect(factsOf(rendition).get('Validity at that time')).toBe('EXPIRED');
  });

  test('revocation that is not known', () => {
    const withoutLists = parseTrustMaterial(trustFiles(world.pki).filter(([name]) => !name.includes('crl')).map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
    const rendition = rendered(dossier, { trust: withoutLists });
    expect(rendition.standing).toBe('open');
    expect(factsOf(rendition).get('Conclusion (ETSI EN 319 102-1)')).toBe('cannot be recognised: whether the certificate is revoked is not known yet');
  });

  test('one altered declaration in a dossier signed over it taints its own part alone', async () => {
    const whole = await dossierOf(world, {}, {});
    const [declaration = Buffer.alloc(0)] = filesIn(whole);
    const altered = Buffer.from(declaration.toString('utf8').replace('5008000', '9008000'));
    const envelope = replaced(replaced(whole, signature, ''), declaration.toString('base64'), altered.toString('base64'));
    const rendition = rendered(await signDossier(envelope, world.employer, world.now));
    expect(rendition.parts.map(({ standing }) => standing)).toEqual(['passed', 'failed']);
    expect(rendition.standing).toBe('failed');
  });
});

describe('the same rendition, the same octets', () => {
  it('as HTML and as PDF', async () => {
    const [first, second] = [rendered(dossier), rendered(Buffer.from(dossier))];
    expect(htmlOf(first).equals(htmlOf(second))).toBe(true);
    const pdf = await pdfOf(first);
    expect(pdf.equals(await pdfOf(second))).toBe(true);
    const folder = process.env['RENDITION_FOLDER'];
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/dossier.html`, htmlOf(first));
      writeFileSync(`${folder}/dossier.pdf`, pdf);
    }
  });
});
