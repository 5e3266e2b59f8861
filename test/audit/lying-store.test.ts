// Guarantee: a store that lies as a whole is found: what it keeps out of the log while it says that it waits, what it erased without the log's knowledge, and,
// against what somebody else kept, a log that was set back, rewritten, or signed by another. A part of a long log is checked without reading what came before.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readOutside } from '../../src/audit/kept.ts';
import type { Outside } from '../../src/audit/kept.ts';
import { firstEnds, Lie } from '../../src/audit/lie.ts';
import { checkLogEnd, openLogAudit, rootAt } from '../../src/audit/log.ts';
import { runAudit } from '../../src/audit/run.ts';
import { checkWaiting } from '../../src/audit/waiting.ts';
import { checkpointText, parseCheckpoint } from '../../src/log/checkpoint.ts';
import { entryOctets } from '../../src/log/entry.ts';
import { emptyTree, grow, leafHash, rootOf } from '../../src/log/merkle.ts';
import { noteText, parseNote, parseVerifier, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import type { NoteSigner } from '../../src/log/note.ts';
import { proofIn } from '../../src/receipts/log-entry.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandards } from '../../src/standard/tables.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Query } from '../../src/store/database.ts';
import { leftOfErased } from '../../src/store/erasure.ts';
import { findCheckpoint, listLogKeys, saveGrowth } from '../../src/store/log.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import { oneByOne } from '../support/one-by-one.ts';
import { until } from '../support/until.ts';

const DOSSIERS = 3;
const folder = mkdtempSync(join(tmpdir(), 'lying-store-'));
const standards = loadStandards();
const schemas = createSchemas();
let database: Database;
let logKey: string;
let newest: string;

