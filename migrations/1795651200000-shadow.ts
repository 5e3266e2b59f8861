// What a rule set that is not in force would have said of real traffic: counts, no evidence. Changed as it goes, never part of an audit.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Shadow1795651200000 implements MigrationInterface {
  readonly name = 'Shadow1795651200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shadow_count (
        -- The set that judged in shadow: its id, and the digest of the files it stands on.
        rule_set text NOT NULL,
        digest text NOT NULL,
        day date NOT NULL,
        -- An I-VAN's code, or 'direct'.
        sender text NOT NULL,
        -- What is counted: submissions judged, passed over, refused or accepted otherwise than by the set in force; or one rule that would refuse.
        kind text NOT NULL CHECK (kind IN ('judged', 'passed_over', 'would_refuse', 'would_accept', 'rule')),
        -- The rule, '' for the other kinds.
        code text NOT NULL,
        count bigint NOT NULL CHECK (count > 0),
        -- Digest of the latest submission counted here, to look at.
        example text NOT NULL,
        PRIMARY KEY (rule_set, digest, day, sender, kind, code)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shadow_count');
  }
}
