// Guarantee: two gateways on one database are one gateway. Whatever is sent to whichever, at the same moment, in the same octets or in others:
// each content is one dossier with one number and one receipt, numbers have no gap, and every backend sees each dossier.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { startProgram } from '../support/program.ts';
import type { Program } from '../support/program.ts';
import { callerTo, cloneDatabase, siteEnvironment, startReferenceBackend } from '../support/site.ts';
import type { Answer, Caller } from '../support/site.ts';
import { untilNothing } from '../support/until.ts';

const distinct = 40;
const agencies = ['00101', '00102', '00103'];
let pki: DevelopmentPki;
let backend: Backend;
let databaseUrl: string;
let database: Database;
let programs: Program[];
let callers: Caller[];

beforeAll(async () => {
  pki = await loadPki();
  backend = await startReferenceBackend();
  databaseUrl = await cloneDatabase();
  database = await openDatabase({ url: databaseUrl, connections: 4 });
  await registerDevelopmentIvan(database, pki, new Date());
  const environment = siteEnvironment(databaseUrl, backend.url, pkiFolder());
  programs = await Promise.all([startProgram(environment), startProgram(environment)]);
  callers = programs.map(({ url }) => callerTo(url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem }));
});

afterAll(async () => {
  for (const caller of callers) caller.close();
  await Promise.all(programs.map((program) => program.end('SIGTERM')));
  await database.close();
  await backend.stop();
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

it('the same and other octets of forty contents, sent to both at once, are forty dossiers', async () => {
  const identity = identityOf(pki.employer);
  const dossiers: Buffer[] = [];
  for (let index = 0; index < distinct; index += 1) dossiers.push(await signedDossier(identity, { mark: `hai cổng ${index}`, agency: agencies[index % agencies.length] ?? '', unitCode: `TS${30000 + (index % 5)}` }));
  const keyed = (index: number): Record<string, string> => (index % 4 === 0 ? { 'idempotency-key': `k-${index % 8}` } : {});
  const sendings = dossiers.flatMap((bytes, index) =>
    [bytes, bytes, Buffer.concat([bytes, Buffer.from('\n')])].flatMap((octets) => callers.map((caller) => ({ index, octets, answer: caller.post('/v1/dossiers', octets, keyed(index)) }))),
  );
  const answers = await Promise.all(sendings.map(async ({ index, octets, answer }) => ({ index, digest: digestOf(octets), ...(await answer) })));

  const kept = new Map<string, Answer>();
  for (const answer of answers) {
    expect([200, 201, 409]).toContain(answer.status);
    const first = kept.get(answer.digest) ?? answer;
    expect(answer.body.equals(first.body)).toBe(true);
    kept.set(answer.digest, first);
  }
  const accepted = answers.filter(({ status }) => status === 201);
  const winners = new Map<number, Set<string>>();
  for (const { index, digest, status } of answers) if (status !== 409) winners.set(index, (winners.get(index) ?? new Set()).add(digest));
  // Ten contents share two keys: of those two are accepted and eight are in conflict.
  const expected = distinct - 8;
  expect([accepted.length, winners.size, [...winners.values()].every(({ size }) => size === 1)]).toEqual([expected, expected, true]);
  const rows = await database.query<{ agency: string; numbers: number[] }>('SELECT agency, array_agg(sequence ORDER BY sequence) AS numbers FROM dossier GROUP BY agency ORDER BY agency');
  expect(rows.map(({ agency }) => agency)).toEqual(agencies);
  for (const { numbers } of rows) expect(numbers).toEqual(Array.from({ length: numbers.length }, (_value, index) => index + 1));
  expect(rows.flatMap(({ numbers }) => numbers)).toHaveLength(expected);

  for (const [digest, { body }] of kept) for (const caller of callers) expect((await caller.get(`/v1/dossiers/${digest}`)).body.equals(body)).toBe(true);
  await untilNothing('every dossier answered', async () => {
    const [row] = await database.query<{ open: number }>(`SELECT count(*)::int AS open FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)`);
    return row?.open ?? 0;
  });
  const stored = (await backend.dossiers()).map(({ digest, timesPut }) => `${digest} ${timesPut}`);
  expect(stored.toSorted()).toEqual([...winners.values()].flatMap((digests) => [...digests].map((digest) => `${digest} 1`)).toSorted());
  expect(await audit(databaseUrl)).toMatchObject({ accepted: expected, results: expected, refused: 0 });
}, 300_000);
