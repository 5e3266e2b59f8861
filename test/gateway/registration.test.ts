// Guarantee: where an agency asks for it, only a certificate that the operator registered for the unit files a dossier (form 04); the rule and
// the register hold from the next dossier on without a restart, what was decided stays decided, and an audit decides the same from what was
// known then.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Credential } from '../../src/development/certificates.ts';
import { packageFile } from '../../src/paths.ts';
import { endUnitCertificates, findRegistration, registerUnitCertificate, setAgencyPolicy } from '../../src/store/unit-certificates.ts';
import type { NewUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { signedXml } from '../support/problems.ts';
import { fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { tampered } from '../support/tampered.ts';

const hour = 3_600_000;
const day = 24 * hour;
let site: Site;
let folder: string;
let marks = 0;

beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'gateway-registration-'));
});

afterAll(async () => {
  try {
    await audit(site.databaseUrl);
  } finally {
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

const daysAgo = (days: number): string => new Date(Date.now() - days * day + 7 * hour).toISOString().slice(0, 10);
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * hour);

interface Ended {
  readonly code: number;
  readonly out: string;
}

/** The operator's command as a process, as the operator runs it. */
function operator(command: 'certificate' | 'agency', ...words: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], GATEWAY_DATABASE_URL: site.databaseUrl };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [packageFile('dist', 'src', 'cli', `${command}.js`), ...words], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, out: stdout + stderr });
    });
  });
}

function fileOf({ certificatePem }: Credential): string {
  const path = join(folder, `${fingerprintOf(certificatePem)}.pem`);
  writeFileSync(path, certificatePem);
  return path;
}

function dossier(variation: Variation = {}, credential: Credential = site.pki.employer): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(credential), { mark: `đăng ký ${marks}`, ...variation });
}

async function file(variation: Variation = {}, credential?: Credential): Promise<Answer> {
  return site.ivan.post('/v1/dossiers', await dossier(variation, credential));
}

const codesIn = (answer: Answer): string[] => [...signedXml(site, answer).matchAll(/<TEN>([A-Z_0-9]+)<\/TEN><MUC>/g)].map(([, code = '']) => code);

