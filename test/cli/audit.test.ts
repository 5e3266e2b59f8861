// Guarantee: an auditor from outside, with the program alone, gets what a compromised certificate signed, split by what proves that it was there before, under
// the gateway's signature that xmlsec1 believes; the look is in the log; and a sample whose later value is a witness's can be repeated from what is printed.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { parseNote, parseVerifier, verifyNote } from '../../src/log/note.ts';
import { packageFile } from '../../src/paths.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { sizeOf, text } from '../log/followed.ts';
import { HOUR_MS, startStampedSite } from '../stamp/support.ts';
import type { StampedSite } from '../stamp/support.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { fingerprintOf } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'ivan-audit-'));
const at = (name: string): string => join(folder, name);
const name = 'Đoàn kiểm toán số 2';
let site: StampedSite;
let databaseUrl = '';
/** In the order in which they came: stamped before the instant, recorded before it, and after it. */
const digests: string[] = [];
let instant: Date;
let witnessKey: string;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function ivan(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [packageFile('dist/src/cli/ivan.js'), ...words], { cwd: folder, env: { ...process.env, GATEWAY_DATABASE_URL: databaseUrl } }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}
const connection = (): string[] => ['--url', site.gateway.url, '--ca', at('root.pem')];
const compromise = (fingerprint: string, out: string): Promise<Ended> =>
  ivan('audit', 'compromise', ...connection(), '--cert', at('auditor.pem'), '--key', at('auditor.key'), '--fingerprint', fingerprint, '--at', formatInstant(instant), '--out', at(out), '--json');
const sha256 = (octets: Buffer | string): Buffer => createHash('sha256').update(octets).digest();
const entered = (): Promise<unknown> => until('all to be in the log', async () => (await site.gateway.database.query('SELECT 1 FROM log_waiting')).length === 0);

async function file(mark: string): Promise<void> {
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark });
  expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
  digests.push(sha256(bytes).toString('hex'));
  await entered();
}

beforeAll(async () => {
  const pki = await loadPki();
  const credential = employerLike(pki, { subject: { C: 'VN', CN: name }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] });
  const files = { 'root.pem': pki.root.certificatePem, 'auditor.pem': credential.certificatePem, 'auditor.key': credential.privateKeyPem, 'auditors.json': JSON.stringify({ auditors: [{ name, fingerprint: fingerprintOf(credential.certificatePem) }] }) };
  for (const [written, content] of Object.entries(files)) writeFileSync(at(written), content);
  const keygen = await ivan('witness', 'keygen', '--name', 'w1.example/witness', '--out', at('w1.key'), '--json');
  witnessKey = String((JSON.parse(keygen.out) as { verifier: unknown }).verifier);
  writeFileSync(at('witnesses.txt'), `${witnessKey}\n`);
  site = await startStampedSite({ GATEWAY_AUDITORS_FILE: at('auditors.json'), GATEWAY_LOG_WITNESSES_FILE: at('witnesses.txt') });
  databaseUrl = site.databaseUrl;
  await file('trước, có dấu');
  site.clock.turn(61_000);
  await site.gateway.stamping.work();
  await until('the stamp', async () => (await site.gateway.database.query(`SELECT 1 FROM log_stamp s JOIN log_entry e ON e.kind = 'submission' WHERE s.size > e.position`)).length > 0);
  site.tsa.behave({ mode: 'fail' });
  await file('trước, không dấu');
  site.clock.turn(HOUR_MS);
  instant = site.clock.now();
  site.clock.turn(HOUR_MS);
  site.tsa.behave({});
  await file('sau');
});
afterAll(async () => {
  await audit(site.databaseUrl);
  await site.stop();
  rmSync(folder, { recursive: true });
});

it('`ivan audit compromise` lists every dossier of the certificate, split by what proves that it was there before', async () => {
  const { code, out, err } = await compromise(fingerprintOf(site.pki.employer.certificatePem), 'affected.asice');
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({ counts: { before: 1, 'before-by-our-word': 1, after: 1 } });
  const other = await compromise(fingerprintOf(site.pki.gatewaySigning.certificatePem), 'none.asice');
  expect(JSON.parse(other.out)).toMatchObject({ counts: { before: 0, 'before-by-our-word': 0, after: 0 } });
  expect((await compromise(fingerprintOf(site.pki.employer.certificatePem), 'affected.asice')).code).not.toBe(0); // never over another file
});

itWith('unzip', 'the export is opened with unzip, its signature believed by xmlsec1', () => {
  const unpacked = at('unpacked');
  expect(spawnSync('unzip', ['-q', at('affected.asice'), '-d', unpacked]).status).toBe(0);
  const { dossiers } = JSON.parse(readFileSync(join(unpacked, 'affected.json'), 'utf8')) as { dossiers: { digest: string; group: string; proofs: { by: string }[] }[] };
  expect(dossiers.map(({ digest, group, proofs }) => [digest, group, proofs[0]?.by])).toEqual([[digests[0], 'before', 'time-stamp'], [digests[1], 'before-by-our-word', expect.any(String)], [digests[2], 'after', expect.any(String)]]);
});

