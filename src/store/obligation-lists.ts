// What operators and agencies ask of obligations: which are about to lapse or lapsed, and how each agency and the gateway kept theirs in a time.
import type { Query } from './database.ts';
import { obligationColumns } from './obligations.ts';
import type { Obligation, ObligationKind } from './obligations.ts';

export const obligationStates = ['open', 'near', 'breached', 'moved'] as const;
export type ObligationState = (typeof obligationStates)[number];

export interface ListedObligation extends Obligation {
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly unitCode: string;
  readonly paperNumber: string | null;
  /** How often its date was moved, over all its terms: by the agency's apologies, which are counted whether or not they moved it, the gateway's own, outages, complete dossiers. */
  readonly movedByAgency: number;
  readonly movedByGateway: number;
  readonly movedByOutage: number;
  readonly movedByCompletion: number;
  /** Every date that lapsed, of whichever term, the first first. */
  readonly lapses: readonly { readonly dueAt: string; readonly term: number; readonly lapsedAt: string }[];
}

export interface ObligationFilter {
  readonly state: ObligationState;
  readonly kind?: string | undefined;
  readonly agency?: string | undefined;
  /** The due time and number of the last of the page before. */
  readonly after?: { readonly dueAt: Date; readonly id: string } | undefined;
}

/** The condition of each is that of an index, but of `moved`, which is found by its moves. */
const conditions: Readonly<Record<ObligationState, string>> = {
  open: '(o.met_at IS NULL OR o.met_at > o.due_at) AND o.met_at IS NULL AND o.look_at IS NOT NULL',
  near: 'o.warned_at IS NOT NULL AND o.met_at IS NULL AND o.breached_at IS NULL',
  breached: 'o.breached_at IS NOT NULL',
  moved: 'EXISTS (SELECT 1 FROM obligation_move m WHERE m.obligation_id = o.id)',
};

/** What is due first, first. */
export function listObligations(query: Query, { state, kind, agency, after }: ObligationFilter, most: number): Promise<ListedObligation[]> {
  return query<ListedObligation>(
    `SELECT ${obligationColumns}, s2.digest, d.number AS "dossierNumber", coalesce(d.unit_code, p.unit_code) AS "unitCode", p.paper_number AS "paperNumber",
            CASE WHEN o.kind = 'result' THEN (SELECT count(*)::int FROM agency_message a WHERE a.submission_id = o.submission_id AND a.kind = 'apology' AND a.verdict = 'taken') ELSE 0 END AS "movedByAgency",
            (SELECT count(*)::int FROM obligation_move m WHERE m.obligation_id = o.id AND m.reason = 'apology') AS "movedByGateway",
            (SELECT count(*)::int FROM obligation_move m WHERE m.obligation_id = o.id AND m.reason = 'outage') AS "movedByOutage",
            (SELECT count(*)::int FROM obligation_move m WHERE m.obligation_id = o.id AND m.reason = 'completed') AS "movedByCompletion",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('dueAt', b.due_at, 'term', b.term, 'lapsedAt', b.breached_at) ORDER BY b.due_at), '[]') FROM obligation_breach b WHERE b.obligation_id = o.id) AS lapses
     FROM obligation o LEFT JOIN submission s2 ON s2.id = o.submission_id LEFT JOIN dossier d ON d.submission_id = o.submission_id LEFT JOIN paper_filing p ON p.id = o.paper_filing_id
     WHERE ${conditions[state]} AND ($1::text IS NULL OR o.kind = $1) AND ($2::text IS NULL OR starts_with(o.agency, $2)) AND ($3::timestamptz IS NULL OR (o.due_at, o.id) > ($3, $4::bigint))
     ORDER BY o.due_at, o.id LIMIT $5`,
    [kind ?? null, agency ?? null, after?.dueAt ?? null, after?.id ?? null, most],
  );
}

export interface KeptClock {
  readonly agency: string;
  readonly kind: ObligationKind;
  readonly arisen: number;
  readonly met: number;
  /** Of those met: by the date first promised, which outages and complete dossiers move and apologies do not, or while it stood still. */
  readonly inTime: number;
  readonly moved: number;
  /** By an apology, in the term that runs. */
  readonly apologised: number;
  readonly missed: number;
  /** Dates that lapsed: of those missed, one or more each. */
  readonly lapses: number;
  readonly open: number;
  /** Seconds past the due time of the one that was or is the latest. */
  readonly worstSeconds: number;
}

export function reportObligations(query: Query, { agency, from, until }: { readonly agency: string | undefined; readonly from: Date; readonly until: Date }, now: Date): Promise<KeptClock[]> {
  return query<KeptClock>(
    `SELECT o.agency, o.kind, count(*)::int AS arisen, count(o.met_at)::int AS met, (count(*) FILTER (WHERE o.met_at <= coalesce(o.promised_at, o.due_at) OR o.awaits_unit AND o.met_at IS NOT NULL))::int AS "inTime",
            (count(*) FILTER (WHERE o.due_at > o.first_due_at))::int AS moved, (count(*) FILTER (WHERE o.promised_at IS NOT NULL))::int AS apologised, count(o.breached_at)::int AS missed, coalesce(sum(CASE WHEN o.breached_at IS NOT NULL THEN (SELECT count(*) FROM obligation_breach b WHERE b.obligation_id = o.id) END), 0)::int AS lapses, (count(*) FILTER (WHERE o.met_at IS NULL AND o.look_at IS NOT NULL))::int AS open,
            greatest(0, max(CASE WHEN (o.met_at IS NOT NULL OR o.breached_at IS NOT NULL) AND NOT o.awaits_unit THEN extract(epoch FROM coalesce(o.met_at, $4) - coalesce(o.promised_at, o.due_at)) END))::int AS "worstSeconds"
     FROM obligation o WHERE o.arisen_at >= $1 AND o.arisen_at < $2 AND ($3::text IS NULL OR starts_with(o.agency, $3)) GROUP BY o.agency, o.kind ORDER BY o.agency, o.kind`,
    [from, until, agency ?? null, now],
  );
}
