// The gateway's signed word on its log: by which keys it signs, and how it stands. The log's note is signed with a key of its own; the XML signature over this
// ties that key to the gateway's certificate, so that whoever trusts the one may hold the gateway to the other. Pure: the same facts give the same octets.
import { refuse } from '../errors/outcomes.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import { parseNote } from '../log/note.ts';
import { formatDateTime, formatInstant, formatIsoDay, parseInstant } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';
import { branchesOf, optionalBranchOf, readTree, textOf } from './tree.ts';

export interface LogStatementFacts {
  readonly origin: string;
  /** Verifier keys of C2SP signed-note, the oldest first. */
  readonly keys: readonly string[];
  readonly size: number;
  readonly root: Buffer;
  /** The signed checkpoint of that size. */
  readonly note: string;
  readonly at: Date;
}

export function logStatementXml({ origin, keys, size, root, note, at }: LogStatementFacts, issuer: Issuer): Buffer {
  return documentXml('BHXH', {
    XACNHAN_GDICH: {
      TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(at) },
      TTGDICH: { NGAY_GDICH: formatDateTime(at), KQUA: 'Nhật ký của cổng', DTHOAI_HTRO: issuer.supportTelephone },
      TTCKY_BHXH: signatureSummary(at, issuer),
    },
    NHATKY: {
      PHIENBAN: 1, LOAI: 'NHAT_KY', CONG: issuer.name, THOIDIEM: formatInstant(at), TEN: origin, KHOA: keys.map((key) => ({ MA: key })),
      KICH_THUOC: size, GOC: root.toString('hex'), DIEM_KIEM_TRA: note,
    },
  });
}

/** What such a statement says. Its note's signature is still to be verified. */
export interface LogStatement {
  readonly at: Date;
  readonly keys: readonly string[];
  readonly note: string;
}

/** Of canonical octets that a verification returned; undefined for another message. @throws Refusal when it contradicts its own checkpoint. */
export async function readLogStatement(canonical: Buffer): Promise<LogStatement | undefined> {
  const branch = optionalBranchOf(await readTree(canonical), 'NHATKY');
  if (branch === undefined) return undefined;
  const note = textOf(branch, 'DIEM_KIEM_TRA');
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
  const same = checkpoint !== undefined && checkpoint.origin === textOf(branch, 'TEN') && String(checkpoint.size) === textOf(branch, 'KICH_THUOC') && checkpoint.root.toString('hex') === textOf(branch, 'GOC');
  if (!same) refuse('VALUE_INVALID', { params: { element: 'DIEM_KIEM_TRA' } });
  const at = parseInstant(textOf(branch, 'THOIDIEM')) ?? refuse('VALUE_INVALID', { params: { element: 'THOIDIEM' } });
  return { at, keys: branchesOf(branch, 'KHOA').map((key) => textOf(key, 'MA')), note };
}
