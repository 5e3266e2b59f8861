// Guarantee: notes, checkpoints, cosignatures and proofs are what the C2SP texts say – read by a second reader in another language – and a change
// to any octet of one is seen.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { checkpointText, parseCheckpoint } from '../../src/log/checkpoint.ts';
import { canonicalJson, commitmentTo, entryOctets } from '../../src/log/entry.ts';
import { emptyTree, grow, inclusionProof, leafHash, readerOf, rootOf } from '../../src/log/merkle.ts';
import { noteText, parseNote, parseVerifier, signatureLine, signerOf, verifierText, verifyNote } from '../../src/log/note.ts';
import type { LogRecord } from '../../src/log/entry.ts';
import type { SignedNote } from '../../src/log/note.ts';
import { parseProof, proofText } from '../../src/log/proof.ts';
import { packageFile } from '../../src/paths.ts';
import { itWith } from '../support/tools.ts';
import { verifyProof } from './verified-proof.ts';

const ORIGIN = 'gateway.example/log';
const log = signerOf(ORIGIN, generateKeyPairSync('ed25519').privateKey);
const witness = signerOf('witness.example/w1', generateKeyPairSync('ed25519').privateKey, 'witness');
const AT = new Date('2026-11-23T08:00:00Z');
const salt = Buffer.alloc(32, 9);
const entryOf = ({ kind, facts }: LogRecord, by: Buffer): Buffer => entryOctets(kind, commitmentTo(facts, by));
const entries = Array.from({ length: 11 }, (_value, index) => entryOf({ kind: 'submission', facts: { digest: `${index}`, receivedAt: '2026-11-23T15:00:00+07:00' } }, salt));
const growth = grow(emptyTree, entries.map(leafHash));
const text = checkpointText({ origin: ORIGIN, size: growth.head.size, root: rootOf(growth.head) });
const note: SignedNote = { text, lines: [signatureLine(text, log), signatureLine(text, witness, AT)] };
const proof = proofText({ extra: salt, index: 6, path: inclusionProof(6, 11, readerOf(emptyTree, growth)), checkpoint: note });
const leaf = leafHash(entries[6] ?? Buffer.alloc(0));

