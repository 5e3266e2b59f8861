// The feeds: what a sender or a unit may see of the events, numbered without gap for each of them. Events of before are filled in, in their order;
// the public names and the parts of an event that are shown stand here as they were then.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const tables = `
  -- How far a feed has come. Its row is held from the moment a position is given until the transaction ends, so positions become visible in their order.
  CREATE TABLE feed (
    name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^(?:ivan|unit|dossier):'),
    last bigint NOT NULL CHECK (last > 0)
  );

  CREATE TABLE feed_event (
    feed text COLLATE "C" NOT NULL,
    position bigint NOT NULL CHECK (position > 0),
    event_id bigint NOT NULL REFERENCES audit_event (id),
    submission_id bigint,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (feed, position)
  );
  CREATE INDEX feed_event_submission ON feed_event (submission_id, feed, position) WHERE submission_id IS NOT NULL;
`;

const history = `
  INSERT INTO feed_event (feed, position, event_id, submission_id, kind, at, detail)
    SELECT f.feed, row_number() OVER (PARTITION BY f.feed ORDER BY e.id), e.id, e.submission_id, t.kind, e.at,
      (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(e.detail) WHERE key = ANY (t.shown))
    FROM audit_event e
    JOIN (VALUES ('submission_accepted', 'accepted', '{document}'::text[]), ('submission_refused', 'refused', '{document}'), ('submission_conflict', 'conflict', '{document}'),
                 ('delivered', 'forwarded', '{}'), ('result_issued', 'result', '{code,document}')) AS t (event, kind, shown) ON t.event = e.kind
    JOIN submission s ON s.id = e.submission_id LEFT JOIN dossier d ON d.submission_id = s.id
    CROSS JOIN LATERAL (
      SELECT 'ivan:' || s.sender AS feed WHERE s.sender_facts ->> 'kind' = 'ivan'
      UNION ALL SELECT 'unit:' || d.agency || '/' || coalesce(nullif(d.unit_code, ''), d.tax_code) WHERE d.submission_id IS NOT NULL
      UNION ALL SELECT 'dossier:' || s.digest WHERE d.submission_id IS NULL AND s.sender_facts ->> 'kind' <> 'ivan') f;
  INSERT INTO feed (name, last) SELECT feed, count(*) FROM feed_event GROUP BY feed;
`;

export class Feeds1796200000000 implements MigrationInterface {
  readonly name = 'Feeds1796200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(history);
    await runner.query('CREATE TRIGGER feed_event_immutable BEFORE UPDATE OR DELETE ON feed_event FOR EACH ROW EXECUTE FUNCTION refuse_change()');
    await runner.query('CREATE TRIGGER feed_event_not_emptied BEFORE TRUNCATE ON feed_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['feed_event']);
    await runner.query('DROP TABLE feed_event, feed');
  }
}
