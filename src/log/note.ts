// Signed notes after C2SP signed-note: a text, an empty line, and lines of signatures by keys that are known by name and key ID. Signatures of
// unknown keys are passed over; one of a known key that does not verify spoils the note. Also the timestamped cosignatures of witnesses
// (C2SP tlog-cosignature, Ed25519). Pure.
import { createHash, createPublicKey, sign as signWith, verify as verifyWith } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { decodeBase64 } from './base64.ts';

const PLAIN = 0x01;
const COSIGNATURE = 0x04;
const KEY_ID_OCTETS = 4;
const SIGNATURE_OCTETS = 64;
const STAMP_OCTETS = 8;
const MOST_SIGNATURES = 64;
// DER of an Ed25519 SubjectPublicKeyInfo, as RFC 8410 has it, without the key's 32 octets.
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Who may have signed: `log` plainly, `witness` with the time at which it saw the tree. */
export interface NoteVerifier {
  readonly name: string;
  readonly kind: 'log' | 'witness';
  readonly keyId: Buffer;
  readonly key: KeyObject;
}

export interface NoteSigner extends NoteVerifier {
  readonly privateKey: KeyObject;
}

export interface SignedNote {
  /** With its last newline. */
  readonly text: string;
  readonly lines: readonly SignatureLine[];
}

export interface SignatureLine {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** A signature that verified. */
export interface VerifiedSignature {
  readonly verifier: NoteVerifier;
  /** When a witness says it saw the tree. */
  readonly at?: Date;
}

/** @throws TypeError for a key that is not Ed25519, or a name with a space or a plus sign. */
export function signerOf(name: string, privateKey: KeyObject, kind: NoteVerifier['kind'] = 'log'): NoteSigner {
  return { ...verifierWith(name, kind, createPublicKey(privateKey)), privateKey };
}

function verifierWith(name: string, kind: NoteVerifier['kind'], key: KeyObject): NoteVerifier {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('notes are signed with Ed25519');
  if (!isKeyName(name)) throw new TypeError(`a key's name has no spaces and no plus sign: ${JSON.stringify(name)}`);
  return { name, kind, key, keyId: keyIdOf(name, kind, rawKey(key)) };
}

function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+\p{Cc}]/u.test(name);
}

function rawKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

function keyIdOf(name: string, kind: NoteVerifier['kind'], key: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Buffer.from([typeOf(kind)])).update(key).digest().subarray(0, KEY_ID_OCTETS);
}

function typeOf(kind: NoteVerifier['kind']): number {
  return kind === 'log' ? PLAIN : COSIGNATURE;
}

/** The verifier's key as text, as it is published and configured: `<name>+<key ID>+<type and key>`. */
export function verifierText({ name, kind, keyId, key }: NoteVerifier): string {
  return `${name}+${keyId.toString('hex')}+${Buffer.concat([Buffer.from([typeOf(kind)]), rawKey(key)]).toString('base64')}`;
}

/** Undefined for what is no verifier's key of these kinds. */
export function parseVerifier(text: string): NoteVerifier | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const octets = decodeBase64(encoded);
  if (!isKeyName(name) || octets?.length !== 33) return undefined;
  const kind = octets[0] === PLAIN ? 'log' : octets[0] === COSIGNATURE ? 'witness' : undefined;
  if (kind === undefined) return undefined;
  const verifier = verifierWith(name, kind, createPublicKey({ key: Buffer.concat([SPKI_HEAD, octets.subarray(1)]), format: 'der', type: 'spki' }));
  return verifier.keyId.toString('hex') === id ? verifier : undefined;
}

/** `text` ends with a newline. `at`: a witness's time, in whole seconds. */
export function signatureLine(text: string, signer: NoteSigner, at: Date = new Date(0)): SignatureLine {
  const { name, keyId, kind, privateKey } = signer;
  if (kind === 'log') return { name, keyId, signature: signWith(null, Buffer.from(text), privateKey) };
  const seconds = Math.floor(at.getTime() / 1000);
  const stamp = Buffer.alloc(STAMP_OCTETS);
  stamp.writeBigUInt64BE(BigInt(seconds));
  return { name, keyId, signature: Buffer.concat([stamp, signWith(null, cosigned(text, seconds), privateKey)]) };
}

function cosigned(text: string, seconds: number | bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

export function noteText({ text, lines }: SignedNote): string {
  return `${text}\n${lines.map(lineText).join('')}`;
}

export function lineText({ name, keyId, signature }: SignatureLine): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

/** Undefined for what is no signed note. */
export function parseNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || /[\0-\x09\x0b-\x1f]/.test(note) || !note.isWellFormed()) return undefined;
  const written = note.slice(end + 2).split('\n').slice(0, -1);
  const lines = written.map(parseLine);
  if (lines.length === 0 || lines.length > MOST_SIGNATURES) return undefined;
  const known = lines.filter((line) => line !== undefined);
  return known.length === lines.length ? { text: note.slice(0, end + 1), lines: known } : undefined;
}

/** One line without its newline. */
export function parseLine(line: string): SignatureLine | undefined {
  const [, name = '', encoded = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const octets = decodeBase64(encoded);
  if (!isKeyName(name) || octets === undefined || octets.length <= KEY_ID_OCTETS) return undefined;
  return { name, keyId: octets.subarray(0, KEY_ID_OCTETS), signature: octets.subarray(KEY_ID_OCTETS) };
}

/** The signatures by known keys. Undefined when one of them is wrong; empty when there is none. */
export function verifyNote({ text, lines }: SignedNote, verifiers: readonly NoteVerifier[]): VerifiedSignature[] | undefined {
  const verified: VerifiedSignature[] = [];
  for (const line of lines) {
    const verifier = verifiers.find(({ name, keyId }) => name === line.name && keyId.equals(line.keyId));
    if (verifier === undefined) continue;
    const signature = verifyLine(text, line, verifier);
    if (signature === undefined) return undefined;
    verified.push(signature);
  }
  return verified;
}

export function verifyLine(text: string, { signature }: SignatureLine, verifier: NoteVerifier): VerifiedSignature | undefined {
  if (verifier.kind === 'log') return signature.length === SIGNATURE_OCTETS && verifyWith(null, Buffer.from(text), verifier.key, signature) ? { verifier } : undefined;
  if (signature.length !== STAMP_OCTETS + SIGNATURE_OCTETS) return undefined;
  const seconds = signature.readBigUInt64BE();
  if (seconds > 8_640_000_000_000n) return undefined; // beyond what a Date holds
  if (!verifyWith(null, cosigned(text, seconds), verifier.key, signature.subarray(STAMP_OCTETS))) return undefined;
  return { verifier, at: new Date(Number(seconds) * 1000) };
}
