// The work of an audit, cut into pieces that are checked apart, by whichever worker comes first: ranges of submissions, ranges of the log, and what is
// seen only of the whole. Which pieces there are depends on nothing but how far the rows reach. Pure.
import { TILE } from './log.ts';

export type Piece =
  | { readonly kind: 'submissions'; readonly after: string; readonly upTo: string }
  | { readonly kind: 'log'; readonly from: number; readonly to: number }
  | { readonly kind: 'forms' | 'messages' | 'whole' | 'log end' | 'stamps' };

/** How far the rows reached when the audit began; what came later is the next audit's. */
export interface Extent {
  readonly lastSubmission: string;
  readonly submissions: number;
  readonly logSize: number;
}

const SUBMISSIONS_EACH = 512;
const ENTRIES_EACH = 16 * TILE;

export function piecesOf({ lastSubmission, logSize }: Extent): readonly Piece[] {
  const pieces: Piece[] = [{ kind: 'whole' }, { kind: 'forms' }, { kind: 'messages' }, { kind: 'log end' }, { kind: 'stamps' }];
  const last = Number(lastSubmission);
  for (let after = 0; after < last; after += SUBMISSIONS_EACH) pieces.push({ kind: 'submissions', after: String(after), upTo: String(Math.min(after + SUBMISSIONS_EACH, last)) });
  for (let from = 0; from < logSize; from += ENTRIES_EACH) pieces.push({ kind: 'log', from, to: Math.min(from + ENTRIES_EACH, logSize) });
  return pieces;
}

/** Names a piece, the same in every audit that has it. */
export function nameOfPiece(piece: Piece): string {
  if (piece.kind === 'submissions') return `submissions ${piece.after}-${piece.upTo}`;
  return piece.kind === 'log' ? `log ${piece.from}-${piece.to}` : piece.kind;
}
