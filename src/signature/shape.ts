// The only shape of ds:Signature that is judged (wire-format §3.1-3.2; XML Signature 1.1 §4): a reference to what is signed and at most two
// to things inside the signature itself; algorithms that the policy admits; a certificate in KeyInfo. Reads and refuses; decides nothing
// about keys or digests, nor which reference must be to what.
import { refuse } from '../errors/outcomes.ts';
import type { FindingCode } from '../errors/findings.ts';
import type { ReasonCode } from '../errors/reasons.ts';
import { decodeBase64 } from '../xml/base64.ts';
import type { CanonicalForm } from '../xml/canonical.ts';
import { inclusiveForm } from '../xml/canonical.ts';
import { attributeNamed, childElements, descendants, isNamed } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf } from '../xml/text.ts';
import { canonicalForms, digestMethods, DSIG, ENVELOPED, EXCLUSIVE, signatureMethods } from './algorithms.ts';
import type { SignatureMethod } from './algorithms.ts';
import type { SignaturePolicy } from './policy.ts';
import type { KeyRows } from './usual-shape.ts';

export interface SignatureShape {
  readonly element: XmlElement;
  readonly signedInfo: XmlElement;
  readonly form: CanonicalForm;
  readonly method: SignatureMethod;
  readonly value: Buffer;
  /** One to three; of files, as many as there may be besides. */
  readonly references: readonly ReferenceShape[];
  readonly keyInfo: XmlElement | undefined;
  /** Of a usual shape: where the parts of KeyInfo stand. Such a one has no qualifying properties, and no reference that says so. */
  readonly keyRows?: KeyRows;
}

export interface ReferenceShape {
  /** '' for the document, `#…` for an element of it, undefined when the reference names nothing; a file's name, where the reader asked for files. */
  readonly uri: string | undefined;
  readonly hash: string;
  readonly digest: Buffer;
  readonly form: CanonicalForm;
  readonly element: XmlElement;
}

const MOST_REFERENCES = 3;
/** What a reader that asks for files takes: a signature over more than a container may hold is none. */
const MOST_FILES = 2_050;
const MOST_PREFIXES = 32;

/** Refuses at a place inside the signature. */
export type RefuseAt = (code: FindingCode, element: XmlElement, params?: Record<string, string>) => never;

export function refuserIn(document: XmlDocument): RefuseAt {
  return (code, element, params = {}) => refuse(code, { place: placeOf(document.bytes, document.root, element), params });
}

/** `over`: whether references may name files beside the document (`detached.ts`); nowhere else may they lead outside. */
export function readShape(document: XmlDocument, element: XmlElement, policy: SignaturePolicy, over: 'document' | 'files' = 'document'): SignatureShape {
  const refuseAt = refuserIn(document);
  const format = (at: XmlElement, reason: ReasonCode): never => refuseAt('SIGNATURE_FORMAT', at, { reason });
  const [signedInfo, signatureValue, ...rest] = childElements(element);
  if (!isDsig(signedInfo, 'SignedInfo') || !isDsig(signatureValue, 'SignatureValue')) return format(element, 'SIGNATURE_CHILDREN');
  const keyInfo = isDsig(rest[0], 'KeyInfo') ? rest[0] : undefined;
  const objects = keyInfo === undefined ? rest : rest.slice(1);
  checkObjects(objects, element, format);
  checkComments(document, element, format);

  const [canonicalization, signatureMethod, ...references] = childElements(signedInfo);
  if (!isDsig(canonicalization, 'CanonicalizationMethod') || !isDsig(signatureMethod, 'SignatureMethod')) return format(signedInfo, 'SIGNED_INFO_CHILDREN');
  if (childElements(signatureMethod).length > 0 || childElements(signatureValue).length > 0) return format(signedInfo, 'SIGNED_INFO_CHILDREN');
  if (references.some((reference) => !isDsig(reference, 'Reference'))) format(signedInfo, 'SIGNED_INFO_CHILDREN');
  if (references.length === 0 || references.length > (over === 'files' ? MOST_FILES : MOST_REFERENCES)) format(signedInfo, 'REFERENCE_COUNT');
  return {
    element,
    signedInfo,
    form: readForm(canonicalization, refuseAt, 'CRYPTO_CONSTRAINTS_FAILURE'),
    method: admitted(signatureMethods, signatureMethod, policy, refuseAt),
    value: decodeBase64(textOf(document, signatureValue)) ?? format(signatureValue, 'BASE64'),
    references: references.map((reference) => readReference(document, reference, policy, refuseAt, over)),
    keyInfo,
  };
}

/** A comment cuts a text in two for readers that take the first piece (CVE-2017-11427). Nothing else can hold these octets but CDATA, which no signer writes. */
function checkComments({ bytes }: XmlDocument, signature: XmlElement, format: (at: XmlElement, reason: ReasonCode) => never): void {
  const found = bytes.subarray(signature.start, signature.end).indexOf('<!--');
  if (found === -1) return;
  const holders = [...descendants(signature)].filter(({ start, end }) => start < signature.start + found && end > signature.start + found);
  format(holders.at(-1) ?? signature, 'COMMENT_INSIDE');
}

/**
 * Object may stand in no namespace: one remote signer in the field writes it so (wire-format §3.2). What is in it is signed by nobody unless
 * a reference says so, and must not look like a dossier to a reader that searches for names: of elements in no namespace, or
 * in the signature's own, only those that signers write are let in.
 */
function checkObjects(objects: readonly XmlElement[], signature: XmlElement, format: (at: XmlElement, reason: ReasonCode) => never): void {
  for (const object of objects) {
    if (object.local !== 'Object' || (object.namespace !== DSIG && object.namespace !== '')) format(signature, 'SIGNATURE_CHILDREN');
    for (const inside of descendants(object)) if ((inside.namespace === '' || inside.namespace === DSIG) && !properties.has(inside.local)) format(inside, 'OBJECT_CONTENT');
  }
}

