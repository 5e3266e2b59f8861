// A rendition as PDF on A4: the same parts, verdicts and blocks as the HTML page, page numbers and the digest of the original under every page.
// Dates inside the file are the rendition's own instant, so that the same rendition gives the same octets. No links, forms, scripts or attachments.
import PDFDocument from 'pdfkit';

import { formatDateTime } from '../standard/time.ts';
import { bandsOf } from './bands.ts';
import type { Band } from './bands.ts';
import { piecesOf } from './characters.ts';
import type { Block, Fact, FileFacts, Label, Part, Rendition, Standing, Table, Verdict, Words } from './page.ts';
import { Sheet } from './pdf-sheet.ts';
import type { Cell, Run } from './pdf-sheet.ts';
import { Typesetter } from './pdf-text.ts';

const SOFT = '#5b6470';
const colors: Readonly<Record<Standing, readonly [ink: string, paper: string]>> = {
  passed: ['#0b6b3a', '#eef8f1'],
  open: ['#8a5a00', '#fff6e0'],
  failed: ['#b00020', '#fdecef'],
  unsigned: ['#b00020', '#fdecef'],
};
const unvouched: Words = { vi: 'NỘI DUNG KHÔNG ĐƯỢC CHỮ KÝ NÀO BẢO ĐẢM – không dùng làm căn cứ', en: 'NO SIGNATURE VOUCHES FOR THIS CONTENT – do not rely on it' };

export function pdfOf(rendition: Rendition): Promise<Buffer> {
  const { title, digest, at } = rendition;
  const name = piecesOf(title.vi).map(({ text }) => text).join('');
  const doc = new PDFDocument({ size: 'A4', margin: 0, pdfVersion: '1.7', lang: 'vi', displayTitle: true, info: { Title: `${name} – ${digest.slice(0, 16)}`, Producer: 'ivan-gateway', Creator: 'ivan-gateway', CreationDate: at, ModDate: at } });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => { resolve(Buffer.concat(chunks)); });
    doc.on('error', reject);
  });
  const type = new Typesetter(doc);
  const draft = new Sheet(doc, type, { digest });
  fill(draft, rendition);
  fill(new Sheet(doc, type, { digest, pages: draft.pages }), rendition);
  doc.end();
  return finished;
}

function fill(sheet: Sheet, rendition: Rendition): void {
  sheet.paragraph(headingRuns(rendition.title, 15));
  addFacts(sheet, sourceOf(rendition));
  rendition.parts.forEach((part, index) => { addPart(sheet, part, index); });
}

function sourceOf({ digest, size, at }: Rendition): Fact[] {
  return [
    { label: { vi: 'Mã băm tệp gốc (SHA-256)', en: 'SHA-256 of the original file' }, value: digest },
    { label: { vi: 'Độ lớn', en: 'Size' }, value: `${size} byte` },
    { label: { vi: 'Chữ ký được xét tại', en: 'Signatures judged as of' }, value: `${formatDateTime(at)} +07:00` },
  ];
}

function addPart(sheet: Sheet, { title, file, standing, verdicts, blocks }: Part, index: number): void {
  // A part of another standing begins a page, so that no page is marked by the part before it.
  sheet.warn(undefined);
  if (index > 0) {
    sheet.newPage();
    sheet.paragraph(headingRuns(title, 13));
  }
  if (standing !== 'passed') sheet.warn(unvouched, colors[standing][0]);
  sheet.space(6);
  if (file !== undefined) sheet.paragraph([{ text: fileText(file), size: 8, color: SOFT }]);
  for (const verdict of verdicts) addVerdict(sheet, verdict);
  if (standing !== 'passed') addBanner(sheet, standing, unvouched);
  for (const block of blocks) addBlock(sheet, block);
}

function addVerdict(sheet: Sheet, { standing, title, facts, findings }: Verdict): void {
  addBanner(sheet, standing, title);
  addFacts(sheet, facts);
  for (const { wireCode, code, refuses, vi, en, action } of findings) {
    sheet.row([{ width: 1, runs: [{ text: `${wireCode} ${code}: ${vi}`, size: 8, color: refuses ? '#b00020' : '#1a1a1a' }, { text: en, size: 7, color: SOFT }, { text: `→ ${action.vi}`, size: 8 }, { text: `→ ${action.en}`, size: 7, color: SOFT }] }]);
  }
  sheet.space(6);
}

