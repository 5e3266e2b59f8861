// Subscriptions of who may not read its events at present, how fast receivers may be tested, and whose receivers share their places.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

export class WithheldSubscriptions1796900000000 implements MigrationInterface {
  readonly name = 'WithheldSubscriptions1796900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- withheld: nobody has the right to the feed at present; what is to be told waits, as in a pause, but nobody asked for one.
      ALTER TABLE subscription_change DROP CONSTRAINT subscription_change_state_check,
        ADD CONSTRAINT subscription_change_state_check CHECK (state IN ('unconfirmed', 'active', 'paused', 'withheld', 'ended'));
      -- Of a feed's calls that make the gateway call or write to others: until when what was spent is earned again.
      CREATE TABLE subscription_pace (feed text PRIMARY KEY, earned_at timestamptz NOT NULL);
      -- Whose it is, where several lanes are one's: they share what one may have under way. Null: its own.
      ALTER TABLE lane ADD COLUMN owner text;
      UPDATE lane l SET owner = s.feed FROM subscription s WHERE l.name = 'webhook:' || s.id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, ["subscription_change WHERE state = 'withheld'"]);
    await runner.query(`
      ALTER TABLE lane DROP COLUMN owner;
      DROP TABLE subscription_pace;
      ALTER TABLE subscription_change DROP CONSTRAINT subscription_change_state_check,
        ADD CONSTRAINT subscription_change_state_check CHECK (state IN ('unconfirmed', 'active', 'paused', 'ended'));
    `);
  }
}
