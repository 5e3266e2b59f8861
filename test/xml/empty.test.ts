// Guarantee: the kernel that writes the end tags of empty elements is the text of empty.wat, assembled, and writes what Canonical XML 1.0 §2.3
// says, wherever the tags stand.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import wabt from 'wabt';

import { packageFile } from '../../src/paths.ts';
import { canonicalDocument } from '../../src/xml/canonical.ts';
import { emptyCode } from '../../src/xml/empty-code.ts';
import { parse } from '../../src/xml/parse.ts';

function expectWritten(text: string): void {
  const document = parse(Buffer.from(text));
  const expected = text.replaceAll(/<([\w.-]+)((?: [\w]+="[^"]*")*) ?\/>/g, '<$1$2></$1>').replaceAll(/<!--.*?-->/g, '').replaceAll('&#65;', 'A').replaceAll('&apos;', "'");
  for (const exclusive of [false, true]) {
    const written = canonicalDocument(document, document.root, { exclusive, comments: false, inclusivePrefixes: new Set(), version11: false }).toString();
    if (written !== expected) expect(written).toBe(expected);
    expect(written.length).toBe(expected.length);
  }
}

describe('many empty tags', () => {
  it('are written by empty.wat, assembled', async () => {
    const assembler = await wabt();
    const module = assembler.parseWat('empty.wat', readFileSync(packageFile('src', 'xml', 'empty.wat'), 'utf8'), { simd: true });
    module.validate();
    expect(emptyCode).toBe(Buffer.from(module.toBinary({}).buffer).toString('base64'));
  });

  it('get their end tags, however many there are and whatever stands between them', () => {
    const between = ['', 'text', '<a>b</a>', '&#65;', '<!-- c -->', 'y'.repeat(300), '&apos;', 'Thử'];
    const names = ['e', 'Ghichu', 'sixteenOctets_16', 'seventeen.octets_', 'N'.repeat(256)];
    for (let seed = 0; seed < 300; seed += 1) {
      let state = seed;
      const next = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const rare = 1 + next(200);
      let text = '<r>';
      for (let i = next(3000); i > 0; i -= 1) {
        text += `<${names[next(seed % 3 === 0 ? 5 : 2)] ?? ''}${next(9) === 0 ? ' x="y"' : ''}${next(2) === 0 ? ' ' : ''}/>`;
        if (next(rare) === 0) text += between[next(between.length)] ?? '';
      }
      expectWritten(`${text}</r>`);
    }
  });

  it('get them about the edges of a window, in the smallest and the largest form', () => {
    for (let before = 0; before < 40; before += 1) expectWritten(`<r>${'x'.repeat(before)}${'<abc />'.repeat(6000)}</r>`);
    expectWritten(`<r>${'<a>'.repeat(62)}${'<b/>'.repeat(9000)}${'</a>'.repeat(62)}</r>`);
    expectWritten(`<r>${`<${'N'.repeat(256)}/>`.repeat(500)}</r>`);
    expectWritten(`<r>${'<a><b/>'.repeat(60)}${'<b/>'.repeat(60)}${'</a>'.repeat(60)}${'<c/>'.repeat(70)}</r>`);
  });
});
