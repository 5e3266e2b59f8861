// The seam: XmlDocument → SignedContent. What comes out is exactly the tree whose canonical octets were hashed, and the certificate whose
// key signed it; whether to trust that certificate is `trust/`'s to say. Pure. ETSI EN 319 102-1 words for what fails.
import { createHash, verify } from 'node:crypto';

import { finding } from '../errors/outcomes.ts';
import type { Finding, Place } from '../errors/outcomes.ts';
import { canonicalDocument, canonicalElement } from '../xml/canonical.ts';
import { attributeNamed, childElements, childrenNamed, descendants, pathTo, prune } from '../xml/document.ts';
import type { XmlDocument, XmlElement, XmlNode } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { DSIG } from './algorithms.ts';
import { readSigningKey } from './keys.ts';
import { readShape, refuserIn } from './shape.ts';
import type { ReferenceShape, SignatureShape } from './shape.ts';

/** A document's content as somebody reads it, signed or not. */
export interface Content {
  readonly document: XmlDocument;
  readonly root: XmlElement;
}

const verified = Symbol('verified');

/** Content that a signature covers. Only `verifySignature` makes it. */
export interface SignedContent extends Content {
  readonly [verified]: true;
  /** DER of the certificate whose key signed. */
  readonly certificate: Buffer;
  /** SHA-256 of the canonical octets, hex. */
  readonly canonicalDigest: string;
  readonly warnings: readonly Finding[];
  /** Where the signature stands, for findings about its signer. */
  readonly place: Place;
}

/** Where a kind of document carries its signature. */
export interface SignaturePlace {
  /** Names from the root to the element whose child the signature is. */
  readonly path: readonly string[];
  /** A child of the root that others may add after signing; never part of the signed content. */
  readonly appendix?: string;
}

/** Throws `Refusal` with one signature finding. */
export function verifySignature(document: XmlDocument, place: SignaturePlace): SignedContent {
  const element = findSignature(document, place);
  const shape = readShape(document, element);
  const key = readSigningKey(document, shape);
  const refuseAt = refuserIn(document);
  const signedInfo = canonicalElement(document, pathTo(document.root, shape.signedInfo), shape.form);
  if (!verify(shape.method.hash, signedInfo, { key: key.publicKey, ...shape.method.options }, shape.value)) refuseAt('SIG_CRYPTO_FAILURE', element);
  const covered = findCovered(document, place, shape) ?? refuseAt('HASH_FAILURE', shape.content.element);
  const warnings = [...checkInner(document, shape), ...covered.warnings];
  return {
    [verified]: true,
    document,
    root: covered.root,
    certificate: key.certificate,
    canonicalDigest: covered.digest,
    warnings,
    place: placeOf(document.bytes, document.root, element),
  };
}

/** A document's content with every signature left out, for findings only: nothing signed vouches for it. */
export function readUnsigned(document: XmlDocument, place: SignaturePlace): Content {
  const removed = new Set<XmlNode>(signaturesIn(document.root));
  for (const appendix of appendices(document, place)) removed.add(appendix);
  return { document, root: prune(document.root, removed) };
}

function signaturesIn(root: XmlElement): XmlElement[] {
  return [...descendants(root)].filter((element) => element.local === 'Signature' && element.namespace === DSIG);
}

function appendices(document: XmlDocument, place: SignaturePlace): XmlElement[] {
  return place.appendix === undefined ? [] : childrenNamed(document.root, place.appendix);
}

