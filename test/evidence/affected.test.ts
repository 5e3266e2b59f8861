// Guarantee: of what a compromised certificate signed, that alone is called untouched which a clock that is not the gateway's shows to have been there before; a
// stamp or cosignature that does not verify, or covers one signature of two, shows nothing.
import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { affectedFiles, judged } from '../../src/evidence/affected.ts';
import { checkpointText } from '../../src/log/checkpoint.ts';
import { emptyTree, rootOf, grow, leafHash } from '../../src/log/merkle.ts';
import { lineText, noteText, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import type { AffectedRow } from '../../src/store/affected.ts';

const fingerprint = 'f'.repeat(64);
const at = new Date('2027-01-01T00:00:00Z');
const [before, after] = [new Date('2026-12-31T00:00:00Z'), new Date('2027-01-02T00:00:00Z')];
const compromise = { fingerprint, at };

const [log, witness] = [signerOf('localhost/log', generateKeyPairSync('ed25519').privateKey), signerOf('witness.example', generateKeyPairSync('ed25519').privateKey, 'witness')];
const text = checkpointText({ origin: log.name, size: 1, root: rootOf(grow(emptyTree, [leafHash(Buffer.from('x'))]).head) });
const cosignedAt = (when: Date, said = text): AffectedRow['cosigned'] => ({
  size: 1, note: noteText({ text, lines: [signatureLine(text, log)] }), lines: [{ witness: verifierText(witness), line: lineText(signatureLine(said, witness, when)).trimEnd() }],
});

const row = (more: Partial<AffectedRow>): AffectedRow => ({
  kind: 'submission', id: '7', digest: 'a'.repeat(64), receivedAt: after, outcome: 'accepted', dossierNumber: '00001/2027/00101', sender: 'direct', signatures: [{ certificate: fingerprint, claimedSigningTime: '2026-01-01T00:00:00Z' }],
  logPosition: 0, stampedAt: null, stampedSize: null, receiptStampedAt: null, cosigned: null, ...more,
});
const stamped = (...times: readonly (readonly Date[])[]): Partial<AffectedRow> => ({ signatures: times.map((those) => ({ certificate: fingerprint, timestamps: those.map((time) => ({ time: time.toISOString(), accuracyMs: 1000 })) })) });

describe('a dossier that a compromised certificate signed', () => {
  it.each([
    ['a stamp of its checkpoint', { stampedAt: before, stampedSize: 3 }],
    ['a stamp of its receipt', { receiptStampedAt: before }],
    ['a witness', { cosigned: cosignedAt(before) }],
    ['a stamp in each of its signatures', stamped([before], [after, before])],
  ] as const)('is untouched by %s from before', (_what, more) => {
    expect(judged(row(more), compromise).group).toBe('before');
  });

  it.each([
    ['its reception', { receivedAt: before }],
    ['its reception, and a stamp from after', { receivedAt: before, stampedAt: after, stampedSize: 3 }],
  ] as const)('was there before by our word alone, for %s', (_what, more) => {
    expect(judged(row(more), compromise).group).toBe('before-by-our-word');
  });

  it.each([
    ['nothing', {}],
    ['what it claims itself', { signatures: [{ certificate: fingerprint, claimedSigningTime: '2020-01-01T00:00:00Z' }] }],
    ['a stamp of the very instant', { stampedAt: at, stampedSize: 3 }],
    ['a stamp that may be of the instant by its accuracy', stamped([new Date(at.getTime() - 500)])],
    ['a stamp of its checkpoint that may be of the instant', { stampedAt: new Date(at.getTime() - 60_000), stampedSize: 3 }],
    ['a stamp of its receipt that may be of the instant', { receiptStampedAt: new Date(at.getTime() - 60_000) }],
    ['a stamp in one of two signatures', stamped([before], [])],
    ['a cosignature of another checkpoint', { cosigned: cosignedAt(before, `${text}more\n`) }],
  ] as const)('is not shown to have been there before by %s', (_what, more) => {
    expect(judged(row(more), compromise).group).toBe('after');
  });

  it('is one whose signer’s authority is the certificate, too; other signatures in it say nothing', () => {
    const signatures = [{ certificate: 'e'.repeat(64), path: ['e'.repeat(64), fingerprint], claimedSigningTime: 'x' }, { certificate: 'd'.repeat(64), timestamps: [{ time: before.toISOString(), accuracyMs: 0 }], claimedSigningTime: 'y' }];
    expect(judged(row({ signatures }), compromise)).toMatchObject({ group: 'after', claimedSigningTimes: ['x'] });
  });
});

it('the files say the same, and no cell is a formula', () => {
  const files = affectedFiles(compromise, [judged(row({ sender: '=cmd|x', dossierNumber: 'a"b,c', stampedAt: before, stampedSize: 3 }), compromise)], after, 'Kiểm toán');
  expect(JSON.parse(files.get('affected.json')?.toString() ?? '')).toMatchObject({ certificate: fingerprint, compromisedAt: '2027-01-01T07:00:00.000+07:00', counts: { before: 1, 'before-by-our-word': 0, after: 0 }, dossiers: [{ group: 'before', id: '7', proofs: [{ by: 'time-stamp', checkpoint: 3 }, { by: 'reception' }] }] });
  const [, line] = files.get('affected.csv')?.toString().split('\r\n') ?? [];
  expect(line).toMatch(/^before,submission,7,a{64},"a""b,c",accepted,'=cmd\|x,/);
});
