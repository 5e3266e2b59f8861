// The backend's schema, statement by statement, in order; never edited once merged. Times are the backend's own clock, given with each
// statement; the database's clock decides nothing.

export const migrations: readonly string[] = [
  `CREATE TABLE backend.dossiers (
    digest            text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    dossier           bytea NOT NULL,
    receipt           bytea NOT NULL,
    dossier_number    text NOT NULL,
    transaction_code  text NOT NULL,
    received_at       timestamptz NOT NULL,
    due_at            timestamptz NOT NULL,
    times_put         integer NOT NULL DEFAULT 1 CHECK (times_put > 0),
    answer            bytea,
    answered_at       timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
  )`,
];
