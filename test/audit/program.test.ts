// Guarantee: the audit on several cores, by a role that may only read, finds what the audit in one process finds; it goes on where it was interrupted, but from
// nothing that another program did or that was against another checkpoint; and its sample can be repeated and holds.
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { extentOf } from '../../src/audit/auditor.ts';
import { noCounts } from '../../src/audit/counts.ts';
import { firstEnds } from '../../src/audit/lie.ts';
import { checkLogPart, openLogAudit, TILE } from '../../src/audit/log.ts';
import { nameOfPiece, piecesOf } from '../../src/audit/pieces.ts';
import type { Piece } from '../../src/audit/pieces.ts';
import { progressLine } from '../../src/audit/progress-line.ts';
import { newState, piecesLeft, saveState, takeOver, withDone } from '../../src/audit/state.ts';
import { parseVerifier, signerOf, verifierText } from '../../src/log/note.ts';
import { packageFile } from '../../src/paths.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listCheckpoints, listLogKeys } from '../../src/store/log.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const DOSSIERS = 6;
const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-'));
const role = `auditor_${randomUUID().replaceAll('-', '')}`;
const password = randomUUID();
let database: Database;
let url: URL;

beforeAll(async () => {
  const site = await startSite();
  const { query } = site.gateway.database;
  for (let made = 0; made < DOSSIERS; made += 1) expect((await site.direct.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { ivan: '', mark: `kiểm ${made}`, unitCode: `TS${10000 + made}` }))).status).toBe(201);
  await query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'filler', jsonb_build_object('n', n) FROM generate_series(1, 700) n`);
  await until('the log to have all', async () => (await query('SELECT 1 FROM log_waiting')).length === 0);
  await site.stop();
  database = await openDatabase({ url: site.databaseUrl, connections: 2 });
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT pg_read_all_data TO ${role}`);
  url = new URL(site.databaseUrl);
  [url.username, url.password] = [role, password];
});

afterAll(async () => {
  await database.query(`DROP ROLE ${role}`);
  await database.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly json: Record<string, unknown>;
  readonly err: string;
}

function ivanAudit(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [packageFile('dist/src/cli/ivan.js'), 'audit', ...words], { env: { ...process.env, GATEWAY_DATABASE_URL: url.href } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, json: JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, unknown>, err: stderr });
    });
  });
}

/** With the row as it is not, and as it was again afterwards. */
async function whileChanged(change: string, work: () => Promise<void>, back = change): Promise<void> {
  const unseen = (sql: string): Promise<unknown> => database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    await query(sql);
  });
  await unseen(change);
  await work().finally(() => unseen(back));
}
const flipped = (table: string, where: string, column = 'body'): string => `UPDATE ${table} SET ${column} = set_bit(${column}, 4000, 1 - get_bit(${column}, 4000)) WHERE ${where}`;

