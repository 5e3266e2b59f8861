// Pages of a PDF: rows of cells from top to bottom, broken between rows or, where one row is higher than a page, between lines; heads that come again
// on the next page; a band along every page whose content nobody vouches for; page number and digest under every page.
import type { Words } from './page.ts';
import type { Doc, Face, Line, Typesetter } from './pdf-text.ts';

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

/**
 * What comes under every page. Without a number of pages nothing is drawn: the sheet only counts them, so that the second time each page can be
 * written out as soon as it is full.
 */
export interface Foot {
  readonly digest: string;
  readonly pages?: number;
}

export class Sheet {
  readonly doc: Doc;
  readonly type: Typesetter;
  readonly #foot: Foot;
  #pages = 1;
  #y = MARGIN;
  #warning: { readonly words: Words; readonly color: string } | undefined;

  /** Begins on the document's present page. */
  constructor(doc: Doc, type: Typesetter, foot: Foot) {
    this.doc = doc;
    this.type = type;
    this.#foot = foot;
    this.#drawFoot();
  }

  get pages(): number {
    return this.#pages;
  }

  #put(draw: (doc: Doc) => void): void {
    if (this.#foot.pages !== undefined) draw(this.doc);
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
    this.#put((doc) => doc.addPage());
    this.#pages += 1;
    this.#y = MARGIN;
    this.#drawWarning();
    this.#drawFoot();
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
    this.#put((doc) => doc.lineWidth(2).rect(MARGIN, top, this.#width, height).fillAndStroke(fill, color));
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
          this.#line(line, run, x + padding, y);
          y += height;
        }
        x += cell.width * this.#width;
      }
      this.#y += whole;
    } else this.#drawLong(columns, padding);
    if (rule) this.#rule(this.#y);
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
        if (set !== undefined) this.#line(set.line, set.run, x + padding, this.#y);
        x += cell.width * this.#width;
      }
      this.#y += step;
    }
  }

  #fill(columns: readonly SetColumn[], height: number): void {
    let x = MARGIN;
    for (const { cell: { width, fill } } of columns) {
      const left = x;
      if (fill !== undefined) this.#put((doc) => doc.rect(left, this.#y, width * this.#width, height).fill(fill));
      x += width * this.#width;
    }
  }

  #line(line: Line, { face = 'regular', size, color = '#1a1a1a' }: Omit<Run, 'text'>, x: number, y: number): void {
    this.#put(() => { this.type.draw(line, x, y, face, size, color); });
  }

  #rule(y: number): void {
    this.#put((doc) => doc.lineWidth(0.4).moveTo(MARGIN, y).lineTo(MARGIN + this.#width, y).stroke('#c9ced6'));
  }

  #drawWarning(): void {
    if (this.#warning === undefined) return;
    const { words, color } = this.#warning;
    const { width, height } = this.doc.page;
    this.#put((doc) => doc.rect(0, 0, 10, height).fill(color).rect(width - 10, 0, 10, height).fill(color).rect(0, 0, width, 16).fill(color));
    this.#line(this.type.lines(`${words.vi} · ${words.en}`, 'bold', 7, width)[0] ?? [], { face: 'bold', size: 7, color: '#ffffff' }, MARGIN, 4);
  }

  #drawFoot(): void {
    const { digest, pages } = this.#foot;
    if (pages === undefined) return;
    const y = this.#bottom + 12;
    const number = `Trang / Page ${this.#pages} / ${pages}`;
    const style = { size: 6.5, color: '#5b6470' };
    this.#rule(y - 4);
    this.#line(this.type.lines(`SHA-256 ${digest}`, 'regular', style.size, this.#width)[0] ?? [], style, MARGIN, y);
    this.#line(this.type.lines(number, 'regular', style.size, this.#width)[0] ?? [], style, MARGIN + this.#width - this.type.width(number, 'regular', style.size), y);
  }
}

function heightOf(columns: readonly SetColumn[]): number {
  return Math.max(...columns.map(({ lines }) => lines.reduce((sum, { height }) => sum + height, 0)));
}
