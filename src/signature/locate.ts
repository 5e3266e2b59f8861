// Where the signatures of a document stand. One at its place, the I-VAN's at its own, and none anywhere else: a signature that a reader of
// another mind could take for the judged one is refused wherever it hides.
import { childElements, childNamed, childrenNamed, elementsNamed, leadsTo, prune } from '../xml/document.ts';
import type { XmlDocument, XmlElement, XmlNode } from '../xml/document.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';
import { DSIG } from './algorithms.ts';
import { isDsig, refuserIn } from './shape.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** A document's content as somebody reads it, signed or not. */
export interface Content {
  readonly document: XmlDocument;
  readonly root: XmlElement;
}

/** Where a kind of document carries its signature. */
export interface SignaturePlace {
  /** Names from the root to the element whose child the signature is. */
  readonly path: readonly string[];
  /** A child of the root that holds a counter-signature, which may be added after signing; never part of the signed content. */
  readonly appendix?: string;
  /** The child of the root that a counter-signature may be over by itself. */
  readonly body?: string;
}

function signaturesIn(root: XmlElement): XmlElement[] {
  return elementsNamed(root, 'Signature', DSIG);
}

/** Throws `Refusal` when there is no signature at the place, or one more there or elsewhere. */
export function findSignature(document: XmlDocument, place: SignaturePlace): XmlElement {
  const [only, another] = signaturesIn(document.root);
  // Nearly every document is done with here: there is one, and it is at the place.
  if (only !== undefined && another === undefined && leadsTo(document.root, place.path, only)) return only;
  const refuseAt = refuserIn(document);
  const expected = { expected: `/${place.path.join('/')}/Signature` };
  const [rootName, ...steps] = place.path;
  const holders = steps.reduce<XmlElement[]>((elements, name) => elements.flatMap((element) => childrenNamed(element, name)), document.root.local === rootName ? [document.root] : []);
  const placed = holders.flatMap((holder) => childrenNamed(holder, 'Signature', DSIG));
  const appendix = appendixOf(document, place);
  // What else the appendix holds is for whoever judges the counter-signature to say.
  const tolerated = new Set([...placed, ...(appendix === undefined ? [] : childrenNamed(appendix, 'Signature', DSIG))]);
  for (const found of signaturesIn(document.root)) if (!tolerated.has(found)) refuseAt('SIGNATURE_MISPLACED', found, expected);
  const [signature, second] = placed;
  if (signature === undefined) return refuseAt('SIGNATURE_MISSING', holders[0] ?? document.root, expected);
  if (second !== undefined) refuseAt('SIGNATURE_MULTIPLE', second, expected);
  return signature;
}

/** The element that a counter-signature is put in, empty or not; the schema reports a second one. */
export function appendixOf(document: XmlDocument, place: SignaturePlace): XmlElement | undefined {
  return place.appendix === undefined ? undefined : childNamed(document.root, place.appendix);
}

/**
 * The appendix holds one signature or nothing: it is outside what the unit signed, and must not be a place to hide things, elements, text or
 * attributes. An Id says nothing, and a reference may go by it; what .NET writes of the schema instance says nothing either.
 */
export function findCounterSignature(document: XmlDocument, place: SignaturePlace): XmlElement | undefined {
  const appendix = appendixOf(document, place);
  if (appendix === undefined) return undefined;
  const isOdd = appendix.attributes.some(({ local, namespace }) => (namespace === '' ? local.toLowerCase() !== 'id' : namespace !== XSI)) || trimWhitespace(textOf(document, appendix)) !== '';
  if (isOdd) return refuserIn(document)('SIGNATURE_FORMAT', appendix, { reason: 'APPENDIX_CONTENT' });
  const [signature, second] = childElements(appendix);
  if (signature === undefined) return undefined;
  if (second !== undefined || !isDsig(signature, 'Signature')) return refuserIn(document)('SIGNATURE_FORMAT', appendix, { reason: 'APPENDIX_CONTENT' });
  return signature;
}

/** A document's content with every signature left out, for findings only: nothing signed vouches for it. */
export function readUnsigned(document: XmlDocument, place: SignaturePlace): Content {
  const removed = new Set<XmlNode>([...signaturesIn(document.root), ...(place.appendix === undefined ? [] : childrenNamed(document.root, place.appendix))]);
  return { document, root: prune(document.root, removed) };
}
