// What a message of the gateway says, in English fields: receipt, refusal, conflict, non-receipt, result, notice on a form 04, 05 or 06. The counterpart of
// `receipt.ts`, `non-receipt.ts`, `result.ts` and `registration-notice.ts`. Reads canonical octets that a verification returned; verifies nothing itself. Throws `Refusal` when a
// message lacks what its kind must say.
import { refuse } from '../errors/outcomes.ts';
import type { PublishedFinding } from '../errors/published.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import { parseNote } from '../log/note.ts';
import { parseInstant } from '../standard/time.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { loggedNames } from './log-entry.ts';
import type { LoggedSubmission } from './log-entry.ts';
import { branchesOf, branchOf, optionalBranchOf, optionalTextOf, readTree, textOf } from './tree.ts';
import type { Branch } from './tree.ts';

/** Accepted, refused, in conflict, not received, result; form 04, 05 or 06 accepted, not accepted. */
export type MessageKind = (typeof receiptKinds)[number] | 'KETQUA' | 'CHAP_NHAN' | 'KHONG_CHAP_NHAN';

export interface MessageFacts {
  readonly kind: MessageKind;
  /** SHA-256 of the dossier the message is about, hex. */
  readonly digest: string;
  readonly gateway: string;
  /** What the message says of its own time: of reception, of the question asked, of the result. */
  readonly at: Date;
  /** Receipts and results. */
  readonly transactionCode: string | undefined;
  readonly receivedAt: Date | undefined;
  readonly unit: { readonly name: string; readonly code: string; readonly taxCode: string; readonly agency: string };
  /** Wire code and sentence of the outcome. */
  readonly result: { readonly code: string; readonly text: string };
  /** Accepted dossiers and results. */
  readonly dossierNumber: string | undefined;
  readonly dueAt: Date | undefined;
  readonly size: number | undefined;
  /** Receipts: the digest of what it was judged by, and the id of the rule set; older ones have no id. */
  readonly rules: { readonly digest: string; readonly ruleSet: string | undefined } | undefined;
  readonly findings: readonly PublishedFinding[];
  readonly files: readonly { readonly name: string; readonly form: string; readonly size: number; readonly digest: string }[];
  /** Conflict: the earlier submission under the same key, or, where no key is named, with the same signed content. */
  readonly earlier: { readonly key: string | undefined; readonly digest: string; readonly receivedAt: Date } | undefined;
  /** Non-receipt: how many submissions were recorded by then. */
  readonly logSize: number | undefined;
  /** Non-receipt: the log in which nothing with that digest was, by its size and its signed checkpoint, which is still to be verified; older ones have none. */
  readonly absentFrom: { readonly size: number; readonly checkpoint: string } | undefined;
  /** Receipts from a log: that the submission is in it, and what its entry commits to. */
  readonly log: { readonly proof: string; readonly facts: LoggedSubmission } | undefined;
  /** What was decided on a form 04, 05 or 06. */
  readonly decision: DecisionFacts | undefined;
  /** Result: the agency's own signed answer. */
  readonly agency: { readonly code: string; readonly signer: string; readonly digest: string; readonly answer: Buffer } | undefined;
}

export interface DecisionFacts {
  /** 04-IVAN, 05-IVAN or 06-IVAN. */
  readonly form: string;
  readonly formName: string;
  readonly ivanCode: string;
  /** Where accepted. */
  readonly effectiveAt: Date | undefined;
  readonly reason: string | undefined;
  /** Until when the I-VAN tells the unit. */
  readonly relayDueAt: Date;
  /** Registered by it; `until` is the first instant at which it no longer signs. */
  readonly certificates: readonly { readonly serial: string; readonly fingerprint: string; readonly from: Date; readonly until: Date }[];
  /** Serial numbers that the form lists and of which no certificate was at hand. */
  readonly missing: readonly string[];
}

/** What the agency's own answer says (inside a result). */
export interface AgencyFacts {
  readonly digest: string;
  readonly dossierNumber: string;
  readonly code: string;
  readonly text: string;
}

export async function readMessageFacts(canonical: Buffer): Promise<MessageFacts> {
  const root = await readTree(canonical);
  const notice = branchOf(root, 'XACNHAN_GDICH');
  const receipt = optionalBranchOf(root, 'BIENNHAN');
  const result = optionalBranchOf(root, 'KETQUA');
  const decision = optionalBranchOf(root, 'QUYETDINH');
  const [, second] = [receipt, result, decision].filter((branch) => branch !== undefined);
  if (second !== undefined) refuse('ELEMENT_UNKNOWN', { params: { element: second.name } });
  const facts = noticeFacts(notice);
  if (result !== undefined) return { ...facts, ...resultFacts(result, branchOf(notice, 'TTGDICH')) };
  if (decision !== undefined) return { ...facts, ...decisionFacts(decision, branchOf(notice, 'TTGDICH')) };
  const written = receipt ?? branchOf(root, 'BIENNHAN');
  const said = receiptFacts(written);
  return { ...facts, ...said, log: said.kind === 'CHUA_NHAN' ? undefined : logFacts(written, branchOf(notice, 'TTGDICH')) };
}