beforeAll(async () => {
  const site = await startSite();
  const { query } = site.gateway.database;
  for (let made = 0; made < DOSSIERS; made += 1) expect((await site.direct.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { ivan: '', mark: `dối ${made}`, unitCode: `TS${10000 + made}` }))).status).toBe(201);
  for (const filler of [1, 2]) {
    await query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'filler', jsonb_build_object('n', n) FROM generate_series(1, 150) n`);
    await until(`the log to have all, ${filler}`, async () => (await query('SELECT 1 FROM log_waiting')).length === 0);
  }
  await site.stop();
  database = await openDatabase({ url: site.databaseUrl, connections: 2 });
  [logKey = ''] = await listLogKeys(database.query);
  newest = (await findCheckpoint(database.query))?.note ?? '';
});

afterAll(async () => {
  await database.close();
  schemas.dispose();
  rmSync(folder, { recursive: true });
});

/** What happens in it does not stay, and no trigger looks at it. */
async function inVain<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
  const rolledBack = new Error('nothing of it stays');
  const outcome: Value[] = [];
  await database.transaction(async (query) => {
    await query('SET LOCAL session_replication_role = replica');
    outcome.push(await work(oneByOne(query)));
    throw rolledBack;
  }).catch((error: unknown) => { if (error !== rolledBack) throw error; });
  const [value] = outcome;
  if (value === undefined) throw new Error('nothing came of it');
  return value;
}

/** All lies that an audit finds after the changes. */
function liesAfter(changes: readonly string[], outside?: Outside): Promise<readonly string[]> {
  return inVain(async (query) => {
    for (const change of changes) await query(change);
    const lies: string[] = [];
    const found = ({ message }: Lie): void => { lies.push(message); };
    await runAudit({ database: { query }, standards, schemas, found, ...(outside === undefined ? {} : { outside }) }).catch((error: unknown) => {
      if (!(error instanceof Lie)) throw error;
      found(error);
    });
    return lies;
  });
}

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The middle one of a gateway's own checkpoints, which no receipt proves by. */
async function middle(): Promise<{ size: number; note: string }> {
  const [found] = await database.query<{ size: number; note: string }>(`SELECT size::float8 AS size, note FROM log_checkpoint k WHERE size < (SELECT max(size) FROM log_checkpoint) AND size > 150 ORDER BY size DESC LIMIT 1`);
  if (found === undefined) throw new Error('one checkpoint alone');
  return found;
}

it('an honest store holds', async () => {
  expect(await liesAfter([])).toEqual([]);
});

it.each(['{}', '{"x": 1}', '{"kind": "ivan", "code": "1", "contract": {}}', '{"kind": "ivan", "code": "1", "contract": {"state": "active", "from": "x", "until": "y"}}'])('a sender of whom nothing can be read, %s, is named, and the other dossiers are looked at', async (facts) => {
  const lies = await liesAfter([`UPDATE submission SET sender_facts = '${facts}' WHERE id = (SELECT min(id) FROM submission)`, `UPDATE submission SET transaction_code = 'X' WHERE id = (SELECT max(id) FROM submission)`]);
  expect(lies).toEqual(expect.arrayContaining([expect.stringMatching(/^submission \d+: its sender cannot be read/), expect.stringMatching(/^submission \d+: has a transaction code that is not its own/)]));
});

describe('what waits for the log', () => {
  const slipped = [`INSERT INTO audit_event (at, kind, detail) VALUES (now() - interval '30 days', 'slipped', '{}')`, `INSERT INTO log_waiting SELECT 'event', max(id) FROM audit_event`];

  it('waits a moment', async () => {
    expect(await liesAfter([slipped[0]?.replace('30 days', '1 second') ?? '', slipped[1] ?? ''])).toEqual([]);
  });

  it('is a lie when it has waited long', async () => {
    expect(await liesAfter(slipped)).toEqual([expect.stringMatching(/^event \d+: has waited for the log since \d{4}-/)]);
  });

  it('is a lie when it is not there', async () => {
    expect(await liesAfter([`INSERT INTO log_waiting VALUES ('decision', 999999)`])).toEqual(['decision 999999: waits for the log and is not there']);
  });

  it('is none when it was on its way: it is looked at again', async () => {
    const lies: string[] = [];
    const looks = await inVain(async (query) => {
      for (const change of slipped) await query(change);
      let looked = 0;
      const entering: Query = async <Row>(sql: string, parameters?: readonly unknown[]) => {
        const rows = await query<Row>(sql, parameters);
        if ((looked += 1) === 2) await query('DELETE FROM log_waiting');
        return rows;
      };
      await checkWaiting(entering, ({ message }) => { lies.push(message); }, 1);
      return looked;
    });
    expect([looks, lies]).toEqual([3, []]);
  });
});

describe('an erasure', () => {
  const erased = [
    `INSERT INTO erasure (submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest) SELECT submission_id, now() - interval '1 day', 'x', 'y', 'z', false, encode(sha256(body), 'hex') FROM receipt WHERE submission_id = 1`,
    `UPDATE submission SET body = '', findings = '[]', signatures = '[]' WHERE id = 1`, `UPDATE receipt SET body = '' WHERE submission_id = 1`, `UPDATE dossier SET unit_name = '' WHERE submission_id = 1`,
    `UPDATE log_entry SET salt = NULL WHERE kind IN ('submission', 'receipt') AND subject = 1`,
    `INSERT INTO audit_event (at, kind, submission_id, detail) SELECT x.erased_at, 'dossier_erased', 1, jsonb_build_object('erasure', x.id, 'digest', s.digest, 'actor', 'x', 'reason', 'y', 'legalBasis', 'z', 'beforeRetention', false, 'receipt', x.receipt_digest, 'left', ${leftOfErased}) FROM erasure x JOIN submission s ON s.id = 1`,
  ];

  it('that the log knows nothing of is a lie, whatever is said to wait', async () => {
    const lies = await liesAfter([...erased, `INSERT INTO log_waiting SELECT 'event', max(id) FROM audit_event`]);
    expect(lies).toEqual([expect.stringMatching(/^event \d+: has waited for the log since/)]);
  });

  it('excuses no other dossier, and no event', async () => {
    for (const [kind, subject] of [['submission', '2'], ['receipt', '2'], ['event', '(SELECT max(subject) FROM log_entry WHERE kind = \'event\')']] as const) {
      expect(await liesAfter([...erased, `UPDATE log_entry SET salt = NULL WHERE kind = '${kind}' AND subject = ${subject}`])).toContainEqual(expect.stringMatching(new RegExp(`^${kind} \\d+ of the log: has lost its salt at \\d+, and no erasure says so`)));
    }
  });
});

describe('against what somebody else kept', () => {
  const setBack = (size: number): readonly string[] => [
    `DELETE FROM audit_event WHERE id IN (SELECT subject FROM log_entry WHERE kind = 'event' AND position >= ${size})`, `DELETE FROM log_entry WHERE position >= ${size}`, `DELETE FROM log_checkpoint WHERE size > ${size}`,
    `DELETE FROM log_node WHERE (index + 1) * (1::bigint << level) > ${size}`,
  ];

  it('an honest store holds: a checkpoint, a proof, a receipt', async () => {
    const [row] = await database.query<{ body: Buffer }>('SELECT body FROM receipt ORDER BY submission_id LIMIT 1');
    const receipt = row?.body.toString('utf8') ?? '';
    const files = [fileWith('state', newest), fileWith('proof.txt', proofIn(Buffer.from(receipt)) ?? ''), fileWith('receipt.xml', receipt)];
    expect(await liesAfter([], readOutside(logKey, files))).toEqual([]);
    expect(await liesAfter([], readOutside(fileWith('keys', `# the log's\n${logKey}\n`), [fileWith('middle', (await middle()).note)]))).toEqual([]);
  });

  it('a log that was set back is found, though it agrees with itself', async () => {
    const { size } = await middle();
    await inVain(async (query) => {
      const [edge] = await edges(query, [size]);
      const changes = [...setBack(size), `UPDATE log_head SET size = ${size}, edge = '\\x${edge ?? ''}'`];
      expect(await liesAfter(changes)).toEqual([]);
      expect(await liesAfter(changes, readOutside(logKey, [fileWith('state', newest)]))).toEqual([expect.stringMatching(new RegExp(`is kept in .*state, and the log has ${size} entries: the log was set back or rewritten$`))]);
      return true;
    });
  });

  it('a checkpoint that is not there any more is found', async () => {
    const { size, note } = await middle();
    const dropped = [`DELETE FROM log_checkpoint WHERE size = ${size}`];
    expect(await liesAfter(dropped)).toEqual([]); // what it says follows from the entries
    expect(await liesAfter(dropped, readOutside(logKey, [fileWith('middle', note)]))).toEqual([expect.stringMatching(new RegExp(`^checkpoint ${size} of the log: is kept in .*, and not there: the log was set back or rewritten$`))]);
  });

  it('another history under a key of the log is found', async () => {
    const own = other();
    const { size } = parseCheckpoint(parseNote(newest)?.text ?? '') ?? { size: 0 };
    const text = checkpointText({ origin: own.name, size, root: Buffer.alloc(32, 7) });
    const keys = fileWith('keys', `${logKey}\n${verifierText(own)}\n`);
    const file = fileWith('forked', noteText({ text, lines: [signatureLine(text, own)] }));
    expect(await liesAfter([`INSERT INTO log_key VALUES ('${verifierText(own)}', now())`], readOutside(keys, [file]))).toEqual([expect.stringMatching(/has another root in .*forked: the log was set back or rewritten$/)]);
  });

  it('a log of another key is found, and one that has a key beside the auditor’s', async () => {
    const own = other();
    expect(await liesAfter([], readOutside(verifierText(own), []))).toEqual([`key of the log ${verifierText(own)}: is not one that this log was ever signed with, by what the store says`]);
    expect((await liesAfter([`INSERT INTO log_key VALUES ('${verifierText(own)}', now())`], readOutside(verifierText(own), []))).filter((lie) => lie.endsWith('is not signed by the log')).length).toBeGreaterThan(DOSSIERS);
  });

  it('what is no checkpoint of that log is no audit', () => {
    expect(() => readOutside(undefined, ['x'])).toThrow(/needs --log-key/);
    expect(() => readOutside(logKey, [fileWith('nothing', 'hello\n')])).toThrow(/no checkpoint/);
    expect(() => readOutside(logKey, [fileWith('old.xml', '<BIENNHAN/>')])).toThrow(/no checkpoint/);
    expect(() => readOutside(verifierText(other()), [fileWith('state', newest)])).toThrow(/signed by no key/);
    expect(() => readOutside(logKey, [fileWith('state', newest.replace(/\n\d+\n/, '\n9\n'))])).toThrow(/signed by no key/);
  });
});

