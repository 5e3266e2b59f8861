// Statements on monthly notices: which were made for whom, and the proof that each was delivered and opened (the first report of each holds).
import type { NoticeReport } from './body.ts';
import type { Query } from './store.ts';

export interface NoticeRow {
  readonly message: string;
  readonly kind: string;
  readonly recipient: string;
  readonly month: string;
  readonly deliveredAt: Date | null;
  readonly deliveredHow: string | null;
  readonly openedAt: Date | null;
  readonly openedHow: string | null;
}

const NOTICE = 'message, kind, recipient, month, delivered_at AS "deliveredAt", delivered_how AS "deliveredHow", opened_at AS "openedAt", opened_how AS "openedHow"';

/** What was opened is delivered too, by then at the latest. Undefined when there is no such notice. */
export async function reportNotice(query: Query, message: string, what: 'delivered' | 'opened', { at, how }: NoticeReport): Promise<NoticeRow | undefined> {
  const first = (column: string): string => `${column}_at = COALESCE(${column}_at, $2), ${column}_how = CASE WHEN ${column}_at IS NULL THEN $3 ELSE ${column}_how END`;
  const sql = `UPDATE backend.notice SET ${first('delivered')}${what === 'opened' ? `, ${first('opened')}` : ''} WHERE message = $1 RETURNING ${NOTICE}`;
  return (await query<NoticeRow>(sql, [message, at, how]))[0];
}

export interface Schedule {
  readonly name: 'C12-TS' | 'D08a-TS';
  readonly dueAt: Date;
}

export async function scheduleOnce(query: Query, name: Schedule['name'], dueAt: Date): Promise<void> {
  await query('INSERT INTO backend.schedule VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, dueAt]);
}

/** One that is due, locked; undefined when none is, or somebody else is at it. */
export async function takeSchedule(query: Query, now: Date): Promise<Schedule | undefined> {
  return (await query<Schedule>('SELECT name, due_at AS "dueAt" FROM backend.schedule WHERE due_at <= $1 ORDER BY due_at, name LIMIT 1 FOR UPDATE SKIP LOCKED', [now]))[0];
}

export async function moveSchedule(query: Query, name: string, dueAt: Date): Promise<void> {
  await query('UPDATE backend.schedule SET due_at = $2 WHERE name = $1', [name, dueAt]);
}

export async function nextScheduleAt(query: Query): Promise<Date | undefined> {
  return (await query<{ at: Date | null }>('SELECT min(due_at) AS at FROM backend.schedule'))[0]?.at ?? undefined;
}

export interface NoticedUnit {
  readonly agency: string;
  readonly code: string;
  readonly name: string;
  readonly taxCode: string;
  readonly people: number;
  readonly wages: number;
}

/** A unit known before `knownBefore` that has no C12-TS of the month yet. */
export async function nextUnit(query: Query, month: string, knownBefore: Date): Promise<NoticedUnit | undefined> {
  const sql = `SELECT agency, code, name, tax_code AS "taxCode", people, wages::float8 AS wages FROM backend.unit u WHERE known_at < $2
    AND NOT EXISTS (SELECT FROM backend.notice n WHERE n.agency = u.agency AND n.recipient = u.code AND n.kind = 'C12-TS' AND n.month = $1)
    ORDER BY agency, code LIMIT 1`;
  return (await query<NoticedUnit>(sql, [month, knownBefore]))[0];
}

/** An agency whose agent has no D08a-TS of the month yet. */
export async function nextAgent(query: Query, month: string, knownBefore: Date): Promise<string | undefined> {
  const sql = `SELECT DISTINCT agency FROM backend.unit u WHERE known_at < $2
    AND NOT EXISTS (SELECT FROM backend.notice n WHERE n.agency = u.agency AND n.kind = 'D08a-TS' AND n.month = $1) ORDER BY agency LIMIT 1`;
  return (await query<{ agency: string }>(sql, [month, knownBefore]))[0]?.agency;
}

export async function insertNotice(query: Query, notice: { readonly message: string; readonly agency: string; readonly recipient: string; readonly kind: string; readonly month: string; readonly at: Date }): Promise<void> {
  const { message, agency, recipient, kind, month, at } = notice;
  await query('INSERT INTO backend.notice (message, agency, recipient, kind, month, made_at) VALUES ($1, $2, $3, $4, $5, $6)', [message, agency, recipient, kind, month, at]);
}

/** Who has not been reached: the exceptions that somebody must see to. */
export async function listNotices(query: Query): Promise<readonly NoticeRow[]> {
  return query<NoticeRow>(`SELECT ${NOTICE} FROM backend.notice ORDER BY made_at, agency, recipient, kind`);
}
