// The contradictions in the history of subscriptions: each begins unconfirmed and ends for good, only an active one is withheld, and every change has the one event that tells of it,
// and every such event its change. Each row is a sentence.
import type { Query } from './database.ts';

export async function findSubscriptionContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    WITH change AS (
      SELECT c.*, s.feed, s.kind, row_number() OVER (PARTITION BY c.subscription_id ORDER BY c.id) AS nth, lag(c.state) OVER (PARTITION BY c.subscription_id ORDER BY c.id) AS before
      FROM subscription_change c JOIN subscription s ON s.id = c.subscription_id),
    event AS (
      SELECT id, at, detail, row_number() OVER (PARTITION BY detail ->> 'subscription' ORDER BY id) AS nth FROM audit_event WHERE kind = 'subscription_changed')
    SELECT 'subscription ' || s.id AS "where", 'has no beginning' AS what FROM subscription s WHERE NOT EXISTS (SELECT 1 FROM subscription_change c WHERE c.subscription_id = s.id)
    UNION ALL
    SELECT 'subscription ' || subscription_id, CASE WHEN before IS NULL THEN 'does not begin unconfirmed' ELSE 'goes on after its end, or is unconfirmed again' END FROM change
    WHERE (before IS NULL) <> (state = 'unconfirmed' AND nth = 1) OR before = 'ended' OR (nth > 1 AND state = 'unconfirmed')
    UNION ALL
    SELECT 'subscription ' || subscription_id, 'is withheld though it was ' || coalesce(before, 'nothing') FROM change WHERE state = 'withheld' AND before IS DISTINCT FROM 'active' AND before IS DISTINCT FROM 'withheld'
    UNION ALL
    SELECT coalesce('subscription ' || c.subscription_id, 'event ' || e.id), CASE WHEN e.id IS NULL THEN 'has a change that nobody recorded' WHEN c.id IS NULL THEN 'tells of a change that is not there' ELSE 'was changed otherwise than was recorded' END
    FROM change c FULL JOIN event e ON e.detail ->> 'subscription' = c.subscription_id::text AND e.nth = c.nth
    WHERE e.id IS NULL OR c.id IS NULL OR e.at <> c.changed_at OR (e.detail ->> 'state', e.detail ->> 'feed', e.detail ->> 'subscriptionKind', e.detail ->> 'reason', e.detail ->> 'kinds')
      IS DISTINCT FROM (c.state, c.feed, c.kind, c.reason, coalesce(array_to_string(c.kinds, ' '), '*'))
    UNION ALL
    SELECT 'subscription ' || s.id, 'has another address than it was changed with' FROM subscription s
    WHERE EXISTS (SELECT 1 FROM event e WHERE e.detail ->> 'subscription' = s.id::text AND e.detail ->> 'targetDigest' <> encode(sha256(convert_to(s.target, 'UTF8')), 'hex'))
    LIMIT 20`);
}
