// Enveloped XML signatures as real clients write them (wire-format §3.1): reference "", one enveloped-signature transform, inclusive C14N
// 1.0, SHA-256, X509Data, and – for dossiers – KeyValue and an unsigned Object with the signing time. RSA works in the thread pool.
import { createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { canonicalDocument, canonicalElement, escapeText, inclusiveForm } from '../xml/canonical.ts';
import { childNamed, descendants, pathTo } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { C14N, DSIG, ENVELOPED, methodForKey, SHA256, signatureMethods } from './algorithms.ts';

const signInPool = promisify(sign);

export interface SigningIdentity {
  readonly key: KeyObject;
  /** DER, the signer's certificate first, then any others a verifier may want. */
  readonly certificates: readonly Buffer[];
}

export interface SigningOptions {
  /** Names from the root to the element that is to hold the signature; the element must exist. The root itself: `[root]`. */
  readonly path: readonly string[];
  /** Written into an unsigned Object when given, as the field's signers do. */
  readonly signingTime?: Date;
  /** Also writes the public key as RSAKeyValue, as the field's signers do. */
  readonly keyValue?: boolean;
}

/** The signed document's bytes: those given, with one Signature put in before the end tag that `path` leads to. Nothing else changes. */
export async function signEnveloped(bytes: Buffer, identity: SigningIdentity, options: SigningOptions): Promise<Buffer> {
  const given = parse(bytes);
  const put = slotIn(given, bytes, options.path);
  const signedInfo = signedInfoXml(digestOf(given), methodForKey(identity.key));
  const unsigned = put(signatureXml(signedInfo, '', identity, options));
  const document = parse(unsigned);
  const element = [...descendants(document.root)].findLast(({ local, namespace }) => local === 'SignedInfo' && namespace === DSIG);
  if (element === undefined) throw new Error('the signature just written is not there');
  const octets = canonicalElement(document, pathTo(document.root, element), inclusiveForm);
  const method = signatureMethods.get(methodForKey(identity.key));
  if (method === undefined) throw new Error('the signing method is not in the table');
  const value = await signInPool(method.hash, octets, { key: identity.key, ...method.options });
  return put(signatureXml(signedInfo, value.toString('base64'), identity, options));
}

function digestOf(document: XmlDocument): string {
  return createHash('sha256').update(canonicalDocument(document, document.root, inclusiveForm)).digest('base64');
}

function signedInfoXml(digest: string, method: string): string {
  return (
    `<SignedInfo><CanonicalizationMethod Algorithm="${C14N}"></CanonicalizationMethod><SignatureMethod Algorithm="${method}"></SignatureMethod>` +
    `<Reference URI=""><Transforms><Transform Algorithm="${ENVELOPED}"></Transform></Transforms>` +
    `<DigestMethod Algorithm="${SHA256}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference></SignedInfo>`
  );
}

function signatureXml(signedInfo: string, value: string, identity: SigningIdentity, options: SigningOptions): string {
  const id = options.signingTime === undefined ? '' : ' Id="sigid"';
  const certificates = identity.certificates.map((der) => `<X509Certificate>${der.toString('base64')}</X509Certificate>`).join('');
  return (
    `<Signature${id} xmlns="${DSIG}">${signedInfo}<SignatureValue>${value}</SignatureValue>` +
    `<KeyInfo>${options.keyValue === true ? keyValueXml(identity.key) : ''}<X509Data>${certificates}</X509Data></KeyInfo>` +
    `${options.signingTime === undefined ? '' : signingTimeXml(options.signingTime)}</Signature>`
  );
}

function keyValueXml(key: KeyObject): string {
  const { kty, n, e } = key.export({ format: 'jwk' });
  if (kty !== 'RSA' || n === undefined || e === undefined) return '';
  const base64 = (part: string): string => Buffer.from(part, 'base64url').toString('base64');
  return `<KeyValue><RSAKeyValue><Modulus>${base64(n)}</Modulus><Exponent>${base64(e)}</Exponent></RSAKeyValue></KeyValue>`;
}

function signingTimeXml(time: Date): string {
  const text = escapeText(`${time.toISOString().slice(0, 19)}Z`);
  return (
    `<Object><SignatureProperties Id="proid" xmlns=""><SignatureProperty Target="#sigid">` +
    `<SigningTime xmlns="http://example.org/#signatureProperties">${text}</SigningTime></SignatureProperty></SignatureProperties></Object>`
  );
}

/** Puts markup before the end tag of the element at `path`, opening the element first when it was written as an empty-element tag. */
export function insert(bytes: Buffer, path: readonly string[], markup: string): Buffer {
  return slotIn(parse(bytes), bytes, path)(markup);
}

/** The same for a document that is parsed already, as often as is asked. */
function slotIn(document: XmlDocument, bytes: Buffer, path: readonly string[]): (markup: string) => Buffer {
  const holder = path.slice(1).reduce<XmlElement | undefined>(
    (element, name) => element && childNamed(element, name),
    document.root.local === path[0] ? document.root : undefined,
  );
  if (holder === undefined) throw new Error(`no element at /${path.join('/')}`);
  const { start, end } = holder;
  const lastTag = bytes.lastIndexOf('<', end - 1);
  if (lastTag !== start) return (markup) => Buffer.concat([bytes.subarray(0, lastTag), Buffer.from(markup), bytes.subarray(lastTag)]);
  const name = holder.prefix === '' ? holder.local : `${holder.prefix}:${holder.local}`;
  return (markup) => Buffer.concat([bytes.subarray(0, end - 2), Buffer.from(`>${markup}</${name}>`), bytes.subarray(end)]);
}
