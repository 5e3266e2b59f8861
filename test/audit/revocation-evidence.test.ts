// Guarantee: an OCSP answer that a verdict rests on is kept once, unchanged, by whomever first; and an audit takes only octets that are what
// their digest says and can be read.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readEvidence } from '../../src/audit/evidence.ts';
import { answersNamed, evidenceOf } from '../../src/intake/facts.ts';
import type { SignatureReport } from '../../src/standard/signature-report.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { findRevocationEvidence, keepRevocationEvidence } from '../../src/store/evidence.ts';
import { cloneDatabase } from '../support/site.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 8 });
});

afterAll(() => database.close());

const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
const row = (text: string) => ({ digest: digestOf(Buffer.from(text)), kind: 'ocsp' as const, body: Buffer.from(text) });

const instant = '2026-11-20T00:00:00.000Z';

function reportNaming(...digests: readonly string[]): SignatureReport {
  return { xpath: '/Hoso/CKy_Dvi/Signature', role: 'dossier', indication: 'TOTAL-PASSED', codes: [], policy: 'field', at: instant, answers: digests };
}

const answersOf = async (row: Parameters<Awaited<ReturnType<typeof readEvidence>>>[0]) => (await readEvidence(database.query, [row]))(row);

describe('of the answers that the judge was given', () => {
  it('those that its reports name are evidence, each once', () => {
    const [used, also, unused] = [row('used'), row('also'), row('unused')];
    const given = new Map([used, also, unused].map(({ digest, body }) => [digest, body]));
    const reports = [reportNaming(used.digest, also.digest), reportNaming(used.digest)];
    expect(answersNamed(reports)).toEqual([used.digest, also.digest]);
    expect(evidenceOf(reports, given)).toEqual([used, also]);
  });

  it('lists, and answers that the bytes hold, are no evidence of their own', () => {
    const revocation = (['crl', 'ocsp'] as const).map((kind) => ({ certificate: '0'.repeat(64), kind, digest: 'a'.repeat(64), thisUpdate: instant, nextUpdate: instant }));
    expect(answersNamed([{ ...reportNaming(), revocation }])).toEqual([]);
  });
});

describe('kept evidence', () => {
  it('is kept once when many transactions bring the same in any order', async () => {
    const rows = Array.from({ length: 8 }, (_value, index) => row(`answer ${index}`));
    await Promise.all(Array.from({ length: 8 }, (_value, turn) => database.transaction((query) => keepRevocationEvidence(query, [...rows.slice(turn), ...rows.slice(0, turn), ...rows]))));
    const found = await findRevocationEvidence(database.query, rows.map(({ digest }) => digest));
    expect(new Map(found.map(({ digest, body }) => [digest, body.toString()]))).toEqual(new Map(rows.map(({ digest, body }) => [digest, body.toString()])));
    expect(found).toHaveLength(8);
  });

  it('is never changed', async () => {
    await expect(database.query('DELETE FROM revocation_evidence')).rejects.toThrow(/never changed/);
    await expect(database.query(`UPDATE revocation_evidence SET body = 'x'`)).rejects.toThrow(/never changed/);
  });

  it('that is not what its digest says is a lie, and so is what cannot be read', async () => {
    const [forged, unreadable] = [{ ...row('said'), body: Buffer.from('another') }, row('not DER')];
    await keepRevocationEvidence(database.query, [forged, unreadable]);
    await expect(answersOf({ signatures: [reportNaming(forged.digest)] })).rejects.toThrow(/is not what its digest says/);
    await expect(answersOf({ signatures: [reportNaming(unreadable.digest)] })).rejects.toThrow(/cannot be read/);
  });

  it('that is named and not there is a lie; where nothing is named nothing is asked for', async () => {
    await expect(answersOf({ signatures: [reportNaming('b'.repeat(64))] })).rejects.toThrow(/revocation evidence b+: is not there/);
    expect(await answersOf({ signatures: [reportNaming()] })).toEqual([]);
    expect(await answersOf({ signatures: null })).toEqual([]);
  });
});
