// All that a database's tables are, from PostgreSQL's catalogues, in an order that does not depend on the order in which it was made.
import type { DataSource } from 'typeorm';

export type Schema = Readonly<Record<string, readonly unknown[]>>;

/** Leaves out the table in which TypeORM keeps its own account. */
const own = "n.nspname = 'public' AND c.relname NOT LIKE 'migrations%'";

const statements: Readonly<Record<string, string>> = {
  tables: `SELECT c.relname, c.relkind::text, c.relpersistence::text, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind IN ('r', 'v', 'm', 'S', 'p') ORDER BY 1`,
  columns: `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity::text, a.attgenerated::text, a.attstorage::text, l.collname, pg_get_expr(d.adbin, d.adrelid) AS otherwise
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE ${own} AND c.relkind IN ('r', 'v', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2`,
  constraints: `SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition, k.convalidated FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} ORDER BY 1, 2`,
  indices: `SELECT c.relname, x.relname AS index, pg_get_indexdef(i.indexrelid) AS definition, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind <> 't' ORDER BY 1, 2`,
  triggers: `SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) AS definition, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND NOT t.tgisinternal ORDER BY 1, 2`,
  views: `SELECT c.relname, pg_get_viewdef(c.oid) AS definition FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind = 'v' ORDER BY 1`,
  functions: `SELECT p.proname, pg_get_functiondef(p.oid) AS definition FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' ORDER BY 1`,
  others: `SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typtype IN ('e', 'd') ORDER BY 1`,
};

export const emptySchema: Schema = Object.fromEntries(Object.keys(statements).map((name) => [name, []]));

export async function schemaOf(source: DataSource): Promise<Schema> {
  const found: Record<string, readonly unknown[]> = {};
  for (const [name, sql] of Object.entries(statements)) found[name] = await source.query<unknown[]>(sql);
  return found;
}
