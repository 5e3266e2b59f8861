// The I-VAN's signature beside the unit's (wire-format §3.2: put at the appendix, over the body), verified on its own: it neither helps nor
// spoils what the unit's signature covers. It may be over the whole document or over the body; the body may be named by its Id or, since
// signers address it by XPath outside the signature, by a reference without URI (XML Signature 1.1 §4.4.3.1).
import type { Finding, Place } from '../errors/outcomes.ts';
import { attributeNamed, childrenNamed, descendants, prune } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { findCounterSignature } from './locate.ts';
import type { SignaturePlace } from './locate.ts';
import type { SignaturePolicy } from './policy.ts';
import { checkInner, digestsContent, digestsElement, targetOf } from './references.ts';
import { readShape, refuserIn } from './shape.ts';
import type { ReferenceShape, SignatureShape } from './shape.ts';
import { verifyValue } from './value.ts';
import type { SignatureFacts } from './value.ts';

export interface CounterSignature extends SignatureFacts {
  readonly covers: 'document' | 'body';
  readonly warnings: readonly Finding[];
  readonly place: Place;
}

/** Undefined when there is none. Throws `Refusal` with one signature finding. */
export function verifyCounterSignature(document: XmlDocument, place: SignaturePlace, policy: SignaturePolicy): CounterSignature | undefined {
  const element = findCounterSignature(document, place);
  if (element === undefined) return undefined;
  const refuseAt = refuserIn(document);
  const shape = readShape(document, element, policy);
  const facts = verifyValue(document, shape, policy);
  // Signers differ in which they write first.
  const content = shape.references.find((reference) => !isInside(shape, reference)) ?? shape.references[0];
  if (content === undefined) throw new Error('a shape without references');
  const inner = shape.references.filter((reference) => reference !== content);
  const covers = coverage(document, place, shape, content);
  if (covers === undefined) return refuseAt('HASH_FAILURE', content.element);
  return {
    ...facts,
    covers,
    warnings: [...checkInner(document, shape, inner), ...(facts.xades?.warnings ?? [])],
    get place() {
      return placeOf(document.bytes, document.root, element);
    },
  };
}

/** Is the reference to something in the signature itself, such as its XAdES properties? */
function isInside(shape: SignatureShape, reference: ReferenceShape): boolean {
  return reference.uri !== undefined && reference.uri !== '' && targetOf(shape, reference) !== undefined;
}

/** What the reference covers; undefined when it names other octets. Throws `Refusal` when it names neither document nor body. */
function coverage(document: XmlDocument, place: SignaturePlace, shape: SignatureShape, reference: ReferenceShape): CounterSignature['covers'] | undefined {
  if (reference.uri === '') {
    const root = prune(document.root, new Set([shape.element]));
    return digestsContent(document, root, reference) === undefined ? undefined : 'document';
  }
  const body = bodyOf(document, place, reference) ?? refuserIn(document)('SIGNATURE_FORMAT', reference.element, { reason: 'COUNTER_REFERENCE' });
  return digestsElement(document, body, reference) ? 'body' : undefined;
}

/** The one body there is, if the reference names it and nothing else in the document answers to that Id. */
function bodyOf(document: XmlDocument, place: SignaturePlace, { uri }: ReferenceShape): XmlElement | undefined {
  const [body, second] = place.body === undefined ? [] : childrenNamed(document.root, place.body);
  if (body === undefined || second !== undefined) return undefined;
  if (uri === undefined) return body;
  const named = [...descendants(document.root)].filter((element) => idsOf(element).includes(uri.slice(1)));
  return named.length === 1 && named[0] === body ? body : undefined;
}

/** Signers differ in how they spell the attribute, and there is no DTD to say which is an ID. */
function idsOf(element: XmlElement): (string | undefined)[] {
  return ['Id', 'ID', 'id'].map((name) => attributeNamed(element, name));
}
