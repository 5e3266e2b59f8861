// Who has the right to a feed's events, and when: an I-VAN by a certificate that its contract, in force, names; a unit by one that is registered for it.
// One text for whoever asks (GET /v1/events) and for whoever is told (webhooks, mail), so that nobody is told what it could not have asked for.
import type { Query } from './database.ts';

export interface FeedGrant {
  readonly feed: string;
  /** The I-VAN's code; null for a unit's. */
  readonly ivan: string | null;
  /** `<agency>/<unit code>`; null for an I-VAN's. */
  readonly unit: string | null;
  /** False while the contract that names the certificate is not in force. */
  readonly holds: boolean;
}

/** SQL: a row for each certificate that opens a feed at an instant, of those that the conditions on `t`, `c` (I-VANs') and `u` (units') leave. */
const grants = (at: string, ofIvans: string, ofUnits: string): string => `
  SELECT 'ivan:' || c.ivan_code AS feed, c.ivan_code AS ivan, NULL AS unit, t.id AS entry, h.state = 'active' AND h.valid_from <= ${at} AND h.valid_until > ${at} AS holds
  FROM ivan_certificate t JOIN ivan_contract c ON c.id = t.contract_id
  JOIN LATERAL (SELECT state, valid_from, valid_until FROM ivan_contract_change WHERE contract_id = c.id ORDER BY sequence DESC LIMIT 1) h ON true
  WHERE ${ofIvans} AND t.purpose = 'connect' AND (t.valid_from IS NULL OR (t.valid_from <= ${at} AND t.valid_until > ${at}))
    AND NOT EXISTS (SELECT 1 FROM ivan_certificate_end x WHERE x.certificate_id = t.id) AND h.valid_from IS NOT NULL AND h.valid_until IS NOT NULL
  UNION ALL
  SELECT 'unit:' || u.agency || '/' || u.unit_code, NULL, u.agency || '/' || u.unit_code, u.id, true
  FROM unit_certificate u
  WHERE ${ofUnits} AND u.valid_from <= ${at} AND u.valid_until > ${at} AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= ${at})`;

/** What this certificate (SHA-256 fingerprint, hex) opens: at most one I-VAN's feed, the one it was entered for last, and those of its units. */
export function grantsOfCertificate(query: Query, fingerprint: string, at: Date): Promise<FeedGrant[]> {
  return query<FeedGrant>(
    `SELECT DISTINCT ON (coalesce(unit, '')) feed, ivan, unit, holds FROM (${grants('$2', 't.fingerprint = $1', 'u.fingerprint = $1')}) g ORDER BY coalesce(unit, ''), entry DESC`,
    [fingerprint, at],
  );
}

/** SQL: whether anybody has the right to the feed at an instant. Both are SQL. */
export function isGranted(feed: string, at: string): string {
  const unit = `starts_with(${feed}, 'unit:') AND u.agency = split_part(substr(${feed}, 6), '/', 1) AND u.unit_code = substr(${feed}, 7 + length(split_part(substr(${feed}, 6), '/', 1)))`;
  return `EXISTS (SELECT 1 FROM (${grants(at, `starts_with(${feed}, 'ivan:') AND c.ivan_code = substr(${feed}, 6)`, unit)}) g WHERE g.holds)`;
}

/** SQL: whether it is an I-VAN's and every contract that it has had is over for good. */
export function isOver(feed: string): string {
  return `(starts_with(${feed}, 'ivan:') AND NOT EXISTS (
    SELECT 1 FROM ivan_contract c JOIN LATERAL (SELECT state FROM ivan_contract_change WHERE contract_id = c.id ORDER BY sequence DESC LIMIT 1) h ON true
    WHERE c.ivan_code = substr(${feed}, 6) AND h.state NOT IN ('ended', 'rejected')))`;
}
