// Once per run: a real PostgreSQL with a migrated template database, and a development PKI. Test files clone the one and read the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedDatabase } from '../../src/development/database.ts';
import type { EmbeddedDatabase } from '../../src/development/database.ts';
import { ensureDevelopmentPki } from '../../src/development/pki-folder.ts';
import { openDatabase } from '../../src/store/database.ts';

export const templateName = 'gateway_template';

interface Shared {
  readonly folder: string;
  readonly database: EmbeddedDatabase;
}

declare global {
  var gatewayTestSite: Shared | undefined;
}

export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const database = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false });
  await database.createDatabase(templateName);
  const migrated = await openDatabase({ url: database.url(templateName), connections: 4 });
  await migrated.close();
  await ensureDevelopmentPki(join(folder, 'pki'), new Date());
  process.env['TEST_DATABASE_URL'] = database.url('postgres');
  process.env['TEST_PKI_FOLDER'] = join(folder, 'pki');
  globalThis.gatewayTestSite = { folder, database };
}

export async function tearDown(): Promise<void> {
  const shared = globalThis.gatewayTestSite;
  if (shared === undefined) return;
  await shared.database.stop();
  rmSync(shared.folder, { recursive: true, force: true });
}
