// Once per run: a real PostgreSQL with a migrated template database, and a development PKI. Test files clone the one and read the other.
// Plain JavaScript over the built program: jest does not transform what it runs outside of test files as ES modules.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedDatabase } from '../../dist/src/development/database.js';
import { ensureDevelopmentPki } from '../../dist/src/development/pki-folder.js';
import { openDatabase } from '../../dist/src/store/database.js';

const templateName = 'gateway_template';

export default async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const database = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false });
  await database.createDatabase(templateName);
  const migrated = await openDatabase({ url: database.url(templateName), connections: 4 });
  await migrated.close();
  await ensureDevelopmentPki(join(folder, 'pki'), new Date());
  process.env.TEST_DATABASE_URL = database.url('postgres');
  process.env.TEST_TEMPLATE_DATABASE = templateName;
  process.env.TEST_PKI_FOLDER = join(folder, 'pki');
  globalThis.gatewayTestTearDown = async () => {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
