// What a certificate that was compromised at an instant has signed, split by what proves that it was there before: a time stamp or a witness, whose clocks are
// not ours; our own word alone, the instant of reception, which the receipt says and the log commits to; or nothing. What was there before the instant was
// signed by whoever it says.
import { parseLine, parseNote, parseVerifier, verifierText, verifyLine } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import { formatInstant } from '../standard/time.ts';
import { findAffected, lastOf } from '../store/affected.ts';
import type { AffectedRow } from '../store/affected.ts';
import type { Query } from '../store/database.ts';
import { LEAST_ACCURATE_MS } from '../trust/timestamp.ts';

export interface Compromise {
  /** SHA-256 of the certificate, lower-case hex; an authority's affects all that was signed under it. */
  readonly fingerprint: string;
  readonly at: Date;
}

export const groups = ['before', 'before-by-our-word', 'after'] as const;
export type Group = (typeof groups)[number];

export interface Proof {
  readonly by: 'signature-time-stamp' | 'receipt-time-stamp' | 'time-stamp' | 'witness' | 'reception';
  readonly at: Date;
  /** Of a checkpoint that it is in. */
  readonly size?: number;
}

export interface Affected {
  readonly row: AffectedRow;
  readonly group: Group;
  /** The earliest of each kind that there is, independent ones first. */
  readonly proofs: readonly Proof[];
  readonly claimedSigningTimes: readonly string[];
}

const ROWS_OF_A_TIME = 20_000;

/** `witnesses`: whose cosignatures prove a time. */
export async function listAffected(query: Query, compromise: Compromise, witnesses: readonly NoteVerifier[]): Promise<readonly Affected[]> {
  const asked = { fingerprint: compromise.fingerprint, witnesses: witnesses.map(verifierText) };
  const found: Affected[] = [];
  for (const kind of ['submission', 'registration'] as const) {
    const last = await lastOf(query, kind);
    for (let above = 0; above < last; above += ROWS_OF_A_TIME) found.push(...(await findAffected(query, kind, asked, above, Math.min(above + ROWS_OF_A_TIME, last))).map((row) => judged(row, compromise)));
  }
  return found;
}

/** Exported for tests of the split. */
export function judged(row: AffectedRow, { fingerprint, at }: Compromise): Affected {
  const reports = (row.signatures as readonly SignatureReport[]).filter(({ certificate, path }) => certificate === fingerprint || path?.includes(fingerprint) === true);
  const independent = independentProofs(row, reports);
  const own: Proof = { by: 'reception', at: row.receivedAt }; // when a checkpoint was made is committed to nowhere
  const isBefore = (proof: Proof): boolean => latest(proof) < at.getTime();
  const group = independent.some(isBefore) ? 'before' : isBefore(own) ? 'before-by-our-word' : 'after';
  return { row, group, proofs: [...independent, own], claimedSigningTimes: reports.flatMap(({ claimedSigningTime }) => claimedSigningTime ?? []) };
}

/** Stamps on record stand with the time they name, which may be off by as much as an authority may be. */
function latest({ by, at }: Proof): number {
  return at.getTime() + (by === 'time-stamp' || by === 'receipt-time-stamp' ? LEAST_ACCURATE_MS : 0);
}

/** Of several signatures in it the last that was stamped counts, and only when each of them was. */
function independentProofs({ receiptStampedAt, stampedAt, stampedSize, cosigned }: AffectedRow, reports: readonly SignatureReport[]): readonly Proof[] {
  const stamps = reports.map(({ timestamps = [] }) => Math.min(...timestamps.map(({ time, accuracyMs }) => new Date(time).getTime() + accuracyMs)));
  const ofSignatures = Math.max(...stamps);
  const seen = witnessed(cosigned);
  return [
    ...(Number.isFinite(ofSignatures) ? [{ by: 'signature-time-stamp', at: new Date(ofSignatures) } as const] : []),
    ...(receiptStampedAt === null ? [] : [{ by: 'receipt-time-stamp', at: receiptStampedAt } as const]),
    ...(stampedAt === null ? [] : [{ by: 'time-stamp', at: stampedAt, ...sizeOf(stampedSize) } as const]),
    ...(seen === undefined ? [] : [{ by: 'witness', at: seen, ...sizeOf(cosigned?.size ?? null) } as const]),
  ];
}

