// Deliveries to any number of receivers, each on a lane of its own: with its own limit, its own breaker and its own dead letters, so that one
// that is down delays nothing but its own. And where an agency's dossiers go, as data that an operator changes.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const lanes = `
  -- What all processes know of a lane together; whoever claims holds its row. Settings are written by whoever starts, the rest by what happens.
  CREATE TABLE lane (
    name text PRIMARY KEY,
    most_at_once integer NOT NULL CHECK (most_at_once > 0),
    failures_in_a_row integer NOT NULL DEFAULT 0,
    -- The breaker: null is closed. Until then nothing is claimed, afterwards one delivery is tried.
    open_until timestamptz,
    times_opened integer NOT NULL DEFAULT 0,
    CHECK ((open_until IS NULL) = (times_opened = 0))
  );

  ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
  -- Whether a dossier is answered its result says.
  UPDATE delivery SET state = 'delivered', due_at = 'infinity' WHERE state = 'answered';
  ALTER TABLE delivery ADD CONSTRAINT delivery_state_check CHECK (state IN ('waiting', 'delivered', 'dead'));
  ALTER TABLE delivery ADD COLUMN kind text NOT NULL DEFAULT 'dossier' CHECK (kind IN ('dossier'));
  ALTER TABLE delivery ALTER COLUMN kind DROP DEFAULT;
  -- Null until the routes are known, which is when the first gateway of this version starts.
  ALTER TABLE delivery ADD COLUMN lane text REFERENCES lane (name);
  -- What has the same key is delivered one after the other.
  ALTER TABLE delivery ADD COLUMN order_key text;
  UPDATE delivery SET order_key = agency || '/' || unit_code;
  ALTER TABLE delivery ALTER COLUMN order_key SET NOT NULL;
  -- The nearest legal deadline: who is nearest goes first.
  ALTER TABLE delivery ADD COLUMN urgent_at timestamptz;
  UPDATE delivery v SET urgent_at = least(d.due_at, s.received_at + interval '2 hours') FROM dossier d JOIN submission s ON s.id = d.submission_id WHERE d.submission_id = v.submission_id;
  ALTER TABLE delivery ALTER COLUMN urgent_at SET NOT NULL;
  -- How often the receiver would not have it, of all attempts.
  ALTER TABLE delivery ADD COLUMN rejections integer NOT NULL DEFAULT 0;
  DROP INDEX delivery_order, delivery_due;
  ALTER TABLE delivery DROP COLUMN agency, DROP COLUMN unit_code, DROP CONSTRAINT delivery_submission_id_key;
  CREATE UNIQUE INDEX delivery_dossier ON delivery (submission_id) WHERE kind = 'dossier';
  CREATE INDEX delivery_next ON delivery (lane, urgent_at, id) WHERE state = 'waiting';
  CREATE INDEX delivery_order ON delivery (lane, order_key, id) WHERE state = 'waiting';
  CREATE INDEX delivery_leased ON delivery (lane, claimed_until) WHERE state = 'waiting' AND claimed_until IS NOT NULL;
  CREATE INDEX delivery_dead ON delivery (id) WHERE state = 'dead';
  CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';
  CREATE INDEX delivery_unanswered ON delivery (due_at) WHERE state = 'delivered';
`;

const routes = `
  -- From then on dossiers of agencies with this prefix go to that backend; the longest prefix counts, '' is every agency's.
  CREATE TABLE route_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text NOT NULL CHECK (prefix ~ '^[0-9]{0,5}$'),
    -- Null takes the prefix out; the whole table stays total.
    backend text CHECK (prefix <> '' OR backend IS NOT NULL),
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    changed_at timestamptz NOT NULL
  );
  CREATE INDEX route_change_prefix ON route_change (prefix, id DESC);
  CREATE TRIGGER route_change_immutable BEFORE UPDATE OR DELETE ON route_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER route_change_not_emptied BEFORE TRUNCATE ON route_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- The routes as they stand.
  CREATE VIEW route AS
    SELECT prefix, backend, changed_at FROM (SELECT DISTINCT ON (prefix) * FROM route_change ORDER BY prefix, id DESC) latest WHERE backend IS NOT NULL;
  CREATE FUNCTION backend_for(agency text) RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT backend FROM route WHERE starts_with(agency, prefix) ORDER BY length(prefix) DESC LIMIT 1 $$;
`;

export class Delivery1796000000000 implements MigrationInterface {
  readonly name = 'Delivery1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(lanes);
    await runner.query(routes);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['route_change']);
    await runner.query(`
      DROP FUNCTION backend_for(text);
      DROP VIEW route;
      DROP TABLE route_change;
      UPDATE delivery SET state = 'waiting' WHERE state = 'dead';
      DROP INDEX delivery_dossier, delivery_next, delivery_order, delivery_leased, delivery_dead, delivery_due, delivery_unanswered;
      ALTER TABLE delivery ADD COLUMN agency text, ADD COLUMN unit_code text;
      UPDATE delivery v SET agency = d.agency, unit_code = coalesce(nullif(d.unit_code, ''), d.tax_code) FROM dossier d WHERE d.submission_id = v.submission_id;
      ALTER TABLE delivery ALTER COLUMN agency SET NOT NULL, ALTER COLUMN unit_code SET NOT NULL, ADD CONSTRAINT delivery_submission_id_key UNIQUE (submission_id);
      ALTER TABLE delivery DROP COLUMN kind, DROP COLUMN lane, DROP COLUMN order_key, DROP COLUMN urgent_at, DROP COLUMN rejections, DROP CONSTRAINT delivery_state_check;
      ALTER TABLE delivery ADD CONSTRAINT delivery_state_check CHECK (state IN ('waiting', 'delivered', 'answered'));
      UPDATE delivery v SET state = 'answered' FROM result t WHERE t.submission_id = v.submission_id;
      CREATE INDEX delivery_due ON delivery (due_at) WHERE state <> 'answered';
      CREATE INDEX delivery_order ON delivery (agency, unit_code, id) WHERE state = 'waiting';
      DROP TABLE lane;
    `);
  }
}
