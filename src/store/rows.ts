// Many rows in one statement, with typed, binary parameters: the hot path's only piece of SQL building.
import type { Query } from './database.ts';

/** INSERT of all rows (columns are the first row's keys); gives what `suffix` returns. No statement at all for no rows. */
export async function insertRows<Returned>(query: Query, table: string, rows: readonly Readonly<Record<string, unknown>>[], suffix = ''): Promise<Returned[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = Object.keys(first);
  const parameters = rows.flatMap((row) => columns.map((column) => row[column]));
  const tuples = rows.map((_row, index) => `(${columns.map((_column, offset) => `$${index * columns.length + offset + 1}`).join(', ')})`);
  return query<Returned>(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')} ${suffix}`, parameters);
}
