// Who owes whom an answer until when (law-and-process §1.1): due times as they arose, what moved them, what met them, what lapsed. And the ledger of
// outages (§1.3), which moves them: statements, certificates, filings on paper meanwhile, and the announced maintenance of I-VANs.
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { refuseToLose } from './evidence.ts';

const outages = `
  CREATE TABLE outage (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    scope text NOT NULL CHECK (scope IN ('gateway', 'portal', 'ca', 'network', 'ivan')),
    -- Of the agencies concerned; '' is all.
    agency_prefix text NOT NULL CHECK (agency_prefix ~ '^[0-9]{0,5}$'),
    ivan_code text CHECK ((scope = 'ivan') = (ivan_code IS NOT NULL)),
    opened_at timestamptz NOT NULL
  );
  -- What was said of it, each under the gateway's signature; the last one counts.
  CREATE TABLE outage_statement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outage_id bigint NOT NULL REFERENCES outage (id),
    kind text NOT NULL CHECK (kind IN ('began', 'ended', 'corrected')),
    cause_vi text NOT NULL CHECK (cause_vi <> ''),
    cause_en text NOT NULL CHECK (cause_en <> ''),
    started_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at > started_at),
    -- Why it is corrected.
    reason text CHECK ((kind = 'corrected') = (reason IS NOT NULL)),
    actor text NOT NULL CHECK (actor <> ''),
    issued_at timestamptz NOT NULL,
    body bytea NOT NULL,
    CHECK (kind <> 'ended' OR ended_at IS NOT NULL),
    CHECK (kind <> 'began' OR ended_at IS NULL)
  );
  CREATE INDEX outage_statement_outage ON outage_statement (outage_id, id DESC);
  -- The deadlines that fell into it as the statement has it are moved.
  CREATE TABLE outage_settled (
    statement_id bigint PRIMARY KEY REFERENCES outage_statement (id),
    settled_at timestamptz NOT NULL,
    moved integer NOT NULL
  );
  CREATE VIEW outage_state AS
    SELECT o.id, o.reference, o.scope, o.agency_prefix, o.ivan_code, o.opened_at, s.id AS statement_id, s.cause_vi, s.cause_en, s.started_at, s.ended_at, s.issued_at
    FROM outage o CROSS JOIN LATERAL (SELECT * FROM outage_statement WHERE outage_id = o.id ORDER BY id DESC LIMIT 1) s;
  -- Filed on paper because of an outage, as the agency reports it.
  CREATE TABLE paper_filing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outage_id bigint NOT NULL REFERENCES outage (id),
    agency text NOT NULL,
    unit_code text NOT NULL,
    procedure text NOT NULL,
    period text NOT NULL,
    paper_number text NOT NULL CHECK (paper_number <> ''),
    filed_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    UNIQUE (agency, paper_number)
  );
  CREATE INDEX paper_filing_unit ON paper_filing (agency, unit_code, procedure, period);
  CREATE INDEX paper_filing_outage ON paper_filing (outage_id);
  -- The electronic dossier that is the same as the paper one.
  CREATE TABLE paper_filing_met (
    paper_filing_id bigint PRIMARY KEY REFERENCES paper_filing (id),
    submission_id bigint NOT NULL UNIQUE REFERENCES submission (id),
    met_at timestamptz NOT NULL
  );
`;