function python(input: string, ...words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('python3', [packageFile('test/log/independent.py'), ...words], { input, encoding: 'utf8' });
  return status === 0 ? stdout : `failed: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}

describe('a note', () => {
  it('is read as it was written, and its signatures verify with the published keys', () => {
    const read = parseNote(noteText(note));
    expect(read).toEqual(note);
    const keys = [log, witness].map((one) => parseVerifier(verifierText(one))).filter((one) => one !== undefined);
    expect(verifyNote(note, keys)?.map(({ verifier, at }) => [verifier.name, at])).toEqual([[ORIGIN, undefined], ['witness.example/w1', AT]]);
  });

  it('of unknown keys says nothing, and one known signature that is wrong spoils it', () => {
    expect(verifyNote(note, [signerOf(ORIGIN, generateKeyPairSync('ed25519').privateKey)])).toEqual([]);
    expect(verifyNote({ ...note, text: text.replace('11', '12') }, [log])).toBeUndefined();
    expect(verifyNote({ ...note, lines: [...note.lines, { name: log.name, keyId: log.keyId, signature: Buffer.alloc(64) }] }, [log])).toBeUndefined();
  });

  it.each([
    ['no last newline', noteText(note).slice(0, -1)], ['no signature', `${text}\n`], ['a control character', noteText(note).replace('11', '1\t1')],
    ['a dash that is none', noteText(note).replace('—', '-')], ['a lenient base64', noteText(note).replace(/(— \S+ \S*?)=+\n/, '$1\n')], ['nothing', ''],
  ])('with %s is none', (_name, written) => {
    expect(parseNote(written)).toBeUndefined();
  });

  it('takes no key that is another kind, another name or not its own', () => {
    expect(() => signerOf('a b', log.privateKey)).toThrow(TypeError);
    expect(() => signerOf('a+b', log.privateKey)).toThrow(TypeError);
    expect(() => signerOf('a', generateKeyPairSync('x25519').privateKey)).toThrow(TypeError);
    const written = verifierText(log);
    expect([written.replace('gateway', 'gatevay'), written.slice(0, -1), written.replace('+', ''), ''].map(parseVerifier)).toEqual([undefined, undefined, undefined, undefined]);
  });

  itWith('python3', 'is what a second reader finds it to be', () => {
    expect(python(noteText(note), 'note', verifierText(log), verifierText(witness))).toBe(`${ORIGIN} 11 ${rootOf(growth.head).toString('hex')}\n${ORIGIN}\nwitness.example/w1 at ${AT.getTime() / 1000}\n`);
    expect(python(noteText(note).replace('11', '12'), 'note', verifierText(log))).toMatch(/^failed: .*is wrong/);
  });
});

describe('a checkpoint', () => {
  it('is three lines and nothing else that is believed', () => {
    expect(parseCheckpoint(text)).toEqual({ origin: ORIGIN, size: 11, root: rootOf(growth.head) });
    const [origin = '', size = '', root = ''] = text.split('\n');
    expect([`${origin}\n0${size}\n${root}\n`, `${origin}\n-1\n${root}\n`, `${origin}\n${size}\n${root.slice(4)}\n`, `${origin}\n${size}\n${root}`, `\n${size}\n${root}\n`, `${origin}\n9007199254740993\n${root}\n`].map(parseCheckpoint)).toEqual(Array(6).fill(undefined));
  });
});

describe('a proof', () => {
  it('shows its entry and no other, by the key of its log', () => {
    const read = parseProof(proof);
    if (read === undefined) throw new Error('not read');
    expect(verifyProof(read, leaf, log, [witness])).toMatchObject({ checkpoint: { size: 11 }, signatures: [{ verifier: log }, { verifier: witness, at: AT }] });
    expect(verifyProof(read, leafHash(entries[5] ?? leaf), log)).toBe('path');
    expect(verifyProof({ ...read, index: 5 }, leaf, log)).toBe('path');
    expect(verifyProof(read, leaf, signerOf(ORIGIN, generateKeyPairSync('ed25519').privateKey))).toBe('signature');
    expect(verifyProof(read, leaf, signerOf('other.example', log.privateKey))).toBe('origin');
  });

  it('with any character changed is no proof of it', () => {
    const wrong: string[] = [];
    for (let at = 0; at < proof.length; at += 1) {
      const changed = `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`;
      const read = parseProof(changed);
      const verdict = read && verifyProof(read, leaf, log, [witness]);
      const isWhole = typeof verdict === 'object' && verdict.signatures.length === 2 && read?.extra.equals(salt) === true;
      if (isWhole) wrong.push(changed);
    }
    expect(wrong).toEqual([]);
  });

  itWith('python3', 'is what a second reader finds it to be', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'log-entry-')), 'entry');
    writeFileSync(file, entries[6] ?? '');
    expect(python(proof, 'proof', verifierText(log), file)).toBe('included 6 11\n');
    writeFileSync(file, entries[7] ?? '');
    expect(python(proof, 'proof', verifierText(log), file)).toMatch(/^failed: .*does not lead to the root/);
  });
});

describe('an entry', () => {
  it('commits to every fact, and to nothing without the salt', () => {
    const facts = { digest: 'ab', receivedAt: '2026-11-23', number: null, size: 3, findings: ['a', { b: true }] };
    const entry = entryOf({ kind: 'submission', facts }, salt);
    const others = [{ ...facts, digest: 'ac' }, { ...facts, number: '' }, { ...facts, size: 4 }, { ...facts, findings: ['a', { b: false }] }, { ...facts, more: null }].map((other) => entryOf({ kind: 'submission', facts: other }, salt));
    expect([...others, entryOf({ kind: 'receipt', facts }, salt), entryOf({ kind: 'submission', facts }, Buffer.alloc(32, 8))].filter((other) => other.equals(entry))).toEqual([]);
    expect(entry.toString()).toMatch(/^ivan-log\/1\nsubmission\n[A-Za-z0-9+/]{43}=\n$/);
  });

  it('is of the facts, in whatever order they are given', () => {
    expect(canonicalJson({ b: 1, a: { d: 'é"', c: [true, null] } })).toBe('{"a":{"c":[true,null],"d":"é\\""},"b":1}');
    expect(() => canonicalJson({ a: 0.5 })).toThrow(TypeError);
  });
});
