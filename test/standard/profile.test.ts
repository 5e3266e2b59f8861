// Guarantee: how much one dossier may hold is what the I-VAN's contract says; where it says nothing, more than is usual is warned of and no more;
// who files directly is not limited. Files count with the declarations.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { judge } from '../../src/intake/judge.ts';
import type { Contract, Sender } from '../../src/standard/dossier.ts';
import { createStage, examplesReceivedAt } from '../support/examples.ts';
import type { ExampleChange, Stage } from '../support/examples.ts';

const MEGABYTE = 1024 * 1024;
const contract: Contract = { state: 'active', from: new Date('2026-01-01T00:00:00+07:00'), until: new Date('2027-01-01T00:00:00+07:00') };

let stage: Stage;
let sevenFiles: Buffer;
let sixMegabytes: Buffer;

beforeAll(async () => {
  stage = await createStage();
  sevenFiles = await stage.dossierOf({ procedure: '600', changes: attachments(Array.from({ length: 6 }, () => Buffer.from('%PDF-1.4\n'))) });
  sixMegabytes = await stage.dossierOf({ procedure: '600', changes: attachments([Buffer.alloc(6 * MEGABYTE, '%PDF-1.4\n')]) });
});
afterAll(() => { stage.rulebook.schemas.dispose(); });

function attachments(contents: readonly Buffer[]): ExampleChange[] {
  const files = contents.map((content, index) =>
    `<FileToKhai><MaToKhai>CT-DK</MaToKhai><MoTaToKhai>Chứng từ</MoTaToKhai><TenFile>chung-tu-${index}.pdf</TenFile><LoaiFile>.pdf</LoaiFile>` +
    `<DoDaiFile>${content.length}</DoDaiFile><NoiDungFile>${content.toString('base64')}</NoiDungFile></FileToKhai>`);
  return [
    { find: '</ToKhais>', replace: `${files.join('')}</ToKhais>` },
    { find: '<SoLuongFile>1</SoLuongFile>', replace: `<SoLuongFile>${1 + contents.length}</SoLuongFile>` },
  ];
}

function codesFor(bytes: Buffer, sender: Sender): readonly (readonly [string, unknown])[] {
  return judge({ bytes, sender, receivedAt: examplesReceivedAt }, stage.rulebook).findings.map(({ code, params }) => [code, params] as const);
}

const ivan = (limits: Partial<Contract>): Sender => ({ kind: 'ivan', code: '00040', contract: { ...contract, ...limits } });

describe('the number of files', () => {
  it('is warned of beyond what is usual', () => {
    expect(codesFor(sevenFiles, ivan({}))).toEqual([['FILES_MANY', { limit: '06', count: '7' }]]);
  });

  it('is refused beyond what the contract says, and not warned of besides', () => {
    expect(codesFor(sevenFiles, ivan({ maxFiles: 6 }))).toEqual([['FILES_TOO_MANY', { limit: '06', count: '7' }]]);
    expect(codesFor(sevenFiles, ivan({ maxFiles: 7 }))).toEqual([]);
  });

  it('is not limited for who files directly', () => {
    expect(codesFor(sevenFiles, { kind: 'direct' }).map(([code]) => code)).toEqual(['IVAN_MISMATCH']);
  });
});

describe('the size of the files together', () => {
  it('is warned of beyond what is usual', () => {
    expect(codesFor(sixMegabytes, ivan({}))).toEqual([['FILES_LARGE', { limit: '05', size: expect.stringMatching(/^6\.\d\d$/) as unknown }]]);
  });

  it('is refused beyond what the contract says, and not warned of besides', () => {
    expect(codesFor(sixMegabytes, ivan({ maxBytes: 2.5 * MEGABYTE }))).toEqual([['FILES_TOO_LARGE', { limit: '2.50', size: expect.stringMatching(/^6\.\d\d$/) as unknown }]]);
    expect(codesFor(sixMegabytes, ivan({ maxBytes: 7 * MEGABYTE }))).toEqual([]);
  });
});
