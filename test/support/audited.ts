// Every gateway test ends with an audit of what it left behind.
import { runAudit } from '../../src/audit/run.ts';
import type { AuditReport } from '../../src/audit/run.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandards } from '../../src/standard/tables.ts';
import { openDatabase } from '../../src/store/database.ts';

/** Throws `Lie` at the first contradiction. */
export async function audit(databaseUrl: string): Promise<AuditReport> {
  const database = await openDatabase({ url: databaseUrl, connections: 4 });
  const schemas = createSchemas();
  try {
    return await runAudit({ database, standards: loadStandards(), schemas });
  } finally {
    schemas.dispose();
    await database.close();
  }
}
