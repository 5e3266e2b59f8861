// Apologies are counted within a term, and a breach by the date that was promised before the first of them; what the unit was asked to supplement is
// owed by it, and when that has lapsed the agency's conclusion is.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const up = `
  ALTER TABLE obligation DROP CONSTRAINT obligation_kind_check,
    ADD CONSTRAINT obligation_kind_check CHECK (kind IN ('acknowledge', 'forward', 'slip', 'relay', 'return', 'result', 'resend', 'supplement', 'conclude')),
    -- Of a result: how often it was due anew from a complete dossier, and what it was due at when the first apology of its term moved it.
    ADD COLUMN term integer NOT NULL DEFAULT 1,
    ADD COLUMN promised_at timestamptz;
  ALTER TABLE obligation_move ADD COLUMN term integer NOT NULL DEFAULT 1;
  ALTER TABLE obligation_move DISABLE TRIGGER obligation_move_immutable;
  UPDATE obligation_move m SET term = 1 + (SELECT count(*) FROM obligation_move c WHERE c.obligation_id = m.obligation_id AND c.reason = 'completed' AND c.id < m.id)
    WHERE m.obligation_id IN (SELECT obligation_id FROM obligation_move WHERE reason = 'completed');
  ALTER TABLE obligation_move ENABLE TRIGGER obligation_move_immutable;
  UPDATE obligation o SET term = 1 + c.n FROM (SELECT obligation_id, count(*) AS n FROM obligation_move WHERE reason = 'completed' GROUP BY obligation_id) c WHERE c.obligation_id = o.id;
  UPDATE obligation o SET promised_at = (SELECT m.from_due_at FROM obligation_move m WHERE m.obligation_id = o.id AND m.term = o.term AND m.reason IN ('apology', 'agency-apology') ORDER BY m.id LIMIT 1)
    WHERE o.kind = 'result' AND o.met_at IS NULL;
  UPDATE obligation SET look_at = promised_at WHERE promised_at IS NOT NULL AND breached_at IS NULL AND NOT awaits_unit;
  DROP INDEX obligation_move_apology;
  CREATE UNIQUE INDEX obligation_move_apology ON obligation_move (obligation_id, term) WHERE reason = 'apology';

  CREATE FUNCTION move_in_term() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.term := (SELECT term FROM obligation WHERE id = NEW.obligation_id);
    RETURN NEW;
  END $$;
  CREATE TRIGGER obligation_move_in_term BEFORE INSERT ON obligation_move FOR EACH ROW EXECUTE FUNCTION move_in_term();

  DROP INDEX obligation_once;
  CREATE UNIQUE INDEX obligation_once ON obligation (submission_id, kind) WHERE kind NOT IN ('relay', 'supplement', 'conclude');
  CREATE UNIQUE INDEX obligation_asked ON obligation (submission_id, kind, arisen_at) WHERE kind IN ('supplement', 'conclude');
  INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, due_at, basis, look_at)
    SELECT c.submission_id, 'supplement', d.agency, coalesce(c.changed_at, c.supplement_until), c.supplement_until, c.supplement_until, 'migration', c.supplement_until
    FROM case_state c JOIN dossier d ON d.submission_id = c.submission_id WHERE c.state = 'supplement' AND c.supplement_until IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = c.submission_id AND e.kind = 'supplement_received');
`;

const down = `
  -- Found again as it was found before.
  ALTER TABLE obligation DISABLE TRIGGER obligation_kept;
  DELETE FROM obligation WHERE kind = 'supplement';
  ALTER TABLE obligation ENABLE TRIGGER obligation_kept;
  DROP INDEX obligation_asked, obligation_once;
  CREATE UNIQUE INDEX obligation_once ON obligation (submission_id, kind) WHERE kind <> 'relay';

  DROP TRIGGER obligation_move_in_term ON obligation_move;
  DROP FUNCTION move_in_term();
  DROP INDEX obligation_move_apology;
  CREATE UNIQUE INDEX obligation_move_apology ON obligation_move (obligation_id) WHERE reason = 'apology';
  ALTER TABLE obligation_move DROP COLUMN term;

  -- Somebody looks when the date that it was moved to is over.
  UPDATE obligation SET look_at = due_at WHERE promised_at IS NOT NULL AND look_at < due_at;
  ALTER TABLE obligation DROP COLUMN term, DROP COLUMN promised_at, DROP CONSTRAINT obligation_kind_check,
    ADD CONSTRAINT obligation_kind_check CHECK (kind IN ('acknowledge', 'forward', 'slip', 'relay', 'return', 'result', 'resend'));
`;

/** A term that ran anew without a later date left no move, and what was met by a date first promised is not told from what was met before there were any. */
const recorded = [
  "obligation WHERE kind = 'conclude' OR (kind = 'supplement' AND (basis <> 'migration' OR met_at IS NOT NULL OR breached_at IS NOT NULL))",
  'obligation WHERE promised_at IS NOT NULL AND met_at IS NOT NULL',
  "obligation WHERE term <> 1 + (SELECT count(*) FROM obligation_move m WHERE m.obligation_id = obligation.id AND m.reason = 'completed')",
  "obligation_move WHERE reason = 'apology' AND term > 1",
];

export class TermsAndLapses1796910000000 implements MigrationInterface {
  readonly name = 'TermsAndLapses1796910000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, recorded);
    await runner.query(down);
  }
}
