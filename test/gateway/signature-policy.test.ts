// Guarantee: a gateway told to be strict accepts RSASSA-PSS and ECDSA with XAdES, levels B to LT, and refuses what the field's clients write;
// revocation data that came with a signature counts where the authority's own is not at hand, and for no more than it says; an audit holds.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { signDocument } from '../../src/client/sign.ts';
import { createAuthority, issueCertificate } from '../../src/development/certificates.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { makeTimeStampToken } from '../../src/development/time-stamp-authority.ts';
import { signXades } from '../../src/signature/sign-xades.ts';
import type { XadesSigningOptions } from '../../src/signature/sign-xades.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import type { SignatureReport } from '../../src/standard/signature-report.ts';
import { audit } from '../support/audited.ts';
import { d02Xml, envelopeXml, signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';
import { more2007, signWith } from '../support/signer.ts';
import { startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

type Extras = Pick<XadesSigningOptions, 'timeStamp' | 'values'>;

const today = new Date();
let folder: string;
let site: Site;
/** Without a list in the trust folder. */
let other: Credential;
let tsa: Credential;
let marks = 0;

beforeAll(async () => {
  const pki = await loadPki();
  folder = mkdtempSync(join(tmpdir(), 'strict-'));
  other = createAuthority({ subject: { C: 'VN', CN: 'CA without a list at hand' }, issuer: pki.root, notBefore: daysAfter(today, -60), notAfter: daysAfter(today, 3000) });
  tsa = issueCertificate({ subject: { CN: 'TSA (Development)' }, issuer: pki.subordinate, keyUsage: ['digitalSignature'], extendedKeyUsage: ['timeStamping'], notBefore: daysAfter(today, -30), notAfter: daysAfter(today, 300) });
  const files = { 'root.pem': pki.root.certificatePem, 'subordinate.pem': pki.subordinate.certificatePem, 'other.pem': other.certificatePem, 'root.crl.pem': pki.rootCrlPem, 'subordinate.crl.pem': pki.subordinateCrlPem };
  for (const [name, pem] of Object.entries(files)) writeFileSync(join(folder, name), pem);
  site = await startSite({ environment: { GATEWAY_SIGNATURE_POLICY: 'strict', GATEWAY_TRUST_FOLDER: folder } });
});

afterAll(async () => {
  await audit(site.databaseUrl);
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Form and envelope by the client kit; the envelope with what is asked for besides. */
async function strictDossier(identity: SigningIdentity, extras: Extras = {}): Promise<Buffer> {
  marks += 1;
  const form = await signDocument(Buffer.from(d02Xml(`chính sách ${marks}`)), identity, today, { xades: true });
  const envelope = Buffer.from(envelopeXml(form.bytes));
  return signXades(envelope, identity, { path: ['Hoso', 'CKy_Dvi'], signingTime: today, ...extras });
}

const file = async (bytes: Buffer): Promise<Answer> => site.ivan.post('/v1/dossiers', bytes);

interface Tried {
  readonly status: number;
  readonly codes: readonly string[];
  readonly signatures: readonly SignatureReport[];
}

async function tryOut(bytes: Buffer): Promise<Tried> {
  const answer = await site.ivan.post('/v1/dossiers?dry-run', bytes);
  const { findings, signatures } = JSON.parse(answer.body.toString()) as { findings: { code: string }[]; signatures: SignatureReport[] };
  return { status: answer.status, codes: findings.map(({ code }) => code), signatures };
}

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
const listOf = (issuer: Credential, change: Partial<Parameters<typeof issueCrl>[0]> = {}): Buffer => derOf(issueCrl({ issuer, thisUpdate: daysAfter(today, -1), nextUpdate: daysAfter(today, 1), ...change }));
const stamp = (authority: Credential): NonNullable<Extras['timeStamp']> => (octets) =>
  Promise.resolve(makeTimeStampToken({ key: createPrivateKey(authority.privateKeyPem), certificate: new X509Certificate(authority.certificatePem).raw }, { octets, genTime: today }));
const values = (...lists: readonly Buffer[]): Extras => ({ values: { certificates: [], lists, responses: [] } });

describe('a strict gateway', () => {
  it('accepts RSASSA-PSS with XAdES', async () => {
    const bytes = await strictDossier(identityOf(site.pki.employer));
    expect(await tryOut(bytes)).toMatchObject({ status: 200, codes: [], signatures: [{ role: 'dossier' }, { role: 'declaration' }].map((entry) => ({ ...entry, indication: 'TOTAL-PASSED', policy: 'strict', method: 'RSASSA-PSS sha256', level: 'XAdES-B' })) });
    expect((await file(bytes)).status).toBe(201);
  });

  it('refuses what the field’s clients write, and says of which signature', async () => {
    const bytes = await signedDossier(identityOf(site.pki.employer));
    const tried = await tryOut(bytes);
    expect([tried.status, tried.codes]).toEqual([422, ['CRYPTO_CONSTRAINTS_FAILURE', 'CRYPTO_CONSTRAINTS_FAILURE']]);
    expect(tried.signatures).toMatchObject([{ role: 'dossier', indication: 'INDETERMINATE', codes: ['CRYPTO_CONSTRAINTS_FAILURE'] }, { role: 'declaration', file: 'D02-TS-595.xml' }]);
    expect((await file(bytes)).status).toBe(422);
  });

  it('refuses RSASSA-PSS without XAdES', async () => {
    const { key, certificates: [certificate = Buffer.alloc(0)] } = identityOf(site.pki.employer);
    const form = await signDocument(Buffer.from(d02Xml()), identityOf(site.pki.employer), today, { xades: true });
    const bytes = Buffer.from(signWith(envelopeXml(form.bytes), { identity: { key, certificate }, method: `${more2007}sha256-rsa-MGF1` }));
    const tried = await tryOut(bytes);
    expect([tried.codes, tried.signatures.map(({ indication }) => indication)]).toEqual([['XADES_PROPERTIES_MISSING'], ['INDETERMINATE', 'TOTAL-PASSED']]);
  });
});

describe('a time stamp', () => {
  it('makes a signature one of level T, and its instant and authority are reported', async () => {
    const bytes = await strictDossier(identityOf(site.pki.employer), { timeStamp: stamp(tsa) });
    const { signatures: [report] } = await tryOut(bytes);
    const authority = new X509Certificate(tsa.certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', level: 'XAdES-T', timestamps: [{ certificate: authority, time: `${today.toISOString().slice(0, 19)}.${today.toISOString().slice(20, 23)}Z` }] });
    expect((await file(bytes)).status).toBe(201);
  });

  it('of other octets refuses; of an authority that nobody knows it only vouches for nothing', async () => {
    const identity = identityOf(site.pki.employer);
    const elsewhere = await strictDossier(identity, { timeStamp: () => stamp(tsa)(Buffer.from('other octets')) });
    expect((await tryOut(elsewhere)).codes).toEqual(['TIMESTAMP_INVALID']);
    const unknown = issueCertificate({ subject: { CN: 'Nobody’s TSA' }, keyUsage: ['digitalSignature'], extendedKeyUsage: ['timeStamping'], notBefore: daysAfter(today, -30), notAfter: daysAfter(today, 300) });
    const tried = await tryOut(await strictDossier(identity, { timeStamp: stamp(unknown) }));
    expect([tried.status, tried.codes, tried.signatures[0]?.timestamps]).toEqual([200, ['TIMESTAMP_UNTRUSTED'], undefined]);
  });
});

describe('revocation data that came along', () => {
  const signer = (): Credential => employerLike(site.pki, { issuer: other });

  it('makes a signature one of level LT, and is used where none is at hand', async () => {
    const identity = identityOf(signer());
    expect((await file(await strictDossier(identity))).status).toBe(503);
    // The form inside is of the same signer and brings nothing along: only the envelope's is judged by what it brought.
    const list = listOf(other);
    const envelope = await signXades(Buffer.from(envelopeXml((await signDocument(Buffer.from(d02Xml('LT')), identityOf(site.pki.employer), today, { xades: true })).bytes)), identity, { path: ['Hoso', 'CKy_Dvi'], signingTime: today, timeStamp: stamp(tsa), ...values(list) });
    const { status, signatures: [report] } = await tryOut(envelope);
    expect([status, report?.level, report?.indication, report?.revocation?.map(({ kind }) => kind)]).toEqual([200, 'XAdES-LT', 'TOTAL-PASSED', ['crl', 'crl']]);
    expect((await file(envelope)).status).toBe(201);
  });

  it('refuses when it revokes, and is "not now" when it is stale or of another key', async () => {
    const credential = signer();
    const identity = identityOf(credential);
    const revoking = listOf(other, { revoked: [{ serial: new X509Certificate(credential.certificatePem).serialNumber, revokedAt: daysAfter(today, -1), reason: 'keyCompromise' }] });
    const envelopeWith = async (list: Buffer): Promise<Buffer> =>
      signXades(Buffer.from(envelopeXml((await signDocument(Buffer.from(d02Xml()), identityOf(site.pki.employer), today, { xades: true })).bytes)), identity, { path: ['Hoso', 'CKy_Dvi'], signingTime: today, ...values(list) });
    const refused = await envelopeWith(revoking);
    expect((await tryOut(refused)).codes).toEqual(['REVOKED']);
    expect((await file(refused)).status).toBe(422);
    expect((await file(await envelopeWith(listOf(other, { thisUpdate: daysAfter(today, -9), nextUpdate: daysAfter(today, -2) })))).status).toBe(503);
    expect((await file(await envelopeWith(listOf({ ...other, privateKeyPem: credential.privateKeyPem })))).status).toBe(503);
  });
});
