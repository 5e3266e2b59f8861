// What trust material consists of, each certificate and list once, however many materials it belongs to: large lists change by the hour, and
// with each of them the material. Since then a row of `trust_material` names its parts; rows of before hold them, and stay as they are.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class TrustParts1795478400000 implements MigrationInterface {
  readonly name = 'TrustParts1795478400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE trust_part (
        -- SHA-256 of the body.
        digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
        kind text NOT NULL CHECK (kind IN ('certificate', 'crl')),
        body bytea NOT NULL
      )`);
    await runner.query('CREATE TRIGGER trust_part_immutable BEFORE UPDATE OR DELETE ON trust_part FOR EACH ROW EXECUTE FUNCTION refuse_change()');
    await runner.query('CREATE TRIGGER trust_part_not_emptied BEFORE TRUNCATE ON trust_part FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['trust_part']);
    await runner.query('DROP TABLE trust_part');
  }
}
