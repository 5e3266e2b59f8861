// The term of a result stands still while its agency waits for the unit to complete the dossier, and runs anew from the complete one.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class AwaitingTheUnit1796810000000 implements MigrationInterface {
  readonly name = 'AwaitingTheUnit1796810000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of a result: its agency waits for the unit, or did when it answered.
      ALTER TABLE obligation ADD COLUMN awaits_unit boolean NOT NULL DEFAULT false CHECK (NOT awaits_unit OR kind = 'result');
      ALTER TABLE obligation_move DROP CONSTRAINT obligation_move_reason_check,
        ADD CONSTRAINT obligation_move_reason_check CHECK (reason IN ('apology', 'agency-apology', 'outage', 'completed'));
      CREATE INDEX submission_of_case ON submission (((supplements -> 'dossier' ->> 'origin')::bigint)) WHERE outcome = 'accepted' AND supplements IS NOT NULL;
      UPDATE obligation o SET awaits_unit = true, warned_at = NULL, look_at = 'infinity' FROM case_state c
        WHERE c.submission_id = o.submission_id AND c.state = 'supplement' AND o.kind = 'result' AND o.met_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = o.submission_id AND e.kind = 'supplement_received');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ["obligation_move WHERE reason = 'completed'", 'obligation WHERE awaits_unit AND met_at IS NOT NULL']);
    await runner.query(`
      DROP INDEX submission_of_case;
      ALTER TABLE obligation_move DROP CONSTRAINT obligation_move_reason_check,
        ADD CONSTRAINT obligation_move_reason_check CHECK (reason IN ('apology', 'agency-apology', 'outage'));
      -- Its time runs on, and somebody looks when it is over.
      UPDATE obligation SET look_at = due_at WHERE awaits_unit;
      ALTER TABLE obligation DROP COLUMN awaits_unit;
    `);
  }
}
