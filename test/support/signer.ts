// A signer under the tests' control: every shape of XML signature that a client or an attacker may write, good or bad. Markup is built as text
// and keys are used through node:crypto; nothing of src/signature is used, so that the judge is not tested against its own idea of a shape.
import { createHash, createHmac, constants, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { canonicalDocument, canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import type { CanonicalForm } from '../../src/xml/canonical.ts';
import { attributeNamed, descendants, pathTo } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';

export const dsig = 'http://www.w3.org/2000/09/xmldsig#';
export const more = 'http://www.w3.org/2001/04/xmldsig-more#';
export const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
export const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
export const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const enveloped = `<Transform Algorithm="${dsig}enveloped-signature"></Transform>`;

export interface TestIdentity {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
}

export interface ReferenceSpec {
  /** '' is the document; '#id' an element inside the signature; anything else is digested as the document. */
  readonly uri: string;
  /** Writes no URI attribute at all. */
  readonly nameless?: boolean;
  /** Local name of the element that is digested in its document's context, whatever `uri` says. */
  readonly over?: string;
  /** Markup inside Transforms; '' leaves Transforms out. */
  readonly transforms?: string;
  /** Canonical form the digest is made with. */
  readonly form?: Partial<CanonicalForm>;
  readonly digestMethod?: string;
  /** Digest the target as a document of its own, without the namespaces it inherits (one remote signer in the field does). */
  readonly withoutContext?: boolean;
}

export interface SignatureSpec {
  readonly identity: TestIdentity;
  /** Puts the signature's markup (or nothing) into the document. Default: the empty element named `slot`. */
  readonly put?: (xml: string, signature: string) => string;
  readonly slot?: string;
  readonly attributes?: string;
  readonly signedInfoAttributes?: string;
  readonly canonicalization?: string;
  readonly form?: Partial<CanonicalForm>;
  readonly method?: string;
  readonly references?: readonly ReferenceSpec[];
  /** Markup of KeyInfo and what is inside it; '' for none. */
  readonly keyInfo?: string;
  /** Markup after KeyInfo. */
  readonly objects?: string;
  /** Changes SignedInfo before it is signed. */
  readonly editSignedInfo?: (xml: string) => string;
  /** How the base64 of SignatureValue is written. */
  readonly writeValue?: (base64: string) => string;
}

const hashes: ReadonlyMap<string, string> = new Map([
  [`${dsig}sha1`, 'sha1'], [`${xmlenc}sha256`, 'sha256'], [`${more}sha384`, 'sha384'], [`${xmlenc}sha512`, 'sha512'], [`${more}md5`, 'md5'],
  [`${more2007}sha3-256`, 'sha3-256'], [`${more2007}sha3-384`, 'sha3-384'], [`${more2007}sha3-512`, 'sha3-512'],
]);

/** The signed document's text. */
export function signWith(xml: string, spec: SignatureSpec): string {
  const put = spec.put ?? ((text, signature) => putIntoSlot(text, spec.slot ?? 'CKy_Dvi', signature));
  const draft = (signedInfo: string, value: string): string => put(xml, signatureMarkup(spec, signedInfo, value));
  // Digests of targets inside the signature do not depend on SignedInfo, so a draft without references serves to find them.
  const context: Context = { content: parse(Buffer.from(put(xml, ''))), draft: parse(Buffer.from(draft(signedInfoMarkup(spec, ''), ''))) };
  const references = (spec.references ?? [{ uri: '' }]).map((reference) => referenceMarkup(reference, context)).join('');
  const signedInfo = (spec.editSignedInfo ?? same)(signedInfoMarkup(spec, references));
  const unsigned = parse(Buffer.from(draft(signedInfo, '')));
  const written = [...descendants(unsigned.root)].filter(({ local, namespace }) => local === 'SignedInfo' && namespace === dsig);
  const element = written.find((candidate) => unsigned.bytes.toString('utf8', candidate.start, candidate.end) === signedInfo) ?? written[0];
  if (element === undefined) throw new Error('the draft has no SignedInfo');
  const octets = canonicalElement(unsigned, pathTo(unsigned.root, element), { ...inclusiveForm, ...spec.form });
  const value = signOctets(octets, methodOf(spec), spec.identity.key).toString('base64');
  return draft(signedInfo, (spec.writeValue ?? same)(value));
}

/** Puts markup into the first empty element of this name. */
export function putIntoSlot(xml: string, slot: string, markup: string): string {
  const empty = new RegExp(`<${slot}\\s*/>|<${slot}></${slot}>`);
  if (!empty.test(xml)) throw new Error(`no empty ${slot}`);
  return xml.replace(empty, () => `<${slot}>${markup}</${slot}>`);
}

interface Context {
  readonly content: XmlDocument;
  readonly draft: XmlDocument;
}

function signatureMarkup(spec: SignatureSpec, signedInfo: string, value: string): string {
  const keyInfo = spec.keyInfo ?? keyInfoMarkup(spec.identity);
  return `<Signature${spec.attributes ?? ' Id="sigid"'} xmlns="${dsig}">${signedInfo}<SignatureValue>${value}</SignatureValue>${keyInfo}${spec.objects ?? signingTime()}</Signature>`;
}

function signedInfoMarkup(spec: SignatureSpec, references: string): string {
  return (
    `<SignedInfo${spec.signedInfoAttributes ?? ''} xmlns="${dsig}"><CanonicalizationMethod Algorithm="${spec.canonicalization ?? inclusive}"></CanonicalizationMethod>` +
    `<SignatureMethod Algorithm="${methodOf(spec)}"></SignatureMethod>${references}</SignedInfo>`
  );
}

function methodOf({ method, identity }: SignatureSpec): string {
  return method ?? `${more}${identity.key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa'}-sha256`;
}

function referenceMarkup(reference: ReferenceSpec, context: Context): string {
  const { uri, digestMethod = `${xmlenc}sha256` } = reference;
  const transforms = reference.transforms ?? (uri === '' && reference.nameless !== true ? enveloped : '');
  const digest = createHash(hashes.get(digestMethod) ?? 'sha256').update(octetsOf(reference, context)).digest('base64');
  return (
    `<Reference${reference.nameless === true ? '' : ` URI="${uri}"`}>${transforms === '' ? '' : `<Transforms>${transforms}</Transforms>`}` +
    `<DigestMethod Algorithm="${digestMethod}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference>`
  );
}

function octetsOf({ uri, form, over, withoutContext = false }: ReferenceSpec, { content, draft }: Context): Buffer {
  const canonicalForm = { ...inclusiveForm, ...form };
  const named = over === undefined ? undefined : [...descendants(content.root)].find(({ local }) => local === over);
  if (named !== undefined) return canonicalElement(content, pathTo(content.root, named), canonicalForm);
  if (!uri.startsWith('#')) return canonicalDocument(content, content.root, canonicalForm);
  const target = withId(draft.root, uri.slice(1)) ?? content.root;
  if (target === content.root) return canonicalDocument(content, target, canonicalForm);
  if (!withoutContext) return canonicalElement(draft, pathTo(draft.root, target), canonicalForm);
  const alone = draft.bytes.toString('utf8', target.start, target.end).replace(/^<Object/, `<Object xmlns="${dsig}"`);
  const document = parse(Buffer.from(alone));
  return canonicalDocument(document, document.root, canonicalForm);
}

function withId(root: XmlElement, id: string): XmlElement | undefined {
  return [...descendants(root)].find((element) => attributeNamed(element, 'Id') === id);
}

function signOctets(octets: Buffer, method: string, key: KeyObject): Buffer {
  const hash = /(md5|sha3-256|sha3-384|sha3-512|sha1|sha256|sha384|sha512)/.exec(method)?.[1] ?? 'sha256';
  if (method.includes('hmac')) return createHmac(hash, 'a key that everybody knows').update(octets).digest();
  if (method.includes('MGF1')) return sign(hash, octets, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  return sign(hash, octets, { key, dsaEncoding: 'ieee-p1363' });
}

export interface KeyInfoParts {
  readonly keyValue?: boolean;
  readonly subjectName?: boolean;
  /** The key shown in KeyValue, when it is not the certificate's. */
  readonly shownKey?: KeyObject;
}

/** KeyValue, then X509Data, as .NET writes them. */
export function keyInfoMarkup({ certificate }: Pick<TestIdentity, 'certificate'>, { keyValue = true, subjectName = true, shownKey }: KeyInfoParts = {}): string {
  const { publicKey, subject } = new X509Certificate(certificate);
  const name = subjectName ? `<X509SubjectName>${subject.replaceAll('\n', ', ').replace(/[<>&]/g, '')}</X509SubjectName>` : '';
  return (
    `<KeyInfo>${keyValue ? keyValueMarkup(shownKey ?? publicKey) : ''}` +
    `<X509Data>${name}<X509Certificate>${certificate.toString('base64')}</X509Certificate></X509Data></KeyInfo>`
  );
}

const base64 = (part: string | undefined): string => Buffer.from(part ?? '', 'base64url').toString('base64');

export function keyValueMarkup(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  if (jwk.kty === 'RSA') return `<KeyValue><RSAKeyValue><Modulus>${base64(jwk.n)}</Modulus><Exponent>${base64(jwk.e)}</Exponent></RSAKeyValue></KeyValue>`;
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]);
  return (
    `<KeyValue><ECKeyValue xmlns="http://www.w3.org/2009/xmldsig11#"><NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"></NamedCurve>` +
    `<PublicKey>${point.toString('base64')}</PublicKey></ECKeyValue></KeyValue>`
  );
}

/** The unsigned Object with the signing time, as the desktop client writes it. */
export function signingTime(text = '2026-11-20T01:58:42Z'): string {
  return (
    `<Object><SignatureProperties Id="proid" xmlns=""><SignatureProperty Target="#sigid"><SigningTime xmlns="http://example.org/#signatureProperties">` +
    `${text}</SigningTime></SignatureProperty></SignatureProperties></Object>`
  );
}

function same(text: string): string {
  return text;
}