/** Of a receipt. Each text stands in the one branch or the other. */
function logFacts(receipt: Branch, transaction: Branch): MessageFacts['log'] {
  const proof = optionalTextOf(receipt, 'NHATKY');
  if (proof === undefined) return undefined;
  const facts = Object.fromEntries(loggedNames.map((name) => [name, optionalTextOf(receipt, name) ?? optionalTextOf(transaction, name) ?? '']));
  return { proof, facts: facts as LoggedSubmission };
}

export async function readAgencyFacts(canonical: Buffer): Promise<AgencyFacts> {
  const answer = branchOf(await readTree(canonical), 'KETQUA_XULY');
  return { digest: textOf(answer, 'SHA256'), dossierNumber: textOf(answer, 'SO_HSO'), code: textOf(answer, 'MA_KQUA'), text: optionalTextOf(answer, 'KQUA') ?? '' };
}

function noticeFacts(notice: Branch): Pick<MessageFacts, 'unit' | 'result' | 'transactionCode' | 'dossierNumber'> {
  const unit = branchOf(notice, 'TTDVI');
  const transaction = branchOf(notice, 'TTGDICH');
  const ofUnit = (name: string): string => optionalTextOf(unit, name) ?? '';
  return {
    unit: { name: ofUnit('TEN_DVI'), code: ofUnit('MA_DVI'), taxCode: ofUnit('MST'), agency: ofUnit('TEN_COQUAN') },
    result: { code: optionalTextOf(transaction, 'MA_KQUA') ?? '', text: optionalTextOf(transaction, 'KQUA') ?? '' },
    transactionCode: optionalTextOf(transaction, 'MA_GDICH'),
    dossierNumber: optionalTextOf(transaction, 'SO_HSO'),
  };
}

type NoticeKeys = keyof ReturnType<typeof noticeFacts>;

function receiptFacts(receipt: Branch): Omit<MessageFacts, NoticeKeys | 'log'> {
  const kind = receiptKind(textOf(receipt, 'LOAI'));
  const at = instantOf(receipt, kind === 'CHUA_NHAN' ? 'THOIDIEM' : 'THOIDIEM_NHAN');
  const due = optionalBranchOf(receipt, 'HAN_TRA');
  const earlier = optionalBranchOf(receipt, 'XUNG_DOT');
  const rules = optionalTextOf(receipt, 'BO_QUYTAC');
  if (kind === 'TIEP_NHAN' && due === undefined) refuse('ELEMENT_MISSING', { params: { element: 'BIENNHAN', expected: 'HAN_TRA' } });
  return {
    kind,
    digest: digestOf(receipt, 'SHA256'),
    gateway: textOf(receipt, 'CONG'),
    at,
    receivedAt: kind === 'CHUA_NHAN' ? undefined : at,
    dueAt: due && instantOf(due, 'THOIDIEM'),
    size: countOf(receipt, 'DO_LON'),
    rules: rules === undefined ? undefined : { digest: digestOf(receipt, 'BO_QUYTAC'), ruleSet: optionalTextOf(receipt, 'MA_BO_QUYTAC') },
    findings: branchesOf(optionalBranchOf(receipt, 'KIEMTRA') ?? receipt, 'PHATHIEN').map(findingOf),
    files: branchesOf(optionalBranchOf(receipt, 'TEPS') ?? receipt, 'TEP').map((file) => ({
      name: optionalTextOf(file, 'TEN') ?? '',
      form: optionalTextOf(file, 'MA') ?? '',
      size: countOf(file, 'DO_LON') ?? 0,
      digest: digestOf(file, 'SHA256'),
    })),
    earlier: earlier && { key: optionalTextOf(earlier, 'MA_BEN_GUI'), digest: digestOf(earlier, 'SHA256_TRUOC'), receivedAt: instantOf(earlier, 'THOIDIEM_NHAN_TRUOC') },
    logSize: countOf(receipt, 'SO_BAN_GHI'),
    absentFrom: kind === 'CHUA_NHAN' ? checkpointIn(receipt) : undefined,
    decision: undefined,
    agency: undefined,
  };
}

/** Of the size that it says. */
function checkpointIn(receipt: Branch): MessageFacts['absentFrom'] {
  const log = optionalBranchOf(receipt, 'NHATKY');
  if (log === undefined) return undefined;
  const [size, checkpoint] = [Number(textOf(log, 'KICH_THUOC')), textOf(log, 'DIEM_KIEM_TRA')];
  const note = parseNote(checkpoint);
  if (note === undefined || parseCheckpoint(note.text)?.size !== size) refuse('VALUE_INVALID', { params: { element: 'DIEM_KIEM_TRA' } });
  return { size, checkpoint };
}

const receiptKinds = ['TIEP_NHAN', 'TU_CHOI', 'XUNG_DOT', 'CHUA_NHAN'] as const;

