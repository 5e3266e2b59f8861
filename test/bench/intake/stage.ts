// What intake is measured on: a database for each round, cloned from one of two that are empty – one as the gateway has it, one as it would be if there were no
// log –, and dossiers of many units and several agencies, signed before anything is measured as the field's clients sign them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openRoutes } from '../../../src/delivery/routing.ts';
import type { Backend } from '../../../src/delivery/routes.ts';
import type { EmbeddedDatabase } from '../../../src/development/database.ts';
import { ensureDevelopmentPki, fileNameOf } from '../../../src/development/pki-folder.ts';
import { readIdentity } from '../../../src/signature/identity.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { signedDossier } from '../../support/dossiers.ts';
import { pairIn } from './gateway.ts';

/** As in production; the same without the log; and without it, each dossier by itself, as an intake would be that has nothing to commit together. */
export const ways = ['with the log', 'without', 'without, each alone'] as const;
export type Way = (typeof ways)[number];

const templates: Readonly<Record<Way, string>> = { 'with the log': 'with_log', without: 'without_log', 'without, each alone': 'without_log' };
const agencies = ['00101', '07901', '04801', '03101'];
const UNITS = 600;

/** No statement of production does this: the log cannot be switched off. */
const withoutLog = `
  DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT tgname, tgrelid::regclass AS name FROM pg_trigger WHERE tgname LIKE '%\\_to\\_log' LOOP EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.name); END LOOP;
  END $$;
  DROP TABLE log_stamp, log_cosignature, log_checkpoint, log_node, log_entry, log_head, log_waiting, log_key`;

export async function prepare(server: EmbeddedDatabase, folder: string, dossiers: number): Promise<void> {
  await ensureDevelopmentPki(folder, new Date());
  mkdirSync(join(folder, 'dossiers'));
  const identity = readIdentity(...pairIn(folder, fileNameOf('employer')));
  for (let nth = 0; nth < dossiers; nth += 1) {
    const bytes = await signedDossier(identity, { mark: `đo ${nth}`, agency: agencies[nth % agencies.length] ?? '', unitCode: `TS${20_000 + (nth % UNITS)}` });
    writeFileSync(dossierFile(folder, nth), bytes);
  }
  for (const way of ['with the log', 'without'] as const) {
    await server.createDatabase(templates[way]);
    const database = await openDatabase({ url: server.url(templates[way]), connections: 2 });
    const backend: Backend = { name: 'bench', url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 1, timeoutMs: 1 };
    await openRoutes(database, { backends: new Map([['bench', backend]]), routes: new Map([['', 'bench']]) }, new Date());
    if (way === 'without') await database.query(withoutLog);
    await database.close();
  }
}

export function dossierFile(folder: string, nth: number): string {
  return join(folder, 'dossiers', String(nth));
}

/** Gives the address of a database of its own. */
export async function freshDatabase(server: EmbeddedDatabase, way: Way): Promise<string> {
  await server.dropDatabase('round');
  await server.createDatabase('round', templates[way]);
  return server.url('round');
}
