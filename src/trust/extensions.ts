// Decodes the X.509 extensions this room decides by (RFC 5280 §4.2.1). What an extension means is decided where paths and revocation lists
// are checked; here is only what it says. An extension that is there twice makes the whole certificate unreadable (§4.2).
import { booleanOf, elementsOf, fieldsOf, integerOf, namedBitsOf, oidOf, readDer, tags, type Der } from './der.ts';
import { generalNameTags } from './general-names.ts';

export const extensionOids = {
  authorityInformation: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
} as const;

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

/** Extensions of one certificate, list or answer, and purposes of one certificate: real ones have under 15 and under 10. */
export const MOST_EXTENSIONS = 64;
const MOST_PURPOSES = 64;

export type Extensions = ReadonlyMap<string, Extension>;

const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof usages)[number];

export interface BasicConstraints {
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
}

export function readExtensions(list: Der | undefined): Extensions {
  const extensions = new Map<string, Extension>();
  if (list === undefined) return extensions;
  for (const entry of fieldsOf(list).rest()) {
    const fields = fieldsOf(entry);
    const oid = oidOf(fields.next());
    const critical = fields.optional(tags.boolean);
    if (extensions.has(oid)) throw new Error(`extension ${oid} twice`);
    if (extensions.size === MOST_EXTENSIONS) throw new Error('too many extensions');
    extensions.set(oid, { critical: critical !== undefined && booleanOf(critical), value: fields.next(tags.octetString).content });
    fields.end();
  }
  return extensions;
}

export function criticalOids(extensions: Extensions): readonly string[] {
  return [...extensions].filter(([, extension]) => extension.critical).map(([oid]) => oid);
}

export function basicConstraintsOf(extensions: Extensions): BasicConstraints {
  const fields = valueOf(extensions, extensionOids.basicConstraints, fieldsOf);
  const isAuthority = fields?.optional(tags.boolean);
  const pathLength = fields?.optional(tags.integer);
  fields?.end();
  return {
    isAuthority: isAuthority !== undefined && booleanOf(isAuthority),
    pathLength: pathLength && Number.parseInt(integerOf(pathLength), 16),
  };
}

/** Undefined when the extension is absent, which RFC 5280 §4.2.1.3 takes for "unrestricted". */
export function keyUsageOf(extensions: Extensions): ReadonlySet<KeyUsage> | undefined {
  const bits = valueOf(extensions, extensionOids.keyUsage, namedBitsOf);
  return bits && new Set(usages.filter((_, bit) => bits.has(bit)));
}

export function extendedKeyUsageOf(extensions: Extensions): readonly string[] | undefined {
  return valueOf(extensions, extensionOids.extendedKeyUsage, (value) => {
    const purposes = fieldsOf(value).rest();
    if (purposes.length > MOST_PURPOSES) throw new Error('too many purposes');
    return purposes.map(oidOf);
  });
}

export function subjectKeyIdentifierOf(extensions: Extensions): string | undefined {
  return valueOf(extensions, extensionOids.subjectKeyIdentifier, (value) => value.content.toString('hex'));
}

/** Three hints at the issuer: its key, and the name of its own issuer with the serial number of its certificate (§4.2.1.1). */
export interface AuthorityKey {
  readonly authorityKeyIdentifier: string | undefined;
  readonly authorityIssuerDer: Buffer | undefined;
  readonly authoritySerialNumber: string | undefined;
}

export function authorityKeyOf(extensions: Extensions): AuthorityKey {
  const fields = valueOf(extensions, extensionOids.authorityKeyIdentifier, fieldsOf);
  const keyIdentifier = fields?.optional(0x80);
  const issuers = fields?.optional(0xa1);
  const serialNumber = fields?.optional(0x82);
  fields?.end();
  const issuer = issuers && elementsOf(issuers).find(({ tag }) => tag === generalNameTags.directoryName);
  return {
    authorityKeyIdentifier: keyIdentifier?.content.toString('hex'),
    authorityIssuerDer: issuer?.content,
    // A hint that is compared and never computed with; what a certificate says of another's number does not make it unreadable.
    authoritySerialNumber: serialNumber?.content.toString('hex').replace(/^00(?=..)/, ''),
  };
}

/** True when a path over this certificate must have a valid policy (§4.2.1.11). */
export function requiresPolicyOf(extensions: Extensions): boolean {
  const fields = valueOf(extensions, extensionOids.policyConstraints, fieldsOf);
  const required = fields?.optional(0x80);
  fields?.optional(0x81);
  fields?.end();
  return required !== undefined;
}


export function crlNumberOf(extensions: Extensions): string | undefined {
  return valueOf(extensions, extensionOids.crlNumber, integerOf);
}

export function crlReasonOf(extensions: Extensions): number | undefined {
  const reason = valueOf(extensions, extensionOids.crlReason, (value) => integerOf(value, tags.enumerated));
  return reason === undefined ? undefined : Number.parseInt(reason, 16);
}

export function valueOf<Value>(extensions: Extensions, oid: string, decode: (value: Der) => Value): Value | undefined {
  const extension = extensions.get(oid);
  return extension && decode(readDer(extension.value));
}
