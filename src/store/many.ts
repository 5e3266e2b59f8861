// One statement asked about many rows at once: it says the same of each as when it is asked alone, and PostgreSQL is spoken to once.
import type { Query } from './database.ts';

/** The statement's rows for each of `asked`, in their order. `types` are those of its parameters $1, $2 …; */
export async function askMany<Row extends object>(query: Query, sql: string, types: readonly string[], asked: readonly (readonly unknown[])[]): Promise<Row[][]> {
  const found = asked.map((): Row[] => []);
  if (asked.length === 0) return found;
  const names = types.map((_type, place) => `p${place + 1}`);
  const perRow = sql.replace(/\$(\d+)/g, (_parameter, number: string) => `q.p${number}`);
  const lists = types.map((type, place) => `$${place + 1}::${type}[]`);
  const rows = await query<Row & { asker: number }>(
    `SELECT q.asker::int AS asker, a.* FROM unnest(${lists.join(', ')}) WITH ORDINALITY AS q(${names.join(', ')}, asker) CROSS JOIN LATERAL (${perRow}) a`,
    types.map((_type, place) => asked.map((parameters) => parameters[place] ?? null)),
  );
  for (const row of rows) found[row.asker - 1]?.push(without(row));
  return found;
}

function without<Row extends object>(row: Row & { asker?: number }): Row {
  delete row.asker;
  return row;
}
