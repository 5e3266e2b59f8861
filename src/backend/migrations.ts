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
  `CREATE TABLE backend.counter (
    name   text PRIMARY KEY,
    value  bigint NOT NULL
  );
  INSERT INTO backend.counter VALUES ('messages', 0);

  ALTER TABLE backend.dossiers
    ADD COLUMN case_digest text REFERENCES backend.dossiers,
    ADD COLUMN said integer NOT NULL DEFAULT 0;

  CREATE TABLE backend.case_file (
    digest        text PRIMARY KEY REFERENCES backend.dossiers,
    number        text NOT NULL,
    procedure     text NOT NULL,
    agency        text NOT NULL,
    unit_code     text NOT NULL,
    unit_name     text NOT NULL,
    tax_code      text NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'waiting', 'decided')),
    -- whose octets it is judged by: its own, or those of the latest dossier that supplements it
    judged        text NOT NULL REFERENCES backend.dossiers,
    plan          jsonb NOT NULL,
    move          integer NOT NULL CHECK (move >= 0),
    next_at       timestamptz,
    due_at        timestamptz NOT NULL,
    ready_at      timestamptz NOT NULL,
    supplements   integer NOT NULL DEFAULT 0,
    apologies     integer NOT NULL DEFAULT 0,
    outcome       jsonb,
    held          jsonb NOT NULL DEFAULT '[]',
    CHECK ((next_at IS NULL) = (state = 'decided'))
  );
  CREATE INDEX case_file_next ON backend.case_file (next_at, digest) WHERE next_at IS NOT NULL;

  CREATE TABLE backend.step (
    digest       text NOT NULL REFERENCES backend.case_file,
    number       integer NOT NULL,
    name         text NOT NULL,
    room         text NOT NULL,
    received_at  timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    returned_at  timestamptz,
    PRIMARY KEY (digest, number)
  );

  CREATE TABLE backend.hand_over (
    digest     text NOT NULL REFERENCES backend.case_file,
    position   integer NOT NULL,
    from_room  text NOT NULL,
    to_room    text NOT NULL,
    given_by   text NOT NULL,
    given_at   timestamptz NOT NULL,
    taken_by   text,
    taken_at   timestamptz,
    what       text NOT NULL,
    checksum   text,
    PRIMARY KEY (digest, position),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL))
  );

  CREATE TABLE backend.history (
    digest    text NOT NULL REFERENCES backend.case_file,
    position  integer NOT NULL,
    step      integer NOT NULL,
    at        timestamptz NOT NULL,
    room      text NOT NULL,
    officer   text NOT NULL,
    action    text NOT NULL,
    PRIMARY KEY (digest, position)
  );

  CREATE TABLE backend.document (
    digest      text NOT NULL REFERENCES backend.case_file,
    position    integer NOT NULL,
    kind        text NOT NULL,
    name        text NOT NULL,
    copies      integer NOT NULL CHECK (copies > 0),
    for_sender  boolean NOT NULL,
    made_at     timestamptz NOT NULL,
    sha256      text NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (digest, position)
  );

  CREATE TABLE backend.sub_task (
    digest       text NOT NULL REFERENCES backend.case_file,
    number       text NOT NULL,
    book_line    integer,
    from_room    text NOT NULL,
    to_room      text NOT NULL,
    asked_at     timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    answered_at  timestamptz,
    answer       text,
    PRIMARY KEY (digest, number)
  );

  CREATE TABLE backend.book_line (
    digest    text NOT NULL REFERENCES backend.case_file,
    line      integer NOT NULL,
    number    text NOT NULL,
    name      text NOT NULL,
    kind      text NOT NULL,
    state     text NOT NULL CHECK (state IN ('received', 'entered', 'faulty', 'queried', 'compared', 'cut', 'confirmed', 'printed', 'returned')),
    content   jsonb NOT NULL,
    PRIMARY KEY (digest, line)
  );

  CREATE TABLE backend.blank (
    serial   text PRIMARY KEY,
    form     text NOT NULL CHECK (form IN ('BIA', 'TO_ROI')),
    digest   text NOT NULL REFERENCES backend.case_file,
    line     integer NOT NULL,
    used_at  timestamptz NOT NULL
  );

  CREATE TABLE backend.book_event (
    digest    text NOT NULL REFERENCES backend.case_file,
    position  integer NOT NULL,
    line      integer NOT NULL,
    event     text NOT NULL CHECK (event IN ('withdrawn', 'leaves-withdrawn', 'punched', 'archived', 'reissued', 'printed')),
    at        timestamptz NOT NULL,
    officer   text NOT NULL,
    blank     text REFERENCES backend.blank,
    PRIMARY KEY (digest, position)
  );

  CREATE TABLE backend.parcel_return (
    digest     text PRIMARY KEY REFERENCES backend.case_file,
    tracking   text NOT NULL UNIQUE,
    posted_at  timestamptz NOT NULL,
    books      integer NOT NULL
  );

  CREATE TABLE backend.message (
    position     bigint PRIMARY KEY CHECK (position > 0),
    case_digest  text REFERENCES backend.case_file,
    kind         text NOT NULL,
    digest       text NOT NULL,
    body         bytea NOT NULL,
    made_at      timestamptz NOT NULL
  );

  CREATE TABLE backend.unit (
    agency    text NOT NULL,
    code      text NOT NULL,
    name      text NOT NULL,
    tax_code  text NOT NULL,
    people    integer NOT NULL,
    wages     bigint NOT NULL,
    known_at  timestamptz NOT NULL,
    PRIMARY KEY (agency, code)
  );

  CREATE TABLE backend.notice (
    message       text PRIMARY KEY,
    agency        text NOT NULL,
    recipient     text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('C12-TS', 'D08a-TS')),
    month         text NOT NULL,
    made_at       timestamptz NOT NULL,
    delivered_at  timestamptz,
    opened_at     timestamptz,
    UNIQUE (agency, recipient, kind, month)
  );

  CREATE TABLE backend.schedule (
    name    text PRIMARY KEY,
    due_at  timestamptz NOT NULL
  )`,
  `ALTER TABLE backend.notice ADD COLUMN delivered_how text, ADD COLUMN opened_how text`,
];
