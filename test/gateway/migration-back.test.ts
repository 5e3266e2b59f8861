// Guarantee: every migration can be taken back, newest first, and leaves the tables of the version before; made again, they are what they were. None of them
// takes away what was once recorded: where the version before has no place for it, the migration stays.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { openDatabase } from '../../src/store/database.ts';
import { cloneDatabase } from '../support/site.ts';
import { evidence } from './evidence-of-versions.ts';
import { emptySchema, schemaOf } from './schema.ts';
import type { Schema } from './schema.ts';

type Migrations = NonNullable<DataSource['options']['migrations']>;
let names: readonly string[];
let all: Migrations;

beforeAll(async () => {
  const database = await openDatabase({ url: await cloneDatabase(), connections: 1 });
  const sorted = [...database.source.migrations].sort((one, other) => Number(one.name?.slice(-13)) - Number(other.name?.slice(-13)));
  names = sorted.map(({ name }) => name ?? '');
  all = sorted.map(({ constructor }) => constructor);
  await database.close();
});

/** An empty database with the first migrations, as many as are asked for. */
async function versionOf(count: number): Promise<DataSource> {
  const source = new DataSource({ type: 'postgres', url: await cloneDatabase('template1'), migrations: Object.values(all).slice(0, count), poolSize: 1 });
  await source.initialize();
  await source.runMigrations({ transaction: 'all' });
  return source;
}

