// A time-stamp authority and signers of a test's own PKI, and trust in them by the real path building.
import 'reflect-metadata';
import { createHash, KeyObject } from 'node:crypto';
import { makeTimeStampToken } from '../../src/development/time-stamp-authority.ts';
import type { TimeStampAuthority, TokenRequest } from '../../src/development/time-stamp-authority.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { readShape } from '../../src/signature/shape.ts';
import type { ReferenceShape } from '../../src/signature/shape.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { fieldPolicy } from '../../src/signature/policy.ts';
import { readXades } from '../../src/signature/xades.ts';
import { xadesRules } from '../../src/signature/xades-rules.ts';
import type { XadesRules } from '../../src/signature/xades-rules.ts';
import type { XadesFacts } from '../../src/signature/xades.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { descendants } from '../../src/xml/document.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { at, issue, makeKeys, makeRoot, materialOf, nameOf, rsa, thrownBy, usage, x509 } from '../trust/support.ts';
import type { Algorithm, Holder, Shape } from '../trust/support.ts';
import { dsig, keyInfoMarkup, signWith, xmlenc } from './signer.ts';
import type { SignatureSpec } from './signer.ts';

export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const octets = Buffer.from('<SignatureValue>…</SignatureValue>');

export const purposes = (critical: boolean, ...oids: string[]): x509.Extension => new x509.ExtendedKeyUsageExtension(oids, critical);

export function keyOf({ keys }: Pick<Holder, 'keys'>): KeyObject {
  return KeyObject.from(keys.privateKey);
}

export interface Site {
  readonly root: Holder;
  readonly material: TrustMaterial;
  readonly tsa: TimeStampAuthority & { readonly holder: Holder };
}

export async function issueAuthority(root: Holder, shape: Shape = {}, algorithm?: Algorithm): Promise<Site['tsa']> {
  const keys = await makeKeys(algorithm);
  const holder = await issue(root, { subject: nameOf('TSA thử nghiệm'), usages: [usage.digitalSignature], extensions: [purposes(true, TIME_STAMPING)], keys, ...shape });
  return { holder, key: keyOf(holder), certificate: holder.certificate.der };
}

export async function makeSite(): Promise<Site> {
  const root = await makeRoot();
  return { root, material: await materialOf([root]), tsa: await issueAuthority(root) };
}

export function tokenOf(tsa: TimeStampAuthority, changes: Partial<TokenRequest> = {}): Buffer {
  return makeTimeStampToken(tsa, { octets, genTime: at, ...changes });
}

/** Code and reason of the one finding that a time stamp is refused with. */
export function timeStampRefusal(call: () => unknown): string {
  const error = thrownBy(call);
  if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
  const [found, second] = error.findings;
  if (second !== undefined) throw new Error('more than one finding');
  return `${found?.code ?? ''} ${found?.params['reason'] ?? ''}`;
}

export async function makeSignerOf(root: Holder, algorithm?: Algorithm): Promise<SigningIdentity> {
  const holder = await issue(root, { keys: await makeKeys(algorithm) });
  return { key: keyOf(holder), certificates: [holder.certificate.der] };
}

export const rsa2048 = rsa(2048);

const xades = 'http://uri.etsi.org/01903/v1.3.2#';
export const document = '<Hoso xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><NoiDung><A>nội dung</A></NoiDung><CKy_Dvi/></Hoso>';
export const place = { path: ['Hoso', 'CKy_Dvi'] };

/** Markup of each property; what is not named is as the baseline wants it. Nothing of src/signature writes it. */
export interface Properties {
  readonly signingTime?: string;
  readonly certificate?: string;
  /** After the signing certificate. */
  readonly more?: string;
  readonly objects?: string;
  readonly unsigned?: string;
  readonly target?: string;
  readonly id?: string;
  readonly wrap?: (qualifyingProperties: string) => string;
  /** Attributes of the two references. */
  readonly contentAttributes?: string;
  readonly propertiesAttributes?: string;
}

