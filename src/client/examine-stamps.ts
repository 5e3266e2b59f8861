// The time stamps of a container: each over the log's checkpoint that lies beside it, and one over the receipt alone, where it has one. One that a later one covers – its entry in the log is in that one's
// checkpoint – is judged as of the later one's instant, so that it proves when its certificate, or an algorithm, has long ended (RFC 4998 §5.3). Pure and offline.
import { Refusal, Unavailable } from '../errors/outcomes.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { canonicalJson, commitmentTo, entryOctets } from '../log/entry.ts';
import type { Facts } from '../log/entry.ts';
import { leafHash } from '../log/merkle.ts';
import { parseNote } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import type { Fact, ProofEntry, Reason, Words } from '../report/model.ts';
import { localTime } from '../report/words.ts';
import { noValues, readValues } from '../trust/embedded-values.ts';
import type { Extra } from '../trust/path.ts';
import { verifyStamp } from '../trust/stamp-ends.ts';
import type { StampWithEnd } from '../trust/stamp-ends.ts';
import type { TimeStamp, TimeStampClaim } from '../trust/timestamp.ts';
import { examineProof, noLogKeys } from './examine-log.ts';
import type { ExamineBasis } from './examined.ts';
import { reasonFor, reasonOfFinding } from './reasons.ts';
import { digestOf } from './verify-message.ts';

export interface ExaminedStamps {
  readonly entries: readonly ProofEntry[];
  /** By when the checkpoint was there, and whose word it is; of what is stamped alone. */
  readonly proven?: { readonly checkpoint: Checkpoint; readonly at: Date; readonly by: string };
}

type StampBasis = Pick<ExamineBasis, 'trust' | 'now' | 'responses'>;

/** More than a century of renewals. */
const MOST = 64;
const MOST_CERTIFICATES = 32;
const STAMP_ENTRY = 'stamp';
const RECEIPT_STAMP_ENTRY = 'receipt-stamp';

/** In their order. */
export function examineStamps(files: ReadonlyMap<string, Buffer>, basis: StampBasis): ExaminedStamps {
  const numbers = [...files.keys()].flatMap((name) => /^timestamps\/(\d{1,4})\.tst$/.exec(name)?.[1] ?? []).map(Number).toSorted((a, b) => a - b).slice(0, MOST);
  const extra = extraIn(files, basis);
  const judged: Judged[] = [];
  for (const number of numbers.toReversed()) judged.unshift(judge(number, files, basis, extra, coverOf(number, files, judged[0])));
  const entries = judged.map(({ entry }) => entry);
  const first = judged.find(({ stamp }) => stamp !== undefined);
  if (first?.stamp === undefined || first.checkpoint === undefined) return { entries };
  return { entries, proven: { checkpoint: first.checkpoint, at: latestOf(first.stamp), by: first.stamp.tsa.commonName } };
}

/** What came along may lead from an authority to a root, and say that it was not revoked. */
function extraIn(files: ReadonlyMap<string, Buffer>, { responses = [] }: StampBasis): Extra {
  const certificates = [...files].filter(([name]) => /^certificates\/.+\.cer$/.test(name)).map(([, octets]) => octets).slice(0, MOST_CERTIFICATES);
  return { ...noValues, candidates: readValues({ certificates, lists: [], responses: [] }).candidates, responses };
}

interface Judged {
  readonly entry: ProofEntry;
  /** Of one that is believed. */
  readonly stamp?: TimeStamp;
  readonly checkpoint?: Checkpoint;
}

/** By when the receipt itself was there, and whose word it is. Undefined where it has no stamp of its own. */
export function examineReceiptStamp(files: ReadonlyMap<string, Buffer>, basis: StampBasis, { proven }: ExaminedStamps): { readonly entry: ProofEntry; readonly proven?: { readonly at: Date; readonly by: string } } | undefined {
  const token = files.get('receipt.tst');
  if (token === undefined) return undefined;
  const isCovered = proven !== undefined && isEntered(token, RECEIPT_STAMP_ENTRY, 'log/receipt-stamp', files, proven.checkpoint);
  const { entry, stamp } = judgeToken({ token, octets: files.get('receipt.xml') ?? Buffer.alloc(0), extra: extraIn(files, basis) }, receiptTitle, basis, isCovered ? proven.at : undefined);
  return stamp === undefined ? { entry } : { entry, proven: { at: latestOf(stamp), by: stamp.tsa.commonName } };
}

/** At its latest: an authority vouches for no more than its accuracy. */
function latestOf({ genTime, accuracyMs }: TimeStamp): Date {
  return new Date(genTime.getTime() + accuracyMs);
}

function judge(number: number, files: ReadonlyMap<string, Buffer>, basis: StampBasis, extra: Extra, cover: TimeStamp | undefined): Judged {
  const title = titleOf(number);
  const octets = noteBeside(number, files);
  const note = parseNote(octets.toString('utf8'));
  const checkpoint = note && parseCheckpoint(note.text);
  if (checkpoint === undefined) return { entry: { kind: 'timestamp', state: 'failed', title, facts: [], reasons: [reasonFor('STAMP_NOTE')] } };
  return { ...judgeToken({ token: tokenOf(number, files), octets, extra }, title, basis, cover?.genTime), checkpoint };
}

