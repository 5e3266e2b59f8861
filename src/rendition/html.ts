// A rendition as one self-contained HTML page: no script, no link out, no style but ours (the Content-Security-Policy names its digest), every text
// escaped. Texts of the document are in elements of class `v` and nowhere else; repeated ones in `k`; ours have neither. The same rendition
// gives the same octets.
import { createHash } from 'node:crypto';

import { formatDateTime } from '../standard/time.ts';
import { bandsOf } from './bands.ts';
import type { Band } from './bands.ts';
import { isPlainText, piecesOf } from './characters.ts';
import type { Block, Fact, FileFacts, Label, Part, Rendition, ShownFinding, Table, Verdict, Words } from './page.ts';
import { style } from './style.ts';

const digest = createHash('sha256').update(style).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;

export function htmlOf(rendition: Rendition): Buffer {
  const { title, parts } = rendition;
  const page = [
    '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="referrer" content="no-referrer">\n`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${plain(title.vi)} – ${rendition.digest.slice(0, 16)}</title>\n<style>${style}</style>\n</head>\n<body>\n`,
    `<header><h1>${words(title)}</h1>${sourceOf(rendition)}</header>\n`,
    ...parts.map((part, index) => partHtml(part, index)),
    `<footer>SHA-256 <span class="m">${rendition.digest}</span></footer>\n</body>\n</html>\n`,
  ];
  return Buffer.from(page.join(''));
}

function sourceOf({ digest: of, size, at }: Rendition): string {
  const facts: Fact[] = [
    { label: { vi: 'Mã băm tệp gốc (SHA-256)', en: 'SHA-256 of the original file' }, value: of },
    { label: { vi: 'Độ lớn', en: 'Size' }, value: `${size} byte` },
    { label: { vi: 'Chữ ký được xét tại', en: 'Signatures judged as of' }, value: `${formatDateTime(at)} +07:00` },
  ];
  return factsHtml(facts);
}

function partHtml({ title, file, standing, verdicts, blocks }: Part, index: number): string {
  const heading = index === 0 ? '' : `<h2>${words(title)}</h2>`;
  const from = file === undefined ? '' : `<div class="file">${fileHtml(file)}</div>`;
  const warning = standing === 'passed' ? '' : bannerHtml(standing, unvouched);
  return `<section class="part ${standing}" id="part-${index}">${heading}${from}${verdicts.map(verdictHtml).join('')}${warning}${blocks.map(blockHtml).join('')}${blocks.length > 0 ? warning : ''}</section>\n`;
}

const unvouched: Words = {
  vi: 'NỘI DUNG CỦA PHẦN NÀY KHÔNG ĐƯỢC CHỮ KÝ NÀO BẢO ĐẢM – không dùng làm căn cứ',
  en: 'NO SIGNATURE VOUCHES FOR THE CONTENT OF THIS PART – do not rely on it',
};

function bannerHtml(standing: string, title: Words): string {
  return `<div class="banner ${standing}" role="alert">${standing === 'passed' ? '✔' : '⚠'} ${words(title)}</div>`;
}

function verdictHtml({ standing, title, facts, findings }: Verdict): string {
  return `${bannerHtml(standing, title)}<div class="verdict">${factsHtml(facts)}${findings.map(findingHtml).join('')}</div>`;
}

function findingHtml({ code, wireCode, refuses, vi, en, action }: ShownFinding): string {
  return `<div class="finding${refuses ? ' refuses' : ''}"><b>${plain(wireCode)} ${plain(code)}</b> <span class="o">${text(vi)}</span> <span class="en o" lang="en">${text(en)}</span><br>→ <span class="o">${text(action.vi)}</span> <span class="en o" lang="en">${text(action.en)}</span></div>`;
}

function factsHtml(facts: readonly Fact[]): string {
  const rows = facts.map(({ label, value }) => `<dt>${words(label)}</dt><dd>${typeof value === 'string' ? `<span class="o">${text(value)}</span>` : words(value)}</dd>`);
  return `<dl>${rows.join('')}</dl>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading': {
      const tag = `h${Math.min(6, block.depth + 2)}`;
      return `<${tag}>${labelHtml(block.label)}${block.ordinal === undefined ? '' : ` <span class="a">#${block.ordinal}</span>`}</${tag}>`;
    }
    case 'fields':
      return `<dl>${block.fields.map(({ label, value }) => `<dt>${labelHtml(label)}</dt><dd><span class="v">${text(value)}</span></dd>`).join('')}</dl>`;
    case 'table':
      return tableHtml(block);
    case 'file':
      return `<div class="file">${labelHtml(block.label)} ${fileHtml(block)}${block.part === undefined ? '' : ` <a href="#part-${block.part}">→ ${words({ vi: 'xem bên dưới', en: 'shown below' })}</a>`}</div>`;
  }
}

function fileHtml({ name, size, digest: of }: FileFacts): string {
  return `<span class="k">${text(name)}</span> ${size} byte, SHA-256 <span class="m">${of}</span>`;
}

function tableHtml(table: Table): string {
  const bands = bandsOf(table);
  const title = `<h6>${labelHtml(table.label)} <span class="a">(${table.rows.length})</span></h6>`;
  const empty = table.empty.length === 0 ? '' : `<p class="u">${words({ vi: 'Để trống ở mọi dòng', en: 'Empty in every row' })}: ${table.empty.map(labelHtml).join(' · ')}</p>`;
  return `${title}${bands.map((band) => bandHtml(table, band)).join('')}${empty}`;
}

function bandHtml({ columns, rows }: Table, { columns: shown, key, widths }: Band): string {
  const nameOf = (column: number): string => labelHtml(columns[column] ?? { vi: '', en: '' });
  const head = `<th class="n">#</th>${key === undefined ? '' : `<th>${nameOf(key)}</th>`}${shown.map((column) => `<th>${nameOf(column)}</th>`).join('')}`;
  const body = rows.map((row, index) => {
    const cells = shown.map((column) => cellHtml(row[column]));
    return `<tr><td class="n">${index + 1}</td>${key === undefined ? '' : `<td><span class="k">${text(row[key] ?? '')}</span></td>`}${cells.join('')}</tr>`;
  });
  const cols = widths.map((width) => `<col width="${(width * 100).toFixed(1)}%">`).join('');
  return `<table><colgroup>${cols}</colgroup><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

/** A field that is there and empty is an empty cell; one that is not there has a dash. */
function cellHtml(value: string | undefined): string {
  if (value === undefined) return '<td class="a">–</td>';
  return `<td><span class="v">${text(value)}</span></td>`;
}

function labelHtml({ vi, en, unit }: Label): string {
  return `${words({ vi, en })}${unit === undefined ? '' : ` <span class="u">(${plain(unit)})</span>`}`;
}

function words({ vi, en }: Words): string {
  return vi === en ? `<span class="o">${text(vi)}</span>` : `<span class="o">${text(vi)}</span> <span class="en o" lang="en">${text(en)}</span>`;
}

/** Escaped, with a visible code for every character that cannot be seen. */
function text(value: string): string {
  if (isPlainText(value)) return escaped(value);
  return piecesOf(value).map((piece) => (piece.isCode ? `<span class="c">${piece.text}</span>` : escaped(piece.text))).join('');
}

/** Where no markup can be. */
function plain(value: string): string {
  return escaped(piecesOf(value).map((piece) => piece.text).join(''));
}

const references: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['"', '&quot;'], ["'", '&#39;']]);

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (character) => references.get(character) ?? '');
}
