// What is under way is known by its group: one row says which deliveries a worker has taken and how many of them it hands over at once. Claiming
// writes no delivery, so that a delivery is written once, when it is done.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeliveryLeases1796650000000 implements MigrationInterface {
  readonly name = 'DeliveryLeases1796650000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery_lease (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        lane text NOT NULL,
        worker text NOT NULL,
        -- How many it hands over at once.
        hands integer NOT NULL CHECK (hands > 0),
        -- What is not settled yet.
        deliveries bigint[] NOT NULL,
        -- Afterwards it belongs to a worker that is gone.
        until timestamptz NOT NULL
      );
      INSERT INTO delivery_lease (lane, worker, hands, deliveries, until)
        SELECT lane, coalesce(claimed_by, ''), count(*), array_agg(id), max(claimed_until) FROM delivery
        WHERE state = 'waiting' AND claimed_until IS NOT NULL AND lane IS NOT NULL GROUP BY lane, claimed_by;
      CREATE VIEW delivery_claim AS SELECT unnest(deliveries) AS delivery_id, id AS lease_id, lane, worker, until FROM delivery_lease;
      DROP INDEX delivery_leased, delivery_due;
      ALTER TABLE delivery DROP COLUMN claimed_until, DROP COLUMN claimed_by;
      CREATE INDEX delivery_due ON delivery (lane, due_at) WHERE state = 'waiting';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE delivery ADD COLUMN claimed_until timestamptz, ADD COLUMN claimed_by text;
      UPDATE delivery v SET claimed_by = c.worker, claimed_until = c.until FROM delivery_claim c WHERE c.delivery_id = v.id AND v.state = 'waiting';
      DROP VIEW delivery_claim;
      DROP TABLE delivery_lease;
      DROP INDEX delivery_due;
      CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';
      CREATE INDEX delivery_leased ON delivery (lane, claimed_until) WHERE state = 'waiting' AND claimed_until IS NOT NULL;
    `);
  }
}
