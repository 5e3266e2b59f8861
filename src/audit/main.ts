// `npm run audit`: audits the database that GATEWAY_DATABASE_URL names, the development site's when it names none. Exit codes: 0 everything
// holds, 1 the first lie was found, 2 something could not be decided, 3 the audit could not run.
import { currentEnvironment } from '../config.ts';
import { openSiteDatabase } from '../development/site.ts';
import { createSchemas } from '../standard/schema-folder.ts';
import { loadStandards } from '../standard/tables.ts';
import { findRuleSets } from '../store/audit.ts';
import { openDatabase } from '../store/database.ts';
import { conclude } from './conclusion.ts';
import { Lie } from './lie.ts';
import { runAudit } from './run.ts';

async function audit(): Promise<number> {
  const site = await openSiteDatabase(currentEnvironment());
  const database = await openDatabase({ url: site.url, connections: 4, ...(site.password === undefined ? {} : { password: site.password }) });
  const schemas = createSchemas();
  try {
    const standards = loadStandards();
    const audited = await runAudit({ database, standards, schemas });
    const { exitCode, report, remarks } = conclude(audited, standards.map(({ digest }) => digest), await findRuleSets(database.query));
    process.stdout.write(`${report}\n`);
    for (const remark of remarks) process.stderr.write(`${remark}\n`);
    return exitCode;
  } finally {
    schemas.dispose();
    await database.close();
    await site.stop();
  }
}

process.exitCode = await audit().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Lie ? 'LIE' : 'audit failed'}: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof Lie ? 1 : 3;
});
