// The audit trail: what happened, when, to which submission. Only ever inserted; what a sender is told of stands in its feeds too, by the same
// transaction.
import type { Query } from './database.ts';
import { told, writeEvents } from './feeds.ts';
import type { UnitName } from './feeds.ts';
import { orderHandOvers } from './hand-overs.ts';

export type EventKind =
  | 'submission_accepted'
  | 'submission_refused'
  | 'submission_conflict'
  | 'supplement_received'
  | 'delivered'
  | 'delivery_failed'
  | 'delivery_dead'
  | 'delivery_replayed'
  | 'breaker_opened'
  | 'breaker_closed'
  | 'lane_tried'
  | 'route_changed'
  | 'backend_changed'
  | 'slip_given'
  | 'step_reported'
  | 'supplement_requested'
  | 'apology_given'
  | 'result_issued'
  | 'unit_notice_received'
  | 'agency_message_late'
  | 'agency_message_contradicting'
  | 'agency_message_rejected'
  | 'contract_changed'
  | 'contract_checked'
  | 'contract_certificate_registered'
  | 'contract_certificate_ended'
  | 'certificate_registered'
  | 'certificate_ended'
  | 'agency_policy_set'
  | 'registration_received'
  | 'registration_refused'
  | 'registration_forwarded'
  | 'registration_decided'
  | 'registration_relayed'
  | 'registration_late'
  | 'use_began'
  | 'use_ended'
  | 'use_policy_set'
  | 'deadline_near'
  | 'deadline_missed'
  | 'deadline_moved'
  | 'apology_sent'
  | 'outage_began'
  | 'outage_ended'
  | 'outage_corrected'
  | 'outage_certified'
  | 'outage_began_told'
  | 'outage_ended_told'
  | 'outage_corrected_told'
  | 'outage_proposed'
  | 'outage_proposal_accepted'
  | 'outage_proposal_dismissed'
  | 'resend_demanded'
  | 'resend_met'
  | 'paper_reported'
  | 'maintenance_announced'
  | 'subscription_changed'
  | 'auditor_looked'
  | 'auditor_exported'
  | 'dossier_erased';

export interface NewEvent {
  readonly at: Date;
  readonly kind: EventKind;
  readonly submissionId: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  /** Whom it concerns, where it concerns a unit and no dossier of its. */
  readonly unit?: UnitName;
}

/** Events that say what their submission, which is in the log, says, in the order of the log: they are held against it, and have no entry of their own. */
export const receptionEvents = ['submission_accepted', 'submission_refused', 'submission_conflict'] as const satisfies readonly EventKind[];

/**
 * The last statement of a transaction that takes a lock: events that senders are told of lock their feeds, and whoever holds one waits for nothing else.
 * Told events of one transaction are given together, once.
 */
export async function insertEvents(query: Query, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const isTold = events.some(({ kind }) => told.has(kind));
  const rows = {
    at: events.map(({ at }) => at),
    kinds: events.map(({ kind }) => kind),
    submissionIds: events.map(({ submissionId }) => submissionId),
    details: events.map(({ detail, unit }) => JSON.stringify({ ...detail, ...unit })),
  };
  // The word is given before the locks are taken, and heard after the commit.
  const [, fed] = await Promise.all([isTold ? query("SELECT pg_notify('feed', '')") : [], writeEvents(query, rows)]);
  if (isTold) await orderHandOvers(query, fed);
}
