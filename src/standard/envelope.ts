// The dictionary of the envelope (wire-format §1): Vietnamese element names on the wire, English fields here. Every field keeps the element
// it came from, so that a finding can say where it stands; a field that is missing or repeated is absent here and for the schema to report.
import type { Content, SignaturePlace } from '../signature/verify.ts';
import { childElements, childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';

export const envelopeForm = 'Hoso';

/** The employer signs in CKy_Dvi; an I-VAN may counter-sign in CKy_iVan afterwards. */
export const envelopePlace: SignaturePlace = { path: [envelopeForm, 'CKy_Dvi'], appendix: 'CKy_iVan', body: 'NoiDung' };

export interface Field {
  readonly text: string;
  readonly element: XmlElement;
}

export interface Envelope {
  readonly ivanCode: Field | undefined;
  /** False when nobody can say which I-VAN is named, because something on the way to it is missing or repeated; the schema reports that. */
  readonly ivanReadable: boolean;
  readonly unitName: Field | undefined;
  readonly unitCode: Field | undefined;
  readonly taxCode: Field | undefined;
  readonly signatory: Field | undefined;
  readonly telephone: Field | undefined;
  readonly agency: Field | undefined;
  readonly procedure: Field | undefined;
  readonly period: Field | undefined;
  readonly filedOn: Field | undefined;
  readonly fileCount: Field | undefined;
  readonly files: readonly EnvelopeFile[];
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

export function readEnvelope(content: Content): Envelope {
  const body = only(content.root, 'NoiDung');
  const [ivan, unit, dossier] = ['ThongTinIVAN', 'ThongTinDonVi', 'ThongTinHoSo'].map((name) => only(body, name));
  const field = (parent: XmlElement | undefined, name: string): Field | undefined => fieldOf(content, only(parent, name));
  const files = only(dossier, 'ToKhais');
  return {
    ivanCode: field(ivan, 'MaIVAN'),
    ivanReadable: body !== undefined && childrenNamed(body, 'ThongTinIVAN').length < 2 && (ivan === undefined || childrenNamed(ivan, 'MaIVAN').length < 2),
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
    files: files === undefined ? [] : childrenNamed(files, 'FileToKhai').map((file) => readFile(content, file)),
  };
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

/** The one child with this name; none when there are several, because nobody can say which is meant. */
function only(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  if (parent === undefined) return undefined;
  const [child, second] = childrenNamed(parent, name);
  return second === undefined ? child : undefined;
}

function fieldOf(content: Content, element: XmlElement | undefined): Field | undefined {
  if (element === undefined || childElements(element).length > 0) return undefined;
  return { text: trimWhitespace(textOf(content.document, element)), element };
}
