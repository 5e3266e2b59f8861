// A delivery may turn out not to be one: the agency finds the dossier in a stream and puts it aside, or the stream that held it is gone. Then forwarding
// is owed again, and what an operator sends again is told from what was sent before.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const staysButForwarding = `
  CREATE OR REPLACE FUNCTION refuse_other_obligation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.id, NEW.submission_id, NEW.paper_filing_id, NEW.kind, NEW.agency, NEW.arisen_at, NEW.first_due_at, NEW.basis)
        IS DISTINCT FROM (OLD.id, OLD.submission_id, OLD.paper_filing_id, OLD.kind, OLD.agency, OLD.arisen_at, OLD.first_due_at, OLD.basis)
      OR (OLD.met_at IS NOT NULL AND NEW.met_at IS DISTINCT FROM OLD.met_at AND NOT (OLD.kind = 'forward' AND NEW.met_at IS NULL)) OR (OLD.breached_at IS NOT NULL AND NEW.breached_at IS DISTINCT FROM OLD.breached_at) THEN
      RAISE EXCEPTION 'an obligation stays what it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END $$;`;

const stays = staysButForwarding.replace(` AND NOT (OLD.kind = 'forward' AND NEW.met_at IS NULL)`, '');

export class PutAside1796940000000 implements MigrationInterface {
  readonly name = 'PutAside1796940000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How often it was ordered again after it had been given up, or lost.
      ALTER TABLE delivery ADD COLUMN replays integer NOT NULL DEFAULT 0 CHECK (replays >= 0);
      -- Which stream holds what was delivered: when it was made, as its servers write it. Null: none is known.
      ALTER TABLE lane ADD COLUMN stream_made text;
    `);
    await runner.query(staysButForwarding);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['delivery WHERE replays > 0']);
    await runner.query(stays);
    await runner.query('ALTER TABLE delivery DROP COLUMN replays; ALTER TABLE lane DROP COLUMN stream_made');
  }
}
