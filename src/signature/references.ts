// Digests of references (XML Signature 1.1 §3.2.1): to the content, and to things inside the signature itself. Pure.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { digestCanonical, hashCanonicalElement } from '../xml/canonical.ts';
import { attributeNamed, childElements, descendants, pathTo } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { refuserIn } from './shape.ts';
import type { ReferenceShape, SignatureShape } from './shape.ts';

/** SHA-256, in hex, of the canonical octets of the tree under `root` when they are those the reference names, undefined when they are others. */
export function digestsContent(document: XmlDocument, root: XmlElement, { form, hash, digest }: ReferenceShape): string | undefined {
  const found = digestCanonical(document, root, form, hash);
  if (found !== digest.toString('hex')) return undefined;
  return hash === 'sha256' ? found : digestCanonical(document, root, form, 'sha256');
}

/** Does the reference name the octets of this element in its document's context? */
export function digestsElement(document: XmlDocument, target: XmlElement, { form, hash, digest }: ReferenceShape): boolean {
  return hashCanonicalElement(document, pathTo(document.root, target), form, hash).equals(digest);
}

/**
 * References into the signature. Each must be to one element inside this signature. When it is the signing time and does not match, that is
 * only said: one signer in the field hashes it without the namespaces it inherits (wire-format §3.2), and no signing time is relied on.
 */
export function checkInner(document: XmlDocument, shape: SignatureShape, references: readonly ReferenceShape[]): Finding[] {
  return references.flatMap((reference) => {
    const refuseAt = refuserIn(document);
    const target = targetOf(shape, reference) ?? refuseAt('SIGNATURE_FORMAT', reference.element, { reason: 'REFERENCE_TARGET' });
    if (digestsElement(document, target, reference)) return [];
    if (!isSigningTime(target)) refuseAt('HASH_FAILURE', reference.element);
    return [finding('SIGNING_TIME_UNVERIFIED', { place: placeOf(document.bytes, document.root, reference.element), params: { uri: reference.uri ?? '' } })];
  });
}

/** The one element inside the signature with the Id that the reference names; ids elsewhere in the document play no part. */
export function targetOf(shape: SignatureShape, { uri = '' }: ReferenceShape): XmlElement | undefined {
  const id = uri.slice(1);
  const targets = [...descendants(shape.element)].filter((candidate) => candidate !== shape.element && attributeNamed(candidate, 'Id') === id);
  return targets.length === 1 ? targets[0] : undefined;
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
