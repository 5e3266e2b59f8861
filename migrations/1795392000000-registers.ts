// What a judgement rests on besides the bytes, and what makes a dossier the same in other octets: the digest of its signed content, the
// verification reports, the register of the units' certificates, and the OCSP answers that were used. All of it is only ever inserted.
// Rows of before have none of it (null); the constraints, not validated against them, ask it of every new row.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const immutable = ['revocation_evidence', 'unit_certificate', 'unit_certificate_end', 'agency_policy'] as const;

export class Registers1795392000000 implements MigrationInterface {
  readonly name = 'Registers1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(changes);
    for (const table of immutable) {
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, [...immutable, 'submission WHERE content_digest IS NOT NULL OR signatures IS NOT NULL OR registration IS NOT NULL']);
    await runner.query('DROP TABLE unit_certificate_end, unit_certificate, agency_policy, revocation_evidence');
    await runner.query('ALTER TABLE submission DROP COLUMN content_digest, DROP COLUMN signatures, DROP COLUMN registration');
  }
}

const changes = `
  ALTER TABLE submission
    -- SHA-256 of the canonical octets that the unit's signature covers; of whatever was found to be in order.
    ADD COLUMN content_digest text CHECK (content_digest ~ '^[0-9a-f]{64}$'),
    -- What was found of every signature.
    ADD COLUMN signatures jsonb,
    -- By which rule of the agency the signer's certificate had to be registered, and by which entry it was; null when it had not to be.
    ADD COLUMN registration jsonb,
    ADD CONSTRAINT submission_has_content CHECK ((outcome = 'refused') = (content_digest IS NULL)) NOT VALID,
    ADD CONSTRAINT submission_has_signatures CHECK (signatures IS NOT NULL) NOT VALID;
  -- The same signed content is accepted once, in whatever octets and by whomever it is signed and sent.
  CREATE UNIQUE INDEX submission_content_once ON submission (content_digest) WHERE outcome = 'accepted';

  -- OCSP answers as they were used to judge, so that a judgement can be repeated.
  CREATE TABLE revocation_evidence (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    kind text NOT NULL CHECK (kind IN ('crl', 'ocsp')),
    body bytea NOT NULL
  );

  -- The certificates that a unit of an agency registered to sign with (form 04).
  CREATE TABLE unit_certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency text NOT NULL,
    unit_code text NOT NULL CHECK (unit_code <> ''),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    serial_number text NOT NULL,
    subject text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
    registered_at timestamptz NOT NULL
  );
  CREATE INDEX unit_certificate_unit ON unit_certificate (agency, unit_code, fingerprint);

  -- From this instant a registration no longer counts.
  CREATE TABLE unit_certificate_end (
    registration_id bigint PRIMARY KEY REFERENCES unit_certificate (id),
    ended_at timestamptz NOT NULL
  );

  -- From when on an agency asks for registered certificates, or no longer does: the latest row that has begun is in force.
  CREATE TABLE agency_policy (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency text NOT NULL,
    effective_from timestamptz NOT NULL,
    registered_certificate_required boolean NOT NULL,
    decided_at timestamptz NOT NULL
  );
  CREATE INDEX agency_policy_in_force ON agency_policy (agency, effective_from, id);
`;