describe('the program', () => {
  it('holds what is true, by a role that may only read', async () => {
    const { code, json, err } = await ivanAudit('--workers', '3', '--rate');
    expect([code, json]).toEqual([0, expect.objectContaining({ holds: true, submissions: DOSSIERS, accepted: DOSSIERS, takenOver: false, workers: 3 })]);
    expect(json['engine']).toMatchObject({ documents: DOSSIERS });
    expect(err).toMatch(/submissions a second[\s\S]*the verification engine alone/);
  });

  it('ends with the first lie, or tells every one', async () => {
    await whileChanged(flipped('receipt', 'submission_id IN (2, 5)'), async () => {
      const first = await ivanAudit('--json');
      expect([first.code, first.json['holds'], (first.json['lies'] as unknown[]).length]).toEqual([1, false, 1]);
      const all = await ivanAudit('--json', '--all');
      expect((all.json['lies'] as { where: string }[]).map(({ where }) => where)).toEqual(expect.arrayContaining(['receipt of submission 2', 'receipt of submission 5', 'receipt 2', 'receipt 5']));
      expect(all.json).toMatchObject({ submissions: DOSSIERS, holds: false });
    });
  });

  it('says what it cannot do', async () => {
    expect(await ivanAudit('--workers', 'many')).toMatchObject({ code: 4, err: expect.stringContaining('--workers') });
    expect(await ivanAudit('--unheard-of')).toMatchObject({ code: 4 });
  });

  it('never holds what it could not read: a part that could not be checked ends it', async () => {
    await database.query('ALTER TABLE log_stamp RENAME TO log_stamp_away');
    const ended = await ivanAudit('--workers', '4', '--all').finally(() => database.query('ALTER TABLE log_stamp_away RENAME TO log_stamp'));
    expect(ended).toMatchObject({ code: 4, json: {}, err: expect.stringContaining('log_stamp') });
  });

  it('holds the store against what somebody else kept', async () => {
    const [key = ''] = await listLogKeys(database.query);
    const [first] = await listCheckpoints(database.query, 0, 100);
    const [kept, none, state] = [join(folder, 'kept'), join(folder, 'none'), join(folder, 'keyed.json')];
    writeFileSync(kept, first?.note ?? '');
    writeFileSync(none, 'hello\n');
    expect(await ivanAudit('--log-key', key, '--checkpoint', kept, '--checkpoint', kept)).toMatchObject({ code: 0, json: { holds: true, waiting: 0 } });
    expect(await ivanAudit('--log-key', key, '--checkpoint', none)).toMatchObject({ code: 4, err: expect.stringContaining('no checkpoint') });
    expect(await ivanAudit('--checkpoint', kept)).toMatchObject({ code: 4, err: expect.stringContaining('--log-key') });
    const strange = verifierText(signerOf(parseVerifier(key)?.name ?? '', generateKeyPairSync('ed25519').privateKey));
    const { code, json } = await ivanAudit('--log-key', strange, '--all');
    expect([code, json['lies']]).toEqual([1, [{ where: `key of the log ${strange}`, what: expect.stringContaining('not one that this log was ever signed with') }]]);
    saveState(state, await newState(database.query, await extentOf(database.query), strange));
    expect(await takeOver(database.query, state, strange)).toBeDefined();
    expect(await takeOver(database.query, state, key)).toBeUndefined();
    expect(await takeOver(database.query, state)).toBeUndefined();
  });

  it('keeps nothing of an audit that is over, and what was done of one that found a lie', async () => {
    const state = join(folder, 'state.json');
    expect((await ivanAudit('--json', '--state', state)).code).toBe(0);
    expect(existsSync(state)).toBe(false);
    await whileChanged(flipped('log_entry', 'position = 3', 'commitment').replaceAll('4000', '100'), async () => {
      expect((await ivanAudit('--json', '--all', '--state', state)).code).toBe(1);
      expect(existsSync(state)).toBe(true);
      const again = await ivanAudit('--json', '--all', '--state', state);
      expect([again.code, again.json['takenOver'], again.json['submissions']]).toEqual([1, true, DOSSIERS]);
    });
    expect(await ivanAudit('--json', '--state', state)).toMatchObject({ code: 0, json: { takenOver: true, submissions: DOSSIERS } });
  });
});

describe('what was done before', () => {
  it('is taken over by the same program against the same checkpoint only', async () => {
    const { query } = database;
    const file = join(folder, 'taken.json');
    const begun = await newState(query, await extentOf(query));
    const done = piecesLeft(begun).filter(({ kind }) => kind === 'submissions' || kind === 'whole').reduce((state, piece) => withDone(state, piece, { ...noCounts, submissions: 1 }), begun);
    saveState(file, done);
    expect(await takeOver(query, file)).toEqual(done);
    expect(piecesLeft(done).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['whole', 'log', 'log end']));
    expect(piecesLeft(done).some(({ kind }) => kind === 'submissions')).toBe(false);
    saveState(file, { ...done, program: '0'.repeat(64) });
    expect(await takeOver(query, file)).toBeUndefined();
    saveState(file, { ...done, checkpoint: `${done.checkpoint ?? ''}x` });
    expect(await takeOver(query, file)).toBeUndefined();
    expect(await takeOver(query, join(folder, 'none.json'))).toBeUndefined();
  });
});

describe('the pieces', () => {
  it('are all of it, and no two of them the same', () => {
    const pieces = piecesOf({ lastSubmission: '1300', submissions: 1200, logSize: 9000 });
    const isOf = <Kind extends Piece['kind']>(kind: Kind) => (piece: Piece): piece is Extract<Piece, { kind: Kind }> => piece.kind === kind;
    expect(pieces.filter(isOf('submissions')).map(({ after, upTo }) => [after, upTo])).toEqual([['0', '512'], ['512', '1024'], ['1024', '1300']]);
    expect(pieces.filter(isOf('log')).map(({ from, to }) => [from, to])).toEqual([[0, 4096], [4096, 8192], [8192, 9000]]);
    expect(new Set(pieces.map(nameOfPiece)).size).toBe(pieces.length);
  });

  it('of the log are checked apart, and a node that is not what its entries make is found with the piece that it is of', async () => {
    const { query } = database;
    const { logSize } = await extentOf(query);
    const log = await openLogAudit(query, firstEnds);
    for (const [from, to] of [[0, TILE], [TILE, 2 * TILE], [2 * TILE, logSize]] as const) await checkLogPart(log, from, to);
    await whileChanged(flipped('log_node', 'index = 1', 'hash').replaceAll('4000', '100'), async () => {
      await checkLogPart(log, 0, TILE);
      await expect(checkLogPart(log, TILE, 2 * TILE)).rejects.toThrow(/node 1 of level 8 of the log|checkpoint \d+ of the log/);
      await expect(checkLogPart(log, 2 * TILE, logSize)).rejects.toThrow(/checkpoint \d+ of the log: has another root/);
    });
  });
});

