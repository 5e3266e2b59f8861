// Guarantee: whatever file is given, `ivan verify` says in both languages where what is wrong and what to do next, and ends with the right code; and what could
// not be read never counts as passed, in any form of the report.
import { truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';

import { sealContainer } from '../../src/evidence/container/seal.ts';
import { writeContainer } from '../../src/evidence/container/write.ts';
import { readContainer } from '../../src/evidence/container/read.ts';
import type { Report } from '../../src/report/model.ts';
import { createWorld, trustFiles } from '../client/support.ts';
import { makeEvidence } from '../support/evidence.ts';
import type { Evidence } from '../support/evidence.ts';
import { ivan, temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let folder: string;
let evidence: Evidence;
const at = (name: string): string => join(folder, name);

/** Changes one bit of the content of an entry, where its check sum then no longer fits. */
function flipped(container: Buffer, text: string): Buffer {
  const copy = Buffer.from(container);
  const place = copy.indexOf(text);
  copy.writeUInt8(copy.readUInt8(place) ^ 1, place);
  return copy;
}

beforeAll(async () => {
  const world = await createWorld();
  [folder, evidence] = [await temporaryFolder(), await makeEvidence(world)];
  const other = await makeEvidence(world, '06/2026');
  await mkdir(at('trust'));
  for (const [name, text] of trustFiles(world.pki)) writeFileSync(at(join('trust', name)), text);
  const { container } = evidence;
  const all = readContainer(container).files;
  const twice = Buffer.from(writeContainer(new Map([...all, ['extra1.txt', Buffer.from('1')], ['extra2.txt', Buffer.from('2')]])).toString('latin1').replaceAll('extra2.txt', 'extra1.txt'), 'latin1');
  const files: readonly [string, Buffer][] = [
    ['good.asice', container],
    ['empty.xml', Buffer.alloc(0)],
    ['blank.xml', Buffer.from(' \n')],
    ['text.txt', Buffer.from('xin chào')],
    ['page.xml', Buffer.from('<html><body/></html>')],
    ['picture.pdf', Buffer.from('%PDF-1.4\n%âãÏÓ\n', 'latin1')],
    ['other.zip', Buffer.from(zipSync({ 'a.txt': Buffer.from('a') }))],
    ['document.odt', Buffer.from(zipSync({ 'mimetype': [Buffer.from('application/vnd.oasis.opendocument.text'), { level: 0 }], 'content.xml': Buffer.from('<a/>') }))],
    ['bomb.asice', Buffer.from(zipSync({ mimetype: [Buffer.from('application/vnd.etsi.asic-e+zip'), { level: 0 }], 'zeros.bin': [new Uint8Array(64 * 1024 * 1024), { level: 9 }] }, { os: 0 }))],
    ['cut.asice', container.subarray(0, container.length - 1000)],
    ['cut-early.asice', container.subarray(0, 20)],
    ['extra.asice', writeContainer(new Map([...all, ['added.txt', Buffer.from('x')]]))],
    ['bit.asice', flipped(container, 'TIEP_NHAN')],
    ['changed.asice', writeContainer(new Map([...all, ['dossier.xml', other.dossier]]))],
    ['twice.asice', twice],
    ['receipt-of-other.asice', await sealContainer(new Map([...evidence.files, ['receipt.xml', other.receipt]]), world.gateway, world.now)],
    ['unsigned.asice', writeContainer(evidence.files)],
  ];
  for (const [name, bytes] of files) writeFileSync(at(name), bytes);
  writeFileSync(at('huge.xml'), '<Hoso>');
  truncateSync(at('huge.xml'), 600 * 1024 * 1024);
}, 60_000);

const verify = (...words: string[]): Promise<Run> => ivan(['verify', ...words, '--trust', at('trust'), '--log-key', evidence.logKey]);

/** File, code that it ends with, and what it says of where and why, and what to do next. */
const cases: readonly (readonly [name: string, exitCode: number, where: string, vi: string, en: string, next: string])[] = [
  ['empty.xml', 1, 'empty.xml', 'Tệp rỗng', 'The file is empty', 'Get the file again'],
  ['blank.xml', 1, 'blank.xml', 'chọn nhầm tệp', 'it may be another file', 'Choose a dossier'],
  ['text.txt', 1, 'text.txt', 'chọn nhầm tệp', 'it may be another file', 'Choose a dossier'],
  ['picture.pdf', 1, 'picture.pdf', 'chọn nhầm tệp', 'it may be another file', 'Choose a dossier'],
  ['page.xml', 3, 'page.xml', 'phần tử gốc html', 'root element html', 'Choose a dossier'],
  ['missing.xml', 3, 'missing.xml', 'Không có tệp này', 'There is no such file', 'Check the name'],
  ['trust', 3, 'trust', 'Đây là thư mục', 'This is a folder', 'Name the files inside'],
  ['huge.xml', 3, 'huge.xml', 'Tệp lớn hơn 300 MB', 'larger than 300 MB', 'Choose the right file'],
  ['other.zip', 1, 'other.zip', 'tệp đầu tiên phải là mimetype', 'its first file must be mimetype', 'Fetch the container'],
  ['document.odt', 1, 'document.odt', 'tệp đầu tiên phải là mimetype', 'its first file must be mimetype', 'Fetch the container'],
  ['bomb.asice', 1, 'zeros.bin', 'tỷ lệ nén tối đa 200', 'ratio of compression at most 200', 'Fetch the container'],
  ['cut.asice', 1, 'cut.asice', 'cấu trúc ZIP không hợp lệ', 'its ZIP structure is not valid', 'Fetch the container'],
  ['cut-early.asice', 1, 'cut-early.asice', 'cấu trúc ZIP không hợp lệ', 'its ZIP structure is not valid', 'Fetch the container'],
  ['extra.asice', 1, 'added.txt', 'không được chữ ký nào bao phủ', 'No signature covers', 'Fetch the container'],
  ['bit.asice', 1, 'log/dossier.json', 'không khớp kích thước hoặc mã kiểm tra', 'does not match its size or check sum', 'Fetch the container'],
  ['changed.asice', 1, 'dossier.xml', 'đã bị thay đổi sau khi ký', 'was changed after signing', 'Fetch the container'],
  ['twice.asice', 1, 'extra1.txt', 'tên trùng với tên tệp khác', 'its name is that of another file', 'Fetch the container'],
  ['receipt-of-other.asice', 1, 'receipt.xml', 'Thông điệp nói về hồ sơ khác', 'The message is about another dossier', 'fetch it again'],
  ['unsigned.asice', 1, 'META-INF/signatures.xml', 'Container thiếu tệp', 'lacks the file', 'Fetch the container'],
];

describe('ivan verify', () => {
  it.each(cases)('of %s ends with %i, and says where, why and what next', async (name, exitCode, where, vi, en, next) => {
    const [vietnamese, english] = [await verify(at(name)), await verify(at(name), '--lang', 'en')];
    expect([vietnamese.exitCode, english.exitCode]).toEqual([exitCode, exitCode]);
    for (const words of [where, vi, next]) expect(vietnamese.out + vietnamese.err).toContain(words);
    for (const words of [where, en, next]) expect(english.out + english.err).toContain(words);
    expect(english.out + english.err).not.toMatch(/HỢP LỆ|Không|→ (?:Chọn|Lấy|Tải)/);
  });

  it('of several files ends with the worst, and counts them', async () => {
    const all = await verify(at('good.asice'), at('missing.xml'), at('bit.asice'), '--lang', 'en');
    expect([all.exitCode, all.out.trimEnd().split('\n').at(-1)]).toEqual([1, '3 files: 1 valid, 1 not valid, 1 cannot be decided']);
    expect((await verify(at('good.asice'), at('missing.xml'))).exitCode).toBe(3);
  });

  it('never lets what it could not read count as passed, in JSON or in XML', async () => {
    const json = JSON.parse((await verify(at('good.asice'), at('missing.xml'), '--report', 'json')).out) as Report;
    expect([json.indication, json.objects.map(({ indication, reasons }) => [indication, reasons.map(({ code }) => code)])]).toEqual(['INDETERMINATE', [['TOTAL-PASSED', []], ['INDETERMINATE', ['FILE_ABSENT']]]]);
    const xml = (await verify(at('missing.xml'), '--report', 'xml')).out;
    expect(xml).toContain('urn:etsi:019102:mainindication:indeterminate');
    expect(xml).not.toContain('passed');
  });
});