describe('the migrations', () => {
  it('are taken back one by one to an empty database, each to the tables of the version before, and made again', async () => {
    const before = new Map<string, Schema>();
    const source = await versionOf(0);
    const whole = new DataSource({ ...source.options, migrations: all });
    for (const [index, migration] of Object.values(all).entries()) {
      before.set(names[index] ?? '', await schemaOf(source));
      const step = new DataSource({ ...source.options, migrations: [migration] });
      await step.initialize();
      await step.runMigrations();
      await step.destroy();
    }
    const complete = await schemaOf(source);
    await whole.initialize();
    for (const name of [...names].reverse()) {
      await whole.undoLastMigration();
      expect([name, await schemaOf(source)]).toEqual([name, before.get(name)]);
    }
    expect(await schemaOf(source)).toEqual(emptySchema);
    await whole.runMigrations({ transaction: 'all' });
    expect(await schemaOf(source)).toEqual(complete);
    await whole.destroy();
    await source.destroy();
  });

  it('all have evidence here, or make nothing that could be evidence', () => {
    const withoutEvidence = ['Shadow1795651200000', 'UnitCertificateFingerprint1796210000000', 'DeliveryLeases1796650000000', 'CheaperRecords1796950000000', 'CorrectedOutages1796970000000'];
    expect([...new Set([...evidence.map(({ version }) => version), ...withoutEvidence])].sort()).toEqual([...names].sort());
  });

  it.each([...new Set(evidence.map(({ version }) => version))])('%s is not taken back over what it alone can record', async (version) => {
    const source = await versionOf(names.indexOf(version) + 1);
    const before = await schemaOf(source);
    for (const { what, insert } of evidence.filter((row) => row.version === version)) {
      await withoutTriggers(source, insert);
      const refused = await source.undoLastMigration().then(() => 'taken back', String);
      expect([what, refused]).toEqual([what, expect.stringContaining('cannot be taken back')]);
      const [, table = ''] = /^INSERT INTO (\w+) /.exec(insert) ?? [];
      expect([what, await withoutTriggers(source, `WITH gone AS (DELETE FROM ${table} RETURNING 1) SELECT count(*)::int AS rows FROM gone`)]).toEqual([what, [{ rows: 1 }]]);
    }
    expect(await schemaOf(source)).toEqual(before);
    await source.destroy();
  });

  it('take deliveries and open terms with them, back and forth', async () => {
    const source = await versionOf(names.length);
    const dossier = (id: number, unitCode: string): string => `INSERT INTO dossier VALUES (${id}, '00101', 2026, ${id}, '${id}', '${unitCode}', 'x', '0101300842', '103', 'x', '2026-12-01')`;
    const delivery = (id: number, state: string): string => `INSERT INTO delivery (submission_id, kind, lane, order_key, urgent_at, due_at, ordered_at, state) VALUES (${id}, 'dossier', 'agency:x', 'x', now(), '2026-11-02', now(), '${state}')`;
    const submission = (id: number): string => `INSERT INTO submission OVERRIDING SYSTEM VALUE VALUES (${id}, repeat('${id}', 64), 'x', '{}', NULL, NULL, '2026-11-01', 'accepted', '[]', '${id}', 'x', 'x', NULL, 'octets', repeat('${id}', 64), '[]', NULL, NULL, '[]')`;
    for (const sql of [
      ...[1, 2, 3].map(submission), dossier(1, 'TS1'), dossier(2, ''), dossier(3, 'TS3'), `INSERT INTO lane (name, most_at_once) VALUES ('agency:x', 4)`,
      delivery(1, 'waiting'), delivery(2, 'delivered'), delivery(3, 'dead'), `INSERT INTO delivery (kind, lane, order_key, urgent_at, due_at, ordered_at, state, feed, position, subscription) VALUES ('webhook', 'agency:x', 'x', now(), now(), now(), 'delivered', 'x', 1, 1)`,
      `INSERT INTO delivery_lease (lane, worker, hands, deliveries, until) VALUES ('agency:x', 'worker', 1, '{1}', '2026-11-03')`,
      `INSERT INTO case_state (submission_id, state, state_number, apologies, messages, notices, supplement_until) VALUES (2, 'supplement', 1, 0, 1, 0, '2026-12-05')`,
      `INSERT INTO obligation (submission_id, kind, agency, arisen_at, first_due_at, basis, due_at, look_at, awaits_unit) VALUES (2, 'result', '00101', now(), '2026-12-01', 'migration', '2026-12-01', 'infinity', true)`,
    ]) await withoutTriggers(source, sql);
    const undo = async (until: string): Promise<void> => {
      for (const name of [...names].reverse().slice(0, names.length - names.indexOf(until))) await source.undoLastMigration().catch((error: unknown) => { throw new Error(name, { cause: error }); });
    };
    await undo('AwaitingTheUnit1796810000000');
    expect(await source.query('SELECT look_at = due_at AS seen FROM obligation')).toEqual([{ seen: true }]);
    await source.runMigrations();
    expect(await source.query(`SELECT kind, awaits_unit AS awaits, look_at = 'infinity' AS resting FROM obligation ORDER BY kind`)).toEqual([{ kind: 'result', awaits: true, resting: true }, { kind: 'supplement', awaits: false, resting: false }]);
    await undo('Delivery1796000000000');
    expect(await source.query(`SELECT agency, unit_code AS unit, state, claimed_by AS by FROM delivery ORDER BY submission_id`)).toEqual([
      { agency: '00101', unit: 'TS1', state: 'waiting', by: 'worker' }, { agency: '00101', unit: '0101300842', state: 'delivered', by: null }, { agency: '00101', unit: 'TS3', state: 'waiting', by: null },
    ]);
    await source.runMigrations({ transaction: 'all' });
    expect(await source.query(`SELECT submission_id::int AS id, order_key AS key, state, octets FROM delivery ORDER BY submission_id`)).toEqual([
      { id: 1, key: '00101/TS1', state: 'waiting', octets: 6 }, { id: 2, key: '00101/0101300842', state: 'delivered', octets: 6 }, { id: 3, key: '00101/TS3', state: 'waiting', octets: 6 },
    ]);
    expect(await source.query(`SELECT submission_id::int AS id, kind FROM obligation ORDER BY 1, 2`)).toEqual([{ id: 1, kind: 'forward' }, { id: 1, kind: 'result' }, { id: 2, kind: 'result' }, { id: 3, kind: 'forward' }, { id: 3, kind: 'result' }]);
    await source.destroy();
  });
});

/** One row stands for itself here: what it refers to and the triggers that would refuse it are of no matter. */
async function withoutTriggers(source: DataSource, sql: string): Promise<unknown> {
  await source.query('SET session_replication_role = replica');
  const rows: unknown = await source.query(sql);
  await source.query('SET session_replication_role = origin');
  return rows;
}
