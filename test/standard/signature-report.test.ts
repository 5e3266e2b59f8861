// Guarantee: every finding that a signature can have means one status of ETSI EN 319 102-1 tables 3 to 6; what failed outweighs what is open;
// a report names what was found out and leaves out what was not, and is the same when it is written down and read again.
import { describe, expect, it } from '@jest/globals';

import { findingTexts } from '../../src/errors/findings.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import { finding } from '../../src/errors/outcomes.ts';
import { signatureReport } from '../../src/standard/signature-report.ts';
import type { Reported, SignatureReport } from '../../src/standard/signature-report.ts';

const at = new Date('2026-11-20T03:00:00Z');

function report(codes: readonly FindingCode[], found: Partial<Reported> = {}): SignatureReport {
  return signatureReport({
    role: 'dossier', file: undefined, xpath: '/Hoso/CKy_Dvi/Signature', policy: 'field', at, facts: undefined, judgedPath: undefined, tryLater: false, stamps: [], answers: [], archived: undefined, claimedSigningTime: undefined,
    findings: codes.map((code) => finding(code)), ...found,
  });
}

const statusOf = (...codes: readonly FindingCode[]): string => {
  const { indication, subIndication } = report(codes);
  return subIndication === undefined ? indication : `${indication} ${subIndication}`;
};

const failed = (sub: string): string => `TOTAL-FAILED ${sub}`;
const open = (sub: string): string => `INDETERMINATE ${sub}`;

/** By the standard's own definitions (clauses 5.1.3 and 5.2 to 5.4), written down apart from the source. */
const expected: ReadonlyMap<string, string> = new Map([
  ['SIGNATURE_MULTIPLE', failed('FORMAT_FAILURE')],
  ['SIGNATURE_MISPLACED', failed('FORMAT_FAILURE')],
  ['SIGNATURE_FORMAT', failed('FORMAT_FAILURE')],
  ['XADES_FORMAT', failed('FORMAT_FAILURE')],
  ['HASH_FAILURE', failed('HASH_FAILURE')],
  ['SIG_CRYPTO_FAILURE', failed('SIG_CRYPTO_FAILURE')],
  ['REFERENCE_EXTERNAL', open('SIGNED_DATA_NOT_FOUND')],
  ['REFERENCE_PARTIAL', open('SIG_CONSTRAINTS_FAILURE')],
  ['TRANSFORM_FORBIDDEN', open('SIG_CONSTRAINTS_FAILURE')],
  ['XADES_PROPERTIES_MISSING', open('SIG_CONSTRAINTS_FAILURE')],
  ['TIMESTAMP_INVALID', open('SIG_CONSTRAINTS_FAILURE')],
  ['CRYPTO_CONSTRAINTS_FAILURE', open('CRYPTO_CONSTRAINTS_FAILURE')],
  ['KEY_MISMATCH', open('NO_SIGNING_CERTIFICATE_FOUND')],
  ['CERTIFICATE_MISSING', open('NO_SIGNING_CERTIFICATE_FOUND')],
  ['CERTIFICATE_MALFORMED', open('NO_SIGNING_CERTIFICATE_FOUND')],
  ['XADES_SIGNING_CERTIFICATE_MISMATCH', open('NO_SIGNING_CERTIFICATE_FOUND')],
  ['XADES_POLICY', open('SIGNATURE_POLICY_NOT_AVAILABLE')],
  ['NO_CERTIFICATE_CHAIN_FOUND', open('NO_CERTIFICATE_CHAIN_FOUND')],
  ['CHAIN_CONSTRAINTS_FAILURE', open('CHAIN_CONSTRAINTS_FAILURE')],
  ['EXPIRED', open('OUT_OF_BOUNDS_NO_POE')],
  ['NOT_YET_VALID', open('OUT_OF_BOUNDS_NO_POE')],
  ['REVOKED', open('REVOKED_NO_POE')],
]);

/** Rows of the blocks that verification and trust find; a dossier without a signature has no report, and the unit's own rules are not the signature's. */
const codes = Object.entries(findingTexts)
  .filter(([, { wireCode, severity }]) => /^GW2/.test(wireCode) && severity === 'refuse')
  .map(([code]) => code)
  .filter((code) => !['SIGNATURE_MISSING', 'TAX_CODE_MISSING', 'TAX_CODE_MISMATCH', 'CERTIFICATE_NOT_REGISTERED'].includes(code));

describe('the status of a signature', () => {
  it('is laid down for every finding that a signature can have, and for no other', () => {
    expect(codes.toSorted()).toEqual([...expected.keys()].toSorted());
  });

  it.each([...expected])('with %s is %s', (code, status) => {
    expect(statusOf(code as FindingCode)).toBe(status);
  });

  it('is passed with no finding, and with warnings alone', () => {
    expect([statusOf(), statusOf('SIGNING_TIME_UNVERIFIED', 'XADES_OBJECT_FORMAT_MISSING', 'TIMESTAMP_UNTRUSTED')]).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED']);
    expect(report(['SIGNING_TIME_UNVERIFIED']).codes).toEqual(['SIGNING_TIME_UNVERIFIED']);
  });

  it('is failed when anything failed, whatever else is open; of what is open the first tells', () => {
    expect(statusOf('EXPIRED', 'HASH_FAILURE', 'REVOKED')).toBe(failed('HASH_FAILURE'));
    expect(statusOf('TIMESTAMP_UNTRUSTED', 'REVOKED', 'EXPIRED')).toBe(open('REVOKED_NO_POE'));
  });

  it('lacks a proof of existence where an algorithm was still good when the signature claims to be made', () => {
    const archived = (isOld: boolean): SignatureReport => report(['CRYPTO_CONSTRAINTS_FAILURE'], { archived: { method: 'RSASSA-PKCS1-v1_5 sha1', isOld } });
    expect([archived(true).subIndication, archived(false).subIndication]).toEqual(['CRYPTO_CONSTRAINTS_FAILURE_NO_POE', 'CRYPTO_CONSTRAINTS_FAILURE']);
    // Another cause that stands before it is not undone by the signature's age.
    const expired = report(['EXPIRED', 'CRYPTO_CONSTRAINTS_FAILURE'], { archived: { method: 'RSASSA-PKCS1-v1_5 sha256', isOld: true } });
    expect(expired.subIndication).toBe('OUT_OF_BOUNDS_NO_POE');
    expect(archived(false)).toMatchObject({ indication: 'INDETERMINATE', archive: { method: 'RSASSA-PKCS1-v1_5 sha1' } });
  });
});

describe('a report', () => {
  it('of what was not found out says nothing', () => {
    expect(report(['SIGNATURE_FORMAT'])).toEqual({ xpath: '/Hoso/CKy_Dvi/Signature', role: 'dossier', indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE', codes: ['SIGNATURE_FORMAT'], policy: 'field', at: at.toISOString() });
  });

  it('is the same from the store: it holds nothing that JSON does not keep', () => {
    const whole = report(['REVOKED'], { file: 'a.xml', answers: ['0a'], claimedSigningTime: '2026-11-20', judgedPath: { path: [], revocation: [] } });
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
    expect(whole).toMatchObject({ file: 'a.xml', answers: ['0a'], claimedSigningTime: '2026-11-20', path: [] });
  });
});