const obligations = `
  CREATE TABLE obligation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id bigint REFERENCES submission (id),
    paper_filing_id bigint REFERENCES paper_filing (id),
    kind text NOT NULL CHECK (kind IN ('acknowledge', 'forward', 'slip', 'relay', 'return', 'result', 'resend')),
    agency text NOT NULL,
    arisen_at timestamptz NOT NULL,
    -- As it arose, and what it rests on; never changed.
    first_due_at timestamptz NOT NULL,
    basis text NOT NULL CHECK (basis <> ''),
    -- As it stands after its moves.
    due_at timestamptz NOT NULL,
    met_at timestamptz,
    warned_at timestamptz,
    breached_at timestamptz,
    -- When somebody has to look at it again: null never, infinity when an outage has ended.
    look_at timestamptz,
    CHECK ((kind = 'resend') = (paper_filing_id IS NOT NULL)),
    CHECK ((submission_id IS NULL) = (paper_filing_id IS NOT NULL))
  );
  -- Of each there is one, but messages are relayed one by one.
  CREATE UNIQUE INDEX obligation_once ON obligation (submission_id, kind) WHERE kind <> 'relay';
  CREATE INDEX obligation_relay ON obligation (submission_id) WHERE kind = 'relay' AND met_at IS NULL;
  CREATE UNIQUE INDEX obligation_paper ON obligation (paper_filing_id) WHERE paper_filing_id IS NOT NULL;
  CREATE INDEX obligation_look ON obligation (look_at, id) WHERE look_at IS NOT NULL;
  -- What is not met, and what was met late: outages move it.
  CREATE INDEX obligation_open ON obligation (due_at) WHERE met_at IS NULL OR met_at > due_at;
  CREATE INDEX obligation_near ON obligation (due_at) WHERE warned_at IS NOT NULL AND met_at IS NULL AND breached_at IS NULL;
  CREATE INDEX obligation_breached ON obligation (due_at) WHERE breached_at IS NOT NULL;
  CREATE INDEX obligation_arisen ON obligation USING brin (arisen_at);

  CREATE TABLE obligation_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    obligation_id bigint NOT NULL REFERENCES obligation (id),
    from_due_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL CHECK (due_at > from_due_at),
    reason text NOT NULL CHECK (reason IN ('apology', 'agency-apology', 'outage')),
    basis text NOT NULL CHECK (basis <> ''),
    outage_id bigint REFERENCES outage (id) CHECK ((reason = 'outage') = (outage_id IS NOT NULL)),
    moved_at timestamptz NOT NULL,
    -- The signed notice that tells of it.
    notice bytea CHECK (reason <> 'apology' OR notice IS NOT NULL)
  );
  CREATE INDEX obligation_move_obligation ON obligation_move (obligation_id, id);
  CREATE UNIQUE INDEX obligation_move_apology ON obligation_move (obligation_id) WHERE reason = 'apology';
  CREATE UNIQUE INDEX obligation_move_outage ON obligation_move (obligation_id, outage_id) WHERE reason = 'outage';

  -- For a dossier whose deadline was moved, or for a unit that could not file at all.
  CREATE TABLE outage_certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outage_id bigint NOT NULL REFERENCES outage (id),
    move_id bigint UNIQUE REFERENCES obligation_move (id),
    submission_id bigint REFERENCES submission (id) CHECK ((submission_id IS NULL) = (move_id IS NULL)),
    agency text NOT NULL,
    unit_code text NOT NULL,
    procedure text NOT NULL,
    period text NOT NULL,
    deadline timestamptz NOT NULL,
    extended_until timestamptz NOT NULL CHECK (extended_until > deadline),
    basis text NOT NULL CHECK (basis <> ''),
    issued_at timestamptz NOT NULL,
    body bytea NOT NULL
  );
  CREATE UNIQUE INDEX outage_certificate_unit ON outage_certificate (outage_id, agency, unit_code, procedure, period, deadline) WHERE move_id IS NULL;
  CREATE INDEX outage_certificate_submission ON outage_certificate (submission_id) WHERE submission_id IS NOT NULL;

  CREATE TABLE maintenance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ivan_code text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    reason text NOT NULL CHECK (reason <> ''),
    mitigation text NOT NULL CHECK (mitigation <> ''),
    announced_at timestamptz NOT NULL CHECK (announced_at < starts_at),
    actor text NOT NULL CHECK (actor <> '')
  );
  CREATE INDEX maintenance_ivan ON maintenance (ivan_code, starts_at);

  CREATE FUNCTION refuse_other_obligation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.id, NEW.submission_id, NEW.paper_filing_id, NEW.kind, NEW.agency, NEW.arisen_at, NEW.first_due_at, NEW.basis)
        IS DISTINCT FROM (OLD.id, OLD.submission_id, OLD.paper_filing_id, OLD.kind, OLD.agency, OLD.arisen_at, OLD.first_due_at, OLD.basis)
      OR (OLD.met_at IS NOT NULL AND NEW.met_at IS DISTINCT FROM OLD.met_at) OR (OLD.breached_at IS NOT NULL AND NEW.breached_at IS DISTINCT FROM OLD.breached_at) THEN
      RAISE EXCEPTION 'an obligation stays what it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER obligation_stays BEFORE UPDATE ON obligation FOR EACH ROW EXECUTE FUNCTION refuse_other_obligation();
  CREATE TRIGGER obligation_kept BEFORE DELETE ON obligation FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER obligation_not_emptied BEFORE TRUNCATE ON obligation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- What was open before obligations were kept.
  INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, look_at)
    SELECT s.id, k.kind, d.agency, s.received_at, k.due_at, 'migration', k.due_at, k.due_at FROM dossier d JOIN submission s ON s.id = d.submission_id JOIN delivery v ON v.submission_id = s.id
    CROSS JOIN LATERAL (VALUES ('forward', s.received_at + interval '2 hours', v.state = 'waiting'), ('result', d.due_at, true)) AS k (kind, due_at, open)
    WHERE k.open AND NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = s.id);
`;

const immutable = ['outage', 'outage_statement', 'outage_settled', 'paper_filing', 'paper_filing_met', 'obligation_move', 'outage_certificate', 'maintenance'] as const;

export class Obligations1796500000000 implements MigrationInterface {
  readonly name = 'Obligations1796500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outages);
    await runner.query(obligations);
    for (const table of immutable) {
      await runner.query(`CREATE TRIGGER ${table}_immutable BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
      await runner.query(`CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    // What was open when obligations began to be kept is found again.
    await refuseToLose(runner, [...immutable, "obligation WHERE basis <> 'migration' OR met_at IS NOT NULL OR breached_at IS NOT NULL"]);
    await runner.query('DROP VIEW outage_state');
    await runner.query('DROP TABLE maintenance, outage_certificate, obligation_move, obligation, paper_filing_met, paper_filing, outage_settled, outage_statement, outage');
    await runner.query('DROP FUNCTION refuse_other_obligation()');
  }
}
