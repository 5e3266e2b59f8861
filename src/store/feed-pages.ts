// Reading the feeds. A page and how far the feed had come are of one instant: everything up to `last` is there, or on a page before.
import type { Query } from './database.ts';
import type { FeedKind } from './feeds.ts';

export interface PageEvent {
  readonly position: number;
  /** The same in every feed. */
  readonly id: string;
  readonly kind: FeedKind;
  readonly at: Date;
  /** Null for what concerns no dossier. */
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly transactionCode: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FeedPage {
  /** Where the events are fed from, and how far that has come: what somebody who waits for more waits for. */
  readonly feed: string;
  readonly fed: number;
  readonly last: number;
  readonly events: readonly PageEvent[];
}

type PageRow = Omit<FeedPage, 'events'> & { readonly [Name in keyof PageEvent]: PageEvent[Name] | null };

const columns = `p.event_id AS id, p.kind, p.at, s.digest, d.number AS "dossierNumber", s.transaction_code AS "transactionCode", p.detail`;

/** At most so many events after a position; `last` is 0 while nothing was ever told. */
export async function readFeed(query: Query, feed: string, after: number, most: number): Promise<FeedPage> {
  const rows = await query<PageRow>(
    `SELECT $1 AS feed, f.last AS fed, f.last, p.* FROM (SELECT coalesce((SELECT last FROM feed WHERE name = $1), 0)::float8 AS last) f
     LEFT JOIN LATERAL (
       SELECT p.position::float8 AS position, ${columns} FROM feed_event p LEFT JOIN submission s ON s.id = p.submission_id LEFT JOIN dossier d ON d.submission_id = p.submission_id
       WHERE p.feed = $1 AND p.position > $2 ORDER BY p.position LIMIT $3) p ON true
     ORDER BY p.position`,
    [feed, after, most],
  );
  return pageOf(rows);
}

/** One dossier's own events, counted from 1; undefined when nothing with that digest was received. Of several with it the one that its status tells of. */
export async function readDossierEvents(query: Query, digest: string, after: number, most: number): Promise<FeedPage | undefined> {
  const rows = await query<PageRow>(
    `WITH s AS (SELECT id, digest, transaction_code FROM submission WHERE digest = $1 ORDER BY outcome = 'accepted' DESC, id LIMIT 1),
     -- The unit's where there is one, so that all of an accepted dossier's events are in it; each feed has them in the same order.
     home AS (SELECT p.feed, f.last::float8 AS fed FROM s JOIN feed_event p ON p.submission_id = s.id JOIN feed f ON f.name = p.feed ORDER BY p.feed DESC LIMIT 1),
     own AS (SELECT p.*, row_number() OVER (ORDER BY p.position) AS nth FROM s JOIN home ON true JOIN feed_event p ON p.submission_id = s.id AND p.feed = home.feed)
     SELECT home.feed, home.fed, (SELECT count(*) FROM own)::float8 AS last, p.* FROM home
     LEFT JOIN LATERAL (
       SELECT p.nth::float8 AS position, ${columns} FROM own p JOIN s ON true LEFT JOIN dossier d ON d.submission_id = s.id WHERE p.nth > $2 ORDER BY p.nth LIMIT $3) p ON true
     ORDER BY p.position`,
    [digest, after, most],
  );
  return rows.length === 0 ? undefined : pageOf(rows);
}

function pageOf(rows: readonly PageRow[]): FeedPage {
  const [first] = rows;
  if (first === undefined) throw new Error('a feed without a row');
  const { feed, fed, last } = first;
  return { feed, fed, last, events: rows.filter((row): row is PageRow & PageEvent => row.position !== null) };
}

/** How far each of these has come; without those that have not begun. */
export async function positionsOf(query: Query, feeds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await query<{ name: string; last: number }>('SELECT name, last::float8 AS last FROM feed WHERE name = ANY ($1)', [feeds]);
  return new Map(rows.map(({ name, last }) => [name, last]));
}
