// What accepted dossiers hold, declaration by declaration, so that the next one of the same unit can be held against it; and what a submission was told
// of it. Only ever inserted. Dossiers of before have no declarations here and no word of it (null); the constraint, not validated against them, asks it
// of every new row.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class Declarations1795737600000 implements MigrationInterface {
  readonly name = 'Declarations1795737600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(changes);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['dossier_declaration', 'submission WHERE filed_before IS NOT NULL']);
    await runner.query('DROP TABLE dossier_declaration');
    await runner.query('ALTER TABLE submission DROP COLUMN filed_before');
  }
}

const changes = `
  -- What was filed before by the same unit, as it was told when this was recorded; null for what was refused without asking.
  ALTER TABLE submission
    ADD COLUMN filed_before jsonb,
    ADD CONSTRAINT submission_was_compared CHECK (outcome = 'refused' OR filed_before IS NOT NULL) NOT VALID;

  -- The signed declarations of an accepted dossier. The unit, procedure and period are the dossier's, repeated for the indices.
  CREATE TABLE dossier_declaration (
    submission_id bigint NOT NULL REFERENCES dossier (submission_id),
    -- Among the signed declarations of the dossier, from 0 on.
    position integer NOT NULL CHECK (position >= 0),
    agency text NOT NULL,
    unit_code text NOT NULL,
    tax_code text NOT NULL,
    procedure text NOT NULL,
    period text NOT NULL,
    form text NOT NULL,
    -- As the form gives it (Dot...); null where it gives none.
    batch text CHECK (batch <> ''),
    -- SHA-256 of the canonical octets that the declaration's signature covers.
    content_digest text NOT NULL CHECK (content_digest ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (submission_id, position)
  );
  CREATE INDEX dossier_declaration_content ON dossier_declaration (content_digest, agency, unit_code, tax_code, submission_id);
  CREATE INDEX dossier_declaration_batch ON dossier_declaration (agency, unit_code, tax_code, batch, period, form, procedure, submission_id) WHERE batch IS NOT NULL;
  CREATE TRIGGER dossier_declaration_immutable BEFORE UPDATE OR DELETE ON dossier_declaration FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER dossier_declaration_not_emptied BEFORE TRUNCATE ON dossier_declaration FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;
