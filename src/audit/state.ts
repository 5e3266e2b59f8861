// What an audit has done, in a file that is whole or not there: whoever is interrupted goes on from it. Taken over is only what the same program did
// against the same checkpoint; a piece in which a lie was found is never done.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Query } from '../store/database.ts';
import { findCheckpoints } from '../store/log.ts';
import type { Counts } from './counts.ts';
import { nameOfPiece, piecesOf } from './pieces.ts';
import type { Extent, Piece } from './pieces.ts';

export interface AuditState {
  /** SHA-256 of the program's own files. */
  readonly program: string;
  readonly extent: Extent;
  /** The checkpoint that the audit is against, as it was signed; null while there is none. */
  readonly checkpoint: string | null;
  /** The keys that the auditor brought, by which checkpoints were checked; null for the store's own. */
  readonly logKeys: string | null;
  /** By the names of pieces. */
  readonly done: Readonly<Record<string, Counts>>;
}

export async function newState(query: Query, extent: Extent, logKeys: string | null = null): Promise<AuditState> {
  return { program: programDigest(), extent, checkpoint: await noteAt(query, extent.logSize), logKeys, done: {} };
}

/** Undefined when there is none, or none that may be taken over. */
export async function takeOver(query: Query, file: string, logKeys: string | null = null): Promise<AuditState | undefined> {
  if (!existsSync(file)) return undefined;
  const state = JSON.parse(readFileSync(file, 'utf8')) as AuditState;
  const isSame = state.program === programDigest() && state.logKeys === logKeys && state.checkpoint === (await noteAt(query, state.extent.logSize));
  return isSame ? state : undefined;
}

export function saveState(file: string, state: AuditState): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function endState(file: string): void {
  rmSync(file, { force: true });
}

/** What is left to do. What is seen only of the whole is always done anew. */
export function piecesLeft({ extent, done }: AuditState): readonly Piece[] {
  return piecesOf(extent).filter((piece) => !isKept(piece) || !Object.hasOwn(done, nameOfPiece(piece)));
}

export function withDone(state: AuditState, piece: Piece, counts: Counts): AuditState {
  return isKept(piece) ? { ...state, done: { ...state.done, [nameOfPiece(piece)]: counts } } : state;
}

function isKept({ kind }: Piece): boolean {
  return kind === 'submissions' || kind === 'log';
}

async function noteAt(query: Query, size: number): Promise<string | null> {
  return (await findCheckpoints(query, [size]))[0]?.note ?? null;
}

function programDigest(): string {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:js|ts)$/.test(name)).sort()) hash.update(file).update(readFileSync(`${folder}/${file}`));
  return hash.digest('hex');
}
