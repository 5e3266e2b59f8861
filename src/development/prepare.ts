// Prepares a development site whose database is elsewhere (compose.yaml): PKI and route file in a folder, migrations, the development I-VAN.
// Usage: prepare.js FOLDER [--name HOST]… [--backend URL] [--owner UID]
import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { currentEnvironment } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { registerDevelopmentIvan } from './ivan.ts';
import { openSite, openSiteDatabase } from './site.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string', multiple: true, default: [] }, backend: { type: 'string' }, owner: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: prepare.js FOLDER [--name HOST]… [--backend URL] [--owner UID]');

const environment = currentEnvironment();
const now = new Date();
const site = await openSite({ folder, now, environment, names: values.name, ...(values.backend === undefined ? {} : { backendUrl: values.backend }) });
const { url, password } = await openSiteDatabase(environment, folder);
const database = await openDatabase({ url, connections: 4, ...(password === undefined ? {} : { password }) });
await registerDevelopmentIvan(database, site.pki, now);
await database.close();
await site.stop();

if (values.owner !== undefined) {
  const owner = Number(values.owner);
  for (const entry of ['.', ...(await readdir(folder, { recursive: true }))]) await chown(join(folder, entry), owner, owner);
}
