// The erasure of a dossier's data: who had it erased, why and on what legal basis. Only where a row here names its submission may a document be blanked and
// the salt of its log entry be destroyed (Law 91/2025/QH15, Art. 14); every other change is still refused, and no row is ever deleted.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

/** What an erasure leaves of a row's columns, as the row reads in JSON; all others stay what they are. */
const blanked: Readonly<Record<string, string>> = {
  submission: '{"body": "\\\\x", "findings": [], "signatures": []}',
  receipt: '{"body": "\\\\x"}',
  dossier: '{"unit_name": ""}',
  result: '{"agency_answer": "\\\\x", "body": "\\\\x"}',
  notice: '{"body": "\\\\x"}',
  agency_message: '{"body": "\\\\x"}',
  obligation_move: '{"notice": "\\\\x"}',
  outage_certificate: '{"body": "\\\\x"}',
};

const up = `
  CREATE TABLE erasure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id bigint NOT NULL REFERENCES submission (id),
    erased_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    -- Though records of that age are to be kept as a rule.
    before_retention boolean NOT NULL,
    -- SHA-256 of the receipt: who kept it finds its time stamp, and the erasure, by it.
    receipt_digest text NOT NULL CHECK (receipt_digest ~ '^[0-9a-f]{64}$')
  );
  CREATE INDEX erasure_submission ON erasure (submission_id, id);
  CREATE INDEX erasure_receipt ON erasure (receipt_digest);
  CREATE INDEX log_entry_saltless ON log_entry (kind, subject) WHERE salt IS NULL;
  CREATE TRIGGER erasure_immutable BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER erasure_not_emptied BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- The submission whose erasure takes the record's document with it; null for what holds no person's data.
  CREATE FUNCTION erasable_of(kind text, subject bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE kind WHEN 'submission' THEN subject WHEN 'receipt' THEN subject WHEN 'result' THEN subject
      WHEN 'notice' THEN (SELECT submission_id FROM notice WHERE id = subject)
      WHEN 'message' THEN (SELECT submission_id FROM agency_message WHERE id = subject AND body IS NOT NULL) END
  $$;

  CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql SET bytea_output = 'hex' AS $$
  DECLARE
    old_row jsonb;
    owner bigint;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      old_row := to_jsonb(OLD);
      owner := CASE TG_TABLE_NAME WHEN 'submission' THEN (old_row ->> 'id')::bigint
        WHEN 'obligation_move' THEN (SELECT submission_id FROM obligation WHERE id = (old_row ->> 'obligation_id')::bigint) ELSE (old_row ->> 'submission_id')::bigint END;
      IF EXISTS (SELECT 1 FROM erasure WHERE submission_id = owner) AND to_jsonb(NEW) = old_row || TG_ARGV[0]::jsonb THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;

  CREATE FUNCTION refuse_to_lose_salt() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM erasure WHERE submission_id = erasable_of(OLD.kind, OLD.subject)) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the salt of an entry is destroyed by an erasure alone' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER log_entry_salt_kept BEFORE UPDATE ON log_entry FOR EACH ROW WHEN (OLD.salt IS NOT NULL AND NEW.salt IS NULL) EXECUTE FUNCTION refuse_to_lose_salt();
`;

export class Erasure1797400000000 implements MigrationInterface {
  readonly name = 'Erasure1797400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
    for (const [table, left] of Object.entries(blanked)) await replaceGuard(runner, table, `refuse_change_but_erasure('${left}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['erasure']);
    for (const table of Object.keys(blanked)) await replaceGuard(runner, table, 'refuse_change()');
    await runner.query(`
      DROP TRIGGER log_entry_salt_kept ON log_entry;
      DROP INDEX log_entry_saltless;
      DROP FUNCTION refuse_to_lose_salt();
      DROP FUNCTION refuse_change_but_erasure();
      DROP FUNCTION erasable_of(text, bigint);
      DROP TABLE erasure;
    `);
  }
}

async function replaceGuard(runner: QueryRunner, table: string, guard: string): Promise<void> {
  await runner.query(`DROP TRIGGER ${table}_immutable ON ${table}`);
  await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${guard}`);
}
