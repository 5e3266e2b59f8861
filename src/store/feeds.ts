// The feeds: what a sender or a unit may see of the events, numbered 1, 2, 3 … for each of them (promise 6). The counter's row is locked until the
// transaction ends, so whoever sees position n has seen, or can see, every one before it.
import type { Query } from './database.ts';
import type { EventKind } from './events.ts';

export const feedKinds = [
  'accepted',
  'refused',
  'conflict',
  'forwarded',
  'slip',
  'step',
  'supplement-requested',
  'supplement-received',
  'apology',
  'result',
  'notice',
  'deadline-near',
  'deadline-missed',
  'deadline-moved',
  'resend-demanded',
  'outage-began',
  'outage-ended',
  'outage-corrected',
] as const;

export type FeedKind = (typeof feedKinds)[number];

interface Told {
  readonly kind: FeedKind;
  /** The members of the event's detail that are shown; what is not named stays inside. */
  readonly shown: readonly string[];
}

const outageShown = ['outage', 'scope', 'agencies', 'causeVi', 'causeEn', 'startedAt', 'endedAt', 'document'] as const;

/** The events that senders and units are told of. Whoever adds such a kind of event adds its row. */
export const told: ReadonlyMap<EventKind, Told> = new Map<EventKind, Told>([
  ['submission_accepted', { kind: 'accepted', shown: ['document'] }],
  ['submission_refused', { kind: 'refused', shown: ['document'] }],
  ['submission_conflict', { kind: 'conflict', shown: ['document'] }],
  ['supplement_received', { kind: 'supplement-received', shown: ['supplement', 'number'] }],
  ['delivered', { kind: 'forwarded', shown: [] }],
  ['slip_given', { kind: 'slip', shown: ['desk', 'days', 'dueAt', 'saidAt', 'document'] }],
  ['step_reported', { kind: 'step', shown: ['step', 'name', 'room', 'begunAt', 'endedAt', 'saidAt'] }],
  ['supplement_requested', { kind: 'supplement-requested', shown: ['reference', 'until', 'items', 'saidAt', 'document'] }],
  ['apology_given', { kind: 'apology', shown: ['time', 'before', 'dueAt', 'reason', 'afterLapse', 'saidAt', 'document'] }],
  ['unit_notice_received', { kind: 'notice', shown: ['form', 'month', 'saidAt', 'document'] }],
  ['deadline_near', { kind: 'deadline-near', shown: ['clock', 'owedBy', 'dueAt'] }],
  ['deadline_missed', { kind: 'deadline-missed', shown: ['clock', 'owedBy', 'dueAt', 'metAt', 'apologised'] }],
  ['deadline_moved', { kind: 'deadline-moved', shown: ['clock', 'outage', 'from', 'dueAt', 'basis', 'document', 'statement'] }],
  ['apology_sent', { kind: 'apology', shown: ['from', 'dueAt', 'basis', 'document'] }],
  ['resend_demanded', { kind: 'resend-demanded', shown: ['outage', 'procedure', 'period', 'paperNumber', 'dueAt'] }],
  ['outage_began_told', { kind: 'outage-began', shown: outageShown }],
  ['outage_ended_told', { kind: 'outage-ended', shown: outageShown }],
  ['outage_corrected_told', { kind: 'outage-corrected', shown: outageShown }],
  ['result_issued', { kind: 'result', shown: ['code', 'saidAt', 'document'] }],
]);

/** An event at its place in a feed. */
export interface FedEvent {
  readonly feed: string;
  readonly position: number;
  readonly eventId: string;
  readonly submissionId: string | null;
  readonly kind: FeedKind;
}

/** The agency's and its code of the unit, or the tax code of a unit that has none. */
export interface UnitName {
  readonly agency: string;
  readonly unitCode: string;
  readonly taxCode: string;
}

export function ivanFeed(ivanCode: string): string {
  return `ivan:${ivanCode}`;
}

export function unitFeed({ agency, unitCode, taxCode }: UnitName): string {
  return `unit:${agency}/${unitCode === '' ? taxCode : unitCode}`;
}

/** Parameters of `toldEvents`: kinds of events, their public names, and what is shown of each. */
export function toldParameters(): [string[], string[], string] {
  return [[...told.keys()], [...told.values()].map(({ kind }) => kind), JSON.stringify([...told.values()].map(({ shown }) => shown))];
}

