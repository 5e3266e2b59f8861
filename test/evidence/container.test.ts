// Guarantee: a container holds exactly the files that were put in, in octets that depend on nothing else; common tools open it; and what is not a plain
// container, or could be read in two ways, is refused by name before anything of it is used.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';

import { Refusal } from '../../src/errors/outcomes.ts';
import { crc32 } from '../../src/evidence/container/content.ts';
import { looksLikeContainer, readContainer } from '../../src/evidence/container/read.ts';
import { CONTAINER_TYPE, manifestOf, writeContainer } from '../../src/evidence/container/write.ts';
import { itWith } from '../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'container-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const files = new Map([['dossier.xml', Buffer.from('<Hoso/>')], ['results/1.xml', Buffer.from('<BHXH/>')], ['log/receipt.proof', Buffer.alloc(0)], ['README.txt', Buffer.from('Đọc tệp này trước\n'.repeat(50))]]);
const container = writeContainer(files);

/** The code, and the reason or the limit. */
function refusalOf(bytes: Buffer, ...limits: readonly Parameters<typeof readContainer>[1][]): string {
  try {
    readContainer(bytes, ...limits);
    return 'read';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [found] = error.findings;
    return `${found?.code ?? ''} ${found?.params['reason'] ?? found?.params['limit'] ?? ''}`;
  }
}

/** As another program writes it. */
function zipped(entries: Parameters<typeof zipSync>[0], level: 0 | 6 = 6): Buffer {
  return Buffer.from(zipSync({ mimetype: [Buffer.from(CONTAINER_TYPE), { level: 0 }], ...entries }, { level }));
}

/** Changes the octets of both headers of the entry: `offset` as in the local header. */
function edited(bytes: Buffer, name: string, offset: number, octets: readonly number[], which: 'both' | 'local' | 'central' = 'both'): Buffer {
  const copy = Buffer.from(bytes);
  const last = copy.lastIndexOf(name) - 46;
  if (which !== 'central') Buffer.from(octets).copy(copy, copy.readUInt32LE(last + 42) + offset);
  if (which !== 'local') Buffer.from(octets).copy(copy, last + offset + 2);
  return copy;
}

/** With another name of the same length, wherever the name stands. */
function renamed(bytes: Buffer, name: string, to: string): Buffer {
  expect(to).toHaveLength(name.length);
  return Buffer.from(bytes.toString('latin1').replaceAll(name, to), 'latin1');
}

describe('a container', () => {
  it('gives back what was put in, and its type first', () => {
    const read = readContainer(container).files;
    expect([...read.keys()]).toEqual(['mimetype', 'README.txt', 'dossier.xml', 'log/receipt.proof', 'results/1.xml']);
    for (const [name, octets] of files) expect([name, read.get(name)?.equals(octets)]).toEqual([name, true]);
  });

  it('tells its type at octet 38, as file(1) and registrars look for it: stored, without extra field', () => {
    expect(container.toString('latin1', 30, 38 + CONTAINER_TYPE.length)).toBe(`mimetype${CONTAINER_TYPE}`);
    expect([container.readUInt16LE(8), container.readUInt16LE(28)]).toEqual([0, 0]);
    expect([looksLikeContainer(container), looksLikeContainer(Buffer.from('<Hoso/>')), looksLikeContainer(Buffer.alloc(0))]).toEqual([true, false, false]);
  });

  it('is the same octets in whatever order the files came, in whatever zone', () => {
    expect(writeContainer(new Map([...files].reverse())).equals(container)).toBe(true);
    const script = `import(${JSON.stringify(new URL('../../dist/src/evidence/container/write.js', import.meta.url).href)}).then(({ writeContainer }) => process.stdout.write(writeContainer(new Map(${JSON.stringify([...files].map(([name, octets]) => [name, octets.toString('base64')]))}.map(([name, text]) => [name, Buffer.from(text, 'base64')])))))`;
    for (const zone of ['Asia/Ho_Chi_Minh', 'America/Los_Angeles']) expect([zone, spawnSync(process.execPath, ['-e', script], { env: { TZ: zone } }).stdout.equals(container)]).toEqual([zone, true]);
  });

  it('may have been packed anew by another program', () => {
    expect(readContainer(zipped({ 'a.txt': files.get('README.txt') ?? Buffer.alloc(0) })).files.get('a.txt')?.equals(files.get('README.txt') ?? Buffer.alloc(0))).toBe(true);
  });

  it('has a manifest of every file', () => {
    expect(manifestOf([...files.keys()]).toString()).toContain('<manifest:file-entry manifest:full-path="results/1.xml" manifest:media-type="text/xml"/>');
  });
});

