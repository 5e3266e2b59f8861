// I-VANs' contracts with their whole history, and the employers' use of an I-VAN (forms 04, 05, 06). All of it is only ever inserted: a contract is
// what its last change says, a use is in force until its end is there. Contracts of before, one for each client certificate, are carried over
// as they last stood; each gets a history of its own, and an event that says so.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const immutable = [
  'ivan_contract', 'ivan_contract_change', 'ivan_checklist_answer', 'ivan_certificate', 'ivan_certificate_end',
  'ivan_registration', 'ivan_registration_step', 'ivan_registration_decision', 'ivan_use', 'ivan_use_end', 'ivan_use_policy',
] as const;

export class ContractsAndRegistrations1795564800000 implements MigrationInterface {
  readonly name = 'ContractsAndRegistrations1795564800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(contracts);
    await runner.query(registrations);
    await runner.query(carriedOver);
    for (const table of immutable) {
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseToLose(runner, notCarriedBack);
    await runner.query(asBefore);
    await runner.query('ALTER TABLE submission DROP COLUMN ivan_use');
    await runner.query('ALTER TABLE unit_certificate DROP COLUMN use_id');
    await runner.query('DROP TABLE ivan_use_policy, ivan_use_end, ivan_use, ivan_registration_decision, ivan_registration_step, ivan_registration');
    await runner.query('DROP TABLE ivan_certificate_end, ivan_certificate, ivan_checklist_answer, ivan_contract_change, ivan_contract');
  }
}

const contracts = `
  CREATE TABLE ivan_contract (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number <> ''),
    ivan_code text NOT NULL CHECK (ivan_code <> ''),
    name text NOT NULL,
    -- Of the I-VAN; whose certificates may sign for it. Null where nobody said it.
    tax_code text,
    opened_at timestamptz NOT NULL
  );
  CREATE INDEX ivan_contract_ivan ON ivan_contract (ivan_code);

  -- Each step of a contract with all that holds from it on. The last one is the contract as it stands.
  CREATE TABLE ivan_contract_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id bigint NOT NULL REFERENCES ivan_contract (id),
    sequence integer NOT NULL CHECK (sequence > 0),
    action text NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'assessed', 'signed', 'active', 'suspended', 'ended', 'rejected')),
    valid_from timestamptz,
    valid_until timestamptz CHECK (valid_until > valid_from),
    -- Template, sign date, times of service, profile limits; null where none were agreed here.
    terms jsonb,
    reason text,
    actor text NOT NULL CHECK (actor <> ''),
    changed_at timestamptz NOT NULL,
    UNIQUE (contract_id, sequence),
    CHECK ((state IN ('applied', 'assessed', 'rejected')) OR (valid_from IS NOT NULL AND valid_until IS NOT NULL))
  );

  CREATE TABLE ivan_checklist_answer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id bigint NOT NULL REFERENCES ivan_contract (id),
    item text NOT NULL,
    met boolean NOT NULL,
    evidence text NOT NULL CHECK (evidence <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    answered_at timestamptz NOT NULL
  );
  CREATE INDEX ivan_checklist_answer_contract ON ivan_checklist_answer (contract_id, item, id);

  -- connect: TLS client certificate. sign: what the I-VAN signs registrations with. Without dates of its own it counts as long as the contract does.
  CREATE TABLE ivan_certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id bigint NOT NULL REFERENCES ivan_contract (id),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    purpose text NOT NULL CHECK (purpose IN ('connect', 'sign')),
    valid_from timestamptz,
    valid_until timestamptz CHECK (valid_until > valid_from),
    actor text NOT NULL CHECK (actor <> ''),
    registered_at timestamptz NOT NULL,
    CHECK ((valid_from IS NULL) = (valid_until IS NULL))
  );
  CREATE INDEX ivan_certificate_fingerprint ON ivan_certificate (fingerprint);
  CREATE INDEX ivan_certificate_contract ON ivan_certificate (contract_id);

  CREATE TABLE ivan_certificate_end (
    certificate_id bigint PRIMARY KEY REFERENCES ivan_certificate (id),
    actor text NOT NULL CHECK (actor <> ''),
    ended_at timestamptz NOT NULL
  );
`;