describe('a sample', () => {
  it('is audited, has its proofs, and is the same again; another beacon gives another', async () => {
    const { logSize } = await extentOf(database.query);
    const draw = (beacon: string): Promise<Ended> => ivanAudit('sample', '--checkpoint', String(logSize), '--count', '3', '--beacon', beacon);
    const [first, again, other] = [await draw('drand 4242 8f0c'), await draw('drand 4242 8f0c'), await draw('drand 4243 77aa')];
    expect([first.code, first.json]).toEqual([0, expect.objectContaining({ holds: true, population: DOSSIERS, counts: expect.objectContaining({ submissions: 3 }) as unknown })]);
    expect(first.json['dossiers']).toEqual(again.json['dossiers']);
    expect(other.json['seed']).not.toBe(first.json['seed']);
    const checkpoint = String(first.json['checkpoint']);
    const signed = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(first.json['seed']).toBe(sha256(`ivan-audit-sample/1\n${sha256(signed)}\n${sha256('drand 4242 8f0c')}\n`));
    for (const { proof } of first.json['dossiers'] as { proof: string }[]) expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
  });

  it('is not drawn by what the log alone could choose', async () => {
    const { logSize } = await extentOf(database.query);
    expect(await ivanAudit('sample', '--checkpoint', String(logSize), '--count', '3')).toMatchObject({ code: 4, err: expect.stringContaining('no witness') });
  });

  it('is of everything that the checkpoint fixed, by the log’s own signature: nothing is kept out of it', async () => {
    const { logSize } = await extentOf(database.query);
    const draw = (...words: readonly string[]): Promise<Ended> => ivanAudit('sample', '--checkpoint', String(logSize), '--count', '1', '--beacon', 'x', ...words);
    await whileChanged(`UPDATE log_entry SET kind = CASE kind WHEN 'submission' THEN 'hidden' ELSE 'submission' END WHERE kind IN ('submission', 'hidden') AND subject <> 1`, async () => {
      expect(await draw()).toMatchObject({ code: 1, json: { holds: false, lies: [{ where: `checkpoint ${logSize} of the log` }] } });
    });
    const [key = ''] = await listLogKeys(database.query);
    const strange = verifierText(signerOf(parseVerifier(key)?.name ?? '', generateKeyPairSync('ed25519').privateKey));
    expect(await draw('--log-key', key)).toMatchObject({ code: 0, json: { holds: true, population: DOSSIERS } });
    expect(await draw('--log-key', strange)).toMatchObject({ code: 1, json: { holds: false } });
  });

  it('is drawn from what the checkpoint fixed: no entry is kept out of it, none stands for another, and the log has signed it', async () => {
    const { logSize } = await extentOf(database.query);
    const draw = (): Promise<Ended> => ivanAudit('sample', '--checkpoint', String(logSize), '--count', String(DOSSIERS), '--beacon', 'x');
    const [last] = await database.query<{ id: string }>(`SELECT max(subject)::text AS id FROM log_entry WHERE kind = 'submission'`);
    const ofLast = `WHERE kind = 'submission' AND subject = ${last?.id ?? ''}`;
    const finds = (change: string, back: string, lie: string): Promise<void> => whileChanged(change, async () => { expect(await draw()).toMatchObject({ code: 1, err: expect.stringContaining(lie) }); }, back);
    await finds(`UPDATE log_entry SET kind = 'other' ${ofLast}`, `UPDATE log_entry SET kind = 'submission' WHERE kind = 'other'`, 'has another root than its entries make');
    const swapped = `UPDATE log_entry SET subject = subject - 3 WHERE kind = 'submission' AND subject IN (1, 2); UPDATE log_entry SET subject = -subject WHERE subject < 0`;
    await finds(swapped, swapped, 'is not what was entered into the log');
    const ofNote = (from: string, to: string): string => `UPDATE log_checkpoint SET note = replace(note, '${from}', '${to}') WHERE size = ${logSize}`;
    await finds(ofNote('— ', '— x'), ofNote('— x', '— '), 'is not signed by the log');
    expect(await draw()).toMatchObject({ code: 0 });
  });

  it('that meets a lie says so', async () => {
    const { logSize } = await extentOf(database.query);
    await whileChanged(flipped('submission', 'true'), async () => {
      expect(await ivanAudit('sample', '--checkpoint', String(logSize), '--count', '2', '--beacon', 'x')).toMatchObject({ code: 1, json: { holds: false } });
    });
  });
});

it('progress says the share, the rate of what was not taken over, and the time left', () => {
  expect(progressLine({ done: 600, doneBefore: 500, all: 1000, milliseconds: 10_000 })).toBe(`${'█'.repeat(18)}${'░'.repeat(12)} 60.0 % · 600/1000 · 10/s · còn / left 40 s`);
  expect(progressLine({ done: 0, doneBefore: 0, all: 0, milliseconds: 0 })).toContain('100.0 %');
});
