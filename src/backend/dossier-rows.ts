// Rows of the lists that a dossier carries: a person's change in a labour list, a person's book in Form 01 of process 320. Fields are text,
// '' where one is missing, empty or not plain text; wire names stay here.

export interface LabourChange {
  /** From 1, over all lists of the dossier. */
  readonly row: number;
  /** Insurance number, or else identity number; undefined when neither is given. */
  readonly person: string | undefined;
  /** Both of them, as given. */
  readonly numbers: readonly string[];
  readonly name: string;
  readonly change: string;
  readonly fromMonth: string;
  /** In đồng; 0 where it is no amount. */
  readonly wage: number;
  readonly note: string;
}

export interface BookList {
  /** Units that file in batches number them ("Bổ sung" for the next). */
  readonly batch: string;
  /** What the list says of itself: people, books, covers, leaves; undefined where it says nothing. */
  readonly totals: Readonly<Record<'people' | 'books' | 'covers' | 'leaves', number | undefined>>;
  readonly lines: readonly ListedBook[];
}

export const bookKinds = ['S24', 'S46', 'BIA'] as const;
/** Books of 24 and of 46 pages, cover books with leaves. */
export type BookKind = (typeof bookKinds)[number];

export interface ListedBook {
  /** From 1. */
  readonly line: number;
  readonly number: string;
  readonly name: string;
  readonly bornOn: string;
  readonly sex: string;
  readonly kind: BookKind;
  readonly leaves: number;
  readonly note: string;
}

export function readChange(row: unknown, number: number): LabourChange {
  const numbers = [fieldOf(row, 'MasoBHXH'), fieldOf(row, 'CMND')].filter((text) => text !== '');
  const wage = Number(fieldOf(row, 'TienLuong'));
  return {
    row: number,
    person: numbers[0],
    numbers,
    name: fieldOf(row, 'HoTen'),
    change: fieldOf(row, 'PA'),
    fromMonth: fieldOf(row, 'TuThang'),
    wage: Number.isFinite(wage) ? Math.round(wage) : 0,
    note: fieldOf(row, 'Ghichu'),
  };
}

export function readBookList(root: unknown): BookList {
  const head = first(root, 'ThongTinKhac');
  const rows = many(first(root, 'NoiDung'), 'NguoiLaoDong');
  return {
    batch: fieldOf(head, 'Dot'),
    totals: { people: countOf(head, 'SoNguoi'), books: countOf(head, 'SoSo'), covers: countOf(head, 'SoBia'), leaves: countOf(head, 'SoToRoi') },
    lines: rows.map(readBook),
  };
}

function readBook(row: unknown, index: number): ListedBook {
  const written = fieldOf(row, 'LoaiSo');
  return {
    line: index + 1,
    number: fieldOf(row, 'MasoBHXH'),
    name: fieldOf(row, 'HoTen'),
    bornOn: fieldOf(row, 'NgaySinh'),
    sex: fieldOf(row, 'GioiTinh'),
    kind: bookKinds.find((kind) => kind === written) ?? 'BIA',
    leaves: countOf(row, 'SoToRoi') ?? 0,
    note: fieldOf(row, 'GhiChu'),
  };
}

function countOf(element: unknown, name: string): number | undefined {
  const text = fieldOf(element, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function fieldOf(element: unknown, name: string): string {
  const value = first(element, name);
  return typeof value === 'string' ? value : '';
}

function first(element: unknown, name: string): unknown {
  return many(element, name)[0];
}

function many(element: unknown, name: string): readonly unknown[] {
  if (typeof element !== 'object' || element === null) return [];
  const found: unknown = new Map<string, unknown>(Object.entries(element)).get(name);
  return Array.isArray(found) ? found : [];
}
