// Guarantee: the fast lane in WebAssembly is the text of plain.wat, assembled, and leaves the same rows, edits, budget and cost, or the same
// refusal at the same place, as the lane in TypeScript, whatever the document and wherever it stands in a window.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import wabt from 'wabt';

import { Refusal } from '../../src/errors/outcomes.ts';
import { packageFile } from '../../src/paths.ts';
import { Lane } from '../../src/xml/lane.ts';
import { laneCode } from '../../src/xml/plain-code.ts';
import { readPlain } from '../../src/xml/plain.ts';
import { Reading } from '../../src/xml/reading.ts';
import { scan } from '../../src/xml/scan.ts';
import { EDIT, ROW } from '../../src/xml/tree.ts';

const WINDOW = 32 * 1024;

/** Everything that a pass leaves behind. */
function outcome(bytes: Buffer, lane: Pick<Lane, 'read'>, nodes: number): unknown {
  const reading = new Reading(bytes, 0, nodes);
  try {
    scan(reading, lane);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: JSON.stringify(error), message: error.message, nodes: reading.nodes };
  }
  const { rows, count, edits, editCount, replacements, replacementEnds, steps } = reading.tree();
  const written = [rows.subarray(0, count * ROW), edits.subarray(0, editCount * EDIT)].map((numbers) => Buffer.from(numbers.slice().buffer).toString('base64'));
  return { written, count, editCount, replaced: replacements.toString('base64'), replacementEnds, steps, nodes: reading.nodes };
}

function expectSame(text: string | Buffer, nodes = 1_000_000): void {
  const bytes = Buffer.from(text);
  const witness = outcome(bytes, { read: readPlain }, nodes);
  for (const patience of [0, 8]) {
    const found = outcome(bytes, new Lane(patience), nodes);
    expect(found).toEqual(witness);
  }
}

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const NAMES = ['a', 'B', '_', 'x-1.y', 'Ghichu', 'SoToRoiSoBHXH', 'fifteenOctets_5', 'sixteenOctets_16', 'seventeen.octets', 'thirty-two-octets-in-this-name_32', 'N'.repeat(255), 'N'.repeat(256), 'N'.repeat(257), 'é', 'p:a', 'xmlns'];
const TEXTS = ['', ' ', '0', 'Nguyễn Thị Thử', '\n  ', 'a &amp; b', '&lt;&gt;', '&amp', '&#65;', '&apos;', 'a>b', ']]>', '\r\n', '\u{ffff}', '\u{f000}', '\t', '\u0001', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(100), 'y'.repeat(2100), '&amp;'.repeat(500)];
const ATTRIBUTES = [' a="b"', ' Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"', ' x=""', ' _="é"', ` n="${'v'.repeat(40)}"`, ' ', ' xmlnt="1"', ' sixteenOctets_16="sixteen octets16"', ' a="1" b="2"', ' xmlns="urn:x"', ' a="&lt;"', ' p:a="1"', " a='1'", ' a = "1"', ' b="1" a="2"', ' a="1" a="1"', ' a="<"', ' a="\t"', '  a="1"', ' a', ' a="', ' 1="1"', ` ${'n'.repeat(256)}="1"`, ` ${'n'.repeat(257)}="1"`, ' a="\u{ffff}"', ' a="\u{f000}"', ' a="\u0001"'];
const ODD = ['<!-- c -->', '<![CDATA[<x>]]>', '<a b="c">d</a>', '<a  />', '<a\n/>', '<a></a >', '<a/ >', '<a xmlns="urn:x"><b/><b></b></a>', '<?x?>', '</a>', '<', '<1/>', '<a b="1" />', '<p:a xmlns:p="urn:p"/>'];

function generated(next: (below: number) => number, tokens: number, oddity: number): string {
  const open: string[] = ['r'];
  let text = '<r xmlns:p="urn:q">';
  const usual = oddity === 0 ? 10 : NAMES.length;
  for (let i = 0; i < tokens; i += 1) {
    const kind = next(20);
    const name = `${NAMES[next(next(8) === 0 ? usual : 10)] ?? 'a'}${next(6) === 0 ? ATTRIBUTES[next(oddity === 0 ? 9 : ATTRIBUTES.length)] ?? '' : ''}`;
    if (oddity > 0 && next(oddity) === 0) text += ODD[next(ODD.length)] ?? '';
    else if (kind < 6) text += `<${name}${next(2) === 0 ? ' ' : ''}/>`;
    else if (kind < 12) {
      open.push(/^[^ ]*/.exec(name)?.[0] ?? '');
      text += `<${name}>`;
    } else if (kind < 17 && open.length > 1) text += `</${open.pop() ?? ''}>`;
    else text += TEXTS[next(oddity === 0 || next(4) > 0 ? 7 : TEXTS.length)] ?? '';
  }
  while (open.length > 0) text += `</${open.pop() ?? ''}>`;
  return text;
}