/** As of the instant of the stamp that covers it, or as of now. */
function judgeToken(claim: TimeStampClaim, title: Words, { trust, now }: StampBasis, cover: Date | undefined): Pick<Judged, 'entry' | 'stamp'> {
  try {
    const found = verifyStamp(claim, trust, cover ?? now);
    const covered: readonly Fact[] = cover === undefined ? [] : [{ vi: 'Được dấu thời gian sau bao phủ lúc', en: 'Covered by the next time stamp at', value: localTime(cover.toISOString()) }];
    return { entry: { kind: 'timestamp', state: 'passed', title, facts: [...factsOf(found), ...covered], reasons: [] }, stamp: found.stamp };
  } catch (error) {
    return { entry: { kind: 'timestamp', title, facts: [], ...unproven(error) } };
  }
}

function unproven(error: unknown): Pick<ProofEntry, 'state' | 'reasons'> {
  if (error instanceof Unavailable) return { state: 'unchecked', reasons: [reasonFor('STAMP_REVOCATION_UNKNOWN')] };
  if (!(error instanceof Refusal)) throw error;
  const isWrong = error.findings.some(({ code }) => code === 'TIMESTAMP_INVALID');
  return { state: isWrong ? 'failed' : 'unchecked', reasons: error.findings.map((found): Reason => reasonOfFinding(found)) };
}

/** The next stamp, if it holds, and its checkpoint has the entry of this one's token. Whose log it is does not matter: the stamp is over the root. */
function coverOf(number: number, files: ReadonlyMap<string, Buffer>, next: Judged | undefined): TimeStamp | undefined {
  if (next?.stamp === undefined || next.checkpoint === undefined) return undefined;
  return isEntered(tokenOf(number, files), STAMP_ENTRY, `log/timestamps/${number}`, files, next.checkpoint) ? next.stamp : undefined;
}

/** By the proof and the facts beside it that have that name. */
function isEntered(token: Buffer, kind: string, name: string, files: ReadonlyMap<string, Buffer>, into: Checkpoint): boolean {
  const [proof, facts] = [files.get(`${name}.proof`)?.toString('utf8'), factsIn(files.get(`${name}.json`))];
  if (proof === undefined || facts === undefined || facts['token'] !== digestOf(token)) return false;
  const leaf = leafHash(entryOctets(kind, commitmentTo(facts, parseProof(proof)?.extra ?? Buffer.alloc(0))));
  const { checkpoint } = examineProof(proof, [leaf], noLogKeys);
  return checkpoint !== undefined && headOf(checkpoint) === headOf(into);
}

function tokenOf(number: number, files: ReadonlyMap<string, Buffer>): Buffer {
  return files.get(`timestamps/${number}.tst`) ?? Buffer.alloc(0);
}

/** Or where there is none the checkpoint of all proofs. */
function noteBeside(number: number, files: ReadonlyMap<string, Buffer>): Buffer {
  return files.get(`timestamps/${number}.txt`) ?? files.get('log/checkpoint.txt') ?? Buffer.alloc(0);
}

export function headOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}`;
}

/** Undefined unless it is the one text that an entry commits to. */
export function factsIn(octets: Buffer | undefined): Facts | undefined {
  try {
    const facts = JSON.parse(octets?.toString('utf8') ?? '') as Facts;
    return octets?.equals(Buffer.from(canonicalJson(facts))) === true ? facts : undefined;
  } catch {
    return undefined;
  }
}

function factsOf({ stamp: { genTime, tsa, digest }, endsAt }: StampWithEnd): readonly Fact[] {
  return [
    { vi: 'Thời điểm', en: 'At', value: localTime(genTime.toISOString()) },
    { vi: 'Tổ chức cấp dấu thời gian', en: 'Time-stamp authority', value: tsa.subject },
    { vi: 'Tự chứng minh được đến', en: 'Proves by itself until', value: localTime(endsAt.toISOString()) },
    ...tsa.revocation.map(({ kind, digest: of, thisUpdate, nextUpdate }): Fact => ({ vi: 'Thu hồi', en: 'Revocation', value: `${kind.toUpperCase()} ${of.slice(0, 12)}…, ${localTime(thisUpdate.toISOString())} – ${localTime(nextUpdate.toISOString())}` })),
    { vi: 'SHA-256', en: 'SHA-256', value: digest },
  ];
}

const receiptTitle: Words = { vi: 'Dấu thời gian trên biên nhận (receipt.tst)', en: 'Time stamp over the receipt (receipt.tst)' };

function titleOf(number: number): Words {
  const name = `timestamps/${number}.tst`;
  if (number === 1) return { vi: `Dấu thời gian trên điểm kiểm tra của nhật ký (${name})`, en: `Time stamp over the log’s checkpoint (${name})` };
  return { vi: `Dấu thời gian gia hạn, trên một điểm kiểm tra có dấu trước (${name})`, en: `Renewing time stamp, over a checkpoint that has the stamp before it (${name})` };
}
