// Guarantee: an audit names a notice that nobody sent, and a subscription whose address is not the one that its owner gave, though each row is well formed.
import { afterEach, beforeEach, expect, it } from '@jest/globals';

import type { Database, Query } from '../../src/store/database.ts';
import { findMessageContradictions } from '../../src/store/message-audit.ts';
import { findSubscriptionContradictions } from '../../src/store/subscription-audit.ts';
import { changeSubscription, insertSubscription, lockSubscription } from '../../src/store/subscriptions.ts';
import { insertAccepted } from '../support/accepted.ts';
import { openObligations } from '../support/obligation-stage.ts';

const at = new Date(Date.UTC(2026, 10, 23, 1));
let database: Database;

beforeEach(async () => { database = await openObligations(); });
afterEach(() => database.close());

type Find = (query: Query) => Promise<{ readonly where: string; readonly what: string }[]>;

/** As whoever has the database does it, past what keeps rows as they are. */
function foundAfter(statements: readonly string[], find: Find): Promise<readonly string[]> {
  return database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await query(statement);
    return (await find(query)).map(({ where, what }) => `${where} ${what}`);
  });
}

const message = (id: number, submission: string, verdict: string, kind: string): string => `INSERT INTO agency_message (id, backend, position, digest, body, received_at, trust_digest, verdict, reason, kind, submission_id, sense, said_at)
  VALUES (${id}, 'one', NULL, repeat('${id}', 64), '', now(), repeat('0', 64), '${verdict}', ${verdict === 'rejected' ? `'X', NULL, NULL, NULL, NULL` : `NULL, '${kind}', ${submission}, 'x', now()`})`;
const notice = (message_: string, submission = 'NULL'): string => `INSERT INTO notice (id, submission_id, number, agency, unit_code, tax_code, agency_message_id, kind, issued_at, trust_digest, body)
  VALUES (77, ${submission}, ${submission === 'NULL' ? `NULL, '00101', 'TS1', ''` : '1, NULL, NULL, NULL'}, ${message_}, 'C12-TS', now(), repeat('0', 64), 'forged')`;

it.each([
  ['of no message', [notice('NULL')]],
  ['of a message that was rejected', [message(5, 'NULL', 'rejected', ''), notice('5')]],
  ['of a message about a dossier', [message(5, '1', 'taken', 'step'), notice('5')]],
  ['to a dossier, of a message to a unit', [message(5, 'NULL', 'taken', 'notice'), notice('5', '1')]],
])('a notice %s', async (_what, statements) => {
  await insertAccepted(database, [{ unitCode: 'TS1' }]);
  expect(await foundAfter(statements, findMessageContradictions)).toContain('notice 77 is of no message that was taken for whom it is to');
});

it('a subscription whose address was written over', async () => {
  const id = await database.transaction((query) => insertSubscription(query, { kind: 'webhook', feed: 'ivan:00001', target: 'https://ivan.example/', kinds: null, endToken: null }, at));
  await database.transaction(async (query) => {
    const row = await lockSubscription(query, id);
    if (row !== undefined) await changeSubscription(query, row, { state: 'active', kinds: null, reason: 'x', changedAt: at });
  });
  expect(await findSubscriptionContradictions(database.query)).toEqual([]);
  expect(await foundAfter([`UPDATE subscription SET target = 'https://thief.example/'`], findSubscriptionContradictions)).toEqual([`subscription ${id} has another address than it was changed with`]);
});
