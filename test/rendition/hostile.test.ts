// Guarantee: whatever a sender writes, a rendition is harmless – nothing of it becomes markup, moves or hides – and complete, at the cost of its
// length. Renditions are of unsigned documents here: what is hostile needs no good signature to be shown.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { createDictionary } from '../../src/rendition/labels.ts';
import { renditionOf } from '../../src/rendition/documents.ts';
import { htmlOf } from '../../src/rendition/html.ts';
import type { Rendition } from '../../src/rendition/page.ts';
import { pdfOf } from '../../src/rendition/pdf.ts';
import { readStandardFiles } from '../../src/standard/standard-files.ts';
import { createWorld } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { itWith } from '../support/tools.ts';
import { read, shownIn, textsOf } from './shown.ts';

const dictionary = createDictionary(readStandardFiles());
let world: World;

beforeAll(async () => {
  world = await createWorld();
});

const rendered = (xml: string): Rendition => renditionOf(Buffer.from(xml), { trust: world.trust, at: world.now, dictionary });
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
const form = (fields: readonly (readonly [name: string, text: string])[]): string => `<TK9><NoiDung>${fields.map(([name, text]) => `<${name}>${escaped(text)}</${name}>`).join('')}</NoiDung><Cky/></TK9>`;
const list = (rows: readonly string[]): string => `<TK9><NoiDung>${rows.map((row) => `<Dong>${row}</Dong>`).join('')}</NoiDung><Cky/></TK9>`;
const textsIn = (xml: string): string[] => {
  const document = read(xml);
  return textsOf(document, document.root, () => false).filter((text) => text !== '').sort();
};
const shownTexts = (xml: string): string[] => shownIn(htmlOf(rendered(xml))).values.filter((text) => text !== '').sort();

function pdfText(pdf: Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), 'ivan-pdf-')), 'a.pdf');
  writeFileSync(file, pdf);
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** As extraction sees it: white space and line ends do not count. */
const squeezed = (text: string): string => text.normalize('NFC').replace(/\s+/g, '');

const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</span></dd></dl><div class="banner passed">✔ CHỮ KÝ ĐÚNG VÀ ĐƯỢC TIN CẬY</div>',
  '</style><style>*{display:none}',
  ']]>&lt;b&gt;&#60;',
  '<!-- --><?x?>',
  'javascript:alert(1)',
  '\u202eĐÃ KÝ\u202c 500000',
  'a\u200bb\u00adc\ufeffd\u2066e\u2069',
  'שלום 123 مرحبا',
  'dòng một\ndòng hai\r\tba',
  '\u0085\u009f',
  'Nguyễn e\u0323\u0302\u0301 – ₫ 漢字 😀',
  '\u{e0041}\u{f0000}\ue000',
  ' leading and trailing ',
];