/** What is known to be written without a namespace or in that of the signature, by plain signers and in XAdES properties. */
const properties: ReadonlySet<string> = new Set([
  'Object', 'SignatureProperties', 'SignatureProperty', 'SigningTime', 'SignatureTime', 'Format', 'Value',
  'DigestMethod', 'DigestValue', 'X509IssuerName', 'X509SerialNumber', 'CanonicalizationMethod', 'Transforms', 'Transform',
]);

function admitted<Method extends { readonly admitted: ReadonlySet<string> }>(table: ReadonlyMap<string, Method>, element: XmlElement, policy: SignaturePolicy, refuseAt: RefuseAt): Method {
  const algorithm = algorithmOf(element);
  const method = table.get(algorithm);
  return method?.admitted.has(policy.name) === true ? method : refuseAt('CRYPTO_CONSTRAINTS_FAILURE', element, { algorithm });
}

export function isDsig(element: XmlElement | undefined, local: string): element is XmlElement {
  return element !== undefined && isNamed(element, local, DSIG);
}

export function algorithmOf(element: XmlElement): string {
  return attributeNamed(element, 'Algorithm') ?? '';
}

function readReference(document: XmlDocument, element: XmlElement, policy: SignaturePolicy, refuseAt: RefuseAt, over: 'document' | 'files'): ReferenceShape {
  const format = (reason: ReasonCode): never => refuseAt('SIGNATURE_FORMAT', element, { reason });
  const uri = attributeNamed(element, 'URI');
  const isOutside = uri !== undefined && uri !== '' && !uri.startsWith('#');
  if (isOutside && over === 'document') refuseAt('REFERENCE_EXTERNAL', element, { uri });
  const children = childElements(element);
  const transforms = isDsig(children[0], 'Transforms') ? childElements(children[0]) : [];
  // A file is signed as its octets are.
  const [transform] = transforms;
  if (isOutside && transform !== undefined) refuseAt('TRANSFORM_FORBIDDEN', transform, { algorithm: algorithmOf(transform) });
  const [digestMethod, digestValue, ...surplus] = isDsig(children[0], 'Transforms') ? children.slice(1) : children;
  if (!isDsig(digestMethod, 'DigestMethod') || !isDsig(digestValue, 'DigestValue') || surplus.length > 0) return format('REFERENCE_CHILDREN');
  if (childElements(digestMethod).length > 0 || childElements(digestValue).length > 0) return format('REFERENCE_CHILDREN');
  return {
    uri,
    element,
    form: readTransforms(uri, transforms, element, refuseAt),
    hash: admitted(digestMethods, digestMethod, policy, refuseAt).hash,
    digest: decodeBase64(textOf(document, digestValue)) ?? format('BASE64'),
  };
}

/** The canonical form that a reference's transforms end in; inclusive C14N 1.0 when none is named (XML Signature §4.4.3.2). */
function readTransforms(uri: string | undefined, transforms: readonly XmlElement[], reference: XmlElement, refuseAt: RefuseAt): CanonicalForm {
  const named = uri === '' ? transforms.slice(1) : transforms;
  const [canonicalization, surplus] = named;
  for (const transform of transforms) {
    const algorithm = algorithmOf(transform);
    if (!isDsig(transform, 'Transform') || (algorithm !== ENVELOPED && !canonicalForms.has(algorithm))) refuseAt('TRANSFORM_FORBIDDEN', transform, { algorithm });
  }
  const enveloped = transforms.filter((transform) => algorithmOf(transform) === ENVELOPED).length;
  if (uri === '' ? enveloped !== 1 || algorithmOf(transforms[0] ?? reference) !== ENVELOPED : enveloped !== 0) {
    refuseAt('SIGNATURE_FORMAT', reference, { reason: 'TRANSFORM_ENVELOPED' });
  }
  const first = transforms[0];
  if (uri === '' && first !== undefined && childElements(first).length > 0) refuseAt('TRANSFORM_FORBIDDEN', first, { algorithm: ENVELOPED });
  if (surplus !== undefined) refuseAt('TRANSFORM_FORBIDDEN', surplus, { algorithm: algorithmOf(surplus) });
  const form = canonicalization === undefined ? inclusiveForm : readForm(canonicalization, refuseAt, 'TRANSFORM_FORBIDDEN');
  // A same-document reference without a comment-preserving XPointer never includes comments (XML Signature §4.4.3.3).
  return { ...form, comments: false };
}

/** A canonicalization method with its InclusiveNamespaces list, the only parameter that any of them has. */
export function readForm(element: XmlElement, refuseAt: RefuseAt, code: 'CRYPTO_CONSTRAINTS_FAILURE' | 'TRANSFORM_FORBIDDEN'): CanonicalForm {
  const algorithm = algorithmOf(element);
  const form = canonicalForms.get(algorithm) ?? refuseAt(code, element, { algorithm });
  const [parameter, surplus] = childElements(element);
  if (parameter === undefined) return form;
  if (!form.exclusive || surplus !== undefined || parameter.local !== 'InclusiveNamespaces' || parameter.namespace !== EXCLUSIVE) refuseAt(code, element, { algorithm });
  const prefixes = (attributeNamed(parameter, 'PrefixList') ?? '').split(/\s+/, MOST_PREFIXES + 1).filter((prefix) => prefix !== '');
  if (prefixes.length > MOST_PREFIXES) refuseAt(code, element, { algorithm });
  return { ...form, inclusivePrefixes: new Set(prefixes.map((prefix) => (prefix === '#default' ? '' : prefix))) };
}
