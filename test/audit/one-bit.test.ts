// Guarantee: storage that lies is found: whichever column of a table of evidence, or of the log, has one bit changed behind the gateway's back, the audit
// fails and names the row. Columns are read from the database, so that one that is added later is tried as well.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Lie } from '../../src/audit/lie.ts';
import { runAudit } from '../../src/audit/run.ts';
import type { Backend } from '../../src/backend/server.ts';
import { startTimeStampServer } from '../../src/development/time-stamp-server.ts';
import { lineText, parseNote, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandards } from '../../src/standard/tables.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { leftOfErased } from '../../src/store/erasure.ts';
import { keepRevocationEvidence } from '../../src/store/evidence.ts';
import { loggedTables } from '../../src/store/log-records.ts';
import { sizeOf, text } from '../log/followed.ts';
import { makeOperator } from '../support/operator.ts';
import { loadPki } from '../support/pki.ts';
import { openRegistrationStage } from '../support/registration-stage.ts';
import { startReferenceBackend } from '../support/site.ts';
import { oneByOne } from '../support/one-by-one.ts';
import { until } from '../support/until.ts';

/** Tables, the columns that tell one row from another, and how the audit calls a row. */
const tables: Readonly<Record<string, readonly [keys: readonly string[], name: (...keys: readonly string[]) => RegExp]>> = {
  submission: [['id'], (id) => new RegExp(`\\b(?:submission|receipt) ${id}\\b`)],
  receipt: [['submission_id'], (id) => new RegExp(`\\b(?:receipt|submission) ${id}\\b`)],
  dossier: [['submission_id'], (id) => new RegExp(`\\bsubmission ${id}\\b|what the dossier’s receipt says`)],
  result: [['submission_id'], (id) => new RegExp(`\\b(?:result|submission) ${id}\\b`)],
  notice: [['id'], (id) => new RegExp(`\\bnotice ${id}\\b`)],
  agency_message: [['id'], (id) => new RegExp(`\\bmessage ${id}\\b`)],
  outage_statement: [['id'], (id) => new RegExp(`\\bstatement ${id}\\b`)],
  audit_event: [['id'], (id) => new RegExp(`\\bevent ${id}\\b`)],
  ivan_registration: [['id'], (id) => new RegExp(`\\b(?:registration|form) ${id}\\b`)],
  ivan_registration_decision: [['registration_id'], (id) => new RegExp(`\\b(?:registration|decision) ${id}\\b`)],
  route_change: [['id'], (id) => new RegExp(`change ${id} of the routes`)],
  ivan_contract: [['id'], () => /contract /],
  ivan_contract_change: [['id'], (id) => new RegExp(`contract change ${id}\\b|contract `)],
  ivan_certificate: [['id'], (id) => new RegExp(`I-VAN certificate ${id}\\b`)],
  trust_material: [['digest'], (digest: string) => new RegExp(digest)],
  trust_part: [['digest'], (digest: string) => new RegExp(digest)],
  signing_certificate: [['fingerprint'], (fingerprint) => new RegExp(fingerprint)],
  log_entry: [['position', 'kind', 'subject'], (position, kind, subject) => new RegExp(`\\bentry ${position} of the log|\\bat ${position}\\b|${kind} ${subject}\\b`)],
  log_node: [['level', 'index'], (level, index) => new RegExp(`node ${index} of level ${level} of the log`)],
  log_checkpoint: [['size'], (size) => new RegExp(`checkpoint ${size} of the log`)],
  log_head: [['single'], () => /head of the log/],
  log_cosignature: [['size', 'witness'], (size) => new RegExp(`cosignature of checkpoint ${size} of the log`)],
  log_stamp: [['id', 'size'], (id) => new RegExp(`\\b(?:time )?stamp ${id}\\b`)],
  receipt_stamp: [['id', 'digest'], (id, digest) => new RegExp(`receipt-stamp ${id}\\b|time stamp of receipt ${digest}`)],
  revocation_evidence: [['digest'], (digest) => new RegExp(`revocation evidence ${digest}`)],
  log_key: [['verifier'], () => /keys? of the log|checkpoint \d+ of the log|does not prove that it is in the log/],
};

/**
 * What nobody can hold against anything: when a checkpoint was made, and a key taken up, is not what is signed; time stamps and cosignatures say. When a
 * contract was opened its first change says.
 */
const unsaid = new Set(['log_checkpoint.at', 'log_key.since', 'ivan_contract.opened_at']);

let backend: Backend;
let database: Database;
const standards = loadStandards();
const schemas = createSchemas();