describe('markup, direction and control characters in values', () => {
  const xml = form(hostile.map((text, index) => [`F${index}`, text]));

  test('become text, every one of them', () => {
    expect(shownTexts(xml)).toEqual(textsIn(xml));
    expect(textsIn(xml)).toEqual([...hostile].sort());
  });

  test('make no element, attribute or link that is not ours', () => {
    const page = shownIn(htmlOf(rendered(xml)));
    expect([...page.elements].sort()).toEqual(['a', 'b', 'body', 'br', 'col', 'colgroup', 'dd', 'div', 'dl', 'dt', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'head', 'header', 'html', 'meta', 'p', 'section', 'span', 'style', 'table', 'tbody', 'td', 'th', 'thead', 'title', 'tr'].filter((name) => page.elements.has(name)));
    expect([...page.attributes].filter((name) => !['charset', 'class', 'content', 'href', 'http-equiv', 'id', 'lang', 'name', 'role', 'width'].includes(name))).toEqual([]);
    expect(page.links.filter((link) => !/^#part-\d+$/.test(link))).toEqual([]);
  });

  test('nothing that turns or hides text is left in the page', () => {
    expect(htmlOf(rendered(xml)).toString('utf8')).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
  });

  test('the page allows itself no script and no source outside', () => {
    const html = htmlOf(rendered(xml)).toString('utf8');
    expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'">/);
    expect(html).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
  });

  itWith('pdftotext', 'the PDF holds every value, and codes for what its font cannot show', async () => {
    const text = squeezed(pdfText(await pdfOf(rendered(xml))));
    for (const value of hostile.filter((entry) => /^[\n\r\t\u0020-\u007e\u00c0-\u1ef9–₫✔]*$/u.test(entry) && !/[\r\u0600-\u06ff\u0590-\u05ff]/.test(entry))) expect(text).toContain(squeezed(value));
    expect(text).toContain('U+202EĐÃKÝU+202C500000');
    expect(text).toContain('U+05E9U+05DCU+05D5U+05DD123');
    expect(text).toContain('U+6F22U+5B57');
    expect(text).toContain('KHÔNGCÓCHỮKÝ');
  });
});

describe('shapes that are no form', () => {
  test.each([
    ['text between elements', '<TK9><NoiDung>một<A>hai</A>ba<B>bốn</B></NoiDung></TK9>', ['ba', 'bốn', 'hai', 'một']],
    ['attributes', '<TK9 a="1"><NoiDung Id="x"><A b="2">ba</A><C d="4"/></NoiDung></TK9>', ['1', '2', '4', 'ba', 'x']],
    ['rows of different fields', '<TK9><NoiDung><R><A>1</A></R><R><B>2</B></R><R/></NoiDung></TK9>', ['1', '2']],
    ['a field twice in a row', '<TK9><NoiDung><R><A>1</A><A>2</A></R><R><A>3</A></R></NoiDung></TK9>', ['1', '2', '3']],
    ['rows with lists inside', '<TK9><NoiDung><R><A>1</A><L><X>2</X></L></R><R><A>3</A><L><X>4</X><X>5</X></L></R></NoiDung></TK9>', ['1', '2', '3', '4', '5']],
    ['elements of a namespace', '<TK9><NoiDung xmlns:n="urn:n"><n:A>1</n:A><A>2</A></NoiDung></TK9>', ['1', '2']],
    ['CDATA and references', '<TK9><NoiDung><A><![CDATA[<b>]]>&amp;&#x41;</A></NoiDung></TK9>', ['<b>&A']],
    ['a name like a verdict', '<TK9><NoiDung><passed>x</passed></NoiDung></TK9>', ['x']],
  ])('%s', (_, xml, texts) => {
    expect(shownTexts(xml)).toEqual(texts);
  });

  test('base64 that is long is a file with its digest, and what cannot be read is text', () => {
    const octets = Buffer.alloc(4000, 'x');
    const { text, values } = shownIn(htmlOf(rendered(form([['A', octets.toString('base64')], ['B', `${octets.toString('base64')}!`]]))));
    expect(text).toContain('4000 byte');
    expect(values.filter((value) => value !== '')).toEqual([`${octets.toString('base64')}!`]);
  });

  test('documents inside documents inside documents stop', () => {
    let inner = '<BHXH><A>lõi</A></BHXH>';
    for (let depth = 0; depth < 6; depth += 1) inner = `<BHXH><A>${Buffer.from(inner.padEnd(3300)).toString('base64')}</A></BHXH>`;
    expect(rendered(inner).parts).toHaveLength(3);
  });
});

describe('size', () => {
  const cell = (name: string, row: number): string => (name === 'HoTen' ? `NGƯỜI THỬ ${row}` : row % 3 === 0 && name > 'C4' ? '' : `${name}-${row}`);
  const names = ['HoTen', ...Array.from({ length: 29 }, (_, index) => `C${index}`)];
  const rows = Array.from({ length: 5000 }, (_, row) => names.map((name) => `<${name}>${cell(name, row)}</${name}>`).join(''));
  const xml = list(rows);

  test('5,000 rows of 30 fields are all there', () => {
    const rendition = rendered(xml);
    const [table] = rendition.parts[0]?.blocks.filter(({ kind }) => kind === 'table') ?? [];
    expect(table?.kind === 'table' && [table.rows.length, table.columns.length]).toEqual([5000, 30]);
    // Too long for a parser of pages; there is no markup in these values.
    const values = [...htmlOf(rendition).toString('utf8').matchAll(/<span class="v">([^<]*)<\/span>/g)].map(([, value]) => value ?? '');
    expect(values.filter((value) => value !== '').sort()).toEqual(textsIn(xml));
  });

  itWith('pdftotext', 'and in the PDF', async () => {
    const pdf = await pdfOf(rendered(list(rows.slice(0, 300))));
    const text = pdfText(pdf);
    for (const name of names) for (const row of [0, 1, 149, 299]) if (cell(name, row) !== '') expect(text).toContain(cell(name, row));
    expect(text).toMatch(/Trang \/ Page 1 \/ \d+/);
  });

  test('rows that have nothing in common cost no more than what is in them', () => {
    const odd = list(Array.from({ length: 3000 }, (_, row) => `<N${row}>${row}</N${row}>`));
    expect(shownTexts(odd)).toHaveLength(3000);
  });

  test('one value of a million characters', async () => {
    const rendition = rendered(form([['A', 'dài '.repeat(250_000)]]));
    expect(shownIn(htmlOf(rendition)).values.some((value) => value.length === 1_000_000)).toBe(true);
    expect((await pdfOf(rendition)).length).toBeGreaterThan(1000);
  });
});
