// Pages of a PDF: rows of cells from top to bottom, broken between rows or, where one row is higher than a page, between lines; heads that come again
// on the next page; a band along every page whose content nobody vouches for; at last page numbers and the digest under every page.
import type { Words } from './page.ts';
import { Typesetter } from './pdf-text.ts';
import type { Doc, Face, Line } from './pdf-text.ts';

const MARGIN = 36;
const FOOT = 26;
const LEADING = 1.22;

export interface Run {
  readonly text: string;
  readonly face?: Face;
  readonly size: number;
  readonly color?: string;
}

export interface Cell {
  /** Part of the line's width. */
  readonly width: number;
  /** One under the other. */
  readonly runs: readonly Run[];
  readonly fill?: string;
}

interface SetLine {
  readonly line: Line;
  readonly run: Run;
  readonly height: number;
}

interface SetColumn {
  readonly cell: Cell;
  readonly lines: readonly SetLine[];
}

export class Sheet {
  readonly doc: Doc;
  readonly type: Typesetter;
  #y = MARGIN;
  #warning: { readonly words: Words; readonly color: string } | undefined;

  constructor(doc: Doc) {
    this.doc = doc;
    this.type = new Typesetter(doc);
  }

  get #width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  get #bottom(): number {
    return this.doc.page.height - MARGIN - FOOT;
  }

  /** From here on every page says so along its edge, the present one too. */
  warn(words: Words | undefined, color = '#b00020'): void {
    this.#warning = words && { words, color };
    this.#drawWarning();
  }

  space(height: number): void {
    this.#y += height;
  }

  newPage(): void {
    this.doc.addPage();
    this.#y = MARGIN;
    this.#drawWarning();
  }

  /** Room for so much, or a new page. */
  reserve(height: number): void {
    if (this.#y + height > this.#bottom) this.newPage();
  }

  paragraph(runs: readonly Run[]): void {
    this.row([{ width: 1, runs }], { rule: false });
  }

  box(runs: readonly Run[], color: string, fill: string): void {
    const columns = this.#columns([{ width: 1, runs }], 8);
    const height = heightOf(columns) + 10;
    this.reserve(Math.min(height, this.#bottom - MARGIN));
    const top = this.#y;
    this.doc.lineWidth(2).rect(MARGIN, top, this.#width, height).fillAndStroke(fill, color);
    this.#y += 5;
    this.#draw(columns, 8, false);
    this.#y = top + height + 3;
  }

  /** `head` is drawn again at the top of each page that the row begins. */
  row(cells: readonly Cell[], { rule = true, head }: { readonly rule?: boolean; readonly head?: readonly Cell[] } = {}): void {
    const columns = this.#columns(cells, 2);
    if (this.#y + Math.min(heightOf(columns) + 2, this.#bottom - MARGIN) > this.#bottom) {
      this.newPage();
      if (head !== undefined) this.#draw(this.#columns(head, 2), 2, true);
    }
    this.#draw(columns, 2, rule);
  }

  #columns(cells: readonly Cell[], padding: number): SetColumn[] {
    return cells.map((cell) => ({ cell, lines: this.#set(cell, padding) }));
  }

  #set(cell: Cell, padding: number): SetLine[] {
    const width = cell.width * this.#width - 2 * padding;
    return cell.runs.flatMap((run) => this.type.lines(run.text, run.face ?? 'regular', run.size, width).map((line) => ({ line, run, height: run.size * LEADING })));
  }

  #draw(columns: readonly SetColumn[], padding: number, rule: boolean): void {
    const whole = heightOf(columns) + 2;
    if (this.#y + whole <= this.#bottom) {
      this.#fill(columns, whole);
      let x = MARGIN;
      for (const { cell, lines } of columns) {
        let y = this.#y + 1;
        for (const { line, run, height } of lines) {
          this.type.draw(line, x + padding, y, run.face ?? 'regular', run.size, run.color ?? '#1a1a1a');
          y += height;
        }
        x += cell.width * this.#width;
      }
      this.#y += whole;
    } else this.#drawLong(columns, padding);
    if (rule) this.doc.lineWidth(0.4).moveTo(MARGIN, this.#y).lineTo(MARGIN + this.#width, this.#y).stroke('#c9ced6');
  }

  /** Line by line over as many pages as it takes. */
  #drawLong(columns: readonly SetColumn[], padding: number): void {
    const most = Math.max(...columns.map(({ lines }) => lines.length));
    for (let index = 0; index < most; index += 1) {
      const step = Math.max(...columns.map(({ lines }) => lines[index]?.height ?? 0));
      this.reserve(step);
      let x = MARGIN;
      for (const { cell, lines } of columns) {
        const set = lines[index];
        if (set !== undefined) this.type.draw(set.line, x + padding, this.#y, set.run.face ?? 'regular', set.run.size, set.run.color ?? '#1a1a1a');
        x += cell.width * this.#width;
      }
      this.#y += step;
    }
  }

  #fill(columns: readonly SetColumn[], height: number): void {
    let x = MARGIN;
    for (const { cell: { width, fill } } of columns) {
      if (fill !== undefined) this.doc.rect(x, this.#y, width * this.#width, height).fill(fill);
      x += width * this.#width;
    }
  }

  #drawWarning(): void {
    if (this.#warning === undefined) return;
    const { words, color } = this.#warning;
    const { width, height } = this.doc.page;
    this.doc.rect(0, 0, 10, height).fill(color).rect(width - 10, 0, 10, height).fill(color).rect(0, 0, width, 16).fill(color);
    const line = this.type.lines(`${words.vi} · ${words.en}`, 'bold', 7, width)[0] ?? [];
    this.type.draw(line, MARGIN, 4, 'bold', 7, '#ffffff');
  }

  /** Under every page, when all of them are there. */
  number(digest: string): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.doc.switchToPage(start + index);
      const y = this.doc.page.height - MARGIN - FOOT + 12;
      this.doc.lineWidth(0.4).moveTo(MARGIN, y - 4).lineTo(MARGIN + this.#width, y - 4).stroke('#c9ced6');
      const number = `Trang / Page ${index + 1} / ${count}`;
      this.type.draw(this.type.lines(`SHA-256 ${digest}`, 'regular', 6.5, this.#width)[0] ?? [], MARGIN, y, 'regular', 6.5, '#5b6470');
      this.type.draw(this.type.lines(number, 'regular', 6.5, this.#width)[0] ?? [], MARGIN + this.#width - this.type.width(number, 'regular', 6.5), y, 'regular', 6.5, '#5b6470');
    }
  }
}

function heightOf(columns: readonly SetColumn[]): number {
  return Math.max(...columns.map(({ lines }) => lines.reduce((sum, { height }) => sum + height, 0)));
}
