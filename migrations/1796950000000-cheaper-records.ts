// What is recorded of every dossier costs less: signed messages are stored as they are, because trying to compress signatures and base64 takes longer
// than writing them; the rule that an obligation stays what it was runs its program for those alone that break it; and a feed's place refers to its
// event without asking each time whether it is there: both are written by one statement, neither is ever changed, and the audit compares them.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const kept = 'id, submission_id, paper_filing_id, kind, agency, arisen_at, first_due_at, basis';
const of = (row: 'NEW' | 'OLD'): string => `(${kept.split(', ').map((column) => `${row}.${column}`).join(', ')})`;

export class CheaperRecords1796950000000 implements MigrationInterface {
  readonly name = 'CheaperRecords1796950000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE result ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN agency_answer SET STORAGE EXTERNAL;
      ALTER TABLE notice ALTER COLUMN body SET STORAGE EXTERNAL;
      ALTER TABLE feed_event DROP CONSTRAINT feed_event_event_id_fkey;
      DROP TRIGGER obligation_stays ON obligation;
      CREATE TRIGGER obligation_stays BEFORE UPDATE ON obligation FOR EACH ROW
        WHEN (${of('NEW')} IS DISTINCT FROM ${of('OLD')}
          OR (OLD.met_at IS NOT NULL AND NEW.met_at IS DISTINCT FROM OLD.met_at) OR (OLD.breached_at IS NOT NULL AND NEW.breached_at IS DISTINCT FROM OLD.breached_at))
        EXECUTE FUNCTION refuse_other_obligation();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER obligation_stays ON obligation;
      CREATE TRIGGER obligation_stays BEFORE UPDATE ON obligation FOR EACH ROW EXECUTE FUNCTION refuse_other_obligation();
      ALTER TABLE feed_event ADD CONSTRAINT feed_event_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event (id);
      ALTER TABLE notice ALTER COLUMN body SET STORAGE EXTENDED;
      ALTER TABLE result ALTER COLUMN body SET STORAGE EXTENDED, ALTER COLUMN agency_answer SET STORAGE EXTENDED;
    `);
  }
}
