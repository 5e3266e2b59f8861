// What is told apart from now on: that a unit's notice was delivered and that it was opened, each with its way; every date that lapsed, of whichever term,
// with an apologised one too; and what an agency says again, which is counted on the message that it said first instead of being a row each time. A dossier
// that was given up and that its agency has spoken of since is delivered.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const reports = `
  -- feed: the unit's feed was served with it; webhook: answered 2xx; mail: accepted; fetch: by what opened it.
  ALTER TABLE notice_report ADD COLUMN how text NOT NULL DEFAULT 'fetch' CHECK (how IN ('feed', 'webhook', 'mail', 'fetch')), ADD CHECK (what = 'delivered' OR how = 'fetch');
  ALTER TABLE notice_report ALTER COLUMN how DROP DEFAULT;
`;

const breaches = `
  -- Each date that lapsed, once: the one promised in a term, and an apologised one after it. The first of them is the obligation's breached_at.
  CREATE TABLE obligation_breach (
    obligation_id bigint NOT NULL REFERENCES obligation (id),
    due_at timestamptz NOT NULL,
    term integer NOT NULL,
    breached_at timestamptz NOT NULL,
    PRIMARY KEY (obligation_id, due_at)
  );
  INSERT INTO obligation_breach (obligation_id, due_at, term, breached_at)
    SELECT o.id, (e.detail ->> 'dueAt')::timestamptz, 1 + (SELECT count(*) FROM audit_event c WHERE c.kind = 'deadline_moved' AND c.id < e.id AND c.submission_id = o.submission_id AND EXISTS (
        SELECT 1 FROM obligation_move m WHERE m.obligation_id = o.id AND m.reason = 'completed' AND m.id::text = c.detail ->> 'move')), e.at
    FROM audit_event e JOIN obligation o ON o.id::text = e.detail ->> 'obligation' WHERE e.kind = 'deadline_missed' ON CONFLICT DO NOTHING;
  -- What ran on after its first breach is looked at again.
  UPDATE obligation o SET look_at = least(o.look_at, coalesce(o.met_at, o.due_at)) WHERE o.kind = 'result' AND o.breached_at IS NOT NULL AND NOT o.awaits_unit
    AND (o.met_at IS NULL OR o.met_at > coalesce(o.promised_at, o.due_at))
    AND NOT EXISTS (SELECT 1 FROM obligation_breach b WHERE b.obligation_id = o.id AND b.due_at >= CASE WHEN o.met_at <= o.due_at THEN coalesce(o.promised_at, o.due_at) ELSE o.due_at END);
`;

const repeats = `
  -- Said again, word for word or in sense, and no row of its own: how often, how many of these stood in the backend's feed, and the last of them.
  CREATE TABLE agency_message_repeat (
    message_id bigint NOT NULL REFERENCES agency_message (id),
    -- Who said it again.
    backend text NOT NULL,
    times bigint NOT NULL CHECK (times > 0),
    positions bigint NOT NULL CHECK (positions BETWEEN 0 AND times),
    last_position bigint CHECK ((positions = 0) = (last_position IS NULL)),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, backend)
  );
  CREATE INDEX agency_message_repeat_backend ON agency_message_repeat (backend);
  CREATE INDEX agency_message_first ON agency_message (first_id) WHERE first_id IS NOT NULL;
  CREATE FUNCTION refuse_fewer() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.message_id, NEW.backend, NEW.first_at) IS DISTINCT FROM (OLD.message_id, OLD.backend, OLD.first_at) OR NEW.times < OLD.times OR NEW.positions < OLD.positions THEN
      RAISE EXCEPTION 'what was counted stays counted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER agency_message_repeat_grows BEFORE UPDATE ON agency_message_repeat FOR EACH ROW EXECUTE FUNCTION refuse_fewer();
  CREATE TRIGGER agency_message_repeat_kept BEFORE DELETE ON agency_message_repeat FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER agency_message_repeat_not_emptied BEFORE TRUNCATE ON agency_message_repeat FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

const answered = `
  WITH settled AS (
    UPDATE delivery v SET state = 'delivered', delivered_at = now(), last_error = NULL WHERE v.kind = 'dossier' AND v.state = 'dead' AND EXISTS (
      SELECT 1 FROM agency_message m WHERE m.submission_id = v.submission_id AND m.verdict IN ('taken', 'late')
        AND m.received_at > (SELECT max(e.at) FROM audit_event e WHERE e.submission_id = v.submission_id AND e.kind = 'delivery_dead'))
    RETURNING v.submission_id, v.lane, v.attempts),
  met AS (
    UPDATE obligation o SET met_at = now(), look_at = CASE WHEN o.due_at < now() AND o.breached_at IS NULL THEN now() END
    FROM settled WHERE o.submission_id = settled.submission_id AND o.kind = 'forward' AND o.met_at IS NULL),
  event AS (
    INSERT INTO audit_event (at, kind, submission_id, detail)
    SELECT now(), 'delivered', submission_id, jsonb_build_object('lane', lane, 'attempts', attempts, 'answered', true) FROM settled ORDER BY submission_id RETURNING id, at, submission_id),
  told AS MATERIALIZED (
    SELECT e.*, f.feed COLLATE "C" AS feed, row_number() OVER (PARTITION BY f.feed ORDER BY e.id) AS nth, count(*) OVER (PARTITION BY f.feed) AS more
    FROM event e JOIN submission s ON s.id = e.submission_id JOIN dossier d ON d.submission_id = s.id
    CROSS JOIN LATERAL (
      SELECT 'ivan:' || s.sender AS feed WHERE s.sender_facts ->> 'kind' = 'ivan'
      UNION ALL SELECT 'unit:' || d.agency || '/' || coalesce(nullif(d.unit_code, ''), d.tax_code)) f),
  counter AS (
    INSERT INTO feed AS c (name, last) SELECT feed, more FROM told WHERE nth = 1 ORDER BY feed ON CONFLICT (name) DO UPDATE SET last = c.last + excluded.last RETURNING name, last)
  INSERT INTO feed_event (feed, position, event_id, submission_id, kind, at, detail)
    SELECT t.feed, c.last - t.more + t.nth, t.id, t.submission_id, 'forwarded', t.at, '{}' FROM told t JOIN counter c ON c.name = t.feed;
`;

export class ToldApart1796960000000 implements MigrationInterface {
  readonly name = 'ToldApart1796960000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [reports, breaches, repeats, answered]) await runner.query(sql);
    await runner.query('CREATE TRIGGER obligation_breach_immutable BEFORE UPDATE OR DELETE ON obligation_breach FOR EACH ROW EXECUTE FUNCTION refuse_change()');
    await runner.query('CREATE TRIGGER obligation_breach_not_emptied BEFORE TRUNCATE ON obligation_breach FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, [
      'agency_message_repeat', "notice_report WHERE how <> 'fetch'",
      'obligation_breach b WHERE NOT EXISTS (SELECT 1 FROM obligation o WHERE o.id = b.obligation_id AND o.breached_at = b.breached_at)',
    ]);
    await runner.query(`
      DROP INDEX agency_message_first;
      DROP TABLE agency_message_repeat, obligation_breach;
      DROP FUNCTION refuse_fewer();
      ALTER TABLE notice_report DROP COLUMN how;
    `);
  }
}
