// Everything of one dossier that the store has, as files for an auditor who has nothing else: what was sent, what was issued on it, what signatures were judged
// by, and that all of it is in the log. The same state of the store gives the same files.
import { createHash } from 'node:crypto';

import { Unavailable } from '../errors/outcomes.ts';
import { canonicalJson } from '../log/entry.ts';
import type { Facts } from '../log/entry.ts';
import { noteText, parseNote } from '../log/note.ts';
import type { SignedNote } from '../log/note.ts';
import { proofText } from '../log/proof.ts';
import { ruleSetIn, SUBMISSION } from '../receipts/log-entry.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { Query } from '../store/database.ts';
import { findEvidenceRow, listEvidenceNotices } from '../store/dossier-evidence.ts';
import type { EvidenceNotice, EvidenceRow } from '../store/dossier-evidence.ts';
import { listLogKeys } from '../store/log.ts';
import type { CheckpointRow } from '../store/log.ts';
import { findCheckpointFrom, listCosignatures, listEntriesOf } from '../store/log-nodes.ts';
import { findReceiptStamp, RECEIPT_STAMP } from '../store/stamps.ts';
import type { ReceiptStampRow } from '../store/stamps.ts';
import type { TrustPart } from '../trust/material.ts';
import { recordsOf } from './waiting.ts';
import { proofsOf } from './proofs.ts';
import { evidenceReadme } from './readme.ts';
import { signersOf } from './signers.ts';
import { authoritiesOf, stampFiles } from './stamp-files.ts';
import { findTrustUsed } from './trust-used.ts';
import type { TrustUsed } from './trust-used.ts';

/** RFC 3161 tokens over checkpoints: of the smallest stamped one of at least that size, then of one whose checkpoint has the entry of the token before, and so on. */
export type FindStamps = (query: Query, size: number) => Promise<readonly CheckpointStamp[]>;

export interface CheckpointStamp {
  /** Of its entry in the log. */
  readonly id: string;
  readonly size: number;
  /** Of the material by which it was believed. */
  readonly trustDigest: string;
  /** DER. */
  readonly token: Buffer;
}

/** A document to be shown as people read it, judged as of an instant by what is in the container itself. */
export interface Shown {
  readonly name: string;
  readonly bytes: Buffer;
  readonly at: Date;
  readonly parts: readonly TrustPart[];
}

export interface Collected {
  /** By name, without renditions, manifest and signature. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly shown: readonly Shown[];
  /** When the checkpoint was signed that all proofs lead to: the state that the files show. */
  readonly asOf: Date;
}

/** A document whose row is in the log. */
interface Logged {
  /** Of its proof, without the ending. */
  readonly name: string;
  readonly kind: string;
  readonly subject: string;
}

/** Undefined when nothing with that digest was received; `Unavailable` while something of it is not in the log yet. */
export async function collectEvidence(query: Query, digest: string, findStamps: FindStamps): Promise<Collected | undefined> {
  const row = await findEvidenceRow(query, digest);
  if (row === undefined) return undefined;
  const notices = await listEvidenceNotices(query, row.id);
  const receiptStamp = await findReceiptStamp(query, createHash('sha256').update(row.receipt).digest('hex'));
  const files = new Map<string, Buffer>(documentsOf(row, notices));
  const { checkpoint, stamps, files: log } = await logFiles(query, loggedOf(row, notices, receiptStamp), findStamps);
  const tokens = [...stamps, ...(receiptStamp === undefined ? [] : [receiptStamp])];
  const trust = await findTrustUsed(query, digestsOf(row, notices, tokens), [...signersOf([...files.values()]), ...tokens.flatMap(({ token }) => authoritiesOf(token))], reportsOf(row));
  for (const [name, octets] of [...trustFiles(trust), ...log]) files.set(name, octets);
  if (receiptStamp !== undefined) files.set('receipt.tst', receiptStamp.token);
  const { receipt, ruleSetDigest, trustDigest, receivedAt, result } = row;
  files.set('rules.json', jsonOf({ ruleSet: ruleSetIn(receipt) ?? null, ruleSetDigest, trustDigest, receivedAt: receivedAt.toISOString() }));
  files.set('README.txt', evidenceReadme());
  const partsOf = (of: string): readonly TrustPart[] => trust.materials.get(of)?.parts ?? [];
  const shown = [{ name: 'receipt', bytes: receipt, at: receivedAt, parts: partsOf(trustDigest) }, ...(result === undefined ? [] : [{ name: 'result', bytes: result.body, at: result.answeredAt, parts: partsOf(result.trustDigest) }])];
  return { files, shown, asOf: checkpoint.at };
}

/** Beside what the gateway issued stands, in a folder of its own, what the agency itself had signed. */
function documentsOf({ body, receipt, result }: EvidenceRow, notices: readonly EvidenceNotice[]): [string, Buffer][] {
  return [
    ['dossier.xml', body],
    ['receipt.xml', receipt],
    ...(result === undefined ? [] : [['results/1.xml', result.body], ['agency/results/1.xml', result.agencyAnswer]] satisfies [string, Buffer][]),
    ...notices.flatMap(({ name, body: notice, agencyMessage }): [string, Buffer][] => [[`notices/${name}.xml`, notice], ...(agencyMessage === null ? [] : [[`agency/notices/${name}.xml`, agencyMessage]] satisfies [string, Buffer][])]),
  ];
}

