// Guarantee: each certificate and list is kept once, however many materials it belongs to, and every material is given back as it was; what was
// kept whole, before there were parts, too.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createMaterialReader } from '../../src/audit/trust.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { keepTrustMaterial } from '../../src/store/trust.ts';
import { manifestOf, partsNamed, restoreFromManifest } from '../../src/trust/manifest.ts';
import { partsOf, restoreTrustMaterial, serializeTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { cloneDatabase } from '../support/site.ts';
import { days, makeList, makeRoot, makeSubordinate, materialOf } from '../trust/support.ts';

let database: Database;
/** Of one hour and the next: one list is another. */
let first: TrustMaterial;
let second: TrustMaterial;

beforeAll(async () => {
  const root = await makeRoot();
  const subordinate = await makeSubordinate(root);
  const [rootList, ...lists] = [await makeList(root), await makeList(subordinate, { number: 1 }), await makeList(subordinate, { number: 2, thisUpdate: days(-0.5) })];
  [first, second] = [await materialOf([root, subordinate], [rootList, ...lists.slice(0, 1)]), await materialOf([root, subordinate], [rootList, ...lists.slice(1)])];
});
beforeEach(async () => { database = await openDatabase({ url: await cloneDatabase(), connections: 1 }); });
afterEach(() => database.close());

const keep = (material: TrustMaterial): Promise<void> => keepTrustMaterial(database.query, { digest: material.digest, body: manifestOf(material) }, [...partsOf(material)]);
const numberOf = async (table: string): Promise<number> => (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? NaN;

describe('trust material in the store', () => {
  it('has each part once, and is given back with its digest', async () => {
    await keep(first);
    expect([await numberOf('trust_material'), await numberOf('trust_part')]).toEqual([1, 4]);
    await keep(second);
    await keep(first);
    expect([await numberOf('trust_material'), await numberOf('trust_part')]).toEqual([2, 5]);
    const materialOfDigest = createMaterialReader(database.query);
    for (const material of [first, second, first]) expect(await materialOfDigest(material.digest, 'row 1')).toEqual(material);
  });

  it('that was kept whole is given back too, and stays as it is', async () => {
    await database.query('INSERT INTO trust_material VALUES ($1, $2)', [first.digest, serializeTrustMaterial(first)]);
    await keep(first);
    expect(await numberOf('trust_part')).toBe(0);
    expect(await createMaterialReader(database.query)(first.digest, 'row 1')).toEqual(first);
  });

  it('is not there before all of its parts are', async () => {
    await database.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'told to fail'; END $$`);
    await database.query(`CREATE TRIGGER fail BEFORE INSERT ON trust_part FOR EACH ROW WHEN (NEW.kind = 'crl') EXECUTE FUNCTION fail()`);
    await expect(keep(first)).rejects.toThrow('told to fail');
    expect(await numberOf('trust_material')).toBe(0);
    await database.query('DROP TRIGGER fail ON trust_part');
    await keep(first);
    expect((await createMaterialReader(database.query)(first.digest, 'row 1')).digest).toBe(first.digest);
  });
});

describe('a manifest', () => {
  it('names the parts in the order of the digest, and gives the same material as the bundle', () => {
    const parts = partsOf(first);
    expect(partsNamed(manifestOf(first))).toEqual(parts.map(({ kind, digest }) => ({ kind, digest })));
    expect(parts.map(({ kind }) => kind)).toEqual(['certificate', 'certificate', 'crl', 'crl']);
    expect(restoreFromManifest(manifestOf(first), parts.toReversed()).digest).toBe(restoreTrustMaterial(serializeTrustMaterial(first)).digest);
  });

  it.each<[string, (text: string) => string]>([
    ['another order', (text) => text.replace(/(crl .*\n)(crl .*\n)/, '$2$1')],
    ['a part twice', (text) => text.replace(/(crl .*\n)/, '$1$1')],
    ['a part less', (text) => text.replace(/crl .*\n/, '')],
    ['no end of its last line', (text) => text.slice(0, -1)],
    ['something after it', (text) => `${text}crl`],
  ])('with %s is not the one of its parts', (_, change) => {
    expect(() => restoreFromManifest(Buffer.from(change(manifestOf(first).toString())), partsOf(first))).toThrow('not the one of its parts');
  });

  it.each<[string, (text: string) => string]>([
    ['an upper-case digest', (text) => text.replace(/crl ./, 'crl A')],
    ['a digest cut short', (text) => text.replace(/crl ./, 'crl ')],
    ['another kind', (text) => text.replace('crl', 'key')],
    ['an empty line', (text) => text.replace('crl', '\ncrl')],
    ['another end of line', (text) => text.replaceAll('\n', '\r\n').replace('\r', '')],
  ])('with %s is none', (_, change) => {
    expect(() => partsNamed(Buffer.from(change(manifestOf(first).toString())))).toThrow('names no part');
  });
});
