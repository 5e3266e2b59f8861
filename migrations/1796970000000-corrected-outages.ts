// An outage whose end is corrected to a later one covers, it may be, where it had moved a deadline to: such a deadline moves again. Deadlines that lie
// beyond the end are not moved, so none moves twice for the same end.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class CorrectedOutages1796970000000 implements MigrationInterface {
  readonly name = 'CorrectedOutages1796970000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX obligation_move_outage;
      CREATE UNIQUE INDEX obligation_move_outage ON obligation_move (obligation_id, outage_id, from_due_at) WHERE reason = 'outage';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, [`obligation_move m WHERE m.reason = 'outage' AND EXISTS (SELECT 1 FROM obligation_move o WHERE o.obligation_id = m.obligation_id AND o.outage_id = m.outage_id AND o.id < m.id)`]);
    await runner.query(`
      DROP INDEX obligation_move_outage;
      CREATE UNIQUE INDEX obligation_move_outage ON obligation_move (obligation_id, outage_id) WHERE reason = 'outage';
    `);
  }
}