describe('an agency that asks for registered certificates', () => {
  it('is one from the day of its rule on, for the next dossier, and no other agency is', async () => {
    const before = await dossier();
    const accepted = await site.ivan.post('/v1/dossiers', before);
    expect(accepted.status).toBe(201);
    expect(await operator('agency', 'require-registered-certificates', '00101', '--from', daysAgo(1))).toMatchObject({ code: 0 });
    expect(await operator('agency', 'require-registered-certificates', '00102', '--from', daysAgo(-2))).toMatchObject({ code: 0 });

    const refused = await file();
    expect([refused.status, codesIn(refused)]).toEqual([422, ['CERTIFICATE_NOT_REGISTERED']]);
    expect(refused.body.toString()).toMatch(/GW228[\s\S]*đơn vị TS12345[\s\S]*unit TS12345 with agency 00101/);
    expect([(await file({ agency: '00102' })).status, (await file({ agency: '00103' })).status]).toEqual([201, 201]);
    const resent = await site.ivan.post('/v1/dossiers', before);
    expect([resent.status, resent.body.equals(accepted.body)]).toEqual([200, true]);
  });

  it('is told so beside everything else, and in a dry run', async () => {
    expect(codesIn(await file({ period: '13/2026' }))).toEqual(['CERTIFICATE_NOT_REGISTERED', 'PERIOD_INVALID']);
    const tried = await site.ivan.post('/v1/dossiers?dry-run', await dossier());
    expect([tried.status, JSON.parse(tried.body.toString())]).toEqual([422, expect.objectContaining({ outcome: 'refused', findings: [expect.objectContaining({ code: 'CERTIFICATE_NOT_REGISTERED', place: expect.objectContaining({ xpath: expect.stringContaining('Signature') as unknown }) as unknown })], signatures: [expect.objectContaining({ role: 'dossier', indication: 'TOTAL-PASSED', certificate: fingerprintOf(site.pki.employer.certificatePem) }), expect.objectContaining({ role: 'declaration', indication: 'TOTAL-PASSED' })] })]);
  });

  it('asks nothing of a certificate that is not trusted, which says enough', async () => {
    const answer = await file({ editSigned: (xml) => xml.replace('TS12345', 'TS54321') });
    expect(codesIn(answer)).toEqual(['HASH_FAILURE']);
  });

  it('accepts a registered certificate for its unit alone, until it is ended', async () => {
    const unit = ['--agency', '00101', '--unit', 'TS12345', '--certificate', fileOf(site.pki.employer)];
    const registered = await operator('certificate', 'register', ...unit);
    expect([registered.code, registered.out]).toEqual([0, expect.stringContaining(fingerprintOf(site.pki.employer.certificatePem))]);
    const bytes = await dossier();
    expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
    expect(codesIn(await file({ unitCode: 'TS12346' }))).toEqual(['CERTIFICATE_NOT_REGISTERED']);
    expect(codesIn(await file({}, employerLike(site.pki)))).toEqual(['CERTIFICATE_NOT_REGISTERED']);

    expect(await operator('certificate', 'end', ...unit)).toMatchObject({ code: 0 });
    expect(await operator('certificate', 'end', ...unit)).toMatchObject({ code: 1 });
    expect(codesIn(await file())).toEqual(['CERTIFICATE_NOT_REGISTERED']);
    expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(200);
    expect((await operator('certificate', 'register', ...unit)).code).toBe(0);
    expect((await file()).status).toBe(201);
    expect((await operator('certificate', 'list', '--unit', 'TS12345')).out.trim().split('\n')).toEqual([expect.stringMatching(/^1\t.*đã chấm dứt/), expect.not.stringContaining('đã chấm dứt')]);
  });

  it('accepts a registration in its time only', async () => {
    const [early, late] = [employerLike(site.pki), employerLike(site.pki)];
    const unit = ['--agency', '00101', '--unit', 'TS12345'];
    await operator('certificate', 'register', ...unit, '--certificate', fileOf(early), '--until', daysAgo(1));
    await operator('certificate', 'register', ...unit, '--certificate', fileOf(late), '--from', daysAgo(-2));
    expect([codesIn(await file({}, early)), codesIn(await file({}, late))]).toEqual([['CERTIFICATE_NOT_REGISTERED'], ['CERTIFICATE_NOT_REGISTERED']]);
  });

  it('asks no longer when its rule is taken back', async () => {
    expect(await operator('agency', 'accept-unregistered-certificates', '00101', '--from', daysAgo(0))).toMatchObject({ code: 0 });
    expect((await file({}, employerLike(site.pki))).status).toBe(201);
    expect((await operator('agency', 'list')).out.trim().split('\n')).toHaveLength(3);
  });
});

describe('the operator’s words', () => {
  it.each([
    ['agency', 'require-registered-certificates', '9', '--from', '2026-01-01'],
    ['agency', 'require-registered-certificates', '00101', '--from', 'soon'],
    ['agency', 'require-registered-certificates', '00101'],
    ['certificate', 'register', '--agency', '00101', '--unit', '', '--certificate', 'x'],
    ['certificate', 'register', '--agency', '00101', '--unit', 'TS1', '--certificate', '/nowhere.pem'],
    ['certificate', 'forget'],
  ] as const)('%s %s %s … is wrong usage', async (command, ...words) => {
    expect((await operator(command, ...words)).code).toBe(3);
  });
});

