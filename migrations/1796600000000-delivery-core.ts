// Deliveries of every kind in one queue: dossiers to agencies, events to webhooks and by mail. What concerns no dossier names the feed's event
// and the subscription that it is for.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class DeliveryCore1796600000000 implements MigrationInterface {
  readonly name = 'DeliveryCore1796600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE delivery DROP CONSTRAINT delivery_kind_check;
      ALTER TABLE delivery ALTER COLUMN submission_id DROP NOT NULL;
      ALTER TABLE delivery
        ADD CONSTRAINT delivery_kind_check CHECK (kind IN ('dossier', 'webhook', 'mail')),
        -- The event, and who subscribed to it.
        ADD COLUMN feed text, ADD COLUMN position bigint, ADD COLUMN subscription bigint,
        -- From when its age counts: when it was ordered, or sent again by an operator.
        ADD COLUMN ordered_at timestamptz,
        -- What it takes to hold it in memory.
        ADD COLUMN octets integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT delivery_of_dossier CHECK (kind <> 'dossier' OR submission_id IS NOT NULL),
        ADD CONSTRAINT delivery_of_event CHECK (kind = 'dossier' OR (feed IS NOT NULL AND position IS NOT NULL AND subscription IS NOT NULL));
      UPDATE delivery v SET ordered_at = s.received_at, octets = octet_length(s.body) FROM submission s WHERE s.id = v.submission_id;
      ALTER TABLE delivery ALTER COLUMN ordered_at SET NOT NULL;
      -- An event goes to a subscription once.
      CREATE UNIQUE INDEX delivery_event ON delivery (subscription, feed, position) WHERE subscription IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ["delivery WHERE kind <> 'dossier' AND state <> 'delivered'"]);
    await runner.query(`
      DELETE FROM delivery WHERE kind <> 'dossier';
      DROP INDEX delivery_event;
      ALTER TABLE delivery DROP CONSTRAINT delivery_kind_check, DROP CONSTRAINT delivery_of_dossier, DROP CONSTRAINT delivery_of_event;
      ALTER TABLE delivery DROP COLUMN feed, DROP COLUMN position, DROP COLUMN subscription, DROP COLUMN ordered_at, DROP COLUMN octets;
      ALTER TABLE delivery ALTER COLUMN submission_id SET NOT NULL;
      ALTER TABLE delivery ADD CONSTRAINT delivery_kind_check CHECK (kind IN ('dossier'));
    `);
  }
}
