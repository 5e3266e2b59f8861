// A second opinion on a signature: xmldsigjs over xmldom and WebCrypto, which share no code with our own engine. It is an engine and no judge –
// it accepts any key in KeyInfo, SHA-1, any number of signatures – so it runs after our engine has judged the shape, and only with the key
// that our engine found. Of a dossier, whose signature stands deeper, the signature is taken out first, which is what its transform means, and the
// content is tried with and without the appendix, as our engine tries it. Throws `ClientError` (ENGINES_DISAGREE) unless it confirms.
import { webcrypto, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import type { Document, Element } from '@xmldom/xmldom';
import { setNodeDependencies } from 'xml-core';
import { Application, CryptoConfig, SignedXml, XmlDsigC14NTransform, XmlDsigC14NWithCommentsTransform } from 'xmldsigjs';
import type { DigestReferenceSource, Reference } from 'xmldsigjs';

import { C14N, DSIG } from '../signature/algorithms.ts';
import type { SignaturePlace } from '../signature/verify.ts';
import { ClientError, reasonOf } from './errors.ts';

setNodeDependencies({ DOMParser, XMLSerializer });
Application.setEngine('node', engineOf(webcrypto));

/** Of a whole document, and of a part whose ancestors have no `xml:` attribute, Canonical XML 1.1 is what 1.0 is (its §2.4). */
const CANONICAL_11 = 'http://www.w3.org/2006/12/xml-c14n11';
CryptoConfig.RegisterTransform(CANONICAL_11, XmlDsigC14NTransform);
CryptoConfig.RegisterTransform(`${CANONICAL_11}#WithComments`, XmlDsigC14NWithCommentsTransform);

/** What this engine lacks: it says neither yes nor no. */
export class BeyondSecondEngine extends Error {}

/** What is asked beside the value and the document's digest. */
export interface SecondQuestion {
  /** References that our engine says itself are not of what they name: a signing time that nobody relies on. */
  readonly unverified?: ReadonlySet<string>;
}

class SecondJudge extends SignedXml {
  #unverified: ReadonlySet<string> = new Set();
  #body: Element | undefined;

  excuse(unverified: ReadonlySet<string>): this {
    this.#unverified = unverified;
    return this;
  }

  /** What a reference without URI names. */
  name(body: Element | undefined): this {
    this.#body = body;
    return this;
  }

  protected override DigestReference(source: DigestReferenceSource, reference: Reference, checkHmac: boolean): Promise<Uint8Array> {
    if (this.#unverified.has(reference.Uri ?? '')) return Promise.resolve(reference.DigestValue);
    const named = (reference.Element as Element | null | undefined)?.hasAttribute('URI') === false ? this.#body : undefined;
    return super.DigestReference(named ?? source, reference, checkHmac);
  }
}

/** `where`: of a message, the root, where no other signature may be. */
export async function confirmSignature(bytes: Buffer, certificate: Buffer, place: string, where: SignaturePlace = { path: [''] }, question: SecondQuestion = {}): Promise<void> {
  const confirms = where.path.length === 1 ? confirmsMessage : confirmsDeeper;
  await decided(place, () => confirms(bytes, certificate, where, question));
}

/** The signature must be a child of the root, which is all that this engine can remove from what it hashes. */
async function confirmsMessage(bytes: Buffer, certificate: Buffer, _where: SignaturePlace, question: SecondQuestion): Promise<boolean> {
  const document = readDocument(bytes);
  const [element, second] = document.getElementsByTagNameNS(DSIG, 'Signature');
  if (element === undefined || second !== undefined) throw new Error('not exactly one Signature');
  if (element.parentNode !== document.documentElement) throw new Error('the Signature is not a child of the root');
  return verifies(element, certificate, judgeOf(document, question), inheritsXml(element));
}

async function confirmsDeeper(bytes: Buffer, certificate: Buffer, { path, appendix }: SignaturePlace, question: SecondQuestion): Promise<boolean> {
  let first: Error | undefined;
  for (const change of appendix === undefined ? [keep] : [keep, emptied, removed]) {
    const document = readDocument(bytes);
    const element = elementAt(document, path);
    const inherits = inheritsXml(element);
    element.parentNode?.removeChild(element);
    if (appendix !== undefined) for (const child of childrenOf(document.documentElement, appendix)) change(child);
    try {
      if (await verifies(element, certificate, judgeOf(document, question), inherits)) return true;
    } catch (error) {
      if (error instanceof BeyondSecondEngine) throw error;
      first ??= new Error(reasonOf(error), { cause: error });
    }
  }
  throw first ?? new Error('false');
}

/** The I-VAN's beside the unit's: over the whole document, or over the body alone, which a reference may name by having no URI. */
export async function confirmCounterSignature(bytes: Buffer, certificate: Buffer, place: string, { path: [root = ''], appendix = '', body = '' }: SignaturePlace, question: SecondQuestion = {}): Promise<void> {
  await decided(place, () => {
    const document = readDocument(bytes);
    const element = elementAt(document, [root, appendix]);
    const inherits = inheritsXml(element);
    element.parentNode?.removeChild(element);
    const [named] = childrenOf(document.documentElement, body);
    return verifies(element, certificate, judgeOf(document, question).name(named && inContext(named)), inherits);
  });
}

function inheritsXml(element: Element): boolean {
  for (let above = element.parentNode; above !== null && 'attributes' in above; above = above.parentNode) if ([...(above as Element).attributes].some(({ name }) => name.startsWith('xml:'))) return true;
  return false;
}

/** With the namespaces that it inherits. */
function inContext(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  for (let above = element.parentNode; above !== null && 'attributes' in above; above = above.parentNode) {
    for (const { name, value } of [...(above as Element).attributes]) if (/^xmlns(?::|$)/.test(name) && !copy.hasAttribute(name)) copy.setAttribute(name, value);
  }
  return copy;
}

/** A signature over other files, the first child of its document's root: each is hashed as it is. */
export async function confirmDetached(bytes: Buffer, certificate: Buffer, files: ReadonlyMap<string, Buffer>, place: string): Promise<void> {
  const confirms = async (): Promise<boolean> => {
    const document = readDocument(bytes);
    const [element, second] = document.getElementsByTagNameNS(DSIG, 'Signature');
    if (element === undefined || second !== undefined) throw new Error('not exactly one Signature');
    const signed = judgeOf(document, {});
    signed.contentHandler = ({ Uri = '' }) => Promise.resolve(Uri.startsWith('#') ? null : contentOf(files, Uri));
    return verifies(element, certificate, signed, inheritsXml(element));
  };
  await decided(place, confirms);
}

function contentOf(files: ReadonlyMap<string, Buffer>, uri: string): Uint8Array<ArrayBuffer> {
  const octets = files.get(decodeURI(uri));
  if (octets === undefined) throw new Error(`no file ${uri}`);
  return Uint8Array.from(octets);
}

function keep(): void {
  // As it is.
}

function emptied(element: Element): void {
  while (element.firstChild !== null) element.removeChild(element.firstChild);
}

function removed(element: Element): void {
  element.parentNode?.removeChild(element);
}

/** The one Signature of the element that the path leads to. */
function elementAt(document: Document, [root = '', ...steps]: readonly string[]): Element {
  const top = document.documentElement;
  const holders = steps.reduce<Element[]>((elements, name) => elements.flatMap((element) => childrenOf(element, name)), top?.localName === root ? [top] : []);
  const [element, second] = holders.flatMap((holder) => childrenOf(holder, 'Signature', DSIG));
  if (element === undefined || second !== undefined) throw new Error('not exactly one Signature');
  return element;
}

function childrenOf(element: Element | null, name: string, namespace?: string): Element[] {
  const children = [...(element?.childNodes ?? [])] as Element[];
  return children.filter((child) => child.localName === name && (namespace === undefined || child.namespaceURI === namespace));
}

async function decided(place: string, confirms: () => Promise<boolean> | boolean): Promise<void> {
  const answer = async (): Promise<boolean> => confirms();
  const confirmed = await answer().catch((error: unknown) => {
    if (error instanceof BeyondSecondEngine) throw error;
    return disagree(place, reasonOf(error), error);
  });
  if (!confirmed) disagree(place, 'false');
}

function judgeOf(document: Document, { unverified = new Set() }: SecondQuestion): SecondJudge {
  return new SecondJudge(document).excuse(unverified);
}

async function verifies(element: Element, certificate: Buffer, signed: SecondJudge, inherits: boolean): Promise<boolean> {
  checkWithin(element, inherits);
  withoutKeyValues(element);
  signed.LoadXml(element);
  // Otherwise the engine imports the key again, with parameters that lack an elliptic curve's name.
  delete signed.Algorithm;
  return signed.Verify(await importKey(new X509Certificate(certificate).publicKey, signed.XmlSignature.SignedInfo.SignatureMethod.Algorithm));
}

/** An inclusive form takes along `xml:` attributes that it inherits, which this engine does not do. @throws BeyondSecondEngine */
function checkWithin(element: Element, inherits: boolean): void {
  const algorithms = [element, ...element.getElementsByTagName('*')].map((each) => each.getAttribute('Algorithm') ?? '');
  const sha3 = algorithms.find((algorithm) => /sha3-/.test(algorithm));
  if (sha3 !== undefined) throw new BeyondSecondEngine(sha3);
  const inclusive = algorithms.find((algorithm) => algorithm.startsWith(CANONICAL_11) || algorithm.startsWith(C14N));
  if (inherits && inclusive !== undefined) throw new BeyondSecondEngine(`${inclusive}, xml:*`);
}

/** The key is given; of those in KeyInfo, which no reference covers, this engine cannot even read every kind. */
function withoutKeyValues(element: Element): void {
  for (const info of childrenOf(element, 'KeyInfo', DSIG)) {
    if (info.hasAttribute('Id')) continue;
    for (const value of childrenOf(info, 'KeyValue', DSIG)) info.removeChild(value);
  }
}

/** Every complaint of the parser stops it. `xml-core` undoes no more than the line ends that XML itself undoes. */
function readDocument(bytes: Buffer): Document {
  const parser = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  const text = bytes.toString('utf8').replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  return parser.parseFromString(text, 'application/xml');
}

function importKey(key: KeyObject, method: string): Promise<webcrypto.CryptoKey> {
  const hash = `SHA-${/(256|384|512)/.exec(method)?.[1] ?? '?'}`;
  const algorithm = key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: curveOf(key) } : { name: method.includes('MGF1') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash };
  return webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), algorithm, true, ['verify']);
}

function curveOf(key: KeyObject): string {
  return key.export({ format: 'jwk' }).crv ?? '';
}

/** Not the global object itself: `setEngine` writes into what it is given. */
function engineOf({ subtle }: webcrypto.Crypto): Pick<webcrypto.Crypto, 'subtle'> {
  return { subtle };
}

function disagree(place: string, reason: string, cause?: unknown): never {
  throw new ClientError('ENGINES_DISAGREE', place, reason.slice(0, 300), { cause });
}
