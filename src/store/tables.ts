// The tables as TypeORM entities, for reading where typed rows are worth more than speed (audit, status). Migrations make the tables;
// `synchronize` is never used.
import { EntitySchema } from 'typeorm';

import type { Finding } from '../errors/outcomes.ts';

export interface SubmissionRow {
  id: string;
  digest: string;
  sender: string;
  senderFacts: SenderFacts;
  keyScope: string | null;
  key: string | null;
  receivedAt: Date;
  outcome: 'accepted' | 'refused' | 'conflict';
  findings: readonly Finding[];
  transactionCode: string;
  ruleSetDigest: string;
  trustDigest: string;
  /** SHA-256 of the canonical octets that the unit signed; null when it was refused, or recorded before this was kept. */
  contentDigest: string | null;
  /** SignatureReport[] in JSON; null when it was recorded before reports were kept. */
  signatures: readonly unknown[] | null;
  registration: RegistrationFacts | null;
  /** Null when the register of uses had nothing to say, or the dossier came directly. */
  ivanUse: UseOfIvanFacts | null;
  /** What the unit had filed before; null when it was refused without asking, or recorded before anybody asked. */
  filedBefore: readonly FiledBefore[] | null;
  /** The dossier that it supplements, by its sender's word; null when none was named. */
  supplements: SupplementFacts | null;
  /** Id of the submission that had the key or the content first; conflicts only. */
  conflictsWith: string | null;
  body: Buffer;
}

/** The sender as admission saw it, in JSON. */
export type SenderFacts = { kind: 'direct' } | { kind: 'ivan'; code: string; contract: ContractFacts };

/** `change` is the row of its history that counted; absent in what was recorded before there was one. Limits are absent where none were agreed. */
export interface ContractFacts {
  state: string;
  from: string;
  until: string;
  change?: string;
  maxFiles?: number;
  maxBytes?: number;
}

/** The agency's rule that asked for a registered certificate, and the entry that had it; null when none had. */
export interface RegistrationFacts {
  readonly policy: string;
  readonly certificate: string | null;
}

/** What the register of uses said of a dossier's unit: the agency's rule that asked, the use of this I-VAN in force, and the stop that none follows. */
export interface UseOfIvanFacts {
  readonly policy: string | null;
  readonly use: string | null;
  readonly stopped: string | null;
  /** When it stopped, ISO 8601. */
  readonly since: string | null;
}

/** The first accepted dossier of the same unit that shares a declaration, or its batch: its row, number, and time of reception (ISO 8601). */
export interface FiledBefore {
  /** Of the declaration that shares it, among the signed ones of its own dossier. */
  readonly position: number;
  readonly shares: 'content' | 'batch';
  readonly submission: string;
  readonly number: string;
  readonly receivedAt: string;
}

/** What was known, when a dossier came, of the one that it supplements. Instants in ISO 8601. */
export interface SupplementFacts {
  /** SHA-256 that the sender named. */
  readonly digest: string;
  /** Null when no accepted dossier has it. */
  readonly dossier: SupplementedDossier | null;
  /** What was accepted before in answer to the same request; absent when it was refused without asking, or recorded before anybody asked. */
  readonly given?: GivenSupplement | null;
}

export interface GivenSupplement {
  readonly number: string;
  readonly receivedAt: string;
}

export interface SupplementedDossier {
  readonly submission: string;
  /** Of the dossier that began it all, where the named one is a supplement itself. */
  readonly origin: string;
  readonly number: string;
  readonly agency: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly procedure: string;
  /** When its agency asked for the supplement that it waits for; null when it waits for none. */
  readonly requestedAt: string | null;
  /** Until when the agency waits; null when it did not say. */
  readonly until: string | null;
}

export interface ReceiptRow {
  submissionId: string;
  body: Buffer;
}

export interface DossierRow {
  submissionId: string;
  agency: string;
  year: number;
  sequence: number;
  number: string;
  unitCode: string;
  unitName: string;
  taxCode: string;
  procedure: string;
  period: string;
  dueAt: Date;
}

export interface DeliveryRow {
  id: string;
  kind: 'dossier' | 'webhook' | 'mail';
  /** Null for what concerns no dossier. */
  submissionId: string | null;
  feed: string | null;
  position: string | null;
  subscription: string | null;
  /** Null until the routes are known. */
  lane: string | null;
  orderKey: string;
  state: 'waiting' | 'delivered' | 'dead';
  urgentAt: Date;
  orderedAt: Date;
  octets: number;
  attempts: number;
  rejections: number;
  replays: number;
  dueAt: Date;
  lastError: string | null;
  deliveredAt: Date | null;
}

export interface ResultRow {
  submissionId: string;
  answeredAt: Date;
  code: string;
  /** That a first registration's result gives the unit; '' for none. */
  unitCode: string;
  agencyAnswer: Buffer;
  trustDigest: string;
  body: Buffer;
}

export interface AuditEventRow {
  id: string;
  at: Date;
  kind: string;
  submissionId: string | null;
  detail: Record<string, unknown>;
}

export interface TrustMaterialRow {
  digest: string;
  /** Names its parts; a row of before there were parts holds them. */
  body: Buffer;
}

