// The envelope as senders write it: English fields here, the element names and the order of wire-format §1.1 on the wire. The counterpart of
// `envelope.ts`. Checks nothing but that the text can be written; what it says is for the gateway to judge.
import { envelopeForm } from './envelope.ts';
import { writeDocument } from './write.ts';
import type { WritingOptions, WrittenElement } from './write.ts';

export interface EnvelopeFacts extends WritingOptions {
  /** Absent: the employer files directly. */
  readonly ivan?: { readonly code: string; readonly name: string };
  readonly unit: UnitFacts;
  readonly procedure: { readonly code: string; readonly name: string };
  /** MM/yyyy. */
  readonly period: string;
  /** dd/MM/yyyy. */
  readonly filedOn: string;
  readonly files: readonly FileFacts[];
  /** What DoDaiFile counts: octets of the file (the default) or characters of its base64. The field has both (wire-format §1.2). */
  readonly lengthMeaning?: 'decoded' | 'base64';
}

export interface UnitFacts {
  readonly name: string;
  /** Unit code at the agency. */
  readonly code: string;
  /** 1, the default, is an organisation. */
  readonly kind?: string;
  readonly taxCode: string;
  readonly signatory: string;
  readonly telephone: string;
  /** Agency code. */
  readonly agency: string;
}

export interface FileFacts {
  /** Form code; CT-DK for a supporting paper. */
  readonly form: string;
  readonly description: string;
  readonly name: string;
  /** With the dot. */
  readonly extension: string;
  /** A structured form must be signed already. */
  readonly content: Buffer;
}

/** The unsigned envelope; the employer's signature goes into its last element. */
export function writeEnvelope(facts: EnvelopeFacts): Buffer {
  const content: WrittenElement = ['NoiDung', [ivanBranch(facts), unitBranch(facts.unit), dossierBranch(facts)]];
  return writeDocument([envelopeForm, [content, ['CKy_Dvi', '']]], facts);
}

function ivanBranch({ ivan }: EnvelopeFacts): WrittenElement {
  return ['ThongTinIVAN', [['MaIVAN', ivan?.code ?? ''], ['TenIVAN', ivan?.name ?? '']]];
}

function unitBranch(unit: UnitFacts): WrittenElement {
  return [
    'ThongTinDonVi',
    [
      ['TenDoiTuong', unit.name],
      ['MaSoBHXH', unit.code],
      ['LoaiDoiTuong', unit.kind ?? '1'],
      ['MaSoThue', unit.taxCode],
      ['NguoiKy', unit.signatory],
      ['DienThoai', unit.telephone],
      ['CoQuanQuanLy', unit.agency],
    ],
  ];
}

function dossierBranch({ procedure, period, filedOn, files, lengthMeaning = 'decoded' }: EnvelopeFacts): WrittenElement {
  return [
    'ThongTinHoSo',
    [
      ['TenThuTuc', procedure.name],
      ['MaThuTuc', procedure.code],
      ['KyKeKhai', period],
      ['NgayLap', filedOn],
      ['SoLuongFile', String(files.length)],
      ['QuyTrinhISO', ''],
      ['ToKhais', files.map((file) => fileBranch(file, lengthMeaning))],
    ],
  ];
}

function fileBranch({ form, description, name, extension, content }: FileFacts, lengthMeaning: 'decoded' | 'base64'): WrittenElement {
  const base64 = content.toString('base64');
  return [
    'FileToKhai',
    [
      ['MaToKhai', form],
      ['MoTaToKhai', description],
      ['TenFile', name],
      ['LoaiFile', extension],
      ['DoDaiFile', String(lengthMeaning === 'decoded' ? content.length : base64.length)],
      ['NoiDungFile', base64],
    ],
  ];
}
