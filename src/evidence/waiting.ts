// One page of what waits for the log, in one transaction: read before the log is held, which intake waits for, and by halves where the whole cannot be read – a
// statement may take only so long, and a row may be damaged. Whatever has no record that can be read stays waiting; nothing is lost, and nothing waits for it.
import { loggedSubmission, REGISTRATION, SUBMISSION } from '../receipts/log-entry.ts';
import type { Database, Query } from '../store/database.ts';
import { holdWaiting, removeWaiting } from '../store/log.ts';
import type { WaitingRow } from '../store/log.ts';
import { listLogged, listReceived } from '../store/log-records.ts';
import type { Enter, Subject } from './append.ts';

/** A row that waits, and why it was not entered. */
export interface LeftRow extends WaitingRow {
  readonly reason: string;
}

export interface EnteredPage {
  /** Rows that were there for this page. */
  readonly held: number;
  readonly entered: number;
  readonly left: readonly LeftRow[];
}

/** Of one kind in one statement, which may have to read as many documents. */
const MOST_READ_AT_ONCE = 25;

/** Who comes second passes over what the first holds. */
export async function enterPage({ database, enter, now }: { readonly database: Database; readonly enter: Enter; readonly now: () => Date }, most: number, but: readonly WaitingRow[]): Promise<EnteredPage> {
  return database.transaction(async (query) => {
    const held = await holdWaiting(query, most, but);
    const [records, left]: [Subject[], LeftRow[]] = [[], []];
    const waiting = held.filter(({ isEntered }) => !isEntered);
    for (const kind of [...new Set(waiting.map((row) => row.kind))].sort()) {
      const subjects = waiting.flatMap((row) => (row.kind === kind ? [row.subject] : []));
      for (let from = 0; from < subjects.length; from += MOST_READ_AT_ONCE) {
        const read = await readable(query, kind, subjects.slice(from, from + MOST_READ_AT_ONCE));
        records.push(...read.records);
        left.push(...read.left);
      }
    }
    await removeWaiting(query, [...records, ...held.filter(({ isEntered }) => isEntered)]);
    await (await enter(query, records, now())).save();
    return { held: held.length, entered: records.length, left };
  });
}

/** @throws Error only where the database itself is away. */
async function readable(query: Query, kind: string, subjects: readonly string[]): Promise<{ readonly records: readonly Subject[]; readonly left: readonly LeftRow[] }> {
  await query('SAVEPOINT reading');
  try {
    const records = await recordsOf(query, kind, subjects);
    const there = new Set(records.map(({ subject }) => subject));
    return { records, left: subjects.filter((subject) => !there.has(subject)).map((subject) => ({ kind, subject, reason: 'its record is not there' })) };
  } catch (error) {
    await query('ROLLBACK TO SAVEPOINT reading');
    const [only, second] = subjects;
    if (only !== undefined && second === undefined) return { records: [], left: [{ kind, subject: only, reason: error instanceof Error ? error.message : String(error) }] };
    const middle = Math.ceil(subjects.length / 2);
    const halves = [await readable(query, kind, subjects.slice(0, middle)), await readable(query, kind, subjects.slice(middle))];
    return { records: halves.flatMap(({ records }) => records), left: halves.flatMap(({ left }) => left) };
  }
}

/** The records of rows that are there, as the log commits to them. */
export async function recordsOf(query: Query, kind: string, subjects: readonly string[]): Promise<Subject[]> {
  if (kind !== SUBMISSION && kind !== REGISTRATION) return (await listLogged(query, kind, subjects)).map(({ subject, facts }) => ({ kind, subject, facts }));
  return (await listReceived(query, kind, subjects)).map(({ subject, ...received }) => ({ kind, subject, facts: loggedSubmission(received) }));
}