export interface TrustPartRow {
  digest: string;
  kind: 'certificate' | 'crl';
  body: Buffer;
}

export interface RevocationEvidenceRow {
  digest: string;
  kind: 'crl' | 'ocsp';
  body: Buffer;
}

export const Submission = new EntitySchema<SubmissionRow>({
  name: 'submission',
  columns: {
    id: { type: 'bigint', primary: true, generated: true },
    digest: { type: 'text' },
    sender: { type: 'text' },
    senderFacts: { type: 'jsonb', name: 'sender_facts' },
    keyScope: { type: 'text', name: 'key_scope', nullable: true },
    key: { type: 'text', nullable: true },
    receivedAt: { type: 'timestamptz', name: 'received_at' },
    outcome: { type: 'text' },
    findings: { type: 'jsonb' },
    transactionCode: { type: 'text', name: 'transaction_code' },
    ruleSetDigest: { type: 'text', name: 'rule_set_digest' },
    trustDigest: { type: 'text', name: 'trust_digest' },
    contentDigest: { type: 'text', name: 'content_digest', nullable: true },
    signatures: { type: 'jsonb', nullable: true },
    registration: { type: 'jsonb', nullable: true },
    ivanUse: { type: 'jsonb', name: 'ivan_use', nullable: true },
    filedBefore: { type: 'jsonb', name: 'filed_before', nullable: true },
    supplements: { type: 'jsonb', nullable: true },
    conflictsWith: { type: 'bigint', name: 'conflicts_with', nullable: true },
    body: { type: 'bytea' },
  },
});

export const Receipt = new EntitySchema<ReceiptRow>({
  name: 'receipt',
  columns: { submissionId: { type: 'bigint', primary: true, name: 'submission_id' }, body: { type: 'bytea' } },
});

export const DossierEntry = new EntitySchema<DossierRow>({
  name: 'dossier',
  columns: {
    submissionId: { type: 'bigint', primary: true, name: 'submission_id' },
    agency: { type: 'text' },
    year: { type: 'integer' },
    sequence: { type: 'integer' },
    number: { type: 'text' },
    unitCode: { type: 'text', name: 'unit_code' },
    unitName: { type: 'text', name: 'unit_name' },
    taxCode: { type: 'text', name: 'tax_code' },
    procedure: { type: 'text' },
    period: { type: 'text' },
    dueAt: { type: 'timestamptz', name: 'due_at' },
  },
});

export const Delivery = new EntitySchema<DeliveryRow>({
  name: 'delivery',
  columns: {
    id: { type: 'bigint', primary: true, generated: true },
    kind: { type: 'text' },
    submissionId: { type: 'bigint', name: 'submission_id', nullable: true },
    feed: { type: 'text', nullable: true },
    position: { type: 'bigint', nullable: true },
    subscription: { type: 'bigint', nullable: true },
    lane: { type: 'text', nullable: true },
    orderKey: { type: 'text', name: 'order_key' },
    state: { type: 'text' },
    urgentAt: { type: 'timestamptz', name: 'urgent_at' },
    orderedAt: { type: 'timestamptz', name: 'ordered_at' },
    octets: { type: 'integer' },
    attempts: { type: 'integer' },
    rejections: { type: 'integer' },
    replays: { type: 'integer' },
    dueAt: { type: 'timestamptz', name: 'due_at' },
    lastError: { type: 'text', name: 'last_error', nullable: true },
    deliveredAt: { type: 'timestamptz', name: 'delivered_at', nullable: true },
  },
});

export const ResultEntry = new EntitySchema<ResultRow>({
  name: 'result',
  columns: {
    submissionId: { type: 'bigint', primary: true, name: 'submission_id' },
    answeredAt: { type: 'timestamptz', name: 'answered_at' },
    code: { type: 'text' },
    unitCode: { type: 'text', name: 'unit_code' },
    agencyAnswer: { type: 'bytea', name: 'agency_answer' },
    trustDigest: { type: 'text', name: 'trust_digest' },
    body: { type: 'bytea' },
  },
});

export const AuditEvent = new EntitySchema<AuditEventRow>({
  name: 'audit_event',
  columns: {
    id: { type: 'bigint', primary: true, generated: true },
    at: { type: 'timestamptz' },
    kind: { type: 'text' },
    submissionId: { type: 'bigint', name: 'submission_id', nullable: true },
    detail: { type: 'jsonb' },
  },
});

export const TrustMaterialEntry = new EntitySchema<TrustMaterialRow>({
  name: 'trust_material',
  columns: { digest: { type: 'text', primary: true }, body: { type: 'bytea' } },
});

export const TrustPartEntry = new EntitySchema<TrustPartRow>({
  name: 'trust_part',
  columns: { digest: { type: 'text', primary: true }, kind: { type: 'text' }, body: { type: 'bytea' } },
});

export const RevocationEvidence = new EntitySchema<RevocationEvidenceRow>({
  name: 'revocation_evidence',
  columns: { digest: { type: 'text', primary: true }, kind: { type: 'text' }, body: { type: 'bytea' } },
});

export const entities = [Submission, Receipt, DossierEntry, Delivery, ResultEntry, AuditEvent, TrustMaterialEntry, TrustPartEntry, RevocationEvidence];
