// Character data and comments, found again in the octets between two tags. The scanner has judged them; nothing is checked here.

const LT = 0x3c;

/** A run of character data, or one CDATA section (without its delimiters). */
export interface XmlText {
  readonly kind: 'text';
  readonly start: number;
  readonly end: number;
  readonly cdata: boolean;
}

/** Without its delimiters. */
export interface XmlComment {
  readonly kind: 'comment';
  readonly start: number;
  readonly end: number;
}

export function nodesBetween(bytes: Buffer, start: number, end: number): (XmlText | XmlComment)[] {
  const nodes: (XmlText | XmlComment)[] = [];
  for (let at = start; at < end;) {
    if (bytes[at] !== LT) {
      const next = bytes.indexOf(LT, at);
      const close = next === -1 ? end : Math.min(next, end);
      nodes.push({ kind: 'text', start: at, end: close, cdata: false });
      at = close;
    } else if (bytes[at + 2] === 0x2d) {
      const close = bytes.indexOf('-->', at + 4);
      nodes.push({ kind: 'comment', start: at + 4, end: close });
      at = close + 3;
    } else {
      const close = bytes.indexOf(']]>', at + 9);
      nodes.push({ kind: 'text', start: at + 9, end: close, cdata: true });
      at = close + 3;
    }
  }
  return nodes;
}

export function commentsIn(bytes: Buffer, start: number, end: number): XmlComment[] {
  return nodesBetween(bytes, start, end).filter((node) => node.kind === 'comment');
}

/** The octets of a node with its delimiters. */
export function stretchOf(node: XmlText | XmlComment): readonly [start: number, end: number] {
  if (node.kind === 'comment') return [node.start - 4, node.end + 3];
  return node.cdata ? [node.start - 9, node.end + 3] : [node.start, node.end];
}