export function certificateV2(certificate: Buffer, { digest = 'sha256', method = `${xmlenc}sha256`, issuerSerial = '' } = {}): string {
  return `<x:SigningCertificateV2><x:Cert>${certDigest(certificate, digest, method)}${issuerSerial}</x:Cert></x:SigningCertificateV2>`;
}

export function certDigest(certificate: Buffer, digest = 'sha256', method = `${xmlenc}sha256`): string {
  return `<x:CertDigest><d:DigestMethod Algorithm="${method}"/><d:DigestValue>${createHash(digest).update(certificate).digest('base64')}</d:DigestValue></x:CertDigest>`;
}

export const dataObjectFormat = '<x:DataObjectFormat ObjectReference="#r0"><x:MimeType>text/xml</x:MimeType></x:DataObjectFormat>';

export function propertiesMarkup(identity: SigningIdentity, properties: Properties): string {
  const [certificate = Buffer.alloc(0)] = identity.certificates;
  const signed =
    `<x:SignedSignatureProperties>${properties.signingTime ?? '<x:SigningTime>2026-06-15T10:00:00+07:00</x:SigningTime>'}` +
    `${properties.certificate ?? certificateV2(certificate)}${properties.more ?? ''}</x:SignedSignatureProperties>` +
    `<x:SignedDataObjectProperties>${properties.objects ?? dataObjectFormat}</x:SignedDataObjectProperties>`;
  const unsigned = properties.unsigned === undefined ? '' : `<x:UnsignedProperties><x:UnsignedSignatureProperties>${properties.unsigned}</x:UnsignedSignatureProperties></x:UnsignedProperties>`;
  const qualifying = `<x:QualifyingProperties xmlns:x="${xades}" xmlns:d="${dsig}" Target="${properties.target ?? '#sig'}"><x:SignedProperties${properties.id ?? ' Id="sp"'}>${signed}</x:SignedProperties>${unsigned}</x:QualifyingProperties>`;
  return properties.wrap === undefined ? `<Object>${qualifying}</Object>` : properties.wrap(qualifying);
}

/** The document, signed with these properties; both references hold whatever the properties say. */
export function signedWith(identity: SigningIdentity, properties: Properties = {}, spec: Partial<SignatureSpec> = {}): Buffer {
  return Buffer.from(signWith(document, { ...xadesSpec(identity, properties), ...spec }));
}

/** For `signWith`, and for any document that it signs. */
export function xadesSpec({ key, certificates: [certificate = Buffer.alloc(0)] }: SigningIdentity, properties: Properties = {}): SignatureSpec {
  const { contentAttributes = 'Id="r0"', propertiesAttributes = 'Type="http://uri.etsi.org/01903#SignedProperties"' } = properties;
  return {
    identity: { key, certificate },
    attributes: ' Id="sig"',
    keyInfo: keyInfoMarkup({ certificate }, { keyValue: false }),
    references: [{ uri: '' }, { uri: '#sp' }],
    objects: propertiesMarkup({ key, certificates: [certificate] }, properties),
    editSignedInfo: (xml) => xml.replace('<Reference URI=""', `<Reference ${contentAttributes} URI=""`).replace('<Reference URI="#sp"', `<Reference ${propertiesAttributes} URI="#sp"`),
  };
}

/** Verifies the signature, both references included, then reads its properties as a judge would. */
export function factsOf(bytes: Buffer, rules: XadesRules = xadesRules.strict): XadesFacts | undefined {
  const parsed = parse(bytes);
  const { certificate } = verifySignature(parsed, place);
  return factsAlone(parsed, certificate, rules);
}

export function factsAlone(parsed: XmlDocument, certificate: Buffer, rules: XadesRules = xadesRules.strict, alter = same): XadesFacts | undefined {
  const [element] = [...descendants(parsed.root)].filter(({ local, namespace }) => local === 'Signature' && namespace === dsig);
  if (element === undefined) throw new Error('there is no signature');
  const { references } = readShape(parsed, element, fieldPolicy);
  return readXades({ document: parsed, element, references: alter(references), certificate }, rules);
}

function same(references: readonly ReferenceShape[]): readonly ReferenceShape[] {
  return references;
}
