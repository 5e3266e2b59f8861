// Until when keys and hashes are believed, as data: what proves for decades has to be stamped anew before one of them ends. Each year is that of the source
// beside it. SOG-IS Agreed Cryptographic Mechanisms 1.3, to which ETSI TS 119 312 refers, ended RSA of 1900 to 2999 bits with 2025 already; TT 15/2025
// (Appendix, 1.2) has authorities go on with 2048, so that the year of NIST counts.
import type { Certificate } from './certificate.ts';

export interface Strength {
  readonly name: string;
  /** The last year in which it is believed; none: no end is known. */
  readonly through?: number;
  readonly source: string;
}

/** 112 bits of security: acceptable through 2030, from 2031 on disallowed for new protection. 128 bits and more: acceptable in 2031 and beyond. */
const TIME_FRAMES = 'NIST SP 800-57 Part 1 Rev. 5 (May 2020), table 4';
/** RSA and ECDSA of 128 bits of security and more: disallowed after 2035. A draft; nothing that is final says earlier. */
const QUANTUM = 'NIST IR 8547 initial public draft (November 2024), table 2';

export const knownStrengths: readonly Strength[] = [
  { name: 'rsa-2048', through: 2030, source: TIME_FRAMES },
  { name: 'rsa-3072', through: 2035, source: QUANTUM },
  { name: 'ec', through: 2035, source: QUANTUM },
  { name: 'sha256', source: TIME_FRAMES },
  { name: 'sha384', source: TIME_FRAMES },
  { name: 'sha512', source: TIME_FRAMES },
];

/** Of its key; the hash that it was signed with stands or falls with its issuer's key. */
export function strengthsOf({ keyType, keyBits = 0 }: Pick<Certificate, 'keyType' | 'keyBits'>): readonly string[] {
  return [keyType === 'rsa' || keyType === 'rsa-pss' ? (keyBits < 3072 ? 'rsa-2048' : 'rsa-3072') : keyType];
}

/** The end of the first year's end among them. What is not in the table is not believed at all. */
export function earliestEnd(names: readonly string[], strengths: readonly Strength[] = knownStrengths): Date {
  const ends = names.map((name) => {
    const known = strengths.find((strength) => strength.name === name);
    return known === undefined ? 0 : known.through === undefined ? LAST : Date.UTC(known.through + 1, 0, 1) - 1;
  });
  return new Date(Math.min(LAST, ...ends));
}

/** What no end is known of has to be asked about again before this. */
const LAST = Date.UTC(9999, 0, 1);
