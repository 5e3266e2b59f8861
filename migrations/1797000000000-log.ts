// The log that nobody can rewrite: its entries with their salts, the nodes of its tree, its checkpoints, and what waits to be entered. Every table
// of evidence says itself what has come into it and is not in the log yet, so that nobody who writes one can forget the log.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose, waitForLog } from './evidence.ts';

/**
 * Tables of evidence by the kind of their entries; all have an id that is a number. Submissions and forms are entered as they are received, before their
 * receipts, and an event that says only this has no entry of its own.
 */
const kinds: Readonly<Record<string, readonly [table: string, id: string, isLogged?: string]>> = {
  receipt: ['receipt', 'submission_id'],
  result: ['result', 'submission_id'],
  notice: ['notice', 'id'],
  message: ['agency_message', 'id'],
  statement: ['outage_statement', 'id'],
  event: ['audit_event', 'id', `kind NOT IN ('submission_accepted', 'submission_refused', 'submission_conflict')`],
  form: ['ivan_registration', 'id'],
  decision: ['ivan_registration_decision', 'registration_id'],
};

export class Log1797000000000 implements MigrationInterface {
  readonly name = 'Log1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    for (const [kind, [table, id, isLogged = 'true']] of Object.entries(kinds)) {
      await runner.query(`INSERT INTO log_waiting SELECT '${kind}', ${id} FROM ${table} WHERE ${isLogged}`);
      await waitForLog(runner, kind, table, id, isLogged);
    }
    for (const table of ['log_key', 'log_head', 'log_waiting', 'log_entry', 'log_node', 'log_checkpoint', 'log_cosignature']) {
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
    await runner.query(`INSERT INTO log_waiting SELECT 'submission', id FROM submission UNION ALL SELECT 'registration', id FROM ivan_registration`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['log_entry', 'log_checkpoint', 'log_cosignature']);
    for (const [table] of Object.values(kinds)) await runner.query(`DROP TRIGGER ${table}_to_log ON ${table}; DROP FUNCTION ${table}_to_log()`);
    await runner.query('DROP TABLE log_cosignature, log_checkpoint, log_node, log_entry, log_head, log_waiting, log_key; DROP FUNCTION refuse_change_of_entry(); DROP FUNCTION refuse_other_head(); ALTER TABLE receipt ALTER COLUMN body SET STORAGE EXTENDED');
  }
}

const tables = `
  -- Receipts are written while the log is held: compressing them takes longer than writing them.
  ALTER TABLE receipt ALTER COLUMN body SET STORAGE EXTERNAL;
  CREATE TABLE log_key (verifier text PRIMARY KEY, since timestamptz NOT NULL);
  CREATE TABLE log_head (single boolean PRIMARY KEY DEFAULT true CHECK (single), size bigint NOT NULL, edge bytea NOT NULL);
  INSERT INTO log_head (size, edge) VALUES (0, '');
  CREATE TABLE log_waiting (kind text NOT NULL, subject bigint NOT NULL, PRIMARY KEY (kind, subject));
  CREATE TABLE log_entry (
    position bigint PRIMARY KEY,
    kind text NOT NULL,
    subject bigint NOT NULL,
    salt bytea CHECK (octet_length(salt) = 32),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    UNIQUE (kind, subject));
  CREATE TABLE log_node (level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0), index bigint NOT NULL, hash bytea NOT NULL CHECK (octet_length(hash) = 32), PRIMARY KEY (level, index));
  CREATE TABLE log_checkpoint (size bigint PRIMARY KEY, root bytea NOT NULL CHECK (octet_length(root) = 32), note text NOT NULL, at timestamptz NOT NULL);
  CREATE TABLE log_cosignature (size bigint NOT NULL REFERENCES log_checkpoint, witness text NOT NULL, line text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (size, witness));
  CREATE FUNCTION refuse_change_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND (NEW.position, NEW.kind, NEW.subject, NEW.commitment) = (OLD.position, OLD.kind, OLD.subject, OLD.commitment) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'entries of the log are never changed; their salt alone may be destroyed';
  END $$;
  CREATE FUNCTION refuse_other_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND NEW.size > OLD.size THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the head of the log is never changed but to a larger tree' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER log_head_grows BEFORE UPDATE OR DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION refuse_other_head();
  CREATE TRIGGER log_entry_immutable BEFORE UPDATE OR DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION refuse_change_of_entry();
  CREATE TRIGGER log_key_immutable BEFORE UPDATE OR DELETE ON log_key FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER log_node_immutable BEFORE UPDATE OR DELETE ON log_node FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER log_checkpoint_immutable BEFORE UPDATE OR DELETE ON log_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER log_cosignature_immutable BEFORE UPDATE OR DELETE ON log_cosignature FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;
