// Statements asked for at once, one after the other: a transaction has one connection, and an audit that reads in it asks for several.
import type { Query } from '../../src/store/database.ts';

export function oneByOne(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return async <Row>(sql: string, parameters?: readonly unknown[]) => {
    const next = last.then(() => query<Row>(sql, parameters));
    last = next.catch(() => undefined);
    return next;
  };
}