/**
 * Every told event among `events`, which are rows of the audit trail, as each of its feeds has it. A dossier's is told to the I-VAN that filed it and to
 * the unit that it is of; an event of no dossier to the unit, or the I-VAN, that it names; what a sender without certificate filed in vain is nobody's but
 * whoever knows the digest. What is shown is made once for all feeds.
 */
export const toldEvents = (events: string): string => `
  SELECT f.feed COLLATE "C" AS feed, e.id AS event_id, e.submission_id, t.kind, e.at, w.detail
  FROM ${events} e JOIN ROWS FROM (unnest($1::text[]), unnest($2::text[]), jsonb_array_elements($3::jsonb)) AS t (event, kind, shown) ON t.event = e.kind
  LEFT JOIN submission s ON s.id = e.submission_id LEFT JOIN dossier d ON d.submission_id = s.id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN t.shown = '[]' THEN '{}' ELSE (
      SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(e.detail) WHERE t.shown ? key
         AND (key <> 'supplement' OR EXISTS (SELECT 1 FROM submission p WHERE p.digest = value #>> '{}' AND p.sender = s.sender))) END AS detail OFFSET 0) w
  CROSS JOIN LATERAL (
    SELECT 'ivan:' || s.sender AS feed WHERE s.sender_facts ->> 'kind' = 'ivan'
    UNION ALL SELECT 'unit:' || d.agency || '/' || coalesce(nullif(d.unit_code, ''), d.tax_code) WHERE d.submission_id IS NOT NULL
    UNION ALL SELECT 'dossier:' || s.digest WHERE d.submission_id IS NULL AND s.sender_facts ->> 'kind' <> 'ivan'
    UNION ALL SELECT 'unit:' || (e.detail ->> 'agency') || '/' || coalesce(nullif(e.detail ->> 'unitCode', ''), e.detail ->> 'taxCode') WHERE e.submission_id IS NULL AND e.detail ? 'unitCode'
    UNION ALL SELECT 'ivan:' || (e.detail ->> 'ivan') WHERE e.submission_id IS NULL AND e.detail ? 'ivan') f`;

/** Rows of the audit trail as they come, and in which order. */
export interface EventRows {
  readonly at: readonly Date[];
  readonly kinds: readonly string[];
  readonly submissionIds: readonly (string | null)[];
  /** JSON. */
  readonly details: readonly string[];
}

/**
 * Writes events, and those that are told into their feeds, in the order that they are given. Locks the feeds in the order of their names, as everybody
 * does: a transaction does it once, and takes no other lock afterwards.
 */
export async function writeEvents(query: Query, { at, kinds, submissionIds, details }: EventRows): Promise<FedEvent[]> {
  return query<FedEvent>(
    `WITH event AS (
       INSERT INTO audit_event (at, kind, submission_id, detail)
       SELECT n.at, n.kind, n.submission_id, n.detail FROM unnest($4::timestamptz[], $5::text[], $6::bigint[], $7::jsonb[]) WITH ORDINALITY AS n (at, kind, submission_id, detail, nth) ORDER BY n.nth
       RETURNING id, at, kind, submission_id, detail),
     told AS MATERIALIZED (SELECT *, row_number() OVER (PARTITION BY feed ORDER BY event_id) AS nth, count(*) OVER (PARTITION BY feed) AS more FROM (${toldEvents('event')}) e),
     counter AS (
       INSERT INTO feed AS c (name, last) SELECT feed, more FROM told WHERE nth = 1 ORDER BY feed
       ON CONFLICT (name) DO UPDATE SET last = c.last + excluded.last RETURNING name, last),
     written AS (
       INSERT INTO feed_event (feed, position, event_id, submission_id, kind, at, detail)
       SELECT t.feed, c.last - t.more + t.nth, t.event_id, t.submission_id, t.kind, t.at, t.detail FROM told t JOIN counter c ON c.name = t.feed
       RETURNING feed, position, event_id, submission_id, kind)
     SELECT feed, position::float8 AS position, event_id AS "eventId", submission_id AS "submissionId", kind FROM written ORDER BY event_id, feed`,
    [...toldParameters(), at, kinds, submissionIds, details],
    'events',
  );
}