function sizeOf(size: number | null): Pick<Proof, 'size'> {
  return size === null ? {} : { size };
}

/** When the first of the witnesses says it saw the tree; what does not verify says nothing. */
function witnessed(cosigned: AffectedRow['cosigned']): Date | undefined {
  const note = parseNote(cosigned?.note ?? '');
  if (cosigned === null || note === undefined) return undefined;
  const times = cosigned.lines.flatMap(({ witness, line: text }) => {
    const [verifier, line] = [parseVerifier(witness), parseLine(text)];
    return (verifier !== undefined && line !== undefined ? verifyLine(note.text, line, verifier)?.at : undefined) ?? [];
  });
  return times.length === 0 ? undefined : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** As files of an export: JSON and CSV with the same rows, and what they are. */
export function affectedFiles({ fingerprint, at }: Compromise, affected: readonly Affected[], asOf: Date, auditor: string): ReadonlyMap<string, Buffer> {
  const rows = affected.map(({ row: { kind, id, digest, receivedAt, outcome, dossierNumber, sender, logPosition }, group, proofs, claimedSigningTimes }) => ({
    group, kind, id, digest, dossierNumber, outcome, sender, receivedAt: formatInstant(receivedAt), logPosition, claimedSigningTimes,
    proofs: proofs.map(({ by, at: when, size }) => ({ by, at: formatInstant(when), ...(size === undefined ? {} : { checkpoint: size }) })),
  }));
  const counts = Object.fromEntries(groups.map((group) => [group, rows.filter((row) => row.group === group).length]));
  const json = { certificate: fingerprint, compromisedAt: formatInstant(at), asOf: formatInstant(asOf), for: auditor, counts, dossiers: rows };
  const header = ['group', 'kind', 'id', 'sha256', 'number', 'outcome', 'sender', 'received_at', 'log_position', 'proofs', 'claimed_signing_times'];
  const lines = rows.map((row) => [
    row.group, row.kind, row.id, row.digest, row.dossierNumber ?? '', row.outcome, row.sender, row.receivedAt, row.logPosition ?? '', row.proofs.map(({ by, at: when, checkpoint }) => `${by} ${when}${checkpoint === undefined ? '' : ` (${checkpoint})`}`).join('; '), row.claimedSigningTimes.join('; '),
  ]);
  return new Map([
    ['affected.json', Buffer.from(`${JSON.stringify(json, undefined, 2)}\n`)],
    ['affected.csv', Buffer.from(`\ufeff${[header, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`)],
    ['README.txt', Buffer.from(readme)],
  ]);
}

/** RFC 4180; a text that a spreadsheet would compute is no formula. */
function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const readme = `Hồ sơ đã ký bằng chứng thư số bị lộ khóa, chia theo bằng chứng tồn tại trước thời điểm đó.
Dossiers signed with a certificate whose key was compromised, split by what proves that they existed before.

before              có dấu thời gian hoặc chữ ký của bên làm chứng trước thời điểm đó: không bị ảnh hưởng
                    a time stamp or a witness's cosignature from before: not affected
before-by-our-word  chỉ có nhật ký và biên nhận của cổng cho thấy đã có trước
                    the gateway's own log and receipt alone say that it was there before
after               không có gì cho thấy đã có trước: chữ ký không còn chứng minh ai đã ký
                    nothing shows that it was there before: its signature no longer proves who signed

affected.json, affected.csv: cùng nội dung / the same rows. META-INF/signatures.xml: chữ ký của cổng trên mọi tệp / the gateway's signature over every file.
Bằng chứng của từng hồ sơ / the evidence of each: GET /v1/dossiers/{sha256}/evidence.
`;
