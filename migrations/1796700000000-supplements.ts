// Which dossier another supplements, by its sender's word, and what was known of it then.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class Supplements1796700000000 implements MigrationInterface {
  readonly name = 'Supplements1796700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE submission ADD COLUMN supplements jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ['submission WHERE supplements IS NOT NULL']);
    await runner.query('ALTER TABLE submission DROP COLUMN supplements');
  }
}
