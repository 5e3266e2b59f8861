// The certificates that a laptop needs to be a site: a national root, the authority below it, their revocation lists, and one certificate
// for each party; in memory (`pki-folder.ts` keeps them). Development only: the names say so, and no real root signs them.
import { type CertificateRequest, type Credential, createAuthority, generateKeys, issueCertificate } from './certificates.ts';
import { issueCrl } from './revocation-lists.ts';

const DAY_MS = 86_400_000;
export const LEAF_DAYS = 730;
const CRL_DAYS = 30;

type Profile = Pick<CertificateRequest, 'subject' | 'uids' | 'keyUsage' | 'extendedKeyUsage' | 'subjectAlternativeNames'>;

const signer = { keyUsage: ['digitalSignature', 'nonRepudiation'], extendedKeyUsage: ['clientAuth', 'emailProtection'] } as const;
const seal = { keyUsage: ['digitalSignature', 'nonRepudiation'], extendedKeyUsage: ['emailProtection'] } as const;
const client = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] } as const;
const server = {
  keyUsage: ['digitalSignature', 'keyEncipherment'],
  extendedKeyUsage: ['serverAuth'],
  subjectAlternativeNames: ['localhost', '127.0.0.1', '::1'],
} as const;

const company = 'CÔNG TY TNHH PHẦN MỀM SAO KHUÊ (THỬ NGHIỆM)';
const gateway = { C: 'VN', L: 'Hà Nội', O: 'Cổng tiếp nhận hồ sơ BHXH (thử nghiệm)' };
const agency = { C: 'VN', L: 'Hà Nội', O: 'Bảo hiểm xã hội Việt Nam (thử nghiệm)' };

/** Who holds which certificate. The key is its name in code and, with hyphens, in the folder. */
const profiles = {
  employer: { subject: { C: 'VN', L: 'Hà Nội', O: company, CN: company }, uids: ['MST:0101300842'], ...signer },
  ivan: { subject: { C: 'VN', L: 'Hà Nội', O: 'Tổ chức I-VAN (thử nghiệm)', CN: 'I-VAN (Development)' }, ...client },
  gatewaySigning: { subject: { ...gateway, CN: 'Gateway signing (Development)' }, ...seal },
  gatewayTls: { subject: { ...gateway, CN: 'localhost' }, ...server },
  gatewayClient: { subject: { ...gateway, CN: 'Gateway client (Development)' }, ...client },
  timeStamp: { subject: { ...gateway, O: 'Dấu thời gian (thử nghiệm)', CN: 'Time stamps (Development)' }, keyUsage: ['digitalSignature', 'nonRepudiation'], extendedKeyUsage: ['timeStamping'] },
  agencySigning: { subject: { ...agency, CN: 'Agency signing (Development)' }, ...seal },
  agencyTls: { subject: { ...agency, CN: 'localhost' }, ...server },
} as const satisfies Record<string, Profile>;

export type Party = keyof typeof profiles;
export const parties: readonly Party[] = Object.keys(profiles) as Party[];

export interface PartyCredential extends Credential {
  /** The certificate, then the subordinate authority's: what a TLS peer that knows only the root needs. */
  readonly chainPem: string;
}

export interface Authorities {
  readonly root: Credential;
  readonly subordinate: Credential;
}

export interface DevelopmentPki extends Authorities, Readonly<Record<Party, PartyCredential>> {
  readonly rootCrlPem: string;
  readonly subordinateCrlPem: string;
}

export interface DevelopmentPkiOptions {
  readonly now: Date;
  /** Further host names and addresses of the TLS servers. */
  readonly names?: readonly string[];
  /** For a clock that does not show today: TLS knows no other time than the real one, so certificates hold for both. Days from `now`. */
  readonly lasting?: { readonly certificates: number; readonly lists: number };
}

export async function createDevelopmentPki({ now, names = [], lasting }: DevelopmentPkiOptions): Promise<DevelopmentPki> {
  const [rootKey, subordinateKey, ...keys] = await generateKeys(2 + parties.length);
  const authorities = createAuthorities(now, lasting?.certificates ?? 0, rootKey, subordinateKey);
  const credentials = parties.map((party, index) => issueTo(party, authorities, now, names, keys[index], lasting?.certificates));
  return assemble(authorities, credentials, issueCrls(authorities, now, lasting?.lists));
}

function createAuthorities(now: Date, leastDays: number, rootKey?: string, subordinateKey?: string): Authorities {
  const notBefore = daysAfter(now, -1);
  const names = { C: 'VN', O: 'ivan-gateway development' };
  const root = createAuthority({
    subject: { ...names, CN: 'Vietnam National Root CA (Development)' },
    notBefore,
    notAfter: daysAfter(now, Math.max(leastDays, 20 * 365)),
    ...(rootKey === undefined ? {} : { key: rootKey }),
  });
  const subordinate = createAuthority({
    subject: { ...names, CN: 'Subordinate CA (Development)' },
    issuer: root,
    pathLength: 0,
    notBefore,
    notAfter: daysAfter(now, Math.max(leastDays, 10 * 365)),
    ...(subordinateKey === undefined ? {} : { key: subordinateKey }),
  });
  return { root, subordinate };
}

/** `key` absent: a new one, made while waiting. */
export function issueTo(party: Party, { subordinate }: Authorities, now: Date, names: readonly string[], key: string | undefined, days = LEAF_DAYS): Credential {
  const profile: Profile = profiles[party];
  const { subjectAlternativeNames: local } = profile;
  const alternatives = local === undefined ? {} : { subjectAlternativeNames: [...new Set([...local, ...names])] };
  const validity = { notBefore: daysAfter(now, -1), notAfter: daysAfter(now, days) };
  return issueCertificate({ ...profile, ...alternatives, ...validity, issuer: subordinate, ...(key === undefined ? {} : { key }) });
}

export interface Crls {
  readonly rootCrlPem: string;
  readonly subordinateCrlPem: string;
}

export function issueCrls({ root, subordinate }: Authorities, now: Date, days = CRL_DAYS): Crls {
  const validity = { thisUpdate: now, nextUpdate: daysAfter(now, days) };
  return { rootCrlPem: issueCrl({ issuer: root, ...validity }), subordinateCrlPem: issueCrl({ issuer: subordinate, ...validity }) };
}

/** `credentials` in the order of `parties`. */
export function assemble(authorities: Authorities, credentials: readonly Credential[], crls: Crls): DevelopmentPki {
  const { certificatePem } = authorities.subordinate;
  const chained = credentials.map((one, index) => [parties[index], { ...one, chainPem: one.certificatePem + certificatePem }]);
  return { ...authorities, ...crls, ...(Object.fromEntries(chained) as Record<Party, PartyCredential>) };
}

export function daysAfter(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}