function addBanner(sheet: Sheet, standing: Standing, { vi, en }: Words): void {
  const [ink, paper] = colors[standing];
  sheet.box([{ text: vi, face: 'bold', size: 11, color: ink }, { text: en, size: 8.5, color: ink }], ink, paper);
}

function addFacts(sheet: Sheet, facts: readonly Fact[]): void {
  for (const { label, value } of facts) {
    const runs: Run[] = typeof value === 'string' ? [{ text: value, size: 8 }] : wordRuns(value, 8);
    sheet.row([{ width: 0.34, runs: wordRuns(label, 7.5) }, { width: 0.66, runs }]);
  }
}

function addBlock(sheet: Sheet, block: Block): void {
  switch (block.kind) {
    case 'heading': {
      sheet.reserve(60);
      sheet.space(6);
      sheet.paragraph(headingRuns(block.ordinal === undefined ? block.label : counted(block.label, `#${block.ordinal}`), Math.max(8.5, 12 - block.depth)));
      return;
    }
    case 'fields':
      for (const { label, value } of block.fields) sheet.row([{ width: 0.34, runs: labelRuns(label, 7.5) }, { width: 0.66, runs: [{ text: value, size: 8.5 }] }]);
      return;
    case 'table':
      addTable(sheet, block);
      return;
    case 'file':
      sheet.row([{ width: 0.34, runs: labelRuns(block.label, 7.5) }, { width: 0.66, runs: [{ text: fileText(block), size: 8, color: SOFT }] }]);
  }
}

function addTable(sheet: Sheet, table: Table): void {
  sheet.reserve(60);
  sheet.space(4);
  sheet.paragraph(headingRuns(counted(table.label, `(${table.rows.length})`), 9));
  for (const band of bandsOf(table)) {
    addBand(sheet, table, band);
    sheet.space(5);
  }
  if (table.empty.length > 0) {
    const names = table.empty.map(({ vi, en }) => (vi === en ? vi : `${vi} / ${en}`)).join(' · ');
    sheet.paragraph([{ text: `Để trống ở mọi dòng / Empty in every row: ${names}`, size: 6.5, color: SOFT }]);
  }
}

function addBand(sheet: Sheet, { columns, rows }: Table, { columns: shown, key, widths }: Band): void {
  const headOf = (column: number): readonly Run[] => labelRuns(columns[column] ?? { vi: '', en: '' }, 6, 'bold');
  const lead = key === undefined ? [] : [key];
  const all = [...lead, ...shown];
  const head: Cell[] = [{ width: widths[0] ?? 0, runs: [{ text: '#', size: 6 }], fill: '#f1f3f6' }, ...all.map((column, at) => ({ width: widths[at + 1] ?? 0, runs: headOf(column), fill: '#f1f3f6' }))];
  sheet.row(head);
  rows.forEach((row, index) => {
    const cells = all.map((column, at): Cell => {
      const isRepeated = at < lead.length;
      const value = row[column];
      return { width: widths[at + 1] ?? 0, runs: [{ text: value ?? '–', size: 6.5, ...(isRepeated || value === undefined ? { color: SOFT } : {}) }] };
    });
    sheet.row([{ width: widths[0] ?? 0, runs: [{ text: String(index + 1), size: 6, color: SOFT }] }, ...cells], { head });
  });
}

function fileText({ name, size, digest }: FileFacts): string {
  return `${name} ${size} byte\nSHA-256 ${digest}`.trim();
}

/** The number once, where both languages say the same. */
function counted({ vi, en }: Words, number: string): Words {
  return vi === en ? { vi: `${vi} ${number}`, en: `${vi} ${number}` } : { vi: `${vi} ${number}`, en };
}

function headingRuns({ vi, en }: Words, size: number): Run[] {
  return [{ text: vi, face: 'bold', size }, ...(vi === en ? [] : [{ text: en, size: size * 0.75, color: SOFT }])];
}

function wordRuns({ vi, en }: Words, size: number): Run[] {
  return [{ text: vi, size }, ...(vi === en ? [] : [{ text: en, size: size - 1, color: SOFT }])];
}

function labelRuns({ vi, en, unit }: Label, size: number, face: Run['face'] = 'regular'): Run[] {
  return [{ text: unit === undefined ? vi : `${vi} (${unit})`, face, size }, ...(vi === en ? [] : [{ text: en, size: size - 0.7, color: SOFT }])];
}