/** A key under the log's name. */
function other(): NoteSigner {
  return signerOf(parseVerifier(logKey)?.name ?? '', generateKeyPairSync('ed25519').privateKey);
}

/** In hex. */
async function edges(query: Query, sizes: readonly number[]): Promise<readonly string[]> {
  const entries = await query<{ kind: string; commitment: Buffer }>('SELECT kind, commitment FROM log_entry ORDER BY position');
  const leaves = entries.map(({ kind, commitment }) => leafHash(entryOctets(kind, commitment)));
  return sizes.map((size) => Buffer.concat([...grow(emptyTree, leaves.slice(0, size)).head.edge]).toString('hex'));
}

describe('rows', () => {
  it('a checkpoint that a receipt proves by has to be there', async () => {
    const [row] = await database.query<{ body: Buffer }>('SELECT body FROM receipt ORDER BY submission_id LIMIT 1');
    const size = /\n(\d+)\n[A-Za-z0-9+/=]{44}\n/.exec(proofIn(row?.body ?? Buffer.alloc(0)) ?? '')?.[1] ?? '';
    expect((await liesAfter([`DELETE FROM log_checkpoint WHERE size = ${size}`]))).toContainEqual(expect.stringMatching(/^receipt of submission \d+: its checkpoint is not the log’s$/));
  });

  it.each(['due_at', 'first_due_at', 'arisen_at'])('an obligation whose %s was changed is named', async (column) => {
    for (const kind of ['acknowledge', 'forward', 'result']) {
      expect(await liesAfter([`UPDATE obligation SET ${column} = ${column} + interval '9 days' WHERE kind = '${kind}' AND submission_id = 1`])).toContainEqual(expect.stringMatching(/^obligation \d+: /));
    }
  });
});

