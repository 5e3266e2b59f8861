// Time stamps (RFC 3161): of the log's checkpoints, and of single receipts where the gateway gives them one; and which process is at it. Every stamp is itself
// entered into the log, so that the stamp of any later checkpoint covers it (RFC 4998: the log is the hash tree).
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose, waitForLog } from './evidence.ts';

/** By the kind of their entries. */
const kinds = { stamp: 'log_stamp', 'receipt-stamp': 'receipt_stamp' } as const;

export class Stamps1797200000000 implements MigrationInterface {
  readonly name = 'Stamps1797200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_stamp (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        size bigint NOT NULL UNIQUE REFERENCES log_checkpoint,
        token bytea NOT NULL,
        digest text NOT NULL,
        tsa text NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > recorded_at),
        trust_digest text NOT NULL REFERENCES trust_material (digest));
      CREATE INDEX log_stamp_end ON log_stamp (ends_at, size);
      CREATE TABLE receipt_stamp (
        digest text PRIMARY KEY,
        id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        token bytea NOT NULL,
        tsa text NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > recorded_at),
        trust_digest text NOT NULL REFERENCES trust_material (digest));
      CREATE INDEX receipt_stamp_end ON receipt_stamp (ends_at);
      CREATE TABLE stamp_lease (single boolean PRIMARY KEY DEFAULT true CHECK (single), holder text, until timestamptz);
      INSERT INTO stamp_lease DEFAULT VALUES;
    `);
    for (const [kind, table] of Object.entries(kinds)) {
      await waitForLog(runner, kind, table, 'id');
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, Object.values(kinds));
    await runner.query('DROP TABLE log_stamp, receipt_stamp, stamp_lease; DROP FUNCTION log_stamp_to_log(), receipt_stamp_to_log()');
  }
}
