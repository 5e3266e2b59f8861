// Who wants to be told of what happens to its dossiers, where, and of which kinds: a webhook's address or a mail address. Subscriptions and every
// change of them are only ever inserted; the latest change is what holds.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const immutable = ['subscription', 'subscription_change', 'mail_confirmation'] as const;

const tables = `
  CREATE TABLE subscription (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('webhook', 'mail')),
    -- Whose events: the feed's name.
    feed text NOT NULL,
    -- https address or mail address.
    target text NOT NULL CHECK (target <> ''),
    -- In the links of its messages; whoever holds it can end the subscription and nothing else.
    end_token text UNIQUE,
    created_at timestamptz NOT NULL,
    CHECK ((kind = 'mail') = (end_token IS NOT NULL))
  );
  CREATE INDEX subscription_feed ON subscription (feed);
  CREATE INDEX subscription_target ON subscription (lower(target)) WHERE kind = 'mail';

  CREATE TABLE subscription_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id bigint NOT NULL REFERENCES subscription (id),
    -- unconfirmed: the receiver has not answered yet, nothing is told; paused: what is to be told waits; ended: for good.
    state text NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused', 'ended')),
    -- Null: every kind, also those to come.
    kinds text[],
    reason text NOT NULL CHECK (reason <> ''),
    changed_at timestamptz NOT NULL
  );
  CREATE INDEX subscription_change_latest ON subscription_change (subscription_id, id DESC);

  CREATE VIEW subscription_now AS
    SELECT s.*, c.state, c.kinds, c.changed_at FROM subscription s
    CROSS JOIN LATERAL (SELECT state, kinds, changed_at FROM subscription_change WHERE subscription_id = s.id ORDER BY id DESC LIMIT 1) c;

  -- Links by which the owner of a mail address says yes: SHA-256 of what stands in the link.
  CREATE TABLE mail_confirmation (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    subscription_id bigint NOT NULL REFERENCES subscription (id),
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX mail_confirmation_of ON mail_confirmation (subscription_id);
`;

export class Subscriptions1796300000000 implements MigrationInterface {
  readonly name = 'Subscriptions1796300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    for (const table of immutable) {
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, immutable);
    await runner.query(`DROP VIEW subscription_now; DROP TABLE mail_confirmation, subscription_change, subscription;`);
  }
}
