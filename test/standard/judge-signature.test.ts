// Guarantee: a report says what was found out of a signature even where it is refused – by which certificate, over which path, by which
// revocation data – and what an I-VAN's signature covers; the OCSP answers asked for are about the certificates of the path and no others.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { createDevelopmentPki, daysAfter } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { Unavailable } from '../../src/errors/outcomes.ts';
import { fieldPolicy } from '../../src/signature/policy.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { judgeCounterSignature, judgeSignature } from '../../src/standard/judge-signature.ts';
import type { SignatureContext } from '../../src/standard/judge-signature.ts';
import type { SignatureReport } from '../../src/standard/signature-report.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { parse } from '../../src/xml/parse.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, materialOf } from '../support/pki.ts';
import { fingerprintOf } from '../support/site.ts';
import { signWith } from '../support/signer.ts';
import type { ReferenceSpec } from '../support/signer.ts';

const now = new Date();
let pki: DevelopmentPki;
let trust: TrustMaterial;
let context: SignatureContext;

beforeAll(async () => {
  pki = await createDevelopmentPki({ now });
  trust = materialOf(pki);
  context = { standard: { signaturePolicy: fieldPolicy }, trust, receivedAt: now };
});

const reportOf = (bytes: Buffer, changes: Partial<SignatureContext> = {}): SignatureReport | undefined => judgeSignature(parse(bytes), envelopePlace, 'dossier', { ...context, ...changes }).report;
const authorities = (): string[] => [pki.subordinate, pki.root].map(({ certificatePem }) => fingerprintOf(certificatePem));

describe('a signature whose certificate is refused', () => {
  it('is reported with the path that came nearest', async () => {
    const expired = employerLike(pki, { notAfter: daysAfter(now, -1) });
    expect(reportOf(await signedDossier(identityOf(expired)))).toMatchObject({ subIndication: 'OUT_OF_BOUNDS_NO_POE', method: 'RSASSA-PKCS1-v1_5 sha256', path: [fingerprintOf(expired.certificatePem), ...authorities()], revocation: [] });
  });

  it('is reported with the list that revokes it', async () => {
    const credential = employerLike(pki, { serial: '7e57' });
    const subordinateCrlPem = issueCrl({ issuer: pki.subordinate, thisUpdate: daysAfter(now, -1), nextUpdate: daysAfter(now, 1), revoked: [{ serial: '7e57', revokedAt: daysAfter(now, -1) }] });
    const revoking = materialOf(pki, { subordinateCrlPem });
    const certificate = fingerprintOf(credential.certificatePem);
    const digest = revoking.revocationLists.map(({ fingerprint }) => fingerprint).find((fingerprint) => !trust.revocationLists.some((list) => list.fingerprint === fingerprint));
    expect(reportOf(await signedDossier(identityOf(credential)), { trust: revoking })).toMatchObject({ subIndication: 'REVOKED_NO_POE', certificate, revocation: [{ certificate, kind: 'crl', digest }] });
  });

  it('is reported with its certificate when no path is found at all', async () => {
    const stranger = employerLike(await createDevelopmentPki({ now }));
    const report = reportOf(await signedDossier(identityOf(stranger)));
    expect([report?.subIndication, report?.certificate, report?.path]).toEqual(['NO_CERTIFICATE_CHAIN_FOUND', fingerprintOf(stranger.certificatePem), undefined]);
  });
});

describe('the OCSP answers asked for', () => {
  it('are about the signer first and the authorities that need one, of our own material too', async () => {
    const asked: string[][] = [];
    const answersFor: SignatureContext['answersFor'] = (certificates) => {
      asked.push(certificates.map(({ fingerprint }) => fingerprint));
      return [];
    };
    const [subordinate = ''] = authorities();
    expect(reportOf(await signedDossier(identityOf(pki.employer)), { answersFor })?.answers).toBeUndefined();
    expect(asked).toEqual([[fingerprintOf(pki.employer.certificatePem), subordinate]]);
  });

  it('are none when the signer leads nowhere: nobody is asked about strangers', async () => {
    const asked: unknown[] = [];
    const stranger = employerLike(await createDevelopmentPki({ now }));
    reportOf(await signedDossier(identityOf(stranger)), { answersFor: (certificates) => { asked.push(...certificates); return []; } });
    expect(asked).toEqual([]);
  });
});

describe('an I-VAN’s signature', () => {
  async function countersigned(references: readonly ReferenceSpec[], edit = (xml: string): string => xml): Promise<Buffer> {
    const { key, certificates: [certificate = Buffer.alloc(0)] }: SigningIdentity = identityOf(pki.employer);
    const signed = await signedDossier(identityOf(pki.employer), { editEnvelope: (xml) => xml.replace('<CKy_Dvi />', '<CKy_Dvi /><CKy_iVan></CKy_iVan>') });
    return Buffer.from(edit(signWith(signed.toString(), { identity: { key, certificate }, slot: 'CKy_iVan', references })));
  }
  const counterOf = (bytes: Buffer): SignatureReport | undefined => judgeCounterSignature(parse(bytes), envelopePlace, context).report;
  const body: readonly ReferenceSpec[] = [{ uri: '', nameless: true, over: 'NoiDung' }];

  it('is reported with what it covers', async () => {
    expect(counterOf(await countersigned(body))).toMatchObject({ role: 'counter-signature', xpath: '/Hoso/CKy_iVan/Signature', indication: 'TOTAL-PASSED', covers: 'body' });
    expect(counterOf(await countersigned([{ uri: '' }]))).toMatchObject({ indication: 'TOTAL-PASSED', covers: 'document' });
  });

  it('that is wrong leaves the unit’s as it is, and the other way round', async () => {
    const broken = await countersigned(body, (xml) => xml.replace(/(.*<SignatureValue>)(.)/s, (_all, before: string, first: string) => before + (first === 'A' ? 'B' : 'A')));
    expect([counterOf(broken)?.indication, counterOf(broken)?.covers, reportOf(broken)?.indication]).toEqual(['TOTAL-FAILED', undefined, 'TOTAL-PASSED']);
    const changed = await countersigned(body, (xml) => xml.replace('TS12345', 'TS54321'));
    expect([counterOf(changed)?.subIndication, reportOf(changed)?.subIndication]).toEqual(['HASH_FAILURE', 'HASH_FAILURE']);
  });

  it('is "not now" when its certificate’s state is not known', async () => {
    const bytes = await countersigned(body);
    const unknown = materialOf(pki, { subordinateCrlPem: issueCrl({ issuer: pki.subordinate, thisUpdate: daysAfter(now, -9), nextUpdate: daysAfter(now, -2) }) });
    expect(() => judgeCounterSignature(parse(bytes), envelopePlace, { ...context, trust: unknown })).toThrow(Unavailable);
  });
});
