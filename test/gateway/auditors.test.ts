// Guarantee: who comes with an auditor's certificate reaches evidence and the log and nothing else; every look is an event before it is answered, with who, what
// and when; and nobody else reaches what auditors do.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openContainer } from '../../src/evidence/container/seal.ts';
import { operations } from '../../src/http/operations/all.ts';
import { lineText, parseNote, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Caller, Site } from '../support/site.ts';

const name = 'Đoàn kiểm toán số 1';
const folder = mkdtempSync(join(tmpdir(), 'gateway-auditor-'));
let site: Site;
let auditor: Caller;
let bytes: Buffer;
let digest: string;

beforeAll(async () => {
  const pki = await loadPki();
  const credential = employerLike(pki, { subject: { C: 'VN', CN: name }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const file = join(folder, 'auditors.json');
  writeFileSync(file, JSON.stringify({ auditors: [{ name, fingerprint: fingerprintOf(credential.certificatePem) }] }));
  site = await startSite({ environment: { GATEWAY_AUDITORS_FILE: file } });
  auditor = callerTo(site.gateway.url, pki, { cert: credential.certificatePem, key: credential.privateKeyPem });
  bytes = await signedDossier(identityOf(pki.employer), { ivan: '' });
  digest = createHash('sha256').update(bytes).digest('hex');
  expect((await site.direct.post('/v1/dossiers', bytes)).status).toBe(201);
});

afterAll(async () => {
  auditor.close();
  await audit(site.databaseUrl);
  await site.stop();
  rmSync(folder, { recursive: true });
});

const looks = (): Promise<{ detail: Record<string, unknown>; submission_id: string | null }[]> => site.gateway.database.query(`SELECT detail, submission_id FROM audit_event WHERE kind = 'auditor_looked' ORDER BY id`);

describe('an auditor', () => {
  it('sees what was submitted, and each look is on record', async () => {
    const list = await auditor.get('/v1/auditor/submissions');
    expect([list.status, JSON.parse(list.body.toString())]).toEqual([200, { submissions: [expect.objectContaining({ id: '1', digest, outcome: 'accepted', logPosition: expect.any(Number) })], next: null }]);
    expect(JSON.parse((await auditor.get(`/v1/auditor/dossiers/${digest.toUpperCase()}`)).body.toString())).toMatchObject({ submissions: [{ id: '1', size: bytes.length }] });
    expect((await auditor.get('/v1/auditor/submissions/1/document')).body.equals(bytes)).toBe(true);
    expect((await auditor.get('/v1/auditor/submissions/1/receipt')).body.toString()).toContain(`<SHA256>${digest}</SHA256>`);
    expect((await auditor.get('/v1/auditor/submissions/1/result')).status).toBe(404);
    const evidence = await auditor.get(`/v1/auditor/dossiers/${digest}/evidence`);
    expect([evidence.status, openContainer(evidence.body).files.get('dossier.xml')?.equals(bytes)]).toEqual([200, true]);
    expect((await looks()).map(({ detail, submission_id: id }) => [detail['auditor'], detail['call'], detail['found'], id])).toEqual([
      [name, 'GET /v1/auditor/submissions', true, null],
      [name, `GET /v1/auditor/dossiers/${digest.toUpperCase()}`, true, '1'],
      [name, 'GET /v1/auditor/submissions/1/document', true, '1'],
      [name, 'GET /v1/auditor/submissions/1/receipt', true, '1'],
      [name, 'GET /v1/auditor/submissions/1/result', false, null],
      [name, `GET /v1/auditor/dossiers/${digest}/evidence`, true, null],
    ]);
  });

  it('takes away what a compromised certificate signed, sealed, and on record by its digest', async () => {
    const certificate = fingerprintOf(site.pki.employer.certificatePem);
    const asked = `/v1/auditor/compromised?fingerprint=${certificate}&at=${encodeURIComponent('2000-01-01T00:00:00+07:00')}`;
    const answer = await auditor.get(asked);
    expect(answer.status).toBe(200);
    const { files, signature } = openContainer(answer.body);
    expect(parseCertificate(signature.certificate).fingerprint).toBe(fingerprintOf(site.pki.gatewaySigning.certificatePem));
    expect(JSON.parse(files.get('affected.json')?.toString() ?? '')).toMatchObject({ certificate, for: name, counts: { before: 0, 'before-by-our-word': 0, after: 1 }, dossiers: [{ kind: 'submission', digest, group: 'after' }] });
    const [event] = await site.gateway.database.query<{ detail: unknown }>(`SELECT detail FROM audit_event WHERE kind = 'auditor_exported'`);
    expect(event?.detail).toMatchObject({ auditor: name, call: `GET ${asked}`, sha256: createHash('sha256').update(answer.body).digest('hex'), dossiers: 1 });
    const later = await auditor.get(`/v1/auditor/compromised?fingerprint=${certificate}&at=2100-01-01T00:00:00%2B07:00`);
    expect(JSON.parse(openContainer(later.body).files.get('affected.json')?.toString() ?? '')).toMatchObject({ counts: { before: 0, 'before-by-our-word': 1, after: 0 } });
    const [newest] = await site.gateway.database.query<{ size: string; note: string }>('SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1');
    const nobody = signerOf('witness.example/nobody', generateKeyPairSync('ed25519').privateKey, 'witness');
    const long = new Date('1999-01-01T00:00:00Z');
    const line = signatureLine(parseNote(newest?.note ?? '')?.text ?? '', nobody, long);
    await site.gateway.database.query('INSERT INTO log_cosignature (size, witness, line, at) VALUES ($1, $2, $3, $4)', [newest?.size, verifierText(nobody), lineText(line).trimEnd(), long]);
    const still = await auditor.get(asked); // nobody that the operator named: it proves nothing
    expect(JSON.parse(openContainer(still.body).files.get('affected.json')?.toString() ?? '')).toMatchObject({ counts: { before: 0, 'before-by-our-word': 0, after: 1 } });
    for (const wrong of ['', '?fingerprint=12&at=2100-01-01T00:00:00%2B07:00', `?fingerprint=${certificate}`, `?fingerprint=${certificate}&at=2100-01-01`]) expect((await auditor.get(`/v1/auditor/compromised${wrong}`)).status).toBe(400);
  });

  it.each(['+275760-09-13T00:00:00Z', '0000-01-01T00:00:00+07:00', '-271821-04-20T00:00:00Z', '2027', '2027-02-30T00:00:00+07:00'])('is told that %s is no instant', async (written) => {
    const instant = encodeURIComponent(written);
    for (const asked of [`submissions?from=${instant}`, `submissions?until=${instant}`, `compromised?fingerprint=${'a'.repeat(64)}&at=${instant}`]) expect((await auditor.get(`/v1/auditor/${asked}`)).status).toBe(400);
    for (const year of ['0100', '9999']) expect((await auditor.get(`/v1/auditor/submissions?from=${year}-01-01T00:00:00%2B07:00`)).status).toBe(200);
  });

  it('reads the log as anybody may, on record; who comes without such a certificate is not', async () => {
    const before = (await looks()).length;
    const asked = ['/v1/log/checkpoint', `/v1/log/proof?digest=${digest}`];
    for (const path of asked) expect((await auditor.get(path)).status).toBe(200);
    for (const path of asked) expect((await site.ivan.get(path)).status).toBe(200);
    const recorded = await site.gateway.database.query<{ call: string; auditor: string }>(`SELECT detail ->> 'call' AS call, detail ->> 'auditor' AS auditor FROM audit_event WHERE kind = 'auditor_looked' ORDER BY id OFFSET $1`, [before]);
    expect(recorded).toEqual(asked.map((path) => ({ call: `GET ${path}`, auditor: name })));
  });

  it('is given nothing that could not be recorded', async () => {
    await site.gateway.database.query(`CREATE FUNCTION fail_look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'told to fail'; END $$`);
    await site.gateway.database.query(`CREATE TRIGGER fail_look BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.kind = 'auditor_looked') EXECUTE FUNCTION fail_look()`);
    const [answer, ofLog] = [await auditor.get('/v1/auditor/submissions/1/document'), await auditor.get('/v1/log/checkpoint')];
    await site.gateway.database.query('DROP TRIGGER fail_look ON audit_event');
    expect([answer.status, answer.body.includes(digest), ofLog.status]).toEqual([500, false, 500]);
  });

  /** Of the interface as it is described; what of the log is not only read is not theirs either. */
  const elsewhere = operations.filter(({ method, path }) => method !== 'GET' || !/^\/v1\/(?:auditor|log)\//.test(path));
  it.each(elsewhere.map(({ method, path }) => [method, path.replace(/\{[^}]+\}/g, '1')] as const))('is refused %s %s', async (method, path) => {
    const answer = await auditor.call(method, path);
    expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([403, 'AUDITOR_ONLY']);
  });

  it.each(['/V1/Auditor/../admin/contracts', '/v1/auditor', '//v1/admin/contracts', '/v1/logs', '/v1/auditor%2f..%2fadmin/contracts'])('does not get round that by %s', async (path) => {
    expect([403, 404]).toContain((await auditor.get(path)).status);
  });

  it('may change nothing, not even where it may look', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect((await auditor.call(method, '/v1/auditor/submissions')).status).toBe(403);
  });
});

it('nobody else looks at what auditors do', async () => {
  const before = (await looks()).length;
  for (const { path } of operations.filter(({ group }) => group === 'auditor')) {
    for (const caller of [site.ivan, site.direct]) {
      const answer = await caller.get(path.replace('{digest}', digest).replace('{id}', '1'));
      expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([403, 'AUDITOR_UNKNOWN']);
    }
  }
  expect((await looks()).length).toBe(before);
});
