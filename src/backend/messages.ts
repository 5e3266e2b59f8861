// What the agency says to a gateway, unsigned: one document for each message, its branch named after its kind, every branch beginning with the
// same fields (schemas/*_XULY). The agency's signature goes in as the root's last child. Pure: the same facts give the same octets.
import { documentXml } from '../receipts/markup.ts';
import type { Markup } from '../receipts/markup.ts';
import { formatInstant } from '../standard/time.ts';
import type { Lack, Outcome } from './labour.ts';

export type MessageKind = 'TIEPNHAN_XULY' | 'BUOC_XULY' | 'BOSUNG_XULY' | 'HENLAI_XULY' | 'KETQUA_XULY' | 'THONGBAO_XULY';

/** Which dossier, when, who. */
export interface About {
  /** SHA-256 of the dossier's octets, hex. */
  readonly digest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  /** 1, 2, 3 … of this dossier. */
  readonly number: number;
  readonly at: Date;
  readonly agency: string;
}

export interface Attached {
  readonly name: string;
  /** Form code. */
  readonly kind: string;
  readonly sha256: string;
  readonly body: Buffer;
}

/** A message but for what it is about. */
export type Saying = { readonly kind: Exclude<MessageKind, 'KETQUA_XULY' | 'THONGBAO_XULY'>; readonly fields: Markup } | { readonly kind: 'KETQUA_XULY'; readonly outcome: Outcome; readonly documents: readonly Attached[] };

/** CO_QUAN where the dossier does not say which agency. */
const AGENCY_UNKNOWN = 'KHONG_RO';

export function messageXml(about: About, saying: Saying): Buffer {
  if (saying.kind === 'KETQUA_XULY') return documentXml('BHXH', { KETQUA_XULY: resultFields(about, saying.outcome, saying.documents) });
  return documentXml('BHXH', { [saying.kind]: { ...identify(about), SO_THUTU: about.number, ...said(about), ...saying.fields } });
}

function identify({ digest, dossierNumber, transactionCode }: About): Markup {
  return { SHA256: digest, SO_HSO: dossierNumber, MA_GDICH: transactionCode };
}

function said({ at, agency }: Pick<About, 'at' | 'agency'>): Markup {
  return { THOIDIEM: formatInstant(at), CO_QUAN: agency === '' ? AGENCY_UNKNOWN : agency };
}

function resultFields(about: About, { code, text, unitCode }: Outcome, documents: readonly Attached[]): Markup {
  const attached = documents.map(({ name, kind, sha256, body }) => ({ TEN: name, LOAI: kind, SHA256: sha256, NOIDUNG: body.toString('base64') }));
  return { ...identify(about), SO_THUTU: about.number, MA_KQUA: code, KQUA: text, ...said(about), MA_DVI: unitCode, ...(attached.length === 0 ? {} : { TAILIEU: attached }) };
}

export interface SlipFacts {
  readonly desk: string;
  readonly officer: string;
  readonly days: number;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

export function slip({ desk, officer, days, receivedAt, dueAt }: SlipFacts): Saying {
  const fields = { BO_PHAN: desk, NGUOI_TIEPNHAN: officer, SO_NGAY: days, NHAN_LUC: formatInstant(receivedAt), TRA_LUC: formatInstant(dueAt) };
  return { kind: 'TIEPNHAN_XULY', fields };
}

export interface StepFacts {
  readonly number: number;
  readonly name: string;
  readonly room: string;
  readonly receivedAt: Date;
  readonly returnedAt: Date | null;
  readonly history: readonly { readonly at: Date; readonly officer: string; readonly action: string }[];
}

export function stepReport({ number, name, room, receivedAt, returnedAt, history }: StepFacts): Saying {
  const done = history.map(({ at, officer, action }) => ({ THOIDIEM: formatInstant(at), CANBO: officer, HANHDONG: action }));
  const when = { NHAN_LUC: formatInstant(receivedAt), TRA_LUC: returnedAt === null ? '' : formatInstant(returnedAt) };
  return { kind: 'BUOC_XULY', fields: { SO_BUOC: number, TEN_BUOC: name, PHONG_BAN: room, ...when, ...(done.length === 0 ? {} : { LICHSU: done }) } };
}

export function supplementRequest(number: string, until: Date, lacks: readonly Lack[]): Saying {
  const items = lacks.map(({ file, what, why }, index) => ({ STT: index + 1, TEP: file, NOIDUNG: what, LYDO: why }));
  return { kind: 'BOSUNG_XULY', fields: { SO: number, HAN: formatInstant(until), MUC: items } };
}

export function apology(time: number, before: Date, now: Date, why: string): Saying {
  return { kind: 'HENLAI_XULY', fields: { LAN: time, HEN_CU: formatInstant(before), HEN_MOI: formatInstant(now), LYDO: why } };
}

export interface NoticeFacts {
  readonly agency: string;
  readonly recipient: string;
  readonly taxCode: string;
  readonly kind: string;
  /** MM/yyyy. */
  readonly month: string;
  readonly at: Date;
  /** The signed form. */
  readonly text: Buffer;
}

export function noticeXml({ agency, recipient, taxCode, kind, month, at, text }: NoticeFacts): Buffer {
  const nobody = { SHA256: '', SO_HSO: '', MA_GDICH: '', SO_THUTU: '' };
  return documentXml('BHXH', { THONGBAO_XULY: { ...nobody, ...said({ at, agency }), MA_DVI: recipient, MST: taxCode, LOAI: kind, KY: month, VANBAN: text.toString('base64') } });
}
