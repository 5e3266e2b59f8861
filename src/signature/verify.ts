// The seam: XmlDocument → SignedContent. What comes out is exactly the tree whose canonical octets were hashed, and the certificate whose
// key signed it; whether to trust that certificate is `trust/`'s to say. Pure. ETSI EN 319 102-1 words for what fails.
import type { Finding, Place } from '../errors/outcomes.ts';
import { prune, pruneElement } from '../xml/document.ts';
import type { XmlDocument, XmlElement, XmlNode } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { appendixOf, findSignature } from './locate.ts';
import type { Content, SignaturePlace } from './locate.ts';
import { fieldPolicy } from './policy.ts';
import type { JudgingPolicy, SignaturePolicy } from './policy.ts';
import { checkInner, digestsContent } from './references.ts';
import { readShape, refuserIn } from './shape.ts';
import type { ReferenceShape, SignatureShape } from './shape.ts';
import { readUsualShape } from './usual-shape.ts';
import { verifyValue } from './value.ts';
import type { SignatureFacts } from './value.ts';

const verified = Symbol('verified');
const none: readonly never[] = [];

/** Content that a signature covers. Only `verifySignature` makes it. */
class Verified implements Content, SignatureFacts {
  readonly [verified] = true;
  readonly document: XmlDocument;
  readonly root: XmlElement;
  readonly element: XmlElement;
  readonly policy: SignatureFacts['policy'];
  readonly method: string;
  readonly certificate: Buffer;
  readonly candidates: readonly Buffer[];
  readonly xades: SignatureFacts['xades'];
  /** SHA-256 of the canonical octets, hex. */
  readonly canonicalDigest: string;
  readonly warnings: readonly Finding[];

  constructor(document: XmlDocument, { facts, content, warnings }: ExaminedSignature) {
    this.document = document;
    this.root = content.root;
    this.element = facts.element;
    this.policy = facts.policy;
    this.method = facts.method;
    this.certificate = facts.certificate;
    this.candidates = facts.candidates;
    this.xades = facts.xades;
    this.canonicalDigest = content.digest;
    this.warnings = warnings;
  }

  /** Where the signature stands, for findings about its signer. Counting lines costs more than hashing them: only when somebody asks. */
  get place(): Place {
    return placeOf(this.document.bytes, this.document.root, this.element);
  }
}

export type SignedContent = Verified;

/** Throws `Refusal` with one signature finding. */
export function verifySignature(document: XmlDocument, place: SignaturePlace, policy: JudgingPolicy = fieldPolicy): SignedContent {
  return new Verified(document, examineSignature(document, place, policy));
}

export interface ExaminedSignature {
  readonly facts: SignatureFacts;
  readonly content: Covered;
  readonly warnings: readonly Finding[];
}

/** What `verifySignature` does, under any policy, and without the promise that the content may be believed. Throws `Refusal`. */
export function examineSignature(document: XmlDocument, place: SignaturePlace, policy: SignaturePolicy): ExaminedSignature {
  const element = findSignature(document, place);
  const shape = readUsualShape(document, element, policy) ?? readShape(document, element, policy);
  const { content, inner } = sortReferences(document, shape);
  const facts = verifyValue(document, shape, policy);
  const covered = findCovered(document, place, shape, content) ?? refuserIn(document)('HASH_FAILURE', content.element);
  const warnings = inner.length === 0 && facts.xades === undefined ? none : [...checkInner(document, shape, inner), ...(facts.xades?.warnings ?? [])];
  return { facts, content: covered, warnings };
}

/** Exactly one reference to the whole document; the others to things inside the signature. */
function sortReferences(document: XmlDocument, { references, signedInfo }: SignatureShape): { content: ReferenceShape; inner: readonly ReferenceShape[] } {
  const [only] = references;
  if (only?.uri === '' && references.length === 1) return { content: only, inner: none };
  const refuseAt = refuserIn(document);
  const [content, second] = references.filter(({ uri }) => uri === '');
  const inner = references.filter(({ uri }) => uri !== '');
  const nameless = inner.find(({ uri }) => uri === undefined);
  if (nameless !== undefined) return refuseAt('SIGNATURE_FORMAT', nameless.element, { reason: 'REFERENCE_CHILDREN' });
  if (content === undefined) return refuseAt('REFERENCE_PARTIAL', inner[0]?.element ?? signedInfo, { uri: inner[0]?.uri ?? '' });
  if (second !== undefined) refuseAt('SIGNATURE_FORMAT', signedInfo, { reason: 'REFERENCE_COUNT' });
  return { content, inner };
}

const asItIs: readonly (readonly XmlNode[])[] = [none];

interface Covered {
  readonly root: XmlElement;
  /** SHA-256 of the canonical octets, hex. */
  readonly digest: string;
}

/**
 * The tree that the content reference hashes. The appendix may have been added, or filled, after signing: the document is tried as it is,
 * without the appendix, and with the appendix empty. In every case the appendix's content is left out of what is returned.
 */
function findCovered(document: XmlDocument, place: SignaturePlace, shape: SignatureShape, reference: ReferenceShape): Covered | undefined {
  const appendix = appendixOf(document, place);
  const inside = appendix?.children ?? none;
  const whole = pruneElement(document.root, shape.element);
  for (const removed of appendix === undefined ? asItIs : [none, [appendix], inside]) {
    const root = removed.length === 0 ? whole : prune(whole, removed);
    const digest = digestsContent(document, root, reference);
    if (digest !== undefined) return { root: inside.length === 0 ? root : prune(root, inside), digest };
  }
  return undefined;
}

export type { Content, SignaturePlace } from './locate.ts';
export { readUnsigned } from './locate.ts';
