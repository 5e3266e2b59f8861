// Guarantee: what a transaction that does not commit had signed never leaves the process – no receipt of it, no checkpoint, no second tree of the same size –,
// though two processes try again and again: what is given is what was committed.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { enterWith } from '../../src/evidence/append.ts';
import type { Judged } from '../../src/intake/facts.ts';
import { createIntake } from '../../src/intake/receive.ts';
import { createRecorder } from '../../src/intake/record.ts';
import type { Recorded, Recorder } from '../../src/intake/record.ts';
import { parseCheckpoint } from '../../src/log/checkpoint.ts';
import { noteText, signerOf } from '../../src/log/note.ts';
import { parseProof } from '../../src/log/proof.ts';
import { issueWith, issuerOf } from '../../src/receipts/issue.ts';
import { proofIn } from '../../src/receipts/log-entry.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listCheckpoints } from '../../src/store/log.ts';
import { readTrustFolder } from '../../src/trust-folder.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, pkiFolder } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

const DOSSIERS = 30;
const schemas = createSchemas();
const standard = loadStandard();
/** Every receipt that was ever signed. */
const signed: Buffer[] = [];
let site: Site;
let databases: Database[];
let recorders: Recorder[];

beforeAll(async () => {
  site = await startSite();
  const file = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
  const identity = readIdentity(file('gateway-signing.chain.pem'), file('gateway-signing.key'));
  const issuer = issuerOf(identity.certificates[0] ?? Buffer.alloc(0), 'ivan-gateway', 'Hà Nội', '1900 9068');
  const issue = async (message: Buffer): Promise<Buffer> => {
    const receipt = await issueWith(identity)(message);
    signed.push(receipt);
    return receipt;
  };
  databases = await Promise.all([1, 2].map(() => openDatabase({ url: site.databaseUrl, connections: 4 })));
  recorders = databases.map((database) => createRecorder({ database, enter: enterWith(signerOf('localhost/ivan-gateway', createPrivateKey(file('log.key')))), issue, issuer, terms: standard }));
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await site.stop();
  schemas.dispose();
});

interface Said {
  readonly size: number;
  readonly note: string;
}

function saidBy(receipt: Buffer): Said {
  const proof = parseProof(proofIn(receipt) ?? '');
  const checkpoint = proof && parseCheckpoint(proof.checkpoint.text);
  if (proof === undefined || checkpoint === undefined) throw new Error('a receipt without a proof');
  return { size: checkpoint.size, note: noteText(proof.checkpoint) };
}

/** Sizes of which there are several checkpoints. */
function forked(receipts: readonly Buffer[]): number[] {
  const notes = new Map<number, Set<string>>();
  for (const { size, note } of receipts.map(saidBy)) notes.set(size, (notes.get(size) ?? new Set()).add(note));
  return [...notes].flatMap(([size, those]) => (those.size > 1 ? [size] : []));
}

function recorderOf(nth: number): Recorder {
  const recorder = recorders[nth % recorders.length];
  if (recorder === undefined) throw new Error('there is none');
  return recorder;
}

/** Judged, as the recorder gets them. */
async function judgedDossiers(): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const rulebook = { standard, schemas, trust: readTrustFolder(join(pkiFolder(), 'trust')) };
  const collect = createIntake(site.gateway.database, (one) => {
    judged.push(one);
    return Promise.resolve({} as Recorded);
  }, () => rulebook);
  for (let nth = 0; nth < DOSSIERS; nth += 1) await collect.receive({ bytes: await signedDossier(identityOf(site.pki.employer), { mark: `hoàn lại ${nth}`, ivan: '', unitCode: `TS${81_000 + nth}` }), key: undefined, sender: { kind: 'direct' }, receivedAt: new Date() });
  return judged;
}

it('of trees that were signed and rolled back nothing is given, and of every size one tree', async () => {
  const judged = await judgedDossiers();
  const { query } = site.gateway.database;
  // Fails as COMMIT is asked for: everything is signed by then. Every other time as a lost race, which the recorder tries again by itself.
  await query(`CREATE SEQUENCE commits; CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := nextval('commits'); BEGIN
    IF n % 3 = 0 THEN RAISE EXCEPTION 'lost' USING ERRCODE = CASE WHEN n % 2 = 0 THEN '40001' ELSE '57014' END; END IF;
    RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit()`);
  const given: Buffer[] = [];
  let failures = 0;
  for (let waiting = judged; waiting.length > 0; ) {
    const answers = await Promise.allSettled(waiting.slice(0, 4).map((one, nth) => recorderOf(nth)(one)));
    waiting = [...waiting.filter((_one, nth) => answers[nth]?.status !== 'fulfilled')];
    for (const answer of answers) {
      if (answer.status === 'rejected') failures += 1;
      else given.push(answer.value.receipt);
    }
  }
  await query('DROP TRIGGER fail_at_commit ON receipt');

  // It came to what is to be shown: trees of the same size were signed, others than those that were committed.
  expect([failures > 0, forked(signed).length > 0, signed.length > DOSSIERS]).toEqual([true, true, true]);
  expect([given.length, forked(given)]).toEqual([DOSSIERS, []]);
  const stored = await query<{ body: Buffer }>('SELECT body FROM receipt');
  expect(given.map((receipt) => receipt.toString('base64')).toSorted()).toEqual(stored.map(({ body }) => body.toString('base64')).toSorted());
  const notes = new Set((await listCheckpoints(query, 0, Number.MAX_SAFE_INTEGER)).map(({ note }) => note));
  expect(given.filter((receipt) => !notes.has(saidBy(receipt).note))).toEqual([]);
  expect(signed.filter((receipt) => notes.has(saidBy(receipt).note)).length).toBe(DOSSIERS);
  expect((await audit(site.databaseUrl)).submissions).toBe(DOSSIERS);
});

it('a transaction in which a statement failed unheard is not taken for committed', async () => {
  const { database } = site.gateway;
  const swallowing = database.transaction(async (query) => {
    await query('SELECT 1 / 0').catch(() => undefined);
    return 'given';
  });
  await expect(swallowing).rejects.toThrow('rolled back');
});
