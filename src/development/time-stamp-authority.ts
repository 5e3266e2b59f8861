// A time-stamp authority (RFC 3161) for development and tests: tokens over given octets, at a given instant. Every part that a verifier must
// judge can be changed before it is signed, or after. Written with another encoder than the reader that judges tokens.
import { constants, createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import * as cms from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Accuracy, MessageImprint, TSTInfo } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509';
import { encode, integer, nothing, octets as octetsOf, oid, sequence, tagged, type Der } from './der.ts';

export interface TimeStampAuthority {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
}

export type TokenHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface TokenRequest {
  /** What is stamped. */
  readonly octets: Uint8Array;
  /** Their digest, for who does not have them. */
  readonly imprint?: Uint8Array;
  /** Below 2^31; 0x010203 when absent. */
  readonly serialNumber?: number;
  readonly genTime: Date;
  readonly imprintHash?: TokenHash;
  /** Hash of the content, the attributes and the certificate's digest. */
  readonly hash?: TokenHash;
  /** RSASSA-PSS instead of PKCS #1 v1.5, for RSA keys. */
  readonly pss?: boolean;
  /** In milliseconds. */
  readonly accuracy?: number;
  readonly nonce?: Uint8Array;
  /** DER; the authority's own when absent. */
  readonly embedded?: readonly Uint8Array[];
  /** SHA-1 SigningCertificate: beside version 2, or instead of it. */
  readonly olderReference?: 'beside' | 'instead';
  readonly signerName?: 'issuer' | 'key-identifier';
  /** Changes before anything is signed. */
  readonly editInfo?: (info: TSTInfo) => void;
  readonly editAttributes?: (attributes: cms.Attribute[]) => void;
  /** Changes afterwards. */
  readonly editSignedData?: (signedData: cms.SignedData) => void;
}

const TOKEN_INFO = '1.2.840.113549.1.9.16.1.4';
const attributeTypes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

const hashOids: Readonly<Record<TokenHash, string>> = {
  sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3',
};
const signatureOids: Readonly<Record<'rsa' | 'ec', Readonly<Record<TokenHash, string>>>> = {
  rsa: { sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' },
  ec: { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};

/** The token's DER: ContentInfo with SignedData over TSTInfo. */
export function makeTimeStampToken(authority: TimeStampAuthority, request: TokenRequest): Buffer {
  const hash = request.hash ?? 'sha256';
  const content = Buffer.from(AsnConvert.serialize(tokenInfo(request)));
  const attributes = attributesOf(authority, request, content, hash);
  request.editAttributes?.(attributes);
  const signedData = new cms.SignedData({
    version: cms.CMSVersion.v3,
    digestAlgorithms: new cms.DigestAlgorithmIdentifiers([new cms.DigestAlgorithmIdentifier({ algorithm: hashOids[hash] })]),
    encapContentInfo: new cms.EncapsulatedContentInfo({ eContentType: TOKEN_INFO, eContent: new cms.EncapsulatedContent({ single: new OctetString(content) }) }),
    certificates: new cms.CertificateSet((request.embedded ?? [authority.certificate]).map((der) => new cms.CertificateChoices({ certificate: AsnConvert.parse(der, Certificate) }))),
    signerInfos: new cms.SignerInfos([signerInfo(authority, request, attributes, hash)]),
  });
  request.editSignedData?.(signedData);
  return Buffer.from(AsnConvert.serialize(new cms.ContentInfo({ contentType: cms.id_signedData, content: AsnConvert.serialize(signedData) })));
}

function tokenInfo({ octets, genTime, imprintHash = 'sha256', imprint, serialNumber = 0x010203, accuracy, nonce, editInfo }: TokenRequest): TSTInfo {
  const info = new TSTInfo({
    policy: '1.3.6.1.4.1.55555.1.1',
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: hashOids[imprintHash] }),
      hashedMessage: new OctetString(imprint ?? createHash(imprintHash).update(octets).digest()),
    }),
    serialNumber: integerOctets(serialNumber),
    genTime,
    ...(accuracy === undefined ? {} : { accuracy: new Accuracy({ seconds: Math.floor(accuracy / 1000), ...(accuracy % 1000 === 0 ? {} : { millis: accuracy % 1000 }) }) }),
    ...(nonce === undefined ? {} : { nonce: Uint8Array.from(nonce).buffer }),
  });
  editInfo?.(info);
  return info;
}

/** As few as there can be. */
function integerOctets(value: number): ArrayBuffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  const first = octets.findIndex((octet, index) => octet !== 0 || index === 3);
  return Uint8Array.from(octets[first] !== undefined && octets[first] >= 0x80 ? [0, ...octets.subarray(first)] : octets.subarray(first)).buffer;
}

