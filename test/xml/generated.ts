// Documents made at random, from a seed, with everything that makes canonicalization hard: namespaces declared, repeated and taken away at odd
// places, attributes in any order and quotes, references, CDATA, comments, line ends of every kind, letters beyond ASCII, long runs.

export type Random = (below: number) => number;

/** xorshift32: the same numbers everywhere. */
export function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

// libxml2 does not canonicalise documents with namespace names that are no URIs, and does not escape `&` in one, as C14N §2.3 asks.
const uris = ['urn:a', 'urn:b', 'http://x/?a=b', 'urn:z', 'urn:B', 'urn:&#65;x'];
const prefixes = ['a', 'b', 'xy', 'c'];
const names = ['e', 'elem', 'Hoso', 'x.y-z', '_u', 'ặ', '\u{10000}q', 'abcdefghijklmnopqrstuvwxyz0123456789'];
const base64 = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789+/abcd'.repeat(3);
const texts = [
  '', 'x', 'text', '\r\n', '\r', '\n  ', '&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#13;', '&#10;', '&#x1F600;', '&#38;', '&#60;', '&#62;', '&#x9;', '>', '] >', ']] ', 'ă', 'Nguyễn',
  '\u{1f600}', '\ufdf0', '\ufb00', base64, `${base64}\r\n${base64}`, `${base64}&amp;${base64}`, '   ', '\t',
];
const values = ['', 'v', '&lt;', '&quot;', 'a"b', "a'b", '\t', '\n', '\r\n', '&#9;', '&#10;', '&#13;', '&amp;', 'ă', 'x>y', '\u{1f600}', '  ', '&apos;', '&#38;'];
const comments = ['', ' c ', '\r\n', 'x\ry', 'a-b', 'ă', '&amp;<>'];
const sections = ['', '<&>', 'x\r\ny', '\r', ']]', ']', '>', 'a]]b', 'ă', base64];

export function generatedDocument(random: Random): string {
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? '';
  const space = (): string => (random(6) === 0 ? pick([' ', '\n', '\r\n', '\t', '  ']) : '');
  const quoted = (value: string): string => {
    const quote = pick(['"', "'"]);
    return `${quote}${value.includes(quote) ? '' : value}${quote}`;
  };
  const tagParts = (scope: Set<string>): string[] => {
    const parts = new Map<string, string>();
    for (let left = random(3) === 0 ? 1 + random(3) : 0; left > 0; left -= 1) {
      const prefix = pick(['', ...prefixes]);
      const uri = prefix === '' && random(3) === 0 ? '' : pick(uris);
      parts.set(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, quoted(uri));
      if (prefix !== '') scope.add(prefix);
    }
    const locals = new Set<string>();
    for (let left = random(3) === 0 ? 1 + random(4) : 0; left > 0; left -= 1) {
      const prefix = random(3) === 0 ? pick([...scope, 'xml']) : '';
      const local = pick(prefix === 'xml' ? ['lang', 'space', 'id'] : ['Id', 'a', 'b', 'z', 'Target', 'ặ', '\u{10000}', '\ufdf0']);
      if (locals.has(local)) continue;
      locals.add(local);
      parts.set(prefix === '' ? local : `${prefix}:${local}`, local === 'space' || local === 'id' ? '"preserve"' : quoted(pick(values)));
    }
    return [...parts].map(([name, value]) => ({ text: `${name}${space()}=${space()}${value}`, order: random(1000) })).sort((x, y) => x.order - y.order).map(({ text }) => text);
  };
  const element = (depth: number, outer: ReadonlySet<string>): string => {
    const scope = new Set(outer);
    const parts = tagParts(scope).map((part) => `${random(5) === 0 ? pick(['  ', '\n', '\r\n\t']) : ' '}${part}`).join('');
    const name = `${random(3) === 0 && scope.size > 0 ? `${pick([...scope])}:` : ''}${pick(names)}`;
    if (random(4) === 0) return `<${name}${parts}${space()}/>`;
    let content = '';
    for (let left = random(depth > 5 ? 2 : 6); left > 0; left -= 1) content += node(depth, scope);
    return `<${name}${parts}${space()}>${content}</${name}${space()}>`;
  };
  const node = (depth: number, scope: ReadonlySet<string>): string => {
    const kind = random(10);
    if (kind < 4) return element(depth + 1, scope);
    if (kind < 8) return pick(texts) + pick(texts);
    return kind < 9 ? `<!--${pick(comments)}-->` : `<![CDATA[${pick(sections)}]]>`;
  };
  const outside = (): string => Array.from({ length: random(3) }, () => pick(['\n', '\r\n', ' ', '<!-- outside\r\n -->'])).join('');
  return `${random(2) === 0 ? '' : '<?xml version="1.0" encoding="utf-8"?>'}${outside()}${element(0, new Set())}${outside()}`;
}