function receiptKind(text: string): MessageKind {
  const kind = receiptKinds.find((known) => known === text);
  return kind === undefined ? refuse('VALUE_INVALID', { value: text, params: { element: 'LOAI' } }) : kind;
}

function decisionFacts(decision: Branch, transaction: Branch): Omit<MessageFacts, NoticeKeys> {
  const kind = textOf(decision, 'LOAI');
  if (kind !== 'CHAP_NHAN' && kind !== 'KHONG_CHAP_NHAN') return refuse('VALUE_INVALID', { value: kind, params: { element: 'LOAI' } });
  const [effective, reason] = [optionalTextOf(decision, 'HIEULUC_TU'), optionalTextOf(decision, 'LY_DO')];
  if (kind === 'CHAP_NHAN' && effective === undefined) refuse('ELEMENT_MISSING', { params: { element: 'QUYETDINH', expected: 'HIEULUC_TU' } });
  return {
    ...nothingElse,
    kind,
    digest: digestOf(decision, 'SHA256'),
    gateway: textOf(decision, 'CONG'),
    at: instantOf(decision, 'THOIDIEM'),
    receivedAt: dateTimeOf(transaction, 'NGAY_GDICH'),
    decision: {
      form: textOf(transaction, 'MALOAI_HSO'),
      formName: textOf(transaction, 'TEN_GDICH'),
      ivanCode: textOf(decision, 'MA_IVAN'),
      effectiveAt: effective === undefined ? undefined : instantOf(decision, 'HIEULUC_TU'),
      reason,
      relayDueAt: instantOf(decision, 'HAN_CHUYEN'),
      certificates: branchesOf(decision, 'CHUNGTHU').map((row) => ({ serial: textOf(row, 'SERIAL'), fingerprint: digestOf(row, 'SHA256'), from: instantOf(row, 'TU'), until: instantOf(row, 'DEN') })),
      missing: branchesOf(decision, 'THIEU_CHUNGTHU').map((row) => textOf(row, 'SERIAL')),
    },
  };
}

/** Of receipts alone, or of results. */
const nothingElse = { dueAt: undefined, size: undefined, rules: undefined, findings: [], files: [], earlier: undefined, logSize: undefined, absentFrom: undefined, log: undefined, decision: undefined, agency: undefined } as const;

function resultFacts(result: Branch, transaction: Branch): Omit<MessageFacts, NoticeKeys> {
  const agency = branchOf(result, 'CO_QUAN');
  const answer = decodeBase64(textOf(agency, 'VANBAN')) ?? refuse('FILE_CONTENT_BASE64');
  return {
    ...nothingElse,
    kind: 'KETQUA',
    digest: digestOf(result, 'SHA256'),
    gateway: textOf(result, 'CONG'),
    at: instantOf(result, 'THOIDIEM'),
    receivedAt: dateTimeOf(transaction, 'NGAY_GDICH'),
    dueAt: dateTimeOf(transaction, 'NGAY_TRA'),
    agency: { code: textOf(agency, 'MA'), signer: optionalTextOf(agency, 'NGUOI_KY') ?? '', digest: digestOf(agency, 'SHA256'), answer },
  };
}

function findingOf(branch: Branch): PublishedFinding {
  const text = (name: string): string => optionalTextOf(branch, name) ?? '';
  const [file, xpath] = [optionalTextOf(branch, 'TEP'), optionalTextOf(branch, 'XPATH')];
  const [line, column] = [countOf(branch, 'DONG'), countOf(branch, 'COT')];
  return {
    code: textOf(branch, 'TEN'),
    wireCode: textOf(branch, 'MA'),
    severity: textOf(branch, 'MUC') === 'CANH_BAO' ? 'warn' : 'refuse',
    place: {
      ...(file === undefined ? {} : { file }),
      ...(xpath === undefined ? {} : { xpath }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    },
    value: optionalTextOf(branch, 'GIATRI'),
    vi: text('MOTA'),
    en: text('MOTA_EN'),
    actionVi: text('XULY'),
    actionEn: text('XULY_EN'),
    clause: text('CANCU'),
  };
}

function digestOf(branch: Branch, name: string): string {
  const text = textOf(branch, name);
  return /^[0-9a-f]{64}$/.test(text) ? text : refuse('VALUE_INVALID', { params: { element: name } });
}

function countOf(branch: Branch, name: string): number | undefined {
  const text = optionalTextOf(branch, name);
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse('VALUE_INVALID', { params: { element: name } });
}

function instantOf(branch: Branch, name: string): Date {
  return parseInstant(textOf(branch, name)) ?? refuse('VALUE_INVALID', { params: { element: name } });
}

/** `dd/MM/yyyy HH:mm:ss` at +07:00. */
function dateTimeOf(branch: Branch, name: string): Date {
  const [, day, month, year, time] = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2}:\d{2})$/.exec(textOf(branch, name)) ?? [];
  return parseInstant(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${time ?? ''}+07:00`) ?? refuse('VALUE_INVALID', { params: { element: name } });
}
