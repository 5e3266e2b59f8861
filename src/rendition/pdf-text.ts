// Text for a PDF page: which characters our font shows as they are, how wide words are, where lines break. Characters that the font lacks, that are
// written from right to left, or that nobody can see, become visible codes: what stands on paper reads in one direction and loses nothing.
import { createRequire } from 'node:module';

import type PDFDocument from 'pdfkit';

import { isPlainText, piecesOf } from './characters.ts';

export type Doc = InstanceType<typeof PDFDocument>;
export type Face = 'regular' | 'bold';

const resolve = createRequire(import.meta.url);
const files: Readonly<Record<Face, string>> = { regular: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf', bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf' };

/** Blocks that DejaVu Sans has whole, in both faces, and that are written from left to right. */
const shown: readonly (readonly [from: number, to: number])[] = [
  [0x09, 0x0a], [0x20, 0x7e], [0xa0, 0x2e9], [0x300, 0x34e], [0x384, 0x38a], [0x38e, 0x3a1], [0x3a3, 0x525], [0x1e00, 0x1efb], [0x2000, 0x2064], [0x2074, 0x208e],
  [0x20a0, 0x20b5], [0x2100, 0x2109], [0x210b, 0x2149], [0x2190, 0x2311], [0x2500, 0x269c], [0x2714, 0x2714],
];

export function isShown(code: number): boolean {
  return shown.some(([from, to]) => code >= from && code <= to);
}

export interface Segment {
  readonly text: string;
  readonly isCode: boolean;
  readonly width: number;
}

export type Line = readonly Segment[];

/** Measures and breaks in one document. Widths are kept: labels and words come again and again. */
export class Typesetter {
  readonly doc: Doc;
  readonly #widths: Readonly<Record<Face, Map<string, number>>> = { regular: new Map(), bold: new Map() };

  constructor(doc: Doc) {
    this.doc = doc;
    for (const face of ['regular', 'bold'] as const) doc.registerFont(face, resolve.resolve(files[face]));
  }

  width(text: string, face: Face, size: number): number {
    const known = this.#widths[face];
    const kept = known.get(text);
    if (kept !== undefined) return kept * size;
    const width = this.doc.font(face, 100).widthOfString(text) / 100;
    if (text.length < 40 && known.size < 100_000) known.set(text, width);
    return width * size;
  }

  lines(text: string, face: Face, size: number, width: number): Line[] {
    const lines: Segment[][] = [[]];
    let used = 0;
    const open = (): Segment[] => lines.at(-1) ?? [];
    const put = (word: string, isCode: boolean): void => {
      const wide = this.width(word, face, size);
      if (used + wide > width && used > 0) {
        lines.push([]);
        used = 0;
      }
      open().push({ text: word, isCode, width: wide });
      used += wide;
    };
    const putWord = (word: string): void => {
      if (this.width(word, face, size) <= width) put(word, false);
      else for (const part of this.#parts(word, face, size, width)) put(part, false);
    };
    for (const piece of isPlainText(text) ? [{ text, isCode: false }] : piecesOf(text, isShown)) {
      for (const word of piece.text.match(/\n|[^\S\n]+|\S+/g) ?? []) {
        if (word === '\n') {
          lines.push([]);
          used = 0;
        } else if (piece.isCode) put(word, true);
        else putWord(word.replaceAll('\t', '    '));
      }
    }
    return lines.map(joined);
  }

  /** A word that is wider than the line, in pieces that fit. */
  #parts(word: string, face: Face, size: number, width: number): string[] {
    const parts: string[] = [];
    let part = '';
    let used = 0;
    for (const character of word) {
      const wide = this.width(character, face, size);
      // A combining mark stays with its letter, however narrow the column.
      if (used + wide > width && part !== '' && !/\p{M}/u.test(character)) {
        parts.push(part);
        part = '';
        used = 0;
      }
      part += character;
      used += wide;
    }
    return [...parts, part];
  }

  draw(line: Line, x: number, y: number, face: Face, size: number, color: string): void {
    let at = x;
    for (const { text, isCode, width } of line) {
      if (isCode) this.doc.rect(at, y, width, size * 1.1).fill('#b00020');
      if (text.trim() !== '') this.doc.font(face, size).fillColor(isCode ? '#ffffff' : color).text(text, at, y, { lineBreak: false });
      at += width;
    }
  }
}

/** Neighbours of one kind in one go: fewer operators in the file, and text that can be selected as a whole. */
function joined(line: readonly Segment[]): Line {
  const out: Segment[] = [];
  for (const segment of line) {
    const last = out.at(-1);
    if (last === undefined || last.isCode || segment.isCode) out.push(segment);
    else out[out.length - 1] = { text: last.text + segment.text, isCode: false, width: last.width + segment.width };
  }
  return out;
}
