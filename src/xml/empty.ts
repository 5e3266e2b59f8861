// Canonical writing where empty tags stand close together, as they do in declarations: `empty.wat` writes a window of the document with its end
// tags at once. It takes only what is certain, in one memory of 192 KiB; `emit.ts` writes the rest.
import { emptyCode } from './empty-code.ts';
import { startKernel } from './kernel.ts';
import { EDIT, EDIT_END, EDIT_START, EDIT_WHAT, editKind, editValue, EMPTY, firstEdit, ROW } from './tree.ts';
import type { Tree } from './tree.ts';

const WINDOW = 16 * 1024;
/** An element takes up at least four octets, or three when it stays open, as at most 64 do. */
const MOST_ROWS = WINDOW / 4 + 64;
/** As many empty tags within a window are worth it. */
const MANY = 64;
/** Where `empty.wat` has them. */
const AT = 64;
const EDITS = 16_640 / 4;
const ROWS = 65_856 / 4;
const OUT = 149_120;

interface Functions {
  readonly run: (at: number, end: number, delta: number, edits: number, row: number) => number;
}

const kernel = startKernel<Functions>(emptyCode);
const memory = Buffer.from(kernel.memory.buffer);
const cells = new Int32Array(kernel.memory.buffer);

/** What was written, which must be used at once; the edits that are done, and the offset after the last of them. */
export interface Written {
  readonly octets: Buffer;
  readonly edits: number;
  readonly at: number;
}

/** The first edit from `edit` on that is not an `EMPTY`. */
export function afterEmpty({ edits, editCount }: Tree, edit: number): number {
  let at = edit;
  while (at < editCount && editKind(edits[at * EDIT + EDIT_WHAT] as number) === EMPTY) at += 1;
  return at;
}

/** Are there so many edits from `edit` to `until`, close to an offset before them and before `end`, that they should be written here? */
export function areMany({ edits }: Tree, edit: number, until: number, at: number, end: number): boolean {
  const last = edit + MANY;
  return last < until && (edits[last * EDIT + EDIT_START] as number) < Math.min(at + WINDOW, end);
}

/** Writes from `at` on, which is not after the edit; it and all before `until` are `EMPTY`. What is copied is written, so the work is linear. */
export function writeEmpty(tree: Tree, edit: number, until: number, at: number, end: number): Written {
  const { bytes, edits, rows } = tree;
  const last = Math.min(firstEdit(tree, Math.min(at + WINDOW, end)), until);
  const stop = edits[(last - 1) * EDIT + EDIT_END] as number;
  const first = editValue(edits[edit * EDIT + EDIT_WHAT] as number);
  const after = Math.min(editValue(edits[(last - 1) * EDIT + EDIT_WHAT] as number), first + MOST_ROWS) + 1;
  memory.set(bytes.subarray(at, stop), AT);
  cells.set(edits.subarray(edit * EDIT, last * EDIT), EDITS);
  cells.set(rows.subarray(first * ROW, after * ROW), ROWS);
  const delta = at - AT;
  const done = kernel.run(AT, stop - delta, delta, last - edit, first);
  return { octets: memory.subarray(OUT, OUT + (cells[1] as number)), edits: done, at: (cells[0] as number) + delta };
}
