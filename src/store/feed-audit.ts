// The contradictions in the feeds: every told event stands in each of its feeds once, as it happened, and in no other; positions are 1 to the
// feed's last without gap. Each row is a sentence.
import type { Query } from './database.ts';
import { toldEvents, toldParameters } from './feeds.ts';

export async function findFeedContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(
    `WITH told AS (${toldEvents('audit_event')})
     SELECT 'feed ' || coalesce(f.name, p.feed) AS "where", 'has not the positions 1 to ' || coalesce(f.last::text, 'nothing') || ' without gap' AS what
     FROM feed f FULL JOIN (SELECT feed, count(*) AS n, min(position) AS least, max(position) AS most FROM feed_event GROUP BY feed) p ON p.feed = f.name
     WHERE f.last IS NULL OR p.feed IS NULL OR p.least <> 1 OR p.most <> p.n OR p.most <> f.last
     UNION ALL
     SELECT 'feed ' || coalesce(t.feed, p.feed), CASE WHEN p.feed IS NULL THEN 'lacks event ' || t.event_id WHEN t.feed IS NULL THEN 'has event ' || p.event_id || ', which is not its own'
       ELSE 'has event ' || p.event_id || ' otherwise than it happened' END
     FROM told t FULL JOIN feed_event p ON p.event_id = t.event_id AND p.feed = t.feed
     WHERE t.feed IS NULL OR p.feed IS NULL OR (p.submission_id, p.kind, p.at, p.detail) IS DISTINCT FROM (t.submission_id, t.kind, t.at, t.detail)
     UNION ALL
     SELECT 'feed ' || feed, 'has event ' || event_id || ' ' || count(*) || ' times' FROM feed_event GROUP BY feed, event_id HAVING count(*) > 1
     LIMIT 20`,
    toldParameters(),
  );
}
