// What a reader cannot see, or what would make him read something else, is shown by its code: control and format characters, marks of direction,
// invisible fillers, private letters. A rendition thereby loses no character and none can move or hide another. Line ends and tabs stay.

/** A stretch of text as it is, or one character by its code. */
export interface Piece {
  readonly text: string;
  /** `text` is a code such as `U+202E`. */
  readonly isCode: boolean;
}

const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** `isShown` says which of the other characters the writer can show as they are. */
export function piecesOf(text: string, isShown: (code: number) => boolean = () => true): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  for (const character of text) {
    if (!UNSEEN.test(character) && isShown(character.codePointAt(0) ?? 0)) plain += character;
    else {
      if (plain !== '') pieces.push({ text: plain, isCode: false });
      plain = '';
      pieces.push({ text: codeOf(character), isCode: true });
    }
  }
  if (plain !== '') pieces.push({ text: plain, isCode: false });
  return pieces;
}

/** Nearly every text: printable ASCII and the Latin letters, Vietnamese ones among them. */
export function isPlainText(text: string): boolean {
  return /^[\t\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u02af\u1e00-\u1eff]*$/.test(text);
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