const registrations = `
  -- A form 04, 05 or 06 as an I-VAN sent it, with the receipt or refusal that it got.
  CREATE TABLE ivan_registration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    ivan_code text NOT NULL,
    sender_facts jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'refused')),
    -- Null where it cannot be read; nobody vouches for it when it was refused.
    form text,
    declared jsonb,
    findings jsonb NOT NULL,
    signatures jsonb NOT NULL,
    -- What the registers said of the unit; null when they were not asked.
    facts jsonb,
    -- SHA-256 of the canonical octets that the employer signed.
    content_digest text CHECK (content_digest ~ '^[0-9a-f]{64}$'),
    transaction_code text NOT NULL UNIQUE,
    rule_set_digest text NOT NULL,
    trust_digest text NOT NULL REFERENCES trust_material (digest),
    forward_due_at timestamptz,
    decision_due_at timestamptz,
    receipt bytea NOT NULL,
    body bytea NOT NULL,
    UNIQUE (digest, ivan_code),
    CHECK ((outcome = 'received') = (forward_due_at IS NOT NULL AND decision_due_at IS NOT NULL AND content_digest IS NOT NULL AND declared IS NOT NULL AND form IS NOT NULL AND facts IS NOT NULL))
  );
  CREATE INDEX ivan_registration_content ON ivan_registration (content_digest) WHERE outcome = 'received';
  CREATE INDEX ivan_registration_unit ON ivan_registration ((declared ->> 'agency'), (declared ->> 'unitCode')) WHERE outcome = 'received';

  -- forwarded: the operator has it before them. relayed: the I-VAN has fetched the notice.
  CREATE TABLE ivan_registration_step (
    registration_id bigint NOT NULL REFERENCES ivan_registration (id),
    step text NOT NULL CHECK (step IN ('forwarded', 'relayed')),
    actor text NOT NULL CHECK (actor <> ''),
    at timestamptz NOT NULL,
    PRIMARY KEY (registration_id, step)
  );

  CREATE TABLE ivan_registration_decision (
    registration_id bigint PRIMARY KEY REFERENCES ivan_registration (id),
    decision text NOT NULL CHECK (decision IN ('accepted', 'refused')),
    reason text CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    decided_at timestamptz NOT NULL,
    -- From when on it holds: the decision, or the day that form 06 names.
    effective_at timestamptz,
    relay_due_at timestamptz NOT NULL,
    -- What it did to the register of certificates.
    effects jsonb NOT NULL,
    trust_digest text NOT NULL REFERENCES trust_material (digest),
    notice bytea NOT NULL,
    CHECK (decision = 'accepted' OR reason IS NOT NULL),
    CHECK ((decision = 'accepted') = (effective_at IS NOT NULL))
  );

  CREATE TABLE ivan_use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency text NOT NULL,
    unit_code text NOT NULL CHECK (unit_code <> ''),
    ivan_code text NOT NULL,
    tax_code text NOT NULL,
    registration_id bigint NOT NULL UNIQUE REFERENCES ivan_registration (id),
    began_at timestamptz NOT NULL
  );
  CREATE INDEX ivan_use_unit ON ivan_use (agency, unit_code);

  CREATE TABLE ivan_use_end (
    use_id bigint PRIMARY KEY REFERENCES ivan_use (id),
    registration_id bigint NOT NULL UNIQUE REFERENCES ivan_registration (id),
    ended_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL CHECK (recorded_at <= ended_at)
  );

  -- From when on an agency asks that a unit has registered its use of the I-VAN it files through, or no longer does.
  CREATE TABLE ivan_use_policy (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency text NOT NULL,
    effective_from timestamptz NOT NULL,
    registered_use_required boolean NOT NULL,
    decided_at timestamptz NOT NULL
  );
  CREATE INDEX ivan_use_policy_in_force ON ivan_use_policy (agency, effective_from, id);

  -- The use that the certificate was registered with (form 04 or 05); null for what the operator entered by hand.
  ALTER TABLE unit_certificate ADD COLUMN use_id bigint REFERENCES ivan_use (id);
  -- What the register of uses said when the dossier came; null when it had nothing to say.
  ALTER TABLE submission ADD COLUMN ivan_use jsonb;
`;

