// What a signature must be to be believed. Two policies judge new dossiers: `strict` is the letter of TT 15/2025/TT-BKHCN (RSASSA-PSS or
// ECDSA, XAdES); `field` also admits what the client programs in use write (RSASSA-PKCS1-v1_5 with SHA-2, plain XML Signature). `archive`
// reports on documents of before 2020, SHA-1 and RSA-1024 included; no content comes out of it, so nothing can be accepted by it.
import type { PolicyName } from './algorithms.ts';
import { xadesRules } from './xades-rules.ts';
import type { XadesRules } from './xades-rules.ts';

export interface SignaturePolicy<Name extends PolicyName = PolicyName> {
  readonly name: Name;
  /** Is a signature without XAdES properties refused? */
  readonly xades: 'required' | 'optional';
  readonly xadesRules: XadesRules;
  /** In bits. */
  readonly smallestRsa: number;
}

/** A policy by which a dossier may be accepted. */
export type JudgingPolicy = SignaturePolicy<'strict' | 'field'>;

export const strictPolicy: JudgingPolicy = { name: 'strict', xades: 'required', xadesRules: xadesRules.strict, smallestRsa: 2048 };
export const fieldPolicy: JudgingPolicy = { name: 'field', xades: 'optional', xadesRules: xadesRules.field, smallestRsa: 2048 };
export const archivePolicy: SignaturePolicy<'archive'> = { name: 'archive', xades: 'optional', xadesRules: xadesRules.field, smallestRsa: 1024 };

/** First instant at which a signature with SHA-1 is no longer one of the archive's: clients wrote SHA-256 from then on (wire-format §3.2). */
export const ARCHIVE_UNTIL = new Date('2020-01-01T00:00:00+07:00');
