// Guarantee: a finished dossier's data can be erased, for a reason and on a legal basis, and nothing of it is left in the store; every proof of the log still
// holds, its own kept receipt's too; and nothing can be made blank in any other way without an audit naming it.
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { proofIn } from '../../src/receipts/log-entry.ts';
import { parseCheckpoint } from '../../src/log/checkpoint.ts';
import { parseProof } from '../../src/log/proof.ts';
import { ivan, temporaryFolder } from '../cli/support.ts';
import { trustFiles } from '../client/support.ts';
import { download, secondReader, sizeOf, text } from '../log/followed.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { makeOperator, operatorName, operatorOf } from '../support/operator.ts';
import type { OperatorCaller, OperatorIdentity } from '../support/operator.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { callerTo, fingerprintOf, startReferenceBackend, startSite } from '../support/site.ts';
import type { Caller, Site } from '../support/site.ts';
import { tampered } from '../support/tampered.ts';
import { itWith } from '../support/tools.ts';
import { until, untilNothing } from '../support/until.ts';

interface Kept {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly receipt: Buffer;
}

const basis = { reason: 'theo yêu cầu số 12/YC', legalBasis: 'Luật 91/2025/QH15 Điều 14 khoản 1', beforeRetention: true };
let backend: Backend;
let operatorIdentity: OperatorIdentity;
let site: Site;
let operator: OperatorCaller;
let auditor: Caller;
const kept: Kept[] = [];
let gone: Kept;
/** Of what is erased: everything that was given out. */
let documents: readonly Buffer[];

const query = <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => site.gateway.database.query<Row>(sql, parameters);
const statusOf = async (path: string): Promise<number> => (await site.direct.get(path)).status;
const count = async (table: string): Promise<number> => (await query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? -1;

async function submit(mark: string, options: Parameters<typeof signedDossier>[1] = {}): Promise<Kept> {
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark, ...options });
  const { body: receipt } = await site.ivan.post('/v1/dossiers', bytes);
  return { digest: createHash('sha256').update(bytes).digest('hex'), bytes, receipt };
}