const carriedOver = `
  INSERT INTO ivan_contract (number, ivan_code, name, opened_at)
    SELECT 'C-' || ivan_code || '-' || id, ivan_code, '', date_trunc('milliseconds', now()) FROM contract ORDER BY id;
  INSERT INTO ivan_contract_change (contract_id, sequence, action, state, valid_from, valid_until, actor, changed_at)
    SELECT c.id, 1, 'carry_over', o.state, o.valid_from, o.valid_until, 'migration', c.opened_at
    FROM contract o JOIN ivan_contract c ON c.number = 'C-' || o.ivan_code || '-' || o.id ORDER BY c.id;
  INSERT INTO ivan_certificate (contract_id, fingerprint, purpose, actor, registered_at)
    SELECT c.id, o.fingerprint, 'connect', 'migration', c.opened_at
    FROM contract o JOIN ivan_contract c ON c.number = 'C-' || o.ivan_code || '-' || o.id ORDER BY c.id;
  INSERT INTO audit_event (at, kind, detail)
    SELECT h.changed_at, 'contract_changed', jsonb_build_object('change', h.id::text, 'contract', c.number, 'ivanCode', c.ivan_code, 'action', h.action, 'state', h.state,
           'validFrom', to_jsonb(h.valid_from), 'validUntil', to_jsonb(h.valid_until), 'terms', NULL, 'reason', NULL, 'actor', h.actor)
    FROM ivan_contract_change h JOIN ivan_contract c ON c.id = h.contract_id ORDER BY h.id;
  INSERT INTO audit_event (at, kind, detail)
    SELECT t.registered_at, 'contract_certificate_registered', jsonb_build_object('certificate', t.id::text, 'contract', c.number, 'fingerprint', t.fingerprint, 'purpose', t.purpose,
           'validFrom', NULL, 'validUntil', NULL, 'actor', t.actor)
    FROM ivan_certificate t JOIN ivan_contract c ON c.id = t.contract_id ORDER BY t.id;
  DROP TABLE contract;
`;

/** All but contracts as they were carried over. */
const notCarriedBack = [
  "ivan_contract_change WHERE action <> 'carry_over'", "ivan_certificate WHERE actor <> 'migration'", 'ivan_certificate_end', 'ivan_checklist_answer', 'ivan_registration',
  'ivan_registration_step', 'ivan_registration_decision', 'ivan_use', 'ivan_use_end', 'ivan_use_policy', 'submission WHERE ivan_use IS NOT NULL',
];

const asBefore = `
  CREATE TABLE contract (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ivan_code text NOT NULL,
    fingerprint text NOT NULL UNIQUE CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    state text NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from)
  );
  INSERT INTO contract (ivan_code, fingerprint, state, valid_from, valid_until)
    SELECT DISTINCT ON (t.fingerprint) c.ivan_code, t.fingerprint, h.state, h.valid_from, h.valid_until
    FROM ivan_certificate t JOIN ivan_contract c ON c.id = t.contract_id
    JOIN LATERAL (SELECT * FROM ivan_contract_change WHERE contract_id = c.id ORDER BY sequence DESC LIMIT 1) h ON true
    WHERE t.purpose = 'connect' AND h.state IN ('active', 'suspended', 'ended') ORDER BY t.fingerprint, t.id DESC;
`;
