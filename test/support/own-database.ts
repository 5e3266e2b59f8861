// A site whose database server is its own, to be paused and stopped without anyone else noticing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedDatabase } from '../../src/development/database.ts';
import type { EmbeddedDatabase } from '../../src/development/database.ts';
import { startSite } from './site.ts';
import type { Site } from './site.ts';

export interface SiteOnOwnDatabase {
  readonly database: EmbeddedDatabase;
  readonly site: Site;
  stop(): Promise<void>;
}

export async function startSiteOnOwnDatabase(): Promise<SiteOnOwnDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-own-database-'));
  const database = await startEmbeddedDatabase({ folder, persistent: false });
  await database.createDatabase('gateway');
  const site = await startSite({ databaseUrl: database.url('gateway') });
  return {
    database,
    site,
    stop: async () => {
      await site.stop();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