beforeAll(async () => {
  backend = await startReferenceBackend();
  const pki = await loadPki();
  const operator = makeOperator(pki);
  const tsa = await startTimeStampServer({ credential: pki.timeStamp, now: () => new Date() });
  const witness = signerOf('witness.example/w1', generateKeyPairSync('ed25519').privateKey, 'witness');
  const witnesses = join(mkdtempSync(join(tmpdir(), 'one-bit-')), 'witnesses.txt');
  writeFileSync(witnesses, `${verifierText(witness)}\n`);
  const environment = { ...operator.environment, GATEWAY_STAMP_URL: tsa.url, GATEWAY_STAMP_RECEIPTS: 'on', GATEWAY_STAMP_INTERVAL_SECONDS: '1', GATEWAY_LOG_WITNESSES_FILE: witnesses };
  const stage = await openRegistrationStage({ backendUrl: backend.url, operator: { ...operator, environment } });
  const unitCode = stage.newUnit();
  await stage.accept({ unitCode });
  expect((await stage.file(unitCode)).status).toBe(201);
  expect((await stage.file(unitCode, { editSigned: (xml) => xml.replace('Báo tăng', 'Báo giảm') })).status).toBe(422);
  expect(await stage.operator.post('outages', { scope: 'portal', causeVi: 'Mất kết nối', causeEn: 'The portal is away' })).toMatchObject({ status: 201 });
  const { query } = stage.site.gateway.database;
  await query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'filler', jsonb_build_object('n', n) FROM generate_series(1, 300) n`); // for a tile that is whole
  const checkpoint = parseNote(await text(stage.site.direct, '/v1/log/checkpoint'));
  const cosigned = lineText(signatureLine(checkpoint?.text ?? '', witness, new Date()));
  expect((await stage.site.direct.post(`/v1/log/cosignatures?size=${sizeOf(checkpoint?.text ?? '')}`, cosigned, { 'content-type': 'text/plain' })).status).toBe(200);
  const answer = Buffer.from('an OCSP answer');
  await keepRevocationEvidence(query, [{ digest: createHash('sha256').update(answer).digest('hex'), kind: 'ocsp', body: answer }]);
  await until('stamps', async () => (await query('SELECT 1 FROM log_stamp s, receipt_stamp r')).length > 0);
  await until('the result', async () => (await query('SELECT 1 FROM result')).length > 0);
  await until('the log to have all', async () => (await query('SELECT 1 FROM log_waiting')).length === 0);
  const url = stage.site.databaseUrl;
  await stage.stop();
  await tsa.stop();
  database = await openDatabase({ url, connections: 2 });
});

afterAll(async () => {
  await database.close();
  await backend.stop();
  schemas.dispose();
});

interface Column {
  readonly name: string;
  readonly type: string;
}

/** SQL of the value with one bit changed, for each place where the database may take it. */
function flips({ name, type }: Column, text: string): readonly string[] {
  const column = `"${name}"`;
  if (type === 'bytea') return [`set_bit(${column}, octet_length(${column}) * 4, 1 - get_bit(${column}, octet_length(${column}) * 4))`];
  if (type === 'timestamp with time zone') return [`${column} + interval '1 microsecond' * (1 - 2 * (extract(microseconds FROM ${column})::bigint & 1))`];
  if (type === 'boolean') return [`NOT ${column}`];
  if (/int/.test(type)) return [`${column} # 1`];
  const quoted = (value: string): string => `'${value.replaceAll(`'`, `''`)}'`;
  const changed = Array.from({ length: text.length }, (_value, place) => text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ 1) + text.slice(place + 1));
  if (type !== 'jsonb') return changed.map(quoted);
  return changed.filter((value) => isOtherJson(value, text)).map((value) => `${quoted(value)}::jsonb`);
}

function isOtherJson(value: string, text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(value)) !== JSON.stringify(JSON.parse(text));
  } catch {
    return false;
  }
}

/** What an audit says of the database with the change; the change is undone. Undefined when the database itself refuses every change of it. */
async function flipped(table: string, among: string, { name, type }: Column): Promise<{ readonly lies: readonly string[]; readonly row: readonly string[] } | undefined> {
  const [keys] = tables[table] ?? [[]];
  const [row] = await database.query<{ keys: string[]; text: string }>(
    `SELECT ARRAY[${keys.map((key) => `"${key}"::text`).join(', ')}] AS keys, "${name}"::text AS text FROM ${table} WHERE ${among} AND "${name}" IS NOT NULL AND "${name}"::text NOT IN ('', '[]', '{}', '\\x') ORDER BY ${keys.map((key) => `"${key}"`).join(', ')} LIMIT 1`);
  if (row === undefined) return undefined;
  const which = `(${keys.map((key) => `"${key}"::text`).join(', ')}) = (${row.keys.map((key) => `'${key}'`).join(', ')})`;
  for (const flip of flips({ name, type }, row.text)) {
    const found = await audited(`UPDATE ${table} SET "${name}" = ${flip} WHERE ${which}`);
    if (found !== undefined) return { lies: found.lies, row: row.keys };
  }
  return undefined;
}

/** An audit in a transaction that is not committed. Undefined when the database does not take the change. */
async function audited(change: string): Promise<{ readonly lies: readonly string[]; readonly report: unknown } | undefined> {
  const rolledBack = new Error('nothing of it stays');
  let outcome: { lies: readonly string[]; report: unknown } | undefined;
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(change);
    const lies: string[] = [];
    const found = ({ message }: Lie): void => { lies.push(message); };
    const report = await runAudit({ database: { query: oneByOne(query) }, standards, schemas, found }).catch((error: unknown) => { found(asLie(error)); });
    outcome = { lies, report };
    throw rolledBack;
  }).catch((error: unknown) => { if (outcome !== undefined && error !== rolledBack) throw error; });
  return outcome;
}

/** @throws what is none. */
function asLie(error: unknown): Lie {
  if (error instanceof Lie) return error;
  throw error;
}

it('the store is honest before any of it', async () => {
  expect(await audited('SELECT 1')).toMatchObject({ lies: [], report: { submissions: 2, accepted: 1, results: 1, registrations: 1 } });
});

it('every kind of row that the log has is tried', () => {
  expect(loggedTables.map(([, table]) => table).filter((table) => tables[table] === undefined)).toEqual([]);
});

describe('a salt', () => {
  it.each(loggedTables.map(([kind]) => kind))('of an entry of kind %s that no erasure names is missed', async (kind) => {
    const [entry] = await database.query<{ position: string; subject: string }>('SELECT position, subject FROM log_entry WHERE kind = $1 ORDER BY position LIMIT 1', [kind]);
    const outcome = await audited(`UPDATE log_entry SET salt = NULL WHERE kind = '${kind}' AND subject = ${entry?.subject ?? '0'}`);
    expect(outcome?.lies).toContain(`${kind} ${entry?.subject ?? ''} of the log: has lost its salt at ${entry?.position ?? ''}, and no erasure says so`);
  });

  it.each(['notice', 'message'])('of a %s that came after the erasure of its dossier is missed', async (kind) => {
    const table = kind === 'notice' ? 'notice' : 'agency_message';
    const [row] = await database.query<{ id: string; submission: string }>(`SELECT id, submission_id AS submission FROM ${table} WHERE submission_id IS NOT NULL AND octet_length(body) > 0 ORDER BY id LIMIT 1`);
    const outcome = await audited(`
      INSERT INTO erasure (submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest) VALUES (${row?.submission ?? ''}, '2020-01-01', 'x', 'y', 'z', false, '${'0'.repeat(64)}');
      UPDATE log_entry SET salt = NULL WHERE kind = '${kind}' AND subject = ${row?.id ?? ''}`);
    expect(outcome?.lies).toContainEqual(expect.stringMatching(new RegExp(`^${kind} ${row?.id ?? ''}: has lost its salt at \\d+, and was not erased`)));
  });
});

describe('a notice that came after the erasure of its dossier', () => {
  const erasure = (id: string): string => `
    INSERT INTO erasure (submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest) VALUES (${id}, now(), 'x', 'y', 'z', false, '${'0'.repeat(64)}');
    INSERT INTO audit_event (at, kind, submission_id, detail) SELECT now(), 'dossier_erased', ${id}, jsonb_build_object('erasure', x.id, 'left', ${leftOfErased}) FROM erasure x;`;

  it('and is blank with its salt gone is missed, unless another erasure was', async () => {
    const [row] = await database.query<{ id: string; submission: string }>(`SELECT id, submission_id AS submission FROM notice WHERE submission_id IS NOT NULL ORDER BY id LIMIT 1`);
    const blank = `UPDATE notice SET body = '' WHERE id = ${row?.id ?? ''}; UPDATE log_entry SET salt = NULL WHERE kind = 'notice' AND subject = ${row?.id ?? ''};`;
    const lie = `submission ${row?.submission ?? ''}: has other rows left than its last erasure left of it`;
    expect((await audited(erasure(row?.submission ?? '') + blank))?.lies).toContain(lie);
    expect((await audited(blank + erasure(row?.submission ?? '')))?.lies).not.toContain(lie);
  });
});

describe.each([...Object.keys(tables).map((table): [string, string] => [table, 'true']), ['audit_event', `kind = 'submission_accepted'`]])('%s where %s', (table, among) => {
  it('with one bit of any column changed is named', async () => {
    const [keys, nameOf] = tables[table] ?? [[], () => /^$/];
    const columns = await database.query<Column>('SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position', [table]);
    const missed: string[] = [];
    let tried = 0;
    for (const column of columns) {
      if (unsaid.has(`${table}.${column.name}`)) continue;
      const outcome = await flipped(table, among, column);
      if (outcome === undefined) continue;
      tried += 1;
      const { lies, row } = outcome;
      // A key that was changed is another row's: whatever is missed of the row that was is named.
      const isNamed = lies.some((lie) => keys.includes(column.name) || nameOf(...row).test(lie));
      if (!isNamed) missed.push(`${column.name}: ${lies.slice(0, 3).join(' | ') || 'nothing found'}`);
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });
});
