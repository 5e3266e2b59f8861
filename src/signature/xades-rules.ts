// Where the policies differ in what they make of XAdES properties (ETSI EN 319 132-1; see `policy.ts`).

export interface XadesRules {
  /** SigningCertificate of XAdES 1.3.2, which EN 319 132-1 replaces by SigningCertificateV2. */
  readonly olderCertificateReference: 'accept' | 'refuse';
  /** A signature policy that the signer invokes and that nobody here can apply (SIGNATURE_POLICY_NOT_AVAILABLE). */
  readonly explicitPolicy: 'warn' | 'refuse';
}

export const xadesRules = {
  strict: { olderCertificateReference: 'refuse', explicitPolicy: 'refuse' },
  field: { olderCertificateReference: 'accept', explicitPolicy: 'warn' },
} as const satisfies Record<string, XadesRules>;
