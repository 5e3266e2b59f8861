// Every vector, and how its row of vectors.json is written and read.
import type { FindingCode } from '../../src/errors/findings.ts';
import type { Sender } from '../../src/standard/dossier.ts';
import { acceptedDossiers } from './accepted.ts';
import type { SenderName, Vector } from './kit.ts';
import { refusedCertificates } from './refused-certificates.ts';
import { refusedRules } from './refused-rules.ts';
import { refusedSignatures } from './refused-signature.ts';
import { refusedXml } from './refused-xml.ts';
import { wrapping } from './wrapping.ts';

export const catalogue: readonly Vector[] = [...refusedXml, ...refusedSignatures, ...refusedCertificates, ...refusedRules, ...wrapping, ...acceptedDossiers];

export interface SenderRow {
  readonly kind: 'direct' | 'ivan';
  readonly code?: string;
  readonly state?: 'active' | 'suspended';
  readonly from?: string;
  readonly until?: string;
}

/** A row of vectors.json; the file is `files/NAME.xml`. */
export interface VectorRow {
  readonly name: string;
  readonly outcome: 'accepted' | 'refused';
  readonly codes: readonly FindingCode[];
  readonly sender: SenderName;
  readonly note?: string;
}

export interface VectorFile {
  readonly receivedAt: string;
  readonly senders: Readonly<Record<SenderName, SenderRow>>;
  readonly vectors: readonly VectorRow[];
}

const long = { from: '2025-01-01T00:00:00+07:00', until: '2027-01-01T00:00:00+07:00' };

export const senders: Readonly<Record<SenderName, SenderRow>> = {
  ivan: { kind: 'ivan', code: '00040', state: 'active', ...long },
  otherIvan: { kind: 'ivan', code: '00100', state: 'active', ...long },
  direct: { kind: 'direct' },
  expiredContract: { kind: 'ivan', code: '00040', state: 'active', from: long.from, until: '2026-11-20T09:00:00+07:00' },
  futureContract: { kind: 'ivan', code: '00040', state: 'active', from: '2026-11-20T09:00:01+07:00', until: long.until },
  suspendedContract: { kind: 'ivan', code: '00040', state: 'suspended', ...long },
};

export function senderOf({ kind, code = '', state = 'active', from = '', until = '' }: SenderRow): Sender {
  return kind === 'direct' ? { kind } : { kind, code, contract: { state, from: new Date(from), until: new Date(until) } };
}

export function rowOf({ name, outcome, codes, sender, note }: Vector): VectorRow {
  return { name, outcome, codes, sender, ...(note === undefined ? {} : { note }) };
}
