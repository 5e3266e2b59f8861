// An agency's message → what it says, verified: signed by a certificate that this backend may sign with and that was trusted when it came, and of
// the published shape of its kind. Says nothing about whether it fits the case. Pure: octets, trust, instant and schemas in, content out.
import { createHash } from 'node:crypto';

import { Refusal, refuse, severityOfFinding, Unavailable } from '../errors/outcomes.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import type { FormContent } from '../standard/form-content.ts';
import { messagePlace } from '../standard/kind.ts';
import { judgeForm } from '../standard/schema-findings.ts';
import type { Schemas } from '../standard/schema.ts';
import { trustContent } from '../standard/signer.ts';
import { parseInstant } from '../standard/time.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { childElements } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';

/** Which dossier, when, who. */
export interface About {
  /** SHA-256 of the dossier's octets, hex; '' for what is of no dossier. */
  readonly digest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  /** 1, 2, 3 … of this dossier; undefined where the agency does not number. */
  readonly number: number | undefined;
  readonly at: Date;
  readonly agency: string;
}

export interface SupplementItem {
  readonly file: string;
  readonly what: string;
  readonly why: string;
}

export type Said =
  | { readonly kind: 'slip'; readonly desk: string; readonly officer: string; readonly days: number; readonly receivedAt: Date; readonly dueAt: Date }
  | { readonly kind: 'step'; readonly step: number; readonly name: string; readonly room: string; readonly receivedAt: Date; readonly returnedAt: Date | undefined }
  | { readonly kind: 'supplement'; readonly reference: string; readonly until: Date; readonly items: readonly SupplementItem[] }
  | { readonly kind: 'apology'; readonly time: number; readonly before: Date; readonly now: Date; readonly reason: string }
  | { readonly kind: 'result'; readonly code: string; readonly text: string; readonly unitCode: string }
  /** Of no dossier: the form is the unit's, as the agency signed it. */
  | { readonly kind: 'notice'; readonly unitCode: string; readonly taxCode: string; readonly form: NoticeForm; readonly month: string; readonly text: Buffer };

export type SaidKind = Said['kind'];

export const noticeForms = ['C12-TS', 'D08a-TS'] as const;
export type NoticeForm = (typeof noticeForms)[number];

export interface AgencyMessage {
  readonly about: About;
  readonly said: Said;
  /** Equal for messages that say the same thing: signed again, say, or about the same appointment in other words. */
  readonly sense: string;
  /** Common name of who signed. */
  readonly signer: string;
}

export interface Reading {
  readonly schemas: Schemas;
  readonly trust: TrustMaterial;
  /** SHA-256 fingerprints of the certificates that may sign; undefined asks nothing of the kind. */
  readonly signers: ReadonlySet<string> | undefined;
}

type Branch = 'TIEPNHAN_XULY' | 'BUOC_XULY' | 'BOSUNG_XULY' | 'HENLAI_XULY' | 'KETQUA_XULY' | 'THONGBAO_XULY';

interface Fields {
  readonly text: (name: string) => string;
  readonly instant: (name: string) => Date;
  readonly count: (name: string) => number;
  readonly rows: (list: string, names: readonly string[]) => readonly (readonly string[])[];
}

/** @throws Refusal when the message is not to be believed, Unavailable when revocation is unknown. */
export function readMessage(octets: Buffer, reading: Reading, at: Date): AgencyMessage {
  const signed = verifySignature(parse(octets), messagePlace);
  const signer = believed(signed, reading, at);
  const branch = branchOf(signed);
  const fields = fieldsOf(contentOf(branch, signed, reading.schemas, at), branch);
  const about: About = {
    digest: fields.text('SHA256'),
    dossierNumber: fields.text('SO_HSO'),
    transactionCode: fields.text('MA_GDICH'),
    number: fields.text('SO_THUTU') === '' ? undefined : fields.count('SO_THUTU'),
    at: fields.instant('THOIDIEM'),
    agency: fields.text('CO_QUAN'),
  };
  const said = readers[branch](fields);
  if (said.kind === 'notice') checkForm(said, reading, at);
  return { about, said, sense: senseOf(said, about, fields, signed.canonicalDigest), signer };
}

function believed(signed: SignedContent, { trust, signers }: Reading, at: Date): string {
  const mayNot = signers?.has(fingerprintOf(signed.certificate)) === false;
  try {
    const signer = trustContent(signed, trust, at);
    if (mayNot) refuse('ANSWER_SIGNER', { place: signed.place, params: { subject: signer.subject } });
    return signer.commonName;
  } catch (error) {
    // Whatever is unknown of a certificate that may not sign changes nothing, and must not hold up what others say.
    if (mayNot && error instanceof Unavailable) refuse('ANSWER_SIGNER', { place: signed.place, params: { subject: '?' } });
    throw error;
  }
}

function fingerprintOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('hex');
}

function branchOf({ root }: SignedContent): Branch {
  const [first] = childElements(root);
  const name = first?.local ?? '';
  return isBranch(name) ? name : refuse('ELEMENT_UNKNOWN', { params: { element: name } });
}

function isBranch(name: string): name is Branch {
  return Object.hasOwn(readers, name);
}

/** @throws Refusal with everything that the schema of the form has against it. */
function contentOf(form: string, signed: SignedContent, schemas: Schemas, at: Date): FormContent {
  const judged = judgeForm(schemas, form, signed, at);
  if (judged === undefined) throw new Error(`there is no schema of ${form}`);
  const wrong = judged.findings.filter((entry) => severityOfFinding(entry) === 'refuse');
  if (wrong.length > 0) throw new Refusal(wrong);
  return judged.content;
}

/** After the schema: what it asks for is there and has its type. */
function fieldsOf(content: FormContent, branch: Branch): Fields {
  const text = (name: string): string => content.field(`${branch}/${name}`)?.text ?? '';
  const wrong = (name: string): never => refuse('VALUE_INVALID', { value: text(name), params: { element: name } });
  return {
    text,
    instant: (name) => parseInstant(text(name)) ?? wrong(name),
    count: (name) => (/^\d{1,9}$/.test(text(name)) ? Number(text(name)) : wrong(name)),
    rows: (list, names) => {
      const table = content.lists.get(`${branch}/${list}`);
      const columns = names.map((name) => table?.column(name) ?? []);
      return Array.from({ length: table?.size ?? 0 }, (_row, index) => columns.map((column) => column[index] ?? ''));
    },
  };
}

const readers: Readonly<Record<Branch, (fields: Fields) => Said>> = {
  TIEPNHAN_XULY: ({ text, count, instant }) => ({ kind: 'slip', desk: text('BO_PHAN'), officer: text('NGUOI_TIEPNHAN'), days: count('SO_NGAY'), receivedAt: instant('NHAN_LUC'), dueAt: instant('TRA_LUC') }),
  BUOC_XULY: ({ text, count, instant }) => ({
    kind: 'step', step: count('SO_BUOC'), name: text('TEN_BUOC'), room: text('PHONG_BAN'), receivedAt: instant('NHAN_LUC'), returnedAt: text('TRA_LUC') === '' ? undefined : instant('TRA_LUC'),
  }),
  BOSUNG_XULY: ({ text, instant, rows }) => ({
    kind: 'supplement', reference: text('SO'), until: instant('HAN'), items: rows('MUC', ['TEP', 'NOIDUNG', 'LYDO']).map(([file = '', what = '', why = '']) => ({ file, what, why })),
  }),
  HENLAI_XULY: ({ text, count, instant }) => ({ kind: 'apology', time: count('LAN'), before: instant('HEN_CU'), now: instant('HEN_MOI'), reason: text('LYDO') }),
  KETQUA_XULY: ({ text }) => ({ kind: 'result', code: text('MA_KQUA'), text: text('KQUA'), unitCode: text('MA_DVI') }),
  THONGBAO_XULY: ({ text }) => ({
    kind: 'notice', unitCode: text('MA_DVI'), taxCode: text('MST'), form: noticeForms.find((form) => form === text('LOAI')) ?? refuse('VALUE_INVALID', { value: text('LOAI'), params: { element: 'LOAI' } }),
    month: text('KY'), text: decodeBase64(text('VANBAN')) ?? refuse('FILE_CONTENT_BASE64'),
  }),
};

/** The form inside must itself be the agency's, of its shape, and of the unit that is to have it: the unit gets it as it is. */
function checkForm({ form, text, unitCode }: Extract<Said, { kind: 'notice' }>, reading: Reading, at: Date): void {
  const signed = verifySignature(parse(text), messagePlace);
  believed(signed, reading, at);
  const named = contentOf(form, signed, reading.schemas, at).field('XACNHAN_GDICH/TTDVI/MA_DVI')?.text ?? '';
  if (named !== '' && named !== unitCode) refuse('VALUE_INVALID', { value: named, params: { element: 'MA_DVI' } });
}

function senseOf(said: Said, about: About, fields: Fields, contentDigest: string): string {
  switch (said.kind) {
    case 'slip':
      return digestOf([about.digest, 'slip', said.dueAt.toISOString()]);
    case 'result':
      return digestOf([about.digest, 'result', said.code, said.text, said.unitCode, ...fields.rows('TAILIEU', ['SHA256']).map(([digest = '']) => digest)]);
    case 'notice':
      return digestOf([about.agency, said.unitCode, said.form, said.month, createHash('sha256').update(said.text).digest('hex')]);
    case 'step':
    case 'supplement':
    case 'apology':
      return contentDigest;
  }
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