function attributesOf({ certificate }: TimeStampAuthority, { olderReference, genTime }: TokenRequest, content: Buffer, hash: TokenHash): cms.Attribute[] {
  const attribute = (type: keyof typeof attributeTypes, value: Der): cms.Attribute =>
    new cms.Attribute({ attrType: attributeTypes[type], attrValues: [Uint8Array.from(Buffer.from(encode(value), 'latin1')).buffer] });
  const digestOf = (algorithm: TokenHash, bytes: Buffer): Der => octetsOf(createHash(algorithm).update(bytes).digest().toString('latin1'));
  // SHA-256 is the default of ESSCertIDv2 and left out by DER.
  const algorithm = hash === 'sha256' ? [] : [sequence(oid(hashOids[hash]))];
  const reference = (version: 1 | 2): Der => sequence(sequence(sequence(...(version === 1 ? [] : algorithm), digestOf(version === 1 ? 'sha1' : hash, certificate))));
  return [
    attribute('contentType', oid(TOKEN_INFO)),
    attribute('messageDigest', digestOf(hash, content)),
    new cms.Attribute({ attrType: attributeTypes.signingTime, attrValues: [utcTime(genTime)] }),
    ...(olderReference === undefined ? [] : [attribute('signingCertificate', reference(1))]),
    ...(olderReference === 'instead' ? [] : [attribute('signingCertificateV2', reference(2))]),
  ];
}

function utcTime(at: Date): ArrayBuffer {
  const text = `${at.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`;
  return Uint8Array.from([0x17, text.length, ...Buffer.from(text)]).buffer;
}

function signerInfo(authority: TimeStampAuthority, request: TokenRequest, attributes: readonly cms.Attribute[], hash: TokenHash): cms.SignerInfo {
  const encoded = attributes.map((attribute) => ({ attribute, der: Buffer.from(AsnConvert.serialize(attribute)) })).sort((a, b) => a.der.compare(b.der));
  const signature = signatureOver(setOf(encoded.map(({ der }) => der)), authority.key, hash, request.pss ?? false);
  return new cms.SignerInfo({
    ...nameOf(authority.certificate, request.signerName ?? 'issuer'),
    digestAlgorithm: new cms.DigestAlgorithmIdentifier({ algorithm: hashOids[hash] }),
    signedAttrs: encoded.map(({ attribute }) => attribute),
    signatureAlgorithm: algorithmFor(authority.key, hash, request.pss ?? false),
    signature: new OctetString(signature),
  });
}

function nameOf(der: Buffer, kind: 'issuer' | 'key-identifier'): Pick<cms.SignerInfo, 'version' | 'sid'> {
  const { tbsCertificate: { issuer, serialNumber, extensions } } = AsnConvert.parse(der, Certificate);
  if (kind === 'issuer') return { version: cms.CMSVersion.v1, sid: new cms.SignerIdentifier({ issuerAndSerialNumber: new cms.IssuerAndSerialNumber({ issuer, serialNumber }) }) };
  const value = extensions?.find(({ extnID }) => extnID === '2.5.29.14')?.extnValue;
  if (value === undefined) throw new Error('the certificate has no key identifier');
  return { version: cms.CMSVersion.v3, sid: new cms.SignerIdentifier({ subjectKeyIdentifier: AsnConvert.parse(value.buffer, OctetString) }) };
}

function setOf(elements: readonly Buffer[]): Buffer {
  const content = Buffer.concat(elements);
  const length = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([0x31, ...length]), content]);
}

function signatureOver(octets: Buffer, key: KeyObject, hash: TokenHash, pss: boolean): Buffer {
  return sign(hash, octets, pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : key);
}

function algorithmFor(key: KeyObject, hash: TokenHash, pss: boolean): cms.SignatureAlgorithmIdentifier {
  if (createPublicKey(key).asymmetricKeyType === 'ec') return new cms.SignatureAlgorithmIdentifier({ algorithm: signatureOids.ec[hash] });
  const none = Uint8Array.from(Buffer.from(encode(nothing()), 'latin1')).buffer;
  if (!pss) return new cms.SignatureAlgorithmIdentifier({ algorithm: signatureOids.rsa[hash], parameters: none });
  const digest = sequence(oid(hashOids[hash]), nothing());
  const salt = createHash(hash).digest().length.toString(16);
  const parameters = sequence(tagged(0, [digest]), tagged(1, [sequence(oid('1.2.840.113549.1.1.8'), digest)]), tagged(2, [integer(salt)]));
  return new cms.SignatureAlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.10', parameters: Uint8Array.from(Buffer.from(encode(parameters), 'latin1')).buffer });
}
