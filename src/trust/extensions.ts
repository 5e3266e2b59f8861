// Decodes the X.509 extensions this room decides by (RFC 5280 §4.2.1). What an extension means is decided where paths and revocation lists
// are checked; here is only what it says. An extension that is there twice makes the whole certificate unreadable (§4.2).
import { booleanOf, fieldsOf, integerOf, namedBitsOf, oidOf, readDer, tags, type Der } from './der.ts';

export const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

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
  return valueOf(extensions, extensionOids.extendedKeyUsage, (value) => fieldsOf(value).rest().map(oidOf));
}

export function subjectKeyIdentifierOf(extensions: Extensions): string | undefined {
  return valueOf(extensions, extensionOids.subjectKeyIdentifier, (value) => value.content.toString('hex'));
}

export function authorityKeyIdentifierOf(extensions: Extensions): string | undefined {
  const keyIdentifier = 0x80;
  return valueOf(extensions, extensionOids.authorityKeyIdentifier, (value) => fieldsOf(value).optional(keyIdentifier)?.content.toString('hex'));
}

export function crlNumberOf(extensions: Extensions): string | undefined {
  return valueOf(extensions, extensionOids.crlNumber, integerOf);
}

export function crlReasonOf(extensions: Extensions): number | undefined {
  const reason = valueOf(extensions, extensionOids.crlReason, (value) => integerOf(value, tags.enumerated));
  return reason === undefined ? undefined : Number.parseInt(reason, 16);
}

function valueOf<Value>(extensions: Extensions, oid: string, decode: (value: Der) => Value): Value | undefined {
  const extension = extensions.get(oid);
  return extension && decode(readDer(extension.value));
}
