// The dictionary of the two envelopes (wire-format §1.1, §1.5): Vietnamese element names on the wire, English fields here. Both have the root
// `Hoso`; what stands in `NoiDung` says which it is. Every field keeps the element it came from, so that a finding can say where it stands; a
// field that is missing or repeated is absent here and for the schema to report.
import type { Content, SignaturePlace } from '../signature/verify.ts';
import { childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { fieldOf, onlyChild as only } from './fields.ts';
import type { Field } from './fields.ts';

export type { Field } from './fields.ts';

/** The root element of every envelope, and the form of the usual one. */
export const envelopeForm = 'Hoso';

/** The form, with its schema, of each kind: of a unit that has its code, and of one that registers for the first time. */
export const envelopeForms = { dossier: envelopeForm, 'first-registration': 'Hoso-DKLanDau' } as const;
export type EnvelopeKind = keyof typeof envelopeForms;

/** The employer signs in CKy_Dvi; an I-VAN may counter-sign in CKy_iVan afterwards. The same in both. */
export const envelopePlace: SignaturePlace = { path: [envelopeForm, 'CKy_Dvi'], appendix: 'CKy_iVan', body: 'NoiDung' };

export type Envelope = UnitDossier | FirstRegistration;

interface AnyEnvelope {
  readonly ivanCode: Field | undefined;
  /** False when nobody can say which I-VAN is named, because something on the way to it is missing or repeated; the schema reports that. */
  readonly ivanReadable: boolean;
  readonly unitName: Field | undefined;
  readonly taxCode: Field | undefined;
  readonly telephone: Field | undefined;
  readonly agency: Field | undefined;
  readonly filedOn: Field | undefined;
  /** The list of files. */
  readonly fileList: XmlElement | undefined;
  readonly files: readonly EnvelopeFile[];
}

/** A unit files under its code, for a procedure that it names. */
export interface UnitDossier extends AnyEnvelope {
  readonly kind: 'dossier';
  readonly unitCode: Field | undefined;
  readonly signatory: Field | undefined;
  readonly procedure: Field | undefined;
  readonly period: Field | undefined;
  readonly fileCount: Field | undefined;
}

/** A unit that has no code yet: its tax code is all that it is known by. It names no procedure and no period. */
export interface FirstRegistration extends AnyEnvelope {
  readonly kind: 'first-registration';
  readonly email: Field | undefined;
}

export interface EnvelopeFile {
  readonly element: XmlElement;
  readonly form: Field | undefined;
  readonly description: Field | undefined;
  readonly name: Field | undefined;
  readonly extension: Field | undefined;
  readonly length: Field | undefined;
  /** The element with the base64 text, which is read only when the file is opened. */
  readonly content: XmlElement | undefined;
}

type FieldReader = (parent: XmlElement | undefined, name: string) => Field | undefined;

export function readEnvelope(content: Content): Envelope {
  const body = only(content.root, 'NoiDung');
  const field: FieldReader = (parent, name) => fieldOf(content, only(parent, name));
  return body !== undefined && isFirstRegistration(body) ? readFirstRegistration(content, body, field) : readUnitDossier(content, body, field);
}

const branches = ['ThongTinIVAN', 'ThongTinDonVi', 'ThongTinHoSo'] as const;

/** Its fields are flat. A body with any of the usual branches is the usual envelope, whatever else it holds: no content is both. */
function isFirstRegistration(body: XmlElement): boolean {
  const has = (name: string): boolean => childrenNamed(body, name).length > 0;
  return !branches.some(has) && ['MaCoQuan', 'ToKhais'].some(has);
}

function readUnitDossier(content: Content, body: XmlElement | undefined, field: FieldReader): UnitDossier {
  const [ivan, unit, dossier] = branches.map((name) => only(body, name));
  return {
    kind: 'dossier',
    ivanCode: field(ivan, 'MaIVAN'),
    ivanReadable: body !== undefined && childrenNamed(body, 'ThongTinIVAN').length < 2 && isAtMostOnce(ivan, 'MaIVAN'),
    unitName: field(unit, 'TenDoiTuong'),
    unitCode: field(unit, 'MaSoBHXH'),
    taxCode: field(unit, 'MaSoThue'),
    signatory: field(unit, 'NguoiKy'),
    telephone: field(unit, 'DienThoai'),
    agency: field(unit, 'CoQuanQuanLy'),
    procedure: field(dossier, 'MaThuTuc'),
    period: field(dossier, 'KyKeKhai'),
    filedOn: field(dossier, 'NgayLap'),
    fileCount: field(dossier, 'SoLuongFile'),
    ...readFiles(content, dossier),
  };
}

function readFirstRegistration(content: Content, body: XmlElement, field: FieldReader): FirstRegistration {
  return {
    kind: 'first-registration',
    ivanCode: field(body, 'MaIVan'),
    ivanReadable: isAtMostOnce(body, 'MaIVan'),
    unitName: field(body, 'TenDoiTuong'),
    taxCode: field(body, 'MaSoThue'),
    telephone: field(body, 'DienThoai'),
    email: field(body, 'Email'),
    agency: field(body, 'MaCoQuan'),
    filedOn: field(body, 'NgayLap'),
    ...readFiles(content, body),
  };
}

function isAtMostOnce(parent: XmlElement | undefined, name: string): boolean {
  return parent === undefined || childrenNamed(parent, name).length < 2;
}

function readFiles(content: Content, parent: XmlElement | undefined): Pick<AnyEnvelope, 'fileList' | 'files'> {
  const fileList = only(parent, 'ToKhais');
  return { fileList, files: fileList === undefined ? [] : childrenNamed(fileList, 'FileToKhai').map((file) => readFile(content, file)) };
}

function readFile(content: Content, element: XmlElement): EnvelopeFile {
  const field = (name: string): Field | undefined => fieldOf(content, only(element, name));
  return {
    element,
    form: field('MaToKhai'),
    description: field('MoTaToKhai'),
    name: field('TenFile'),
    extension: field('LoaiFile'),
    length: field('DoDaiFile'),
    content: only(element, 'NoiDungFile'),
  };
}
