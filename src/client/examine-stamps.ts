// The time stamps of a container: each over the log's checkpoint that lies beside it. One that a later one covers – its entry in the log is in that one's
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
import type { TimeStamp } from '../trust/timestamp.ts';
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

/** In their order. */
export function examineStamps(files: ReadonlyMap<string, Buffer>, basis: StampBasis): ExaminedStamps {
  const numbers = [...files.keys()].flatMap((name) => /^timestamps\/(\d{1,4})\.tst$/.exec(name)?.[1] ?? []).map(Number).toSorted((a, b) => a - b).slice(0, MOST);
  const extra = extraIn(files, basis);
  const judged: Judged[] = [];
  for (const number of numbers.toReversed()) judged.unshift(judge(number, files, basis, extra, coverOf(number, files, judged[0])));
  const entries = judged.map(({ entry }) => entry);
  const first = judged.find(({ stamp }) => stamp !== undefined);
  if (first?.stamp === undefined || first.checkpoint === undefined) return { entries };
  const { genTime, accuracyMs, tsa } = first.stamp;
  // At its latest: an authority vouches for no more than its accuracy.
  return { entries, proven: { checkpoint: first.checkpoint, at: new Date(genTime.getTime() + accuracyMs), by: tsa.commonName } };
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

function judge(number: number, files: ReadonlyMap<string, Buffer>, { trust, now }: StampBasis, extra: Extra, cover: TimeStamp | undefined): Judged {
  const name = `timestamps/${number}.tst`;
  const title = titleOf(number);
  const octets = noteBeside(number, files);
  const note = parseNote(octets.toString('utf8'));
  const checkpoint = note && parseCheckpoint(note.text);
  if (checkpoint === undefined) return { entry: { kind: 'timestamp', state: 'failed', title, facts: [], reasons: [reasonFor('STAMP_NOTE')] } };
  const claim = { token: files.get(name) ?? Buffer.alloc(0), octets, extra };
  try {
    const found = verifyStamp(claim, trust, cover?.genTime ?? now);
    const covered: readonly Fact[] = cover === undefined ? [] : [{ vi: 'Được dấu thời gian sau bao phủ lúc', en: 'Covered by the next time stamp at', value: localTime(cover.genTime.toISOString()) }];
    return { entry: { kind: 'timestamp', state: 'passed', title, facts: [...factsOf(found), ...covered], reasons: [] }, stamp: found.stamp, checkpoint };
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
  const [proof, facts] = [files.get(`log/timestamps/${number}.proof`)?.toString('utf8'), factsIn(files.get(`log/timestamps/${number}.json`))];
  if (proof === undefined || facts === undefined || next?.stamp === undefined || next.checkpoint === undefined) return undefined;
  if (facts['token'] !== digestOf(files.get(`timestamps/${number}.tst`) ?? Buffer.alloc(0))) return undefined;
  const leaf = leafHash(entryOctets(STAMP_ENTRY, commitmentTo(facts, parseProof(proof)?.extra ?? Buffer.alloc(0))));
  const { checkpoint } = examineProof(proof, [leaf], noLogKeys);
  return checkpoint !== undefined && headOf(checkpoint) === headOf(next.checkpoint) ? next.stamp : undefined;
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

function titleOf(number: number): Words {
  const name = `timestamps/${number}.tst`;
  if (number === 1) return { vi: `Dấu thời gian trên điểm kiểm tra của nhật ký (${name})`, en: `Time stamp over the log’s checkpoint (${name})` };
  return { vi: `Dấu thời gian gia hạn, trên một điểm kiểm tra có dấu trước (${name})`, en: `Renewing time stamp, over a checkpoint that has the stamp before it (${name})` };
}