describe('what is no container', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
    ['a document', Buffer.from('<Hoso/>'.repeat(20)), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
    ['one cut short', container.subarray(0, -1), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
    ['one with something after it', Buffer.concat([container, Buffer.from(' ')]), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
    ['one with something before it', Buffer.concat([Buffer.from(' '), container]), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
    ['a ZIP file of another kind', Buffer.from(zipSync({ 'a.txt': Buffer.from('a') })), 'CONTAINER_FORMAT ZIP_MIMETYPE'],
    ['a type that was compressed', Buffer.from(zipSync({ mimetype: Buffer.from(CONTAINER_TYPE) })), 'CONTAINER_FORMAT ZIP_MIMETYPE'],
    ['another type', Buffer.from(zipSync({ mimetype: [Buffer.from('application/zip'), { level: 0 }] })), 'CONTAINER_FORMAT ZIP_MIMETYPE'],
    ['a ZIP file of ZIP64', (() => { const copy = Buffer.from(container); copy.writeUInt32LE(0xffffffff, copy.length - 6); return copy; })(), 'CONTAINER_FORMAT ZIP_64'],
    ['an entry of ZIP64', edited(container, 'dossier.xml', 18, [255, 255, 255, 255]), 'CONTAINER_ENTRY ZIP_64'],
    ['an encrypted entry', edited(container, 'dossier.xml', 6, [1, 0]), 'CONTAINER_ENTRY ZIP_METHOD'],
    ['an entry whose sizes come later', edited(container, 'dossier.xml', 6, [8, 0]), 'CONTAINER_ENTRY ZIP_METHOD'],
    ['another compression', edited(container, 'dossier.xml', 8, [14, 0]), 'CONTAINER_ENTRY ZIP_METHOD'],
    ['a local header that says another time', edited(container, 'dossier.xml', 10, [9, 9], 'local'), 'CONTAINER_ENTRY ZIP_HEADERS_DIFFER'],
    ['a directory that says another check sum', edited(container, 'dossier.xml', 14, [9, 9, 9, 9], 'central'), 'CONTAINER_ENTRY ZIP_HEADERS_DIFFER'],
    ['a wrong check sum', edited(container, 'dossier.xml', 14, [9, 9, 9, 9]), 'CONTAINER_ENTRY ZIP_CONTENT'],
    ['an extra field', Buffer.from(zipSync({ mimetype: [Buffer.from(CONTAINER_TYPE), { level: 0, extra: { 9: Buffer.from('x') } }] })), 'CONTAINER_ENTRY ZIP_STRUCTURE'],
    ['a comment of an entry', zipped({ 'a.txt': [Buffer.from('a'), { comment: 'x' }] }), 'CONTAINER_ENTRY ZIP_STRUCTURE'],
    ['a comment of the file', Buffer.concat([container.subarray(0, -2), Buffer.from([1, 0, 0x61])]), 'CONTAINER_FORMAT ZIP_STRUCTURE'],
  ] as const)('%s is refused', (_name, bytes, refused) => {
    expect(refusalOf(bytes)).toBe(refused);
  });

  it.each(['../../etc.txt', '/etc/passwd', 'a//bcd.txt', 'a/../b.txt', './abcd.txt', 'a\\bcde.txt', 'C:/bcd.txt', 'abcdefgh./', '.abcdefghi', 'abcdefghi.', 'abc\u0000d.txt', 'abcdefghi ', 'ab\u00e9cdef.t'])('a name like %j is refused', (name) => {
    expect(refusalOf(zipped({ [name]: Buffer.from('x') }, 0))).toBe('CONTAINER_ENTRY ZIP_NAME');
  });

  it.each([
    ['twice', 'a/bcd.txt', 'a/bcd.txt'],
    ['in capitals', 'a/bcd.txt', 'A/BCD.TXT'],
    ['of a file and a folder', 'a/bcd.txt', 'a/bcd.txt/e'],
  ])('a name %s is refused', (_how, first, second) => {
    const bytes = zipped({ [first]: Buffer.from('x'), [second.length === first.length ? 'other.txt' : second]: Buffer.from('y') }, 0);
    expect(refusalOf(second.length === first.length ? renamed(bytes, 'other.txt', second) : bytes)).toBe('CONTAINER_ENTRY ZIP_NAME_REPEATED');
  });

  it('octets that belong to no entry are refused, wherever they hide', () => {
    const end = container.length - 22;
    const directory = container.readUInt32LE(end + 16);
    const gap = Buffer.concat([container.subarray(0, directory), Buffer.from('hidden'), container.subarray(directory)]);
    gap.writeUInt32LE(directory + 6, gap.length - 6);
    expect(refusalOf(gap)).toBe('CONTAINER_FORMAT ZIP_STRUCTURE');
    const twice = Buffer.from(container); // two entries at one place
    twice.writeUInt32LE(0, twice.lastIndexOf('dossier.xml') - 4);
    expect(refusalOf(twice)).toBe('CONTAINER_FORMAT ZIP_STRUCTURE');
  });

  it('limits hold before anything is unpacked', () => {
    const bomb = zipped({ 'a.txt': Buffer.alloc(1_000_000) });
    expect(refusalOf(bomb)).toBe('CONTAINER_LIMIT LIMIT_RATIO');
    expect(refusalOf(container, { entries: 4, octets: 1_000_000, ratio: 200 })).toBe('CONTAINER_LIMIT LIMIT_ENTRIES');
    expect(refusalOf(container, { entries: 5, octets: 999, ratio: 200 })).toBe('CONTAINER_LIMIT LIMIT_OCTETS');
    expect(refusalOf(container, { entries: 5, octets: 10_000, ratio: 200 })).toBe('read');
  });

  it('an entry that unpacks to more, or less, than it says is refused', () => {
    const packed = zipped({ 'a.txt': Buffer.from('a'.repeat(300)) });
    for (const size of [299, 301, 100]) {
      const lying = edited(packed, 'a.txt', 22, [size & 255, size >> 8, 0, 0]);
      const sum = crc32(Buffer.from('a'.repeat(size)));
      expect([size, refusalOf(edited(lying, 'a.txt', 14, [sum & 255, (sum >> 8) & 255, (sum >> 16) & 255, sum >>> 24]))]).toEqual([size, 'CONTAINER_ENTRY ZIP_CONTENT']);
    }
    expect(refusalOf(edited(packed, 'a.txt', 8, [0, 0]))).toBe('CONTAINER_ENTRY ZIP_METHOD');
  });

  it('every bit of a content counts', () => {
    for (const [name, octets] of readContainer(container).files) {
      if (octets.length === 0) continue;
      const copy = Buffer.from(container);
      const at = copy.indexOf(octets, copy.indexOf(name));
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      expect([name, refusalOf(copy)]).toEqual([name, 'CONTAINER_ENTRY ZIP_CONTENT']);
    }
  });

  it('random damage is read as it was or refused, and nothing else', () => {
    for (let round = 0; round < 4_000; round += 1) {
      const copy = Buffer.from(container);
      const at = (round * 7919) % copy.length;
      copy.writeUInt8(copy.readUInt8(at) ^ (1 << (round % 8)), at);
      const said = refusalOf(copy);
      if (said === 'read') for (const [name, octets] of files) expect([at, readContainer(copy).files.get(name)?.equals(octets)]).toEqual([at, true]);
      else expect(said).toMatch(/^CONTAINER_(?:FORMAT|ENTRY|LIMIT) /);
    }
  });
});

describe('common tools', () => {
  const path = join(folder, 'evidence.asice');
  writeFileSync(path, container);

  itWith('unzip', 'test and unpack it', () => {
    expect(spawnSync('unzip', ['-t', path], { encoding: 'utf8' }).stdout).toContain('No errors detected');
    expect(spawnSync('unzip', ['-q', '-d', join(folder, 'unpacked'), path]).status).toBe(0);
    for (const [name, octets] of files) expect([name, readFileSync(join(folder, 'unpacked', name)).equals(octets)]).toEqual([name, true]);
  });

  it('compute the same check sum (ISO 3309 §8)', () => {
    expect(crc32(Buffer.from('123456789')).toString(16)).toBe('cbf43926');
  });
});
