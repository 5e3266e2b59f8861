// Signatures that are true, by certificates that may not sign this.
import { keyInfoMarkup } from '../support/signer.ts';
import { refused } from './kit.ts';
import type { Signers } from './material.ts';
import type { Vector } from './kit.ts';

type Code = Parameters<typeof refused>[1];

/** The envelope signed by somebody else than the employer. */
function signedBy(name: string, code: Code, signer: keyof Signers, note?: string): Vector {
  return refused(name, code, ({ dossier, signers }) => dossier({ spec: { identity: signers[signer] } }), note === undefined ? {} : { note });
}

/** The form inside signed by somebody else than the employer. */
function formSignedBy(name: string, code: Code, signer: keyof Signers): Vector {
  return refused(name, code, ({ dossier, signers }) => dossier({ formSpec: { identity: signers[signer] } }));
}

export const refusedCertificates: readonly Vector[] = [
  signedBy('certificate-unknown-authority', 'NO_CERTIFICATE_CHAIN_FOUND', 'unknownAuthority'),
  signedBy('certificate-self-signed', 'NO_CERTIFICATE_CHAIN_FOUND', 'selfSigned', 'the attacker’s own, with the employer’s very subject'),
  signedBy('certificate-issued-by-leaf', 'NO_CERTIFICATE_CHAIN_FOUND', 'issuedByLeaf'),
  signedBy('certificate-of-authority', 'CHAIN_CONSTRAINTS_FAILURE', 'authority'),
  signedBy('certificate-for-servers', ['CHAIN_CONSTRAINTS_FAILURE', 'CHAIN_CONSTRAINTS_FAILURE'], 'forServers'),
  signedBy('certificate-expired', 'EXPIRED', 'expired', 'by one second'),
  signedBy('certificate-not-yet-valid', 'NOT_YET_VALID', 'notYetValid', 'by one second'),
  signedBy('certificate-revoked', 'REVOKED', 'revoked', 'one second before'),
  signedBy('certificate-signed-with-sha1', 'CRYPTO_CONSTRAINTS_FAILURE', 'signatureSha1'),
  signedBy('certificate-without-tax-code', 'TAX_CODE_MISSING', 'noTaxCode'),
  signedBy('certificate-of-other-unit', 'TAX_CODE_MISMATCH', 'otherUnit'),
  signedBy('certificate-of-branch-for-head-office', 'TAX_CODE_MISMATCH', 'branch'),
  refused('certificate-of-branch-for-other-branch', ['TAX_CODE_MISMATCH'], ({ dossier, signers }) =>
    dossier({ variation: { taxCode: '0101300842-002' }, spec: { identity: signers.branch } })),
  refused('certificate-two-attackers-key-named', 'NO_CERTIFICATE_CHAIN_FOUND', ({ dossier, signers }) =>
    dossier({ spec: { identity: signers.selfSigned, keyInfo: withBoth(signers) } }), { note: 'the employer’s certificate first, the attacker’s key and certificate after it' }),
  refused('certificate-two-no-key-named', 'SIG_CRYPTO_FAILURE', ({ dossier, signers }) =>
    dossier({ spec: { identity: signers.selfSigned, keyInfo: withBoth(signers).replace(/<KeyValue>.*<\/KeyValue>/, '') } })),

  formSignedBy('declaration-of-other-unit', 'TAX_CODE_MISMATCH', 'otherUnit'),
  formSignedBy('declaration-certificate-without-tax-code', 'TAX_CODE_MISSING', 'noTaxCode'),
  formSignedBy('declaration-certificate-expired', 'EXPIRED', 'expired'),
  formSignedBy('declaration-certificate-revoked', 'REVOKED', 'revoked'),
  formSignedBy('declaration-certificate-self-signed', 'NO_CERTIFICATE_CHAIN_FOUND', 'selfSigned'),
  formSignedBy('declaration-key-short', 'CRYPTO_CONSTRAINTS_FAILURE', 'shortKey'),
];

function withBoth({ employer, selfSigned }: Signers): string {
  const first = `<X509Data><X509Certificate>${employer.certificate.toString('base64')}</X509Certificate></X509Data>`;
  return keyInfoMarkup(selfSigned).replace('<X509Data>', `${first}<X509Data>`);
}
