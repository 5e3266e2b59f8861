// What the registers of forms 04, 05 and 06 did not hold yet: by what a unit code was tied to a tax code when a form was accepted, clocks that ran out, and
// more than one end of a certificate's entry, of which the earliest counts. All of it is only ever inserted.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class UnitTiesAndLateness1795824000000 implements MigrationInterface {
  readonly name = 'UnitTiesAndLateness1795824000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(changes);
    await runner.query('CREATE TRIGGER ivan_registration_late_immutable BEFORE UPDATE OR DELETE ON ivan_registration_late FOR EACH ROW EXECUTE FUNCTION refuse_change()');
    await runner.query('CREATE TRIGGER ivan_registration_late_not_emptied BEFORE TRUNCATE ON ivan_registration_late FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['ivan_registration_late', 'ivan_registration_decision WHERE unit_tie IS NOT NULL']);
    await runner.query(asBefore);
  }
}

const changes = `
  -- An end that lies ahead does not keep an earlier one from counting.
  ALTER TABLE unit_certificate_end DROP CONSTRAINT unit_certificate_end_pkey;
  ALTER TABLE unit_certificate_end ADD PRIMARY KEY (registration_id, ended_at);

  -- Form 04, accepted: where it is known from that the unit code is the tax code's, or on what grounds the operator says so.
  ALTER TABLE ivan_registration_decision ADD COLUMN unit_tie jsonb;

  -- A clock of a form that ran out before what it is for was done; entered once, by whoever sees it first.
  CREATE TABLE ivan_registration_late (
    registration_id bigint NOT NULL REFERENCES ivan_registration (id),
    clock text NOT NULL CHECK (clock IN ('forward', 'decision', 'relay')),
    due_at timestamptz NOT NULL,
    noticed_at timestamptz NOT NULL CHECK (noticed_at > due_at),
    PRIMARY KEY (registration_id, clock)
  );

  CREATE INDEX dossier_unit ON dossier (agency, unit_code, tax_code);
  CREATE INDEX unit_certificate_use ON unit_certificate (use_id) WHERE use_id IS NOT NULL;
`;

const asBefore = `
  DROP INDEX unit_certificate_use;
  DROP INDEX dossier_unit;
  DROP TABLE ivan_registration_late;
  ALTER TABLE ivan_registration_decision DROP COLUMN unit_tie;
  ALTER TABLE unit_certificate_end DISABLE TRIGGER unit_certificate_end_immutable;
  DELETE FROM unit_certificate_end e USING unit_certificate_end o WHERE o.registration_id = e.registration_id AND o.ended_at < e.ended_at;
  ALTER TABLE unit_certificate_end ENABLE TRIGGER unit_certificate_end_immutable;
  ALTER TABLE unit_certificate_end DROP CONSTRAINT unit_certificate_end_pkey;
  ALTER TABLE unit_certificate_end ADD PRIMARY KEY (registration_id);
`;