describe('an audit', () => {
  const unit = { agency: '00105', unitCode: 'TS10500' };
  let registered: NewUnitCertificate;

  beforeAll(async () => {
    const { database } = site.gateway;
    registered = { ...unit, fingerprint: fingerprintOf(site.pki.employer.certificatePem), serialNumber: '1', subject: 'x', validFrom: hoursAgo(10), validUntil: hoursAgo(-10) };
    await setAgencyPolicy(database, { agency: unit.agency, effectiveFrom: hoursAgo(3), required: true }, hoursAgo(5));
    await registerUnitCertificate(database, registered, hoursAgo(4));
    expect((await file(unit)).status).toBe(201);
    expect((await file(unit, employerLike(site.pki))).status).toBe(422);
    expect((await file({ agency: '00106' })).status).toBe(201);
  });

  const accepted = `(SELECT submission_id FROM dossier WHERE agency = '00105')`;
  const lies: readonly (readonly [name: string, change: string, where: RegExp])[] = [
    ['a registration that was not there', `UPDATE submission SET registration = jsonb_set(registration, '{certificate}', '"99"') WHERE id = ${accepted}`, /registration what the register said/],
    ['a rule not applied', `UPDATE submission SET registration = NULL WHERE id = ${accepted}`, /registration what the register said/],
    ['a rule that was not there', `UPDATE submission SET registration = '{"policy": "1", "certificate": "1"}' WHERE id = (SELECT submission_id FROM dossier WHERE agency = '00106')`, /registration what the register said/],
    ['a registration lost', `DELETE FROM unit_certificate WHERE agency = '00105'`, /registration what the register said/],
    ['a unit exchanged', `UPDATE unit_certificate SET unit_code = 'TS1' WHERE id = 1`, /certificate entry 1/],
    ['an end taken back', 'DELETE FROM unit_certificate_end', /event \d+: tells of an entry/],
    ['an end antedated', `UPDATE unit_certificate_end SET ended_at = ended_at - interval '10 seconds'`, /end of certificate entry/],
    ['a rule antedated', `UPDATE agency_policy SET effective_from = effective_from - interval '1 day' WHERE agency = '00102'`, /agency rule/],
    ['an event of the register gone', `DELETE FROM audit_event WHERE kind = 'agency_policy_set' AND detail ->> 'agency' = '00102'`, /agency rule/],
    ['a content digest', `UPDATE submission SET content_digest = repeat('0', 64) WHERE id = ${accepted}`, /another content digest/],
    ['a report gone', `UPDATE submission SET signatures = NULL, content_digest = NULL WHERE id = ${accepted}`, /no verification report|another content/],
  ];

  it.each(lies)('finds %s', async (_name, change, where) => {
    await tampered(site.gateway.database, {
      tables: ['submission', 'unit_certificate', 'unit_certificate_end', 'agency_policy', 'audit_event'],
      before: 'ALTER TABLE submission DROP CONSTRAINT submission_has_signatures, DROP CONSTRAINT submission_has_content',
      change,
      after: `ALTER TABLE submission ADD CONSTRAINT submission_has_content CHECK ((outcome = 'refused') = (content_digest IS NULL)) NOT VALID, ADD CONSTRAINT submission_has_signatures CHECK (signatures IS NOT NULL) NOT VALID`,
    }, () => expect(audit(site.databaseUrl)).rejects.toThrow(where));
    await audit(site.databaseUrl);
  });

  it('is not misled by what is entered afterwards with an earlier date', async () => {
    const { database } = site.gateway;
    await setAgencyPolicy(database, { agency: '00106', effectiveFrom: hoursAgo(100), required: true }, new Date(Date.now() + hour));
    await endUnitCertificates(database, registered, new Date(Date.now() + hour));
    await audit(site.databaseUrl);
    expect(await findRegistration(database.query, registered, new Date())).toEqual({ policy: expect.any(String), certificate: expect.any(String) });
    expect(await findRegistration(database.query, registered, new Date(Date.now() + 2 * hour))).toEqual({ policy: expect.any(String), certificate: null });
  });

  it('is hardly needed: the register refuses changes', async () => {
    for (const table of ['unit_certificate_end', 'unit_certificate', 'agency_policy']) {
      await expect(site.gateway.database.query(`DELETE FROM ${table}`)).rejects.toThrow(/never changed/);
      await expect(site.gateway.database.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never changed/);
    }
  });
});
