// The audit trail: what happened, when, to which submission. Only ever inserted.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export type EventKind =
  | 'submission_accepted'
  | 'submission_refused'
  | 'submission_conflict'
  | 'delivered'
  | 'delivery_failed'
  | 'delivery_dead'
  | 'delivery_replayed'
  | 'breaker_opened'
  | 'breaker_closed'
  | 'lane_tried'
  | 'route_changed'
  | 'result_issued'
  | 'result_rejected'
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
  | 'resend_demanded'
  | 'resend_met'
  | 'paper_reported'
  | 'maintenance_announced';

export interface NewEvent {
  readonly at: Date;
  readonly kind: EventKind;
  readonly submissionId: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export async function insertEvents(query: Query, events: readonly NewEvent[]): Promise<void> {
  await insertRows(query, 'audit_event', events.map(({ at, kind, submissionId, detail }) => ({ at, kind, submission_id: submissionId, detail: JSON.stringify(detail) })));
}
