// What migrations of evidence have in common. What was once recorded is never changed and never deleted; a migration that is taken back does not do it either. It says what stands in the way and
// leaves everything as it is: such a database can only be restored from a copy of before.
import type { QueryRunner } from 'typeorm';

/** `rows`: what the version before has no place for, each as it stands after FROM, the table first. */
export async function refuseToLose(runner: QueryRunner, rows: readonly string[]): Promise<void> {
  for (const from of rows) {
    // Held until the end, or a row could come between the question and what follows.
    if (runner.isTransactionActive) await runner.query(`LOCK TABLE ${from.replace(/ .*$/s, '')} IN ACCESS EXCLUSIVE MODE`);
    const found = (await runner.query(`SELECT 1 FROM ${from} LIMIT 1`)) as readonly unknown[];
    if (found.length > 0) throw new Error(`cannot be taken back without losing what is recorded: ${from}`);
  }
}

/** What comes into the table, of that which is logged, waits for the log from then on, but what was entered by who inserts it. A function for each table, so that its plan is kept. */
export async function waitForLog(runner: QueryRunner, kind: string, table: string, id: string, isLogged = 'true'): Promise<void> {
  await runner.query(`CREATE FUNCTION ${table}_to_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO log_waiting SELECT '${kind}', ${id} FROM come WHERE ${isLogged} AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.kind = '${kind}' AND e.subject = ${id});
    RETURN NULL;
  END $$`);
  await runner.query(`CREATE TRIGGER ${table}_to_log AFTER INSERT ON ${table} REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION ${table}_to_log()`);
}
