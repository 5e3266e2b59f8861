// Guarantee: the kernel that passes over text is the text of skip.wat, assembled, and stops at every octet that means something, wherever it
// stands in a window. It never reads or claims anything beyond the end.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import wabt from 'wabt';

import { packageFile } from '../../src/paths.ts';
import { textClass } from '../../src/xml/octet-classes.ts';
import { kernelCode } from '../../src/xml/skip-code.ts';
import { Skipper } from '../../src/xml/skip.ts';

const WINDOW = 32 * 1024;

/** The first octet from `at` on that has a class, or the end: what the kernel must not pass. */
function firstSpecial(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && textClass[bytes[end] ?? 0] === 0) end += 1;
  return end;
}

function expectStops(bytes: Buffer, at: number): void {
  const special = firstSpecial(bytes, at);
  const stopped = new Skipper(bytes).skip(at);
  if (special <= bytes.length - 16) expect([at, stopped]).toEqual([at, special]);
  else expect(stopped >= Math.max(at, Math.min(special, bytes.length - 16) - 15) && stopped <= special).toBe(true);
}

describe('the kernel', () => {
  it('is skip.wat, assembled', async () => {
    const assembler = await wabt();
    const module = assembler.parseWat('skip.wat', readFileSync(packageFile('src', 'xml', 'skip.wat'), 'utf8'), { simd: true });
    module.validate();
    const { buffer } = module.toBinary({});
    expect(kernelCode).toBe(Buffer.from(buffer).toString('base64'));
  });

  it('stops at each of the 256 octets exactly when it has a class', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      for (const at of [0, 1, 15, 16, 17, 47, 63, 64, 65, 127, 128]) {
        const bytes = Buffer.alloc(200, 'Q');
        bytes[at] = octet;
        expectStops(bytes, 0);
        expectStops(bytes, 3);
      }
    }
  });

  it('stops wherever the octet stands, about the edges of the window and of the document', () => {
    const bytes = Buffer.alloc(2 * WINDOW + 500, 'QUJD');
    for (const edge of [WINDOW, 2 * WINDOW, bytes.length]) {
      for (let at = edge - 90; at < Math.min(edge + 90, bytes.length); at += 1) {
        bytes[at] = 0x0d;
        expectStops(bytes, 0);
        expectStops(bytes, WINDOW - 100);
        bytes[at] = 0x51;
      }
    }
  });

  it('leaves fewer than 16 octets of a run without any such octet', () => {
    for (let length = 0; length < 200; length += 1) {
      const stopped = new Skipper(Buffer.alloc(length, 'ắ'.slice(0, 1))).skip(0);
      expect([length, stopped <= length, length - stopped < 16]).toEqual([length, true, true]);
    }
  });

  it('keeps two documents apart that are read in turns, and sees a document anew that has changed', () => {
    const [one, other] = [Buffer.alloc(1000, 'A'), Buffer.alloc(1000, 'B')];
    one[500] = 0x3c;
    other[700] = 0x3c;
    const [first, second] = [new Skipper(one), new Skipper(other)];
    expect([first.skip(0), second.skip(0), first.skip(100), second.skip(100)]).toEqual([500, 700, 500, 700]);
    one[200] = 0x3c;
    expect(new Skipper(one).skip(0)).toBe(200);
  });
});
