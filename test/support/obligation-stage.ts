// A database with dossiers that owe something, the gateway's signature, and a clock that is an argument: for tests of what time does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { issueWith, issuerOf } from '../../src/receipts/issue.ts';
import type { Issue } from '../../src/receipts/issue.ts';
import type { Issuer } from '../../src/receipts/receipt.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { arise } from '../../src/store/obligations.ts';
import type { DossierObligationKind } from '../../src/store/obligations.ts';
import { insertAccepted } from './accepted.ts';
import type { AcceptedDossier } from './accepted.ts';
import { loadPki, pkiFolder } from './pki.ts';
import { cloneDatabase } from './site.ts';

export async function signing(): Promise<{ readonly issue: Issue; readonly issuer: Issuer }> {
  await loadPki();
  const file = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
  const identity = readIdentity(file('gateway-signing.chain.pem'), file('gateway-signing.key'));
  return { issue: issueWith(identity), issuer: issuerOf(identity.certificates[0] ?? Buffer.alloc(0), 'ivan-gateway', 'Hà Nội', '1900 9068') };
}

export async function openObligations(): Promise<Database> {
  const database = await openDatabase({ url: await cloneDatabase(), connections: 6 });
  await database.query(`INSERT INTO route_change (prefix, backend, reason, actor, changed_at) VALUES ('', 'one', 'test', 'test', now())`);
  await database.query(`INSERT INTO lane (name, most_at_once) VALUES ('agency:one', 1)`);
  return database;
}

export interface Owing extends AcceptedDossier {
  readonly kind: DossierObligationKind;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

/** Dossiers that owe this much; gives their submissions' ids. */
export async function insertOwing(database: Database, dossiers: readonly Owing[]): Promise<string[]> {
  await insertAccepted(database, dossiers);
  const ids = (await database.query<{ id: string }>('SELECT id FROM submission ORDER BY id DESC LIMIT $1', [dossiers.length])).map(({ id }) => id).reverse();
  await arise(database.query, dossiers.map(({ kind, receivedAt, dueAt }, index) => ({ submissionId: ids[index] ?? '', kind, arisenAt: receivedAt, dueAt, basis: 'test' })));
  return ids;
}

export function vietnam(text: string): Date {
  return new Date(`${text}+07:00`);
}