beforeAll(async () => {
  backend = await startReferenceBackend();
  const pki = await loadPki();
  operatorIdentity = makeOperator(pki);
  const ofAuditor = employerLike(pki, { subject: { C: 'VN', CN: 'Kiểm toán' }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const auditors = join(operatorIdentity.folder, 'auditors.json');
  writeFileSync(auditors, JSON.stringify({ auditors: [{ name: 'Kiểm toán', fingerprint: fingerprintOf(ofAuditor.certificatePem) }] }));
  site = await startSite({ backendUrl: backend.url, environment: { ...operatorIdentity.environment, GATEWAY_AUDITORS_FILE: auditors } });
  auditor = callerTo(site.gateway.url, pki, { cert: ofAuditor.certificatePem, key: ofAuditor.privateKeyPem });
  operator = operatorOf(site, operatorIdentity);
  for (const mark of ['một', 'hai', 'ba', 'bốn']) kept.push(await submit(mark));
  for (const { digest } of kept) await until(`result of ${digest}`, async () => (await statusOf(`/v1/dossiers/${digest}/result`)) === 200);
  const [, second] = kept;
  if (second === undefined) throw new Error('nothing was sent');
  gone = second;
  const paths = ['result', 'notices/1', 'notices/1/agency'].map((path) => `/v1/dossiers/${gone.digest}/${path}`);
  documents = [gone.bytes, gone.receipt, ...(await Promise.all(paths.map(async (path) => (await site.direct.get(path)).body)))];
  await untilNothing('everything in the log', async () => (await query('SELECT FROM log_waiting')).length);
}, 60_000);

afterAll(async () => {
  operator.caller.close();
  auditor.close();
  await site.stop();
  await backend.stop();
  rmSync(operatorIdentity.folder, { recursive: true });
});

/** The value of each document’s signature, which stands in no other, wherever in the database it is. */
async function found(): Promise<string[]> {
  const tables = await query<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`);
  const pieces = documents.map((octets) => Buffer.from(/SignatureValue[^>]*>\s*([\w+/=]{40})/.exec(octets.toString('utf8'))?.[1] ?? 'unsigned'));
  expect(new Set(pieces.map(String)).size).toBeGreaterThanOrEqual(4);
  const all: string[] = [];
  for (const { name } of tables) {
    for (const piece of pieces) {
      const rows = await query(`SELECT 1 FROM "${name}" t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0`, [piece.toString('hex'), piece.toString('utf8')]);
      if (rows.length > 0) all.push(name);
    }
  }
  return [...new Set(all)].sort();
}

describe('an erasure', () => {
  it('is refused without a basis, of what is not there, of what is to be kept, and of what is not finished', async () => {
    const path = `dossiers/${gone.digest}/erase`;
    expect((await operator.post(path, { reason: 'x' })).json).toMatchObject({ code: 'FIELD_INVALID' });
    expect((await operator.post(`dossiers/${'0'.repeat(64)}/erase`, basis)).json).toMatchObject({ status: 404, code: 'ERASURE_UNKNOWN' });
    expect((await operator.post(path, { ...basis, beforeRetention: false })).json).toMatchObject({ status: 409, code: 'ERASURE_RETENTION', en: expect.stringContaining('10 years') });
    expect((await site.ivan.post(`/v1/admin/${path}`, JSON.stringify(basis), { 'content-type': 'application/json' })).status).toBe(403);
    backend.behaviour.failNext = 1_000;
    const { digest } = await submit('chưa xong');
    const early = await operator.post(`dossiers/${digest}/erase`, basis);
    backend.behaviour.failNext = 0;
    expect(early.json).toMatchObject({ status: 409, code: 'ERASURE_EARLY', en: expect.stringContaining('has not been handed the dossier') });
    await until('its result', async () => (await statusOf(`/v1/dossiers/${digest}/result`)) === 200);
    expect([await count('erasure'), await statusOf(`/v1/dossiers/${gone.digest}`)]).toEqual([0, 200]);
  });

  it('leaves nothing of the data in any table, and says who, why and on what basis', async () => {
    expect(await found()).toEqual(expect.arrayContaining(['agency_message', 'notice', 'receipt', 'result', 'submission']));
    const { status, json } = await operator.post(`dossiers/${gone.digest}/erase`, basis);
    expect([status, json]).toEqual([200, expect.objectContaining({ ...basis, digest: gone.digest, actor: operatorName, documents: expect.objectContaining({ submission: 1, receipt: 1, result: 1 }), conflicts: [] })]);
    expect(await found()).toEqual([]);
    expect(await query(`SELECT DISTINCT salt FROM log_entry WHERE kind IN ('submission', 'receipt', 'result') AND subject = 2`)).toEqual([{ salt: null }]);
    const [event] = await query<{ detail: unknown }>(`SELECT detail FROM audit_event WHERE kind = 'dossier_erased'`);
    expect(event?.detail).toMatchObject({ ...basis, actor: operatorName, digest: gone.digest, receipt: createHash('sha256').update(gone.receipt).digest('hex') });
    const listed = await until('its event in the log', async () => {
      const [one] = (await operator.get('erasures')).json['erasures'] as readonly Record<string, unknown>[];
      return typeof one?.['eventPosition'] === 'number' && one;
    });
    expect(listed['position']).toBe(parseProof(proofIn(gone.receipt) ?? '')?.index);
  });

  it.each(['', '/result', '/evidence', '/notices', '/notices/1', '/notices/1/agency'])('is told to who asks for …%s', async (path) => {
    const { status, body } = await site.direct.get(`/v1/dossiers/${gone.digest}${path}`);
    const position = parseProof(proofIn(gone.receipt) ?? '')?.index;
    expect([status, JSON.parse(body.toString())]).toEqual([410, expect.objectContaining({ code: 'DOSSIER_ERASED', vi: expect.stringMatching(/đã được xóa lúc \d\d\/\d\d\/\d{4} /), en: expect.stringContaining(`at ${position} of the log`) })]);
  });

  it('is told to auditors, whose look is on record, and to operators', async () => {
    const [message] = (await operator.get(`agency-messages?dossier=${gone.digest}`)).json['messages'] as readonly { readonly id: string; readonly size: number }[];
    expect(message?.size).toBe(0);
    expect((await operator.get(`agency-messages/${message?.id ?? ''}/document`)).json).toMatchObject({ status: 410, code: 'DOSSIER_ERASED' });
    const paths = ['submissions/2/document', 'submissions/2/receipt', 'submissions/2/result', `dossiers/${gone.digest}/evidence`];
    for (const path of paths) expect(JSON.parse((await auditor.get(`/v1/auditor/${path}`)).body.toString())).toMatchObject({ status: 410, code: 'DOSSIER_ERASED' });
    expect((await query<{ call: string }>(`SELECT detail ->> 'call' AS call FROM audit_event WHERE kind = 'auditor_looked' ORDER BY id`)).map(({ call }) => call)).toEqual(paths.map((path) => `GET /v1/auditor/${path}`));
  });

  it('names what conflicted with it, which is erased by a digest of its own', async () => {
    const first = kept[2];
    const again = Buffer.concat([first?.bytes ?? Buffer.alloc(0), Buffer.from('\n')]);
    const digest = createHash('sha256').update(again).digest('hex');
    expect((await site.ivan.post('/v1/dossiers', again)).status).toBe(409);
    await untilNothing('everything in the log', async () => (await query('SELECT FROM log_waiting')).length);
    expect((await operator.post(`dossiers/${first?.digest ?? ''}/erase`, basis)).json).toMatchObject({ conflicts: [digest] });
    expect((await operator.post(`dossiers/${digest}/erase`, basis)).json).toMatchObject({ conflicts: [], documents: { submission: 1, receipt: 1 } });
  });

  it('is not undone by the same bytes again, nor recorded twice', async () => {
    const before = [await count('submission'), await count('erasure'), await count('log_entry')];
    for (const sender of [site.ivan, site.direct]) expect(JSON.parse((await sender.post('/v1/dossiers', gone.bytes)).body.toString())).toMatchObject({ status: 410, code: 'DOSSIER_ERASED' });
    expect((await operator.post(`dossiers/${gone.digest}/erase`, { ...basis, reason: 'lần nữa' })).json).toMatchObject({ reason: basis.reason, documents: {} });
    expect([await count('submission'), await count('erasure'), await count('log_entry')]).toEqual(before);
    expect(await found()).toEqual([]);
  });

  it('takes a refusal too, whose sender may file anew', async () => {
    const refused = await submit('bị từ chối', { agency: '99999' });
    expect(await statusOf(`/v1/dossiers/${refused.digest}/result`)).toBe(422);
    await untilNothing('everything in the log', async () => (await query('SELECT FROM log_waiting')).length);
    const { certificatePem, privateKeyPem } = operatorIdentity.credential;
    const [cert, key] = [join(operatorIdentity.folder, 'operator.pem'), join(operatorIdentity.folder, 'operator.key')];
    writeFileSync(cert, certificatePem);
    writeFileSync(key, privateKeyPem);
    const { exitCode, out } = await ivan(['admin', 'erase', refused.digest, '--reason', basis.reason, '--legal-basis', basis.legalBasis, '--before-retention', '--json', '--url', site.gateway.url, '--cert', cert, '--key', key, '--ca', join(pkiFolder(), 'trust/root.pem')]);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/"receipt": ?1/)]);
    expect(await statusOf(`/v1/dossiers/${refused.digest}/result`)).toBe(410);
    expect(await query(`SELECT findings, signatures FROM submission WHERE digest = $1`, [refused.digest])).toEqual([{ findings: [], signatures: [] }]);
  });
});

describe('after an erasure', () => {
  it('the audit holds, and counts what was erased', async () => {
    expect(await audit(site.databaseUrl)).toMatchObject({ submissions: 7, accepted: 5, refused: 1, conflicts: 1, results: 5, erased: 4, otherRuleSets: 0 });
  });

  itWith('python3', 'the log is the same tree, every receipt’s proof leads to it, and the kept receipt of what is gone with them', async () => {
    const key = (await text(site.direct, '/v1/log/key')).trim();
    const newest = await text(site.direct, '/v1/log/checkpoint');
    const folder = await download(site.direct, sizeOf(newest));
    expect(secondReader(newest, 'tree', folder)).toMatch(new RegExp(`^tree ${sizeOf(newest)} `));
    const erased = new Set((await query<{ digest: string }>('SELECT digest FROM submission JOIN erasure ON submission.id = submission_id')).map(({ digest }) => digest));
    expect(kept.filter(({ digest }) => erased.has(digest))).toHaveLength(2);
    for (const { digest, receipt } of kept) {
      const proof = parseProof(proofIn(receipt) ?? '');
      const size = (proof && parseCheckpoint(proof.checkpoint.text)?.size) ?? 0;
      expect(secondReader(receipt.toString('utf8'), 'receipt', key)).toBe(`included ${proof?.index} ${size}\n`);
      const consistency = await text(site.direct, `/v1/log/consistency?from=${size}&to=${sizeOf(newest)}`);
      const earlier = await text(site.direct, `/v1/log/checkpoint/${size}`);
      expect(secondReader(`${earlier}----\n${consistency}`, 'consistent')).toBe(`consistent ${size} ${sizeOf(newest)}\n`);
      const served = await text(site.direct, `/v1/log/proof?digest=${digest}`);
      // The salt of what is gone is with who kept the receipt, and nowhere else.
      expect(parseProof(served)).toMatchObject({ index: proof?.index, extra: erased.has(digest) ? Buffer.alloc(0) : proof?.extra });
    }
  });

  it('a kept receipt verifies offline', async () => {
    const folder = await temporaryFolder();
    const at = (name: string): string => join(folder, name);
    await mkdir(at('trust'));
    for (const [name, pem] of trustFiles(site.pki)) writeFileSync(at(join('trust', name)), pem);
    writeFileSync(at('receipt.xml'), gone.receipt);
    writeFileSync(at('log.key'), await text(site.direct, '/v1/log/key'));
    const { exitCode, out } = await ivan(['verify', at('receipt.xml'), '--trust', at('trust'), '--log-key', at('log.key'), '--fingerprint', fingerprintOf(site.pki.gatewaySigning.certificatePem), '--report', 'json']);
    expect([exitCode, JSON.parse(out)]).toMatchObject([0, { objects: [{ proofs: [{ kind: 'log', state: 'passed' }] }] }]);
  });

  it('the tables refuse to blank, to change and to forget anything else', async () => {
    const refused = [
      `UPDATE submission SET body = '', findings = '[]', signatures = '[]' WHERE id = 1`, `UPDATE receipt SET body = '' WHERE submission_id = 1`, `UPDATE log_entry SET salt = NULL WHERE kind = 'submission' AND subject = 1`,
      `UPDATE submission SET body = 'x' WHERE id = 2`, `UPDATE submission SET body = '', findings = '[]', signatures = '[]', sender = 'x' WHERE id = 2`, `UPDATE receipt SET body = 'x' WHERE submission_id = 2`, 'DELETE FROM receipt WHERE submission_id = 2',
      `UPDATE log_entry SET salt = repeat('x', 32)::bytea WHERE kind = 'submission' AND subject = 2`, `UPDATE log_entry SET salt = NULL WHERE kind = 'event'`, `UPDATE erasure SET actor = 'x'`, 'DELETE FROM erasure', 'TRUNCATE erasure',
    ];
    for (const statement of refused) await expect(query(statement)).rejects.toThrow(/never changed|erasure alone/);
  });

  const tables = ['erasure', 'submission', 'receipt', 'dossier', 'result', 'notice', 'agency_message', 'log_entry', 'audit_event'];
  it.each([
    ['a submission blank without erasure', `UPDATE submission SET body = '', findings = '[]', signatures = '[]' WHERE id = 1`, /submission 1: its bytes/],
    ['a receipt blank without erasure', `UPDATE receipt SET body = '' WHERE submission_id = 1`, /receipt of submission 1/],
    ['a result blank without erasure', `UPDATE result SET body = '' WHERE submission_id = 1`, /result of submission 1/],
    ['a notice blank without erasure', `UPDATE notice SET body = '' WHERE submission_id = 1`, /notice \d+/],
    ['a message blank without erasure', `UPDATE agency_message SET body = '' WHERE submission_id = 1`, /agency message \d+/],
    ['a salt gone without erasure', `UPDATE log_entry SET salt = NULL WHERE kind = 'submission' AND subject = 1`, /submission 1 of the log: has lost its salt at \d+, and no erasure says so/],
    ['an event’s salt gone', `UPDATE log_entry SET salt = NULL WHERE position = (SELECT min(position) FROM log_entry WHERE kind = 'event')`, /event \d+ of the log: has lost its salt/],
    ['an erasure gone', 'DELETE FROM erasure WHERE submission_id = 2', /submission 2: its bytes/],
    ['an erasure that nobody recorded', `INSERT INTO erasure (id, submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest) OVERRIDING SYSTEM VALUE SELECT 0, 1, now(), 'x', 'x', 'x', true, repeat('0', 64)`, /submission 1: is still there|erasure \d+: is not what was recorded/],
    ['an erasure’s reason', `UPDATE erasure SET reason = 'x'`, /erasure 1: is not what was recorded/],
    ['what was erased put back', `UPDATE receipt SET body = 'x' WHERE submission_id = 2`, /receipt of submission 2: is still there, though it was erased/],
    ['a salt put back', `UPDATE log_entry SET salt = repeat('x', 32)::bytea WHERE kind = 'receipt' AND subject = 2`, /receipt 2/],
    ['a commitment of what was erased', `UPDATE log_entry SET commitment = repeat('x', 32)::bytea WHERE kind = 'submission' AND subject = 2`, /checkpoint|head of the log/],
    ['the decision on what was erased', `UPDATE result SET code = '300' WHERE submission_id = 2`, /submission 2: has other rows left/],
    ['the rules that judged what was erased', `UPDATE submission SET rule_set_digest = repeat('a', 64) WHERE id = 2`, /submission 2: has other rows left/],
    ['the period of what was erased', `UPDATE dossier SET period = '01/2020' WHERE submission_id = 2`, /submission 2: has other rows left/],
    ['when its notice was issued', `UPDATE notice SET issued_at = issued_at - interval '1 day' WHERE submission_id = 2`, /submission 2: has other rows left/],
    ['what its message meant', `UPDATE agency_message SET sense = repeat('a', 64) WHERE id = (SELECT max(id) FROM agency_message WHERE submission_id = 2)`, /submission 2: has other rows left/],
    ['the sender of what was erased', `UPDATE submission SET sender = '00100' WHERE id = 2`, /submission 2: names another sender/],
  ])('the audit finds %s', async (_what, change, where) => {
    await tampered(site.gateway.database, { tables, change }, () => expect(audit(site.databaseUrl)).rejects.toThrow(where));
  });
});