describe('the fast lane in WebAssembly', () => {
  it('is plain.wat, assembled', async () => {
    const assembler = await wabt();
    const module = assembler.parseWat('plain.wat', readFileSync(packageFile('src', 'xml', 'plain.wat'), 'utf8'), { simd: true });
    module.validate();
    expect(laneCode).toBe(Buffer.from(module.toBinary({}).buffer).toString('base64'));
  });

  it('reads generated documents as the lane in TypeScript does', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const next = numbers(seed);
      expectSame(generated(next, 1 + next(300), [0, 0, 5, 50, 400][seed % 5] ?? 0));
    }
    for (let seed = 1; seed <= 12; seed += 1) expectSame(generated(numbers(seed), 20_000, [0, 3000][seed % 2] ?? 0));
  });

  it('refuses or reads documents with octets altered, left out or put in as the lane in TypeScript does', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const next = numbers(seed);
      const bytes = Buffer.from(generated(next, 1 + next(60), 0));
      const at = next(bytes.length);
      const kind = next(4);
      if (kind === 0) bytes[at] = next(256);
      if (kind === 1) bytes[at] = Buffer.from('<>/& \r]!?"=:a')[next(13)] ?? 0;
      if (kind === 2) expectSame(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(5))]));
      else if (kind === 3) expectSame(bytes.subarray(0, at));
      else expectSame(bytes);
    }
  });

  it('decides on each of the 256 octets as the lane in TypeScript does, in text, names and tags', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      for (const form of ['<r>@</r>', '<r>some text @ and some more text</r>', '<r><@/>t</r>', '<r><a@/></r>', '<r><a@></a@></r>', '<r><a></a@></r>', '<r><a@b c="d"/></r>', '<r><seventeen_octets@x></seventeen_octets@x></r>', '<r>&@amp;</r>', '<r>&amp@</r>', '<r><a b="@"/></r>', '<r><a b="sixteen octets16@">t</a></r>', '<r><a @="1"/></r>', '<r><a b@c="1"/></r>', '<r><a b@"1">t</a></r>', '<r><a b="1"@>t</a></r>', '<r><a b="1"@/></r>', '<r><a @>t</a></r>']) {
        expectSame(Buffer.from(form.replaceAll('@', String.fromCharCode(octet)), 'latin1'));
      }
    }
  });

  it('finds the same at the edges of a window and of the document', () => {
    const tail = '<row Id="12"><M ><Name>Text &amp; text</Name><Empty /><e/><Name>y</Name></M><D Algorithm="urn:some:algorithm" /></row>';
    for (let before = WINDOW - 140; before < WINDOW + 40; before += 1) {
      expectSame(`<r>${'<x />'.repeat(100)}${'t'.repeat(before - 503 - 2000)}<a>${'u'.repeat(1990)}</a>${tail}${tail}</r>`);
      expectSame(`<r><k>${'<Field>12</Field>'.repeat(1900)}${'v'.repeat(before - WINDOW + 600)}${tail.repeat(2)}</k></r>`);
    }
    const whole = `<r>${'<Field>12</Field>'.repeat(1920)}${tail}</r>`;
    for (let end = WINDOW - 100; end < whole.length; end += 1) expectSame(whole.slice(0, end));
    expectSame(`<r><a>${'&amp;'.repeat(30_000)}</a><b/></r>`);
    expectSame(`<r>${'<a></a>'.repeat(20_000)}</r>`);
    expectSame(`<r>${'<a/>'.repeat(30_000)}</r>`);
    expectSame(`<r>${'<a/>'.repeat(30_000)}</s>`);
    expectSame(`<r>${'<a>'.repeat(63)}${'<b/>'.repeat(9000)}${'</a>'.repeat(63)}</r>`);
  });

  it('keeps the limits of depth and of nodes', () => {
    for (const depth of [62, 63, 64, 65]) {
      expectSame(`<r>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</r>`);
      expectSame(`<r>${'<a>'.repeat(depth)}<b/>${'</a>'.repeat(depth)}</r>`);
    }
    const text = `<r>${'<a>t</a><b />'.repeat(20)}</r>`;
    for (let nodes = 0; nodes < 110; nodes += 1) expectSame(text, nodes);
  });
});
