// The tables of the gateway. What was once accepted or refused is only ever inserted: triggers refuse to change or delete a submission,
// a receipt, a dossier, a result or an audit event.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const immutable = ['trust_material', 'signing_certificate', 'submission', 'receipt', 'dossier', 'result', 'audit_event'] as const;

export class Foundation1795305600000 implements MigrationInterface {
  readonly name = 'Foundation1795305600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$`);
    for (const table of immutable) {
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, [...immutable, 'contract']);
    await runner.query('DROP TABLE audit_event, result, delivery, dossier, dossier_counter, receipt, submission, trust_material, signing_certificate, contract');
    await runner.query('DROP FUNCTION refuse_change()');
  }
}

const tables = `
  -- An I-VAN's contract with Vietnam Social Security, bound to the certificate it connects with.
  CREATE TABLE contract (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ivan_code text NOT NULL,
    fingerprint text NOT NULL UNIQUE CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    state text NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from)
  );

  -- Anchors, intermediates and revocation lists as they were used to judge, so that a judgement can be repeated.
  CREATE TABLE trust_material (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    body bytea NOT NULL
  );

  -- Every certificate that this gateway signed with.
  CREATE TABLE signing_certificate (
    fingerprint text PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    body bytea NOT NULL
  );

  CREATE TABLE submission (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    sender text NOT NULL,
    sender_facts jsonb NOT NULL,
    -- The sender's own key for the submission (Idempotency-Key), with what it is unique under.
    key_scope text,
    key text,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'conflict')),
    findings jsonb NOT NULL,
    transaction_code text NOT NULL UNIQUE,
    rule_set_digest text NOT NULL,
    trust_digest text NOT NULL REFERENCES trust_material (digest),
    -- The submission that had the key first.
    conflicts_with bigint REFERENCES submission (id),
    body bytea NOT NULL,
    CHECK ((outcome = 'conflict') = (conflicts_with IS NOT NULL)),
    CHECK ((key IS NULL) = (key_scope IS NULL)),
    UNIQUE (digest, sender),
    UNIQUE (key_scope, key)
  );
  -- The same bytes are accepted once, whoever sends them.
  CREATE UNIQUE INDEX submission_accepted_once ON submission (digest) WHERE outcome = 'accepted';
  -- Bodies are base64 for the most part: compressing them costs more than it saves.
  ALTER TABLE submission ALTER COLUMN body SET STORAGE EXTERNAL;

  CREATE TABLE receipt (
    submission_id bigint PRIMARY KEY REFERENCES submission (id),
    body bytea NOT NULL
  );

  -- The last number given per agency and year; its row lock makes the numbers gapless.
  CREATE TABLE dossier_counter (
    agency text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (agency, year)
  );

  CREATE TABLE dossier (
    submission_id bigint PRIMARY KEY REFERENCES submission (id),
    agency text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    number text NOT NULL UNIQUE,
    unit_code text NOT NULL,
    unit_name text NOT NULL,
    tax_code text NOT NULL,
    procedure text NOT NULL,
    period text NOT NULL,
    due_at timestamptz NOT NULL,
    UNIQUE (agency, year, sequence)
  );

  -- Who acts next: waiting – the gateway delivers; delivered – the agency works; answered – nobody.
  CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id bigint NOT NULL UNIQUE REFERENCES submission (id),
    agency text NOT NULL,
    unit_code text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'answered')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    claimed_until timestamptz,
    claimed_by text,
    last_error text,
    delivered_at timestamptz
  );
  CREATE INDEX delivery_due ON delivery (due_at) WHERE state <> 'answered';
  CREATE INDEX delivery_order ON delivery (agency, unit_code, id) WHERE state = 'waiting';

  CREATE TABLE result (
    submission_id bigint PRIMARY KEY REFERENCES submission (id),
    answered_at timestamptz NOT NULL,
    code text NOT NULL,
    agency_answer bytea NOT NULL,
    trust_digest text NOT NULL REFERENCES trust_material (digest),
    body bytea NOT NULL
  );

  CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    submission_id bigint REFERENCES submission (id),
    detail jsonb NOT NULL
  );
  CREATE INDEX audit_event_submission ON audit_event (submission_id);
`;
