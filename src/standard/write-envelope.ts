// The two envelopes as senders write them: English fields here, the element names and orders of wire-format §1.1 and §1.5 on the wire. The
// counterpart of `envelope.ts`. Checks nothing but that the text can be written; what it says is for the gateway to judge.
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

/** What a unit says that has no code yet. */
export interface FirstRegistrationFacts extends WritingOptions {
  /** Absent: the employer files directly. */
  readonly ivan?: { readonly code: string; readonly name: string };
  readonly agency: { readonly code: string; readonly name: string };
  readonly unit: NewUnitFacts;
  /** dd/MM/yyyy. */
  readonly filedOn: string;
  /** dd/MM/yyyy; the day of filing unless said. */
  readonly registeredOn?: string;
  /** PTNhanKetQua: how the result is to be received. */
  readonly resultBy?: string;
  readonly files: readonly FileFacts[];
  readonly lengthMeaning?: EnvelopeFacts['lengthMeaning'];
}

export interface NewUnitFacts {
  readonly name: string;
  /** 1, the default, is an organisation. */
  readonly kind?: string;
  readonly taxCode: string;
  readonly telephone: string;
  /** Where the unit code and the notices go. */
  readonly email: string;
  readonly address: string;
  readonly contact?: { readonly name?: string; readonly address?: string; readonly telephone?: string };
}

/** The unsigned envelope of a first registration; the employer's signature goes into its last element. */
export function writeFirstRegistration(facts: FirstRegistrationFacts): Buffer {
  const { agency, unit, ivan, filedOn, registeredOn = filedOn, resultBy = '', files, lengthMeaning = 'decoded' } = facts;
  const { contact = {} } = unit;
  const content: WrittenElement = ['NoiDung', [
    ['TenCoQuan', agency.name],
    ['MaCoQuan', agency.code],
    ['LoaiDoiTuong', unit.kind ?? '1'],
    ['TenDoiTuong', unit.name],
    ['MaSoThue', unit.taxCode],
    ['DienThoai', unit.telephone],
    ['Email', unit.email],
    ['NguoiLienHe', contact.name ?? ''],
    ['DiaChi', unit.address],
    ['DiaChiLienHe', contact.address ?? unit.address],
    ['DienThoaiLienHe', contact.telephone ?? unit.telephone],
    ['NgayLap', filedOn],
    ['NgayDangKy', registeredOn],
    ['MaIVan', ivan?.code ?? ''],
    ['TenIVan', ivan?.name ?? ''],
    ['PTNhanKetQua', resultBy],
    ['ToKhais', files.map((file) => fileBranch(file, lengthMeaning))],
  ]];
  return writeDocument([envelopeForm, [content, ['CKy_Dvi', '']]], facts);
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
