// Guarantee: a database of the version before takes the new tables with its rows as they are; what it accepted keeps its receipts, still audits,
// and does not stand in the way; and what is recorded from then on has everything.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { Foundation1795305600000 } from '../../migrations/1795305600000-foundation.ts';
import { createMaterialReader } from '../../src/audit/trust.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { serializeTrustMaterial } from '../../src/trust/material.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { cloneDatabase, fingerprintOf, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

const tables = ['trust_material', 'signing_certificate', 'submission', 'receipt', 'dossier_counter', 'dossier', 'delivery', 'result', 'audit_event'];
let site: Site | undefined;
let before: Site;
let bytes: Buffer;
let receipt: Buffer;
let oldUrl: string;

/** A database as the version before left it: its tables alone, with the rows that this version has made in them. */
beforeAll(async () => {
  before = await startSite();
  bytes = await signedDossier(identityOf(before.pki.employer), { ivan: '' });
  await before.direct.post('/v1/dossiers', bytes, { 'idempotency-key': 'before' });
  await before.direct.post('/v1/dossiers', await signedDossier(identityOf(before.pki.employer), { ivan: '', mark: 'khác' }), { 'idempotency-key': 'before' });
  await before.direct.post('/v1/dossiers', await signedDossier(identityOf(before.pki.employer), { ivan: '', period: '13/2026' }));
  oldUrl = await cloneDatabase('template1');
  const source = new DataSource({ type: 'postgres', url: oldUrl, migrations: [Foundation1795305600000] });
  await source.initialize();
  await source.runMigrations();
  for (const table of tables) await copy(source, table, asBefore.get(table));
  receipt = (await source.query<{ body: Buffer }[]>('SELECT body FROM receipt ORDER BY submission_id LIMIT 1'))[0]?.body ?? Buffer.alloc(0);
  await registerAsBefore(source, '00040', fingerprintOf(before.pki.ivan.certificatePem), 'active');
  await registerAsBefore(source, '00100', 'a'.repeat(64), 'suspended');
  await source.destroy();
  await before.stop();
});

afterAll(() => site?.stop());

const asBefore: ReadonlyMap<string, (row: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>> = new Map([['trust_material', wholeBodies], ['delivery', toAgency], ['receipt', unlogged]]);

/** The version before kept the agency and the unit instead of a key made of both. */
function toAgency(row: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const [agency, unitCode] = String(row['order_key']).split('/');
  return Promise.resolve({ ...row, agency, unit_code: unitCode });
}

/** The version before had no log, of which its receipts could have said anything. */
async function unlogged(row: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const unsigned = String(row['body']).replace(/<NHATKY>[^<]*<\/NHATKY>/, '').replace(/<(?:\w+:)?Signature [\s\S]*<\/(?:\w+:)?Signature>/, '');
  return { ...row, body: await issueWith(identityOf(before.pki.gatewaySigning))(Buffer.from(unsigned)) };
}

/** The version before kept each material as one bundle. */
async function wholeBodies(row: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  return { ...row, body: serializeTrustMaterial(await createMaterialReader(before.gateway.database.query)(String(row['digest']), 'the row')) };
}

/** One row for each certificate, changed in place. */
async function registerAsBefore(source: DataSource, ivanCode: string, fingerprint: string, state: string): Promise<void> {
  const [from, until] = [new Date('2026-01-01T00:00:00+07:00'), new Date('2036-01-01T00:00:00+07:00')];
  await source.query('INSERT INTO contract (ivan_code, fingerprint, state, valid_from, valid_until) VALUES ($1, $2, $3, $4, $5)', [ivanCode, fingerprint, state, from, until]);
  const detail = { ivanCode, fingerprint, state, validFrom: from.toISOString(), validUntil: until.toISOString() };
  await source.query('INSERT INTO audit_event (at, kind, detail) VALUES (now(), $1, $2)', ['contract_registered', JSON.stringify(detail)]);
}

async function copy(source: DataSource, table: string, rowBefore: (row: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>> = (row) => Promise.resolve(row)): Promise<void> {
  const columns = await source.query<{ name: string; type: string }[]>('SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position', [table]);
  const rows = await before.gateway.database.query<Record<string, unknown>>(`SELECT * FROM ${table} ${table === 'audit_event' ? `WHERE kind NOT LIKE 'contract%' AND kind <> 'route_changed'` : ''} ORDER BY 1`);
  const list = columns.map(({ name }) => name).join(', ');
  const marks = columns.map((_column, index) => `$${index + 1}`).join(', ');
  for (const row of await Promise.all(rows.map(rowBefore))) {
    const values = columns.map(({ name, type }) => (type === 'jsonb' ? JSON.stringify(row[name]) : row[name]));
    await source.query(`INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE VALUES (${marks})`, values);
  }
  if (columns.some(({ name }) => name === 'id')) await source.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), (SELECT coalesce(max(id), 1) FROM ${table}))`, [table]);
}

it('old rows keep their receipts and audit; new rows must have what is kept now', async () => {
  site = await startSite({ databaseUrl: oldUrl });
  const { query } = site.gateway.database;
  expect(await audit(oldUrl)).toMatchObject({ submissions: 3, accepted: 1, refused: 1, conflicts: 1 });
  expect(await query(`SELECT count(*)::int AS n FROM trust_material WHERE convert_from(body, 'UTF8') LIKE '-----BEGIN %'`)).toEqual([{ n: 1 }]);
  expect(await query('SELECT count(*)::int AS n FROM submission WHERE content_digest IS NULL AND signatures IS NULL')).toEqual([{ n: 3 }]);
  const resent = await site.direct.post('/v1/dossiers', bytes);
  expect([resent.status, resent.body.equals(receipt)]).toEqual([200, true]);

  // The I-VAN's contract was carried over, and was then recorded again by the site under the same number; the other one stands as it stood.
  expect(await query('SELECT c.number, h.action, h.state FROM ivan_contract c JOIN ivan_contract_change h ON h.contract_id = c.id ORDER BY c.id, h.sequence')).toEqual([
    { number: 'C-00040-1', action: 'carry_over', state: 'active' },
    { number: 'C-00040-1', action: 'record', state: 'active' },
    { number: 'C-00100-2', action: 'carry_over', state: 'suspended' },
  ]);
  expect((await site.ivan.post('/v1/dossiers?dry-run', await signedDossier(identityOf(site.pki.employer), { mark: 'thử' }))).status).toBe(200);

  const next = await signedDossier(identityOf(site.pki.employer), { ivan: '', mark: 'sau' });
  expect((await site.direct.post('/v1/dossiers', next)).status).toBe(201);
  expect((await site.direct.post('/v1/dossiers', Buffer.concat([next, Buffer.from('\n')]))).status).toBe(409);
  await expect(query(`INSERT INTO submission OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(s, '{"id": 999, "digest": "${'a'.repeat(64)}", "transaction_code": "x", "content_digest": null}')).* FROM submission s WHERE id = 1`)).rejects.toThrow(/submission_has/);
  expect(await audit(oldUrl)).toMatchObject({ submissions: 5, accepted: 2, conflicts: 2 });
});
