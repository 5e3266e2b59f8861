// The only shape of ds:Signature that is judged (wire-format §3.1-3.2): one reference to the whole document with the enveloped-signature
// transform, optionally one more to something inside the signature itself; algorithms from the one table; a certificate in KeyInfo.
// Reads and refuses; decides nothing about keys or digests.
import { refuse } from '../errors/outcomes.ts';
import type { FindingCode } from '../errors/findings.ts';
import type { ReasonCode } from '../errors/reasons.ts';
import { decodeBase64 } from '../xml/base64.ts';
import type { CanonicalForm } from '../xml/canonical.ts';
import { attributeNamed, childElements, descendants } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf } from '../xml/text.ts';
import { canonicalForms, digestMethods, DSIG, ENVELOPED, EXCLUSIVE, signatureMethods } from './algorithms.ts';
import type { SignatureMethod } from './algorithms.ts';

export interface SignatureShape {
  readonly element: XmlElement;
  readonly signedInfo: XmlElement;
  readonly form: CanonicalForm;
  readonly method: SignatureMethod;
  readonly value: Buffer;
  /** The reference to the whole document. */
  readonly content: ReferenceShape;
  /** A reference to an element inside this signature, such as the signing time. */
  readonly inner: ReferenceShape | undefined;
  readonly keyInfo: XmlElement | undefined;
}

export interface ReferenceShape {
  readonly uri: string;
  readonly hash: string;
  readonly digest: Buffer;
  readonly form: CanonicalForm;
  readonly element: XmlElement;
}

const MOST_PREFIXES = 32;

/** Refuses at a place inside the signature. */
export type RefuseAt = (code: FindingCode, element: XmlElement, params?: Record<string, string>) => never;

export function refuserIn(document: XmlDocument): RefuseAt {
  return (code, element, params = {}) => refuse(code, { place: placeOf(document.bytes, document.root, element), params });
}

export function readShape(document: XmlDocument, element: XmlElement): SignatureShape {
  const refuseAt = refuserIn(document);
  const format = (at: XmlElement, reason: ReasonCode): never => refuseAt('SIGNATURE_FORMAT', at, { reason });
  for (const inside of descendants(element)) if (inside.children.some((node) => node.kind === 'comment')) format(inside, 'COMMENT_INSIDE');

  const [signedInfo, signatureValue, ...rest] = childElements(element);
  if (!isDsig(signedInfo, 'SignedInfo') || !isDsig(signatureValue, 'SignatureValue')) return format(element, 'SIGNATURE_CHILDREN');
  const keyInfo = isDsig(rest[0], 'KeyInfo') ? rest[0] : undefined;
  // Object may stand in no namespace: one remote signer in the field writes it so (wire-format §3.2).
  const others = keyInfo === undefined ? rest : rest.slice(1);
  if (others.some((other) => other.local !== 'Object' || (other.namespace !== DSIG && other.namespace !== ''))) format(element, 'SIGNATURE_CHILDREN');

  const [canonicalization, signatureMethod, ...references] = childElements(signedInfo);
  if (!isDsig(canonicalization, 'CanonicalizationMethod') || !isDsig(signatureMethod, 'SignatureMethod')) return format(signedInfo, 'SIGNED_INFO_CHILDREN');
  if (childElements(signatureMethod).length > 0 || childElements(signatureValue).length > 0) return format(signedInfo, 'SIGNED_INFO_CHILDREN');
  if (references.some((reference) => !isDsig(reference, 'Reference'))) format(signedInfo, 'SIGNED_INFO_CHILDREN');
  const { content, inner } = sortReferences(references, signedInfo, (reference) => readReference(document, refuseAt, reference), refuseAt);
  return {
    element,
    signedInfo,
    form: readForm(canonicalization, refuseAt, 'CRYPTO_CONSTRAINTS_FAILURE'),
    method: signatureMethods.get(algorithmOf(signatureMethod)) ?? refuseAt('CRYPTO_CONSTRAINTS_FAILURE', signatureMethod, { algorithm: algorithmOf(signatureMethod) }),
    value: decodeBase64(textOf(document, signatureValue)) ?? format(signatureValue, 'BASE64'),
    content,
    inner,
    keyInfo,
  };
}

export function isDsig(element: XmlElement | undefined, local: string): element is XmlElement {
  return element?.local === local && element.namespace === DSIG;
}

export function algorithmOf(element: XmlElement): string {
  return attributeNamed(element, 'Algorithm') ?? '';
}

/** Exactly one reference to the whole document, and at most one to something inside the signature. */
function sortReferences(
  elements: readonly XmlElement[],
  signedInfo: XmlElement,
  read: (element: XmlElement) => ReferenceShape,
  refuseAt: RefuseAt,
): Pick<SignatureShape, 'content' | 'inner'> {
  if (elements.length === 0 || elements.length > 2) refuseAt('SIGNATURE_FORMAT', signedInfo, { reason: 'REFERENCE_COUNT' });
  const references = elements.map(read);
  const [content, secondContent] = references.filter(({ uri }) => uri === '');
  const [inner] = references.filter(({ uri }) => uri !== '');
  if (content === undefined) return refuseAt('REFERENCE_PARTIAL', inner?.element ?? signedInfo, { uri: inner?.uri ?? '' });
  if (secondContent !== undefined) refuseAt('SIGNATURE_FORMAT', signedInfo, { reason: 'REFERENCE_COUNT' });
  return { content, inner };
}

function readReference(document: XmlDocument, refuseAt: RefuseAt, element: XmlElement): ReferenceShape {
  const format = (reason: ReasonCode): never => refuseAt('SIGNATURE_FORMAT', element, { reason });
  const uri = attributeNamed(element, 'URI');
  if (uri === undefined) return format('REFERENCE_CHILDREN');
  if (uri !== '' && !uri.startsWith('#')) refuseAt('REFERENCE_EXTERNAL', element, { uri });
  const children = childElements(element);
  const transforms = isDsig(children[0], 'Transforms') ? childElements(children[0]) : [];
  const [digestMethod, digestValue, ...surplus] = isDsig(children[0], 'Transforms') ? children.slice(1) : children;
  if (!isDsig(digestMethod, 'DigestMethod') || !isDsig(digestValue, 'DigestValue') || surplus.length > 0) return format('REFERENCE_CHILDREN');
  if (childElements(digestMethod).length > 0 || childElements(digestValue).length > 0) return format('REFERENCE_CHILDREN');
  return {
    uri,
    element,
    form: readTransforms(uri, transforms, element, refuseAt),
    hash: digestMethods.get(algorithmOf(digestMethod)) ?? refuseAt('CRYPTO_CONSTRAINTS_FAILURE', digestMethod, { algorithm: algorithmOf(digestMethod) }),
    digest: decodeBase64(textOf(document, digestValue)) ?? format('BASE64'),
  };
}

/** The canonical form that a reference's transforms end in; inclusive C14N 1.0 when none is named (XML Signature §4.4.3.2). */
function readTransforms(uri: string, transforms: readonly XmlElement[], reference: XmlElement, refuseAt: RefuseAt): CanonicalForm {
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
  const form = canonicalization === undefined ? canonicalForms.values().next().value : readForm(canonicalization, refuseAt, 'TRANSFORM_FORBIDDEN');
  if (form === undefined) throw new Error('the table of canonical forms is empty');
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