itWith('xmlsec1', 'under the gateway’s signature, as long as no file is changed', () => {
  const verify = (): number | null => spawnSync('xmlsec1', ['--verify', '--trusted-pem', at('root.pem'), 'META-INF/signatures.xml'], { cwd: at('unpacked') }).status;
  expect(verify()).toBe(0);
  const [csv, octets] = [join(at('unpacked'), 'affected.csv'), readFileSync(join(at('unpacked'), 'affected.csv'))];
  writeFileSync(csv, octets.toString('utf8').replace('before-by-our-word', 'before'));
  expect(verify()).not.toBe(0);
  writeFileSync(csv, octets);
});

it('the look is an event that names the export by its digest, and is in the log', async () => {
  await entered();
  const events = await site.gateway.database.query<{ detail: Record<string, unknown>; position: number }>(`SELECT a.detail, e.position::float8 AS position FROM audit_event a JOIN log_entry e ON e.kind = 'event' AND e.subject = a.id WHERE a.kind = 'auditor_exported' ORDER BY a.id`);
  expect(events[0]?.detail).toMatchObject({ auditor: name, dossiers: 3, sha256: sha256(readFileSync(at('affected.asice'))).toString('hex') });
  expect(events.every(({ position }) => position >= 0)).toBe(true);
  const proof = await text(site.direct, `/v1/log/proof?index=${events[0]?.position ?? 0}`);
  expect(proof).toContain(`index ${events[0]?.position ?? ''}\n`);
});

it('`ivan audit sample` takes its seed from the first later checkpoint that a witness signed, and whoever has what it prints repeats it', async () => {
  const logKey = (await text(site.direct, '/v1/log/key')).trim();
  const witness = (): Promise<Ended> => ivan('witness', ...connection(), '--log-key', logKey, '--key', at('w1.key'), '--name', 'w1.example/witness', '--state', at('w1.state'), '--json');
  const fixed = await text(site.direct, '/v1/log/checkpoint');
  const sample = (): Promise<Ended> => ivan('audit', 'sample', '--checkpoint', String(sizeOf(fixed)), '--count', '2');
  const early = await sample();
  expect([early.code, early.err]).toEqual([4, expect.stringContaining('no witness has signed a checkpoint later than')]);
  await file('mới');
  const seen = await witness();
  expect([seen.code, seen.err]).toEqual([0, '']);
  const { code, out } = await sample();
  const report = JSON.parse(out) as { holds: boolean; checkpoint: string; seed: string; population: number; later: { kind: string; value: string; witness: string }; dossiers: { place: number; digest: string }[] };
  expect([code, report.holds, report.later.kind, report.later.witness, report.population]).toEqual([0, true, 'first cosigned checkpoint', 'w1.example/witness', digests.length - 1]);
  const later = parseNote(report.later.value);
  expect(later && verifyNote(later, [parseVerifier(witnessKey)].flatMap((key) => key ?? []))?.map(({ verifier }) => verifier.name)).toEqual(['w1.example/witness']);
  expect(sizeOf(report.later.value)).toBeGreaterThan(sizeOf(fixed));
  const signed = parseNote(report.checkpoint)?.text ?? '';
  const seed = sha256(`ivan-audit-sample/1\n${sha256(signed).toString('hex')}\n${sha256(report.later.value).toString('hex')}\n`);
  const places: number[] = [];
  for (let n = 0; places.length < 2; n += 1) {
    const value = sha256(Buffer.concat([seed, Buffer.from(n.toString(16).padStart(16, '0'), 'hex')])).readBigUInt64BE();
    const place = Number(value % BigInt(report.population));
    if (value < 2n ** 64n - (2n ** 64n % BigInt(report.population)) && !places.includes(place)) places.push(place);
  }
  expect([report.seed, report.dossiers.map(({ place, digest }) => [place, digest])]).toEqual([seed.toString('hex'), places.map((place) => [place, digests[place]])]);
  await entered();
  await witness();
  expect(JSON.parse((await sample()).out)).toMatchObject({ seed: report.seed }); // a witness that goes on changes nothing
  await takesFromTheWitness(fixed, report.later.value);
});

/** The witness's own state is the later value, and nothing that the witness did not sign, or that the log does not have, is. */
async function takesFromTheWitness(fixed: string, first: string): Promise<void> {
  const own = readFileSync(at('w1.state'), 'utf8');
  const sampleBy = (path: string, size = sizeOf(fixed)): Promise<Ended> => ivan('audit', 'sample', '--checkpoint', String(size), '--count', '2', '--cosigned', path, '--witness-key', witnessKey);
  const put = (name: string, content: string): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const { code, out } = await sampleBy(at('w1.state'));
  const { seed, checkpoint, later } = JSON.parse(out) as { seed: string; checkpoint: string; later: { kind: string; value: string; witness: string } };
  expect([code, later.kind, later.witness, sizeOf(later.value)]).toEqual([0, 'checkpoint from a witness', 'w1.example/witness', sizeOf(own)]);
  expect(seed).toBe(sha256(`ivan-audit-sample/1\n${sha256(parseNote(checkpoint)?.text ?? '').toString('hex')}\n${sha256(later.value).toString('hex')}\n`).toString('hex'));
  expect((await sampleBy(put('first.note', first))).code).toBe(0);
  const altered = own.replace(/^([^\n]+\n)(\d+)/, (_all, origin: string, size: string) => `${origin}${Number(size) + 1}`);
  expect(await sampleBy(put('altered.note', altered))).toMatchObject({ code: 4, err: expect.stringContaining('has signed with the key given') });
  expect(await sampleBy(at('w1.state'), sizeOf(own))).toMatchObject({ code: 4, err: expect.stringContaining('is not later than') });
}