function loggedOf({ id, result }: EvidenceRow, notices: readonly EvidenceNotice[], receiptStamp: ReceiptStampRow | undefined): Logged[] {
  return [
    { name: 'dossier', kind: SUBMISSION, subject: id },
    { name: 'receipt', kind: 'receipt', subject: id },
    ...(receiptStamp === undefined ? [] : [{ name: 'receipt-stamp', kind: RECEIPT_STAMP, subject: receiptStamp.id }]),
    ...(result === undefined ? [] : [{ name: 'results/1', kind: 'result', subject: id }]),
    ...notices.flatMap(({ name, id: notice, agencyMessageId: message }) => [...(notice === null ? [] : [{ name: `notices/${name}`, kind: 'notice', subject: notice }]), ...(message === null ? [] : [{ name: `agency/notices/${name}`, kind: 'message', subject: message }])]),
  ];
}

function digestsOf({ trustDigest, result }: EvidenceRow, notices: readonly EvidenceNotice[], stamps: readonly Pick<CheckpointStamp, 'trustDigest'>[]): string[] {
  return [...new Set([trustDigest, ...(result === undefined ? [] : [result.trustDigest]), ...notices.flatMap((notice) => notice.trustDigest ?? []), ...stamps.map((stamp) => stamp.trustDigest)])].sort();
}

function reportsOf({ signatures }: EvidenceRow): readonly SignatureReport[] {
  return (signatures ?? []) as readonly SignatureReport[];
}

function trustFiles({ materials, answers }: TrustUsed): [string, Buffer][] {
  const endings = { certificate: ['certificates', 'cer'], crl: ['crls', 'crl'] } as const;
  const parts = [...materials.values()].flatMap((material) => material.parts);
  return [
    ...parts.map(({ kind, digest, body }): [string, Buffer] => [`${endings[kind][0]}/${digest}.${endings[kind][1]}`, body]),
    ...[...answers].map(([digest, body]): [string, Buffer] => [`ocsp/${digest}.ors`, body]),
    ...[...materials].map(([digest, { body }]): [string, Buffer] => [`trust/${digest}.txt`, body]),
  ];
}

/**
 * A proof of each record whose salt is still there, with the octets that its entry commits to. All lead to the smallest checkpoint that has them all and, where
 * there is one, that somebody else has stamped or signed: so the files stay what they are as long as nothing becomes of the dossier.
 */
async function logFiles(query: Query, logged: readonly Logged[], findStamps: FindStamps): Promise<{ readonly checkpoint: CheckpointRow; readonly stamps: readonly CheckpointStamp[]; readonly files: readonly [string, Buffer][] }> {
  const entries = await listEntriesOf(query, logged);
  if (entries.length < new Set(logged.map(({ kind, subject }) => `${kind} ${subject}`)).size) throw new Unavailable('LOG_BEHIND', { retryAfterSeconds: 2 });
  const least = Math.max(...entries.map(({ position }) => position)) + 1;
  const stamps = await findStamps(query, least);
  const checkpoint = await findCheckpointFrom(query, stamps[0]?.size ?? least, stamps.length > 0);
  if (checkpoint === undefined) throw new Unavailable('LOG_BEHIND', { retryAfterSeconds: 2 });
  const note = cosigned(checkpoint, await listCosignatures(query, checkpoint.size));
  const paths = await proofsOf(query, entries, checkpoint.size);
  const files: [string, Buffer][] = [];
  for (const { name, kind, subject } of logged) {
    const place = entries.findIndex((entry) => entry.kind === kind && entry.subject === subject);
    const [entry, path] = [entries[place], paths[place]];
    if (entry === undefined || entry.salt === null || path === undefined) continue; // destroyed with what it was about
    files.push([`log/${name}.proof`, Buffer.from(proofText({ extra: entry.salt, index: entry.position, path, checkpoint: note }))]);
    files.push([`log/${name}.json`, Buffer.from(canonicalJson(await factsOf(query, kind, subject)))]);
  }
  files.push(['log/key.txt', Buffer.from((await listLogKeys(query)).map((key) => `${key}\n`).join(''))], ['log/checkpoint.txt', Buffer.from(noteText(note))]);
  return { checkpoint, stamps, files: [...files, ...(await stampFiles(query, stamps))] };
}

async function factsOf(query: Query, kind: string, subject: string): Promise<Facts> {
  const [record] = await recordsOf(query, kind, [subject]);
  if (record === undefined) throw new Error(`${kind} ${subject} is in the log and is not there`);
  return record.facts;
}

function cosigned({ note: text, size }: CheckpointRow, lines: readonly string[]): SignedNote {
  const note = parseNote(`${text}${lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('')}`);
  if (note === undefined) throw new Error(`checkpoint ${size} of the log is none`);
  return note;
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** Changes with any file. */
export function tagOf({ files, asOf }: Collected, certificate: string): string {
  const digests = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, octets]) => [name, createHash('sha256').update(octets).digest('hex')]);
  return createHash('sha256').update(JSON.stringify([certificate, asOf.toISOString(), digests])).digest('hex');
}
