// Statements on what a case gathers: documents, books and what happens to them, blanks used, questions to other rooms, the parcel returned.
import type { BookEvent, BookRow, SubTask, Turn } from './case-file.ts';
import type { Query } from './store.ts';

export interface StoredDocument {
  readonly position: number;
  readonly kind: string;
  readonly name: string;
  readonly copies: number;
  readonly forSender: boolean;
  readonly madeAt: Date;
  readonly sha256: string;
}

export interface NewDocument extends Omit<StoredDocument, 'position'> {
  readonly body: Buffer;
}

const DOCUMENT = 'position, kind, name, copies, for_sender AS "forSender", made_at AS "madeAt", sha256';

export async function addDocument(query: Query, digest: string, { kind, name, copies, forSender, madeAt, sha256, body }: NewDocument): Promise<void> {
  await query(
    `INSERT INTO backend.document (digest, position, kind, name, copies, for_sender, made_at, sha256, body)
     SELECT $1, COALESCE(max(position), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM backend.document WHERE digest = $1`,
    [digest, kind, name, copies, forSender, madeAt, sha256, body],
  );
}

export async function listDocuments(query: Query, digest: string): Promise<readonly StoredDocument[]> {
  return query<StoredDocument>(`SELECT ${DOCUMENT} FROM backend.document WHERE digest = $1 ORDER BY position`, [digest]);
}

export async function documentsForSender(query: Query, digest: string): Promise<readonly NewDocument[]> {
  return query<NewDocument>(`SELECT ${DOCUMENT}, body FROM backend.document WHERE digest = $1 AND for_sender ORDER BY position`, [digest]);
}

export async function findDocument(query: Query, digest: string, position: number): Promise<Buffer | undefined> {
  return (await query<{ body: Buffer }>('SELECT body FROM backend.document WHERE digest = $1 AND position = $2', [digest, position]))[0]?.body;
}

/** The latest of a kind that a hand-over goes by. */
export async function latestDocument(query: Query, digest: string, kind: string): Promise<{ readonly sha256: string; readonly body: Buffer } | undefined> {
  return (await query<{ sha256: string; body: Buffer }>('SELECT sha256, body FROM backend.document WHERE digest = $1 AND kind = $2 ORDER BY position DESC LIMIT 1', [digest, kind]))[0];
}

export async function dropBooks(query: Query, digest: string): Promise<void> {
  await query('DELETE FROM backend.book_line WHERE digest = $1', [digest]);
}

export async function saveBooks(query: Query, digest: string, books: readonly BookRow[]): Promise<void> {
  if (books.length === 0) return;
  await query(
    `INSERT INTO backend.book_line (digest, line, number, name, kind, state, content)
     SELECT $1, line, number, name, kind, state, content FROM jsonb_to_recordset($2::jsonb) AS row (line integer, number text, name text, kind text, state text, content jsonb)
     ON CONFLICT (digest, line) DO UPDATE SET state = EXCLUDED.state, content = EXCLUDED.content`,
    [digest, JSON.stringify(books)],
  );
}

export async function listBooks(query: Query, digest: string): Promise<readonly BookRow[]> {
  return query<BookRow>('SELECT line, number, name, kind, state, content FROM backend.book_line WHERE digest = $1 ORDER BY line', [digest]);
}

export interface StoredBookEvent {
  readonly line: number;
  readonly event: BookEvent['event'];
  readonly at: Date;
  readonly officer: string;
  readonly blank: string | null;
}

/** A blank is taken from the ledger in the same turn as what it is used for, and never twice. */
export async function addBookEvents(query: Query, digest: string, events: readonly BookEvent[], at: Date, officer: string): Promise<void> {
  for (const { line, event, blank } of events) {
    if (blank !== undefined) await query('INSERT INTO backend.blank VALUES ($1, $2, $3, $4, $5)', [blank.serial, blank.form, digest, line, at]);
    await query(
      `INSERT INTO backend.book_event (digest, position, line, event, at, officer, blank)
       SELECT $1, COALESCE(max(position), 0) + 1, $2, $3, $4, $5, $6 FROM backend.book_event WHERE digest = $1`,
      [digest, line, event, at, officer, blank?.serial ?? null],
    );
  }
}

export async function listBookEvents(query: Query, digest: string): Promise<readonly StoredBookEvent[]> {
  return query<StoredBookEvent>('SELECT line, event, at, officer, blank FROM backend.book_event WHERE digest = $1 ORDER BY position', [digest]);
}

export async function saveTasks(query: Query, digest: string, tasks: readonly SubTask[]): Promise<void> {
  for (const { number, bookLine, fromRoom, toRoom, askedAt, dueAt, answeredAt, answer } of tasks) {
    await query(
      `INSERT INTO backend.sub_task (digest, number, book_line, from_room, to_room, asked_at, due_at, answered_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (digest, number) DO UPDATE SET answered_at = EXCLUDED.answered_at, answer = EXCLUDED.answer`,
      [digest, number, bookLine, fromRoom, toRoom, askedAt, dueAt, answeredAt, answer],
    );
  }
}

export async function listTasks(query: Query, digest: string): Promise<readonly SubTask[]> {
  const sql = `SELECT number, book_line AS "bookLine", from_room AS "fromRoom", to_room AS "toRoom", asked_at AS "askedAt", due_at AS "dueAt", answered_at AS "answeredAt", answer
    FROM backend.sub_task WHERE digest = $1 ORDER BY asked_at, number`;
  return query<SubTask>(sql, [digest]);
}

export async function addParcel(query: Query, digest: string, { tracking, books }: NonNullable<Turn['parcel']>, at: Date): Promise<void> {
  await query('INSERT INTO backend.parcel_return VALUES ($1, $2, $3, $4)', [digest, tracking, at, books]);
}

export async function findParcel(query: Query, digest: string): Promise<{ readonly tracking: string; readonly postedAt: Date; readonly books: number } | undefined> {
  return (await query<{ tracking: string; postedAt: Date; books: number }>('SELECT tracking, posted_at AS "postedAt", books FROM backend.parcel_return WHERE digest = $1', [digest]))[0];
}