function findSignature(document: XmlDocument, place: SignaturePlace): XmlElement {
  const refuseAt = refuserIn(document);
  const expected = { expected: `/${place.path.join('/')}/Signature` };
  const [rootName, ...steps] = place.path;
  const holders = steps.reduce<XmlElement[]>((elements, name) => elements.flatMap((element) => childrenNamed(element, name)), document.root.local === rootName ? [document.root] : []);
  const placed = holders.flatMap((holder) => childrenNamed(holder, 'Signature', DSIG));
  const tolerated = new Set(appendices(document, place).flatMap(signaturesIn));
  const [signature, second] = placed;
  for (const own of placed) tolerated.add(own);
  for (const found of signaturesIn(document.root)) if (!tolerated.has(found)) refuseAt('SIGNATURE_MISPLACED', found, expected);
  if (signature === undefined) return refuseAt('SIGNATURE_MISSING', holders[0] ?? document.root, expected);
  if (second !== undefined) refuseAt('SIGNATURE_MULTIPLE', second, expected);
  return signature;
}

interface Covered {
  readonly root: XmlElement;
  readonly digest: string;
  readonly warnings: readonly Finding[];
}

/**
 * The tree that the content reference hashes. The appendix may have been added, or filled, after signing: the document is tried as it is,
 * without the appendix, and with the appendix empty. In every case the appendix's content is left out of what is returned.
 */
function findCovered(document: XmlDocument, place: SignaturePlace, shape: SignatureShape): Covered | undefined {
  const appendix = appendices(document, place);
  const inside = appendix.flatMap((element) => element.children);
  const attempts: readonly (readonly XmlNode[])[] = appendix.length === 0 ? [[]] : [[], appendix, inside];
  for (const removed of attempts) {
    const root = prune(document.root, new Set<XmlNode>([shape.element, ...removed]));
    const octets = canonicalDocument(document, root, shape.content.form);
    if (!createHash(shape.content.hash).update(octets).digest().equals(shape.content.digest)) continue;
    const digest = shape.content.hash === 'sha256' ? shape.content.digest : createHash('sha256').update(octets).digest();
    const warnings = inside.some((node) => node.kind === 'element') ? appendix.map((element) => finding('IVAN_SIGNATURE_UNVERIFIED', { place: placeOf(document.bytes, document.root, element) })) : [];
    return { root: prune(root, new Set<XmlNode>(inside)), digest: digest.toString('hex'), warnings };
  }
  return undefined;
}

/**
 * The second reference. Its target must be one element inside this signature. When it is the signing time and does not match, that is only
 * said: one signer in the field hashes it without the namespaces it inherits (wire-format §3.2), and no signing time is relied on anyway.
 */
function checkInner(document: XmlDocument, shape: SignatureShape): Finding[] {
  const { inner, element } = shape;
  if (inner === undefined) return [];
  const refuseAt = refuserIn(document);
  const id = inner.uri.slice(1);
  const targets = [...descendants(element)].filter((candidate) => attributeNamed(candidate, 'Id') === id && candidate !== element);
  const [target, second] = targets;
  if (target === undefined || second !== undefined) return refuseAt('SIGNATURE_FORMAT', inner.element, { reason: 'REFERENCE_TARGET' });
  if (matches(document, inner, target)) return [];
  if (!isSigningTime(target)) refuseAt('HASH_FAILURE', inner.element);
  return [finding('SIGNING_TIME_UNVERIFIED', { place: placeOf(document.bytes, document.root, inner.element), params: { uri: inner.uri } })];
}

function matches(document: XmlDocument, reference: ReferenceShape, target: XmlElement): boolean {
  const octets = canonicalElement(document, pathTo(document.root, target), reference.form);
  return createHash(reference.hash).update(octets).digest().equals(reference.digest);
}

/** An Object that holds SignatureProperties/SignatureProperty/SigningTime and no other element. */
function isSigningTime(target: XmlElement): boolean {
  if (target.local !== 'Object') return false;
  let element: XmlElement | undefined = target;
  for (const name of ['SignatureProperties', 'SignatureProperty', 'SigningTime']) {
    const children: XmlElement[] = childElements(element);
    element = children.length === 1 && children[0]?.local === name ? children[0] : undefined;
    if (element === undefined) return false;
  }
  return childElements(element).length === 0;
}