describe('a long log', () => {
  const kind = 'event';
  const size = 256 * 256 + 3 * 256 + 5;

  it('is entered anywhere by a few nodes', async () => {
    const commitments = Array.from({ length: size }, (_value, position) => leafHash(Buffer.from(String(position))));
    const leaves = commitments.map((commitment) => leafHash(entryOctets(kind, commitment)));
    const { head, completed } = grow(emptyTree, leaves);
    await inVain(async (query) => {
      for (const table of ['log_entry', 'log_node', 'log_checkpoint']) await query(`DELETE FROM ${table}`);
      const entries = commitments.map((commitment, position) => ({ position, kind, subject: String(position), salt: null, commitment }));
      await saveGrowth(query, { size, edge: Buffer.concat([...head.edge]) }, entries, completed.filter(({ level }) => level > 0 && level % 8 === 0), [{ size, root: rootOf(head), note: 'x', at: new Date() }]);
      let read = 0;
      const counting: Query = async <Row>(sql: string, parameters?: readonly unknown[]) => {
        const rows = await query<Row>(sql, parameters);
        read += rows.length;
        return rows;
      };
      const audit = await openLogAudit(counting, firstEnds);
      await checkLogEnd(audit);
      expect(read).toBeLessThan(50);
      for (const at of [1, 255, 256, 700, 65_535, 65_536, 65_792, size]) {
        read = 0;
        expect(await rootAt(audit, at)).toEqual(rootOf(grow(emptyTree, leaves.slice(0, at)).head));
        expect(read).toBeLessThanOrEqual(2 * 255 + 1);
      }
      return true;
    });
  });
});
