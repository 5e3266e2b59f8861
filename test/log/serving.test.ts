// Guarantee: what the gateway serves of its log is one tree that only grows, as a second reader in another language finds by rebuilding it from the tiles;
// nothing that is in it is denied, and nobody is given the salt of what they do not know.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { proofIn } from '../../src/receipts/log-entry.ts';
import { parseProof } from '../../src/log/proof.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { download, secondReader, sizeOf, text } from './followed.ts';

const DOSSIERS = 60;
let site: Site;
/** Checkpoints as they were served while dossiers came, by their sizes. */
const notes = new Map<number, string>();
const receipts: { readonly digest: string; readonly receipt: Buffer }[] = [];
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const dossier = (mark: string): Promise<Buffer> => signedDossier(identityOf(site.pki.employer), { mark });

async function look(): Promise<string> {
  const note = await text(site.direct, '/v1/log/checkpoint');
  notes.set(sizeOf(note), note);
  return note;
}

beforeAll(async () => {
  site = await startSite();
  await look();
  for (let sent = 0; sent < DOSSIERS; sent += 6) {
    const bodies = await Promise.all(Array.from({ length: 6 }, (_value, at) => dossier(`nhật ký ${sent + at}`)));
    receipts.push(...(await Promise.all(bodies.map(async (bytes) => ({ digest: digestOf(bytes), receipt: (await site.direct.post('/v1/dossiers', bytes)).body })))));
    await look();
  }
  await site.gateway.database.query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'test', '{}' FROM generate_series(1, 600)`);
  for (let size = 0; size < 700;) size = sizeOf(await look()); // the keeper enters them within a second
}, 60_000);
afterAll(() => site.stop());

describe('the log, to whoever reaches the gateway', () => {
  itWith('python3', 'is one tree that only grew, by its tiles and its key alone', async () => {
    const key = (await text(site.direct, '/v1/log/key')).trim();
    const newest = await look();
    const folder = await download(site.direct, sizeOf(newest));
    expect(secondReader(newest, 'note', key)).toMatch(new RegExp(`^localhost/ivan-gateway ${sizeOf(newest)} `));
    expect(secondReader(newest, 'tree', folder)).toMatch(new RegExp(`^tree ${sizeOf(newest)} \\d+\n$`));
    const inOrder = [...notes.values()];
    expect(secondReader(inOrder.join('----\n'), 'every', key, folder)).toBe(`every ${inOrder.length} ${sizeOf(newest)}\n`);
    expect(notes.size).toBeGreaterThan(5);
  });

  itWith('python3', 'proves that each checkpoint grew from each before it', async () => {
    const sizes = [...notes.keys()].filter((size) => size > 0).sort((a, b) => a - b);
    const picked = sizes.filter((_size, place) => place % Math.ceil(sizes.length / 6) === 0).concat(sizes.at(-1) ?? 0);
    for (const [place, from] of picked.entries()) {
      for (const to of picked.slice(place)) {
        const proof = await text(site.direct, `/v1/log/consistency?from=${from}&to=${to}`);
        expect(secondReader(`${notes.get(from) ?? ''}----\n${proof}`, 'consistent')).toBe(`consistent ${from} ${to}\n`);
      }
    }
    const [first = 0, second = 0] = picked;
    const proof = await text(site.direct, `/v1/log/consistency?from=${first}&to=${second}`);
    expect(secondReader(`${(notes.get(first) ?? '').replace(/\n[^\n]{4}(?=[^\n]*\n\n)/, '\nAAAA')}----\n${proof}`, 'consistent')).toMatch(/^failed/);
  });

  itWith('python3', 'holds every receipt’s submission, at the place and in the tree that the receipt says, and in every later one', async () => {
    const key = (await text(site.direct, '/v1/log/key')).trim();
    for (const { receipt, digest } of receipts.filter((_one, place) => place % 6 === 0)) {
      const proof = parseProof(proofIn(receipt) ?? '');
      const [, index] = /^included (\d+) \d+\n$/.exec(secondReader(receipt.toString('utf8'), 'receipt', key)) ?? [];
      expect(index).toBe(String(proof?.index));
      // The newest proof, by the digest, in the place of the one in the receipt.
      const served = await text(site.direct, `/v1/log/proof?digest=${digest.toUpperCase()}`);
      expect(secondReader(receipt.toString('utf8').replace(/<NHATKY>[^<]*/, `<NHATKY>${served}`), 'receipt', key)).toMatch(new RegExp(`^included ${index ?? ''} `));
    }
    const [one] = receipts;
    expect(secondReader((one?.receipt.toString('utf8') ?? '').replace(/<DO_LON>\d/, '<DO_LON>9'), 'receipt', key)).toMatch(/^failed: .*does not lead to the root/);
  });

  it('gives no proof that does not lead to the root, though the store was changed', async () => {
    const change = (): Promise<unknown> => site.gateway.database.transaction(async (query) => {
      await query('SET LOCAL session_replication_role = replica');
      return query('UPDATE log_node SET hash = set_bit(hash, 9, 1 - get_bit(hash, 9)) WHERE level = 8 AND index = 0');
    });
    const asked = ['consistency?from=300', 'proof?index=600'];
    const statuses = (): Promise<number[]> => Promise.all(asked.map(async (path) => (await site.direct.get(`/v1/log/${path}`)).status));
    expect(await statuses()).toEqual([200, 200]);
    await change();
    expect(await statuses()).toEqual([500, 500]);
    await change();
    expect(await statuses()).toEqual([200, 200]);
  });

  it('gives a salt only to who names the digest', async () => {
    const [one] = receipts;
    const byDigest = parseProof(await text(site.direct, `/v1/log/proof?digest=${one?.digest ?? ''}`));
    const byIndex = await text(site.direct, `/v1/log/proof?index=${byDigest?.index ?? ''}`);
    expect(byDigest?.extra).toHaveLength(32);
    expect(byIndex).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex /);
    expect(parseProof(byIndex)).toMatchObject({ index: byDigest?.index, extra: Buffer.alloc(0) });
  });

  it('lets tiles be kept for ever, as C2SP tlog-tiles has it for partial ones, too, and nothing else', async () => {
    const caching = async (path: string): Promise<string | undefined> => (await site.direct.get(`/v1/log/${path}`)).headers['cache-control'];
    expect(await Promise.all(['tile/0/000', 'tile/entries/001', 'tile/0/000.p/255', 'tile/1/000.p/2', 'checkpoint', 'tile/0/x001/000'].map(caching))).toEqual([...Array<string>(4).fill('public, max-age=31536000, immutable'), ...Array<string>(2).fill('no-store')]);
    const types = await Promise.all(['checkpoint', 'tile/0/000'].map(async (path) => (await site.direct.get(`/v1/log/${path}`)).headers['content-type']));
    expect(types).toEqual(['text/plain; charset=utf-8', 'application/octet-stream']);
  });

  it.each([
    ['checkpoint/3000000', 404, 'LOG_SIZE_UNKNOWN'], ['checkpoint/0x1', 400, 'QUERY_VALUE'], ['checkpoint?size=1', 400, 'QUERY_NAME'], ['tile/0/0', 404, 'LOG_TILE_UNKNOWN'], ['tile/0/000.p/256', 404, 'LOG_TILE_UNKNOWN'],
    ['tile/00/000', 404, 'LOG_TILE_UNKNOWN'], ['tile/0/x001', 404, 'LOG_TILE_UNKNOWN'], ['tile/63/x999/x999/x999/x999/999', 404, 'LOG_TILE_UNKNOWN'], ['tile/0/..%2f..%2fkey', 404, 'LOG_TILE_UNKNOWN'],
    ['proof?index=0&digest=0', 400, 'QUERY_VALUE'], [`proof?index=0&digest=${'0'.repeat(64)}`, 400, 'QUERY_NAME'], ['proof?index=3000000', 404, 'LOG_ENTRY_UNKNOWN'], [`proof?digest=${'a'.repeat(64)}`, 404, 'LOG_ENTRY_UNKNOWN'],
    ['consistency?from=2&to=1', 404, 'LOG_SIZE_UNKNOWN'], ['consistency?from=3000000', 404, 'LOG_SIZE_UNKNOWN'], ['consistency?to=1', 400, 'QUERY_NAME'],
  ])('answers %s with %d %s and what to do', async (path, status, code) => {
    const answer = await site.direct.get(`/v1/log/${path}`);
    expect([answer.status, JSON.parse(answer.body.toString('utf8'))]).toEqual([status, expect.objectContaining({ code, actionEn: expect.stringMatching(/\w/) })]);
  });
});

describe('a statement of non-receipt', () => {
  it('carries the signed checkpoint of the log that it was looked up in', async () => {
    const answer = await site.direct.get(`/v1/dossiers/${'e'.repeat(64)}`);
    const [, size, note = ''] = /<NHATKY><KICH_THUOC>(\d+)<\/KICH_THUOC><DIEM_KIEM_TRA>([^<]*)<\/DIEM_KIEM_TRA><\/NHATKY>/.exec(answer.body.toString('utf8')) ?? [];
    expect([answer.status, note]).toEqual([404, await text(site.direct, `/v1/log/checkpoint/${size ?? ''}`)]);
  });

  it('never denies what is in the log of its size, however the two come together', async () => {
    const bodies = await Promise.all(Array.from({ length: 24 }, (_value, at) => dossier(`đua ${at}`)));
    const denials: number[] = [];
    await Promise.all(bodies.map(async (bytes) => {
      const digest = digestOf(bytes);
      const asked: number[] = [];
      let received: number | undefined;
      const sending = site.direct.post('/v1/dossiers', bytes).then(({ body }) => { received = parseProof(proofIn(body) ?? '')?.index; });
      while (received === undefined) {
        const { status, body } = await site.ivan.get(`/v1/dossiers/${digest}`);
        if (status === 404) asked.push(Number(/<KICH_THUOC>(\d+)</.exec(body.toString('utf8'))?.[1]));
        else break;
      }
      await sending;
      const index = received ?? -1;
      expect(asked.filter((size) => size > index)).toEqual([]);
      denials.push(asked.length);
    }));
    expect(denials.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(24);
  }, 60_000);
});
