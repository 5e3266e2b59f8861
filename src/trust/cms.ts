// Bytes → SignedMessage: the one form of CMS SignedData that a time-stamp token has (RFC 5652 §5, RFC 3161 §2.4.2): content inside, exactly one
// signer, signed attributes. Distinguished encoding throughout, looked at before anything is read; what was signed is hashed as it was
// received, never as somebody would encode it again. Says whose signature it claims to be and whether a key made it; trusts nobody.
import { constants, createHash, verify, type KeyObject } from 'node:crypto';
import { checkDer, elementsOf, fieldsOf, integerOf, oidOf, readDer, tags, type Der, type Fields } from './der.ts';

export interface SignedMessage {
  readonly contentType: string;
  readonly content: Buffer;
  /** As they stand in the message: helpful, and nothing more. */
  readonly certificates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  readonly signer: SignerName;
  /** By type; each has exactly one value. */
  readonly attributes: ReadonlyMap<string, Der>;
  readonly proof: Proof;
}

/** Which certificate the signer says is theirs. */
export type SignerName = { readonly issuerDer: Buffer; readonly serialNumber: string } | { readonly subjectKeyIdentifier: string };

interface Proof {
  readonly keyType: 'rsa' | 'ec';
  readonly hash: string;
  /** The signed attributes in their SET OF form (RFC 5652 §5.4). */
  readonly octets: Buffer;
  readonly signature: Buffer;
  /** For RSASSA-PSS; PKCS #1 v1.5 and ECDSA have none. */
  readonly saltLength: number | undefined;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const RSA = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const context = (number: number): number => 0xa0 + number;
const keyIdentifierTag = 0x80;

/** What a token may hash with: nothing that is not in here (TT 15/2025/TT-BKHCN PL I 1.2). */
const hashes: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

const methods: ReadonlyMap<string, Pick<Proof, 'keyType' | 'hash'>> = new Map([
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
]);

const LARGEST_MESSAGE = 256 * 1024;
const MOST_CERTIFICATES = 16;

/** Throws a plain error for whatever is not such a message; `UnknownAlgorithm` when it is one but its algorithm is not in the table. */
export function readSignedMessage(bytes: Buffer): SignedMessage {
  if (bytes.length > LARGEST_MESSAGE) throw new Error('message too large');
  checkDer(bytes);
  const info = fieldsOf(readDer(bytes));
  if (oidOf(info.next()) !== SIGNED_DATA) throw new Error('not signed data');
  const signedData = fieldsOf(readDer(info.next(context(0)).content));
  info.end();
  checkVersion(signedData, [1, 3, 4, 5]);
  const announced = elementsOf(signedData.next(tags.set)).map((algorithm) => algorithmOf(algorithm).oid);
  const content = takeContent(signedData);
  const certificates = encodedIn(signedData.optional(context(0)));
  const lists = encodedIn(signedData.optional(context(1)));
  const [signerInfo, second] = elementsOf(signedData.next(tags.set));
  if (signerInfo === undefined || second !== undefined) throw new Error('not exactly one signer');
  signedData.end();
  const signer = readSigner(signerInfo, content);
  // A verifier may refuse what is not announced (RFC 5652 §5.1), so a token without it is not one that everybody believes.
  if (!announced.some((oid) => hashes.get(oid) === signer.proof.hash)) throw new Error('hash not announced');
  return { ...content, certificates, lists, ...signer };
}

export class UnknownAlgorithm extends Error {
  override readonly name = 'UnknownAlgorithm';
}

export function isMadeBy({ proof }: SignedMessage, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== proof.keyType) return false;
  const padding = proof.saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: proof.saltLength };
  return verify(proof.hash, proof.octets, { key, ...padding }, proof.signature);
}

/** The hash that an AlgorithmIdentifier names; parameters are absent or NULL. */
export function hashOf(element: Der): string {
  const { oid } = algorithmOf(element);
  const hash = hashes.get(oid);
  if (hash === undefined) throw new UnknownAlgorithm(oid);
  return hash;
}

function checkVersion(fields: Fields, known: readonly number[]): void {
  if (!known.includes(Number.parseInt(integerOf(fields.next()), 16))) throw new Error('unknown version');
}

function takeContent(fields: Fields): Pick<SignedMessage, 'contentType' | 'content'> {
  const encapsulated = fieldsOf(fields.next());
  const contentType = oidOf(encapsulated.next());
  const octets = readDer(encapsulated.next(context(0)).content);
  encapsulated.end();
  if (octets.tag !== tags.octetString) throw new Error('content is not an octet string');
  return { contentType, content: octets.content };
}

/** Certificates or lists of a SET; other choices (attribute certificates, other revocation information) are passed over. */
function encodedIn(set: Der | undefined): readonly Buffer[] {
  const elements = set === undefined ? [] : elementsOf(set);
  if (elements.length > MOST_CERTIFICATES) throw new Error('too many certificates or lists');
  return elements.filter(({ tag }) => tag === tags.sequence).map(({ raw }) => raw);
}

function readSigner(signerInfo: Der, { contentType, content }: Pick<SignedMessage, 'contentType' | 'content'>): Pick<SignedMessage, 'signer' | 'attributes' | 'proof'> {
  const fields = fieldsOf(signerInfo);
  const version = Number.parseInt(integerOf(fields.next()), 16);
  const signer = takeSignerName(fields, version);
  const hash = hashOf(fields.next());
  const signedAttributes = fields.next(context(0));
  const attributes = readAttributes(signedAttributes);
  const method = methodOf(fields.next(), hash);
  const signature = fields.next(tags.octetString).content;
  fields.optional(context(1));
  fields.end();
  if (oidOf(valueOf(attributes, CONTENT_TYPE)) !== contentType) throw new Error('signed for another type of content');
  const digest = valueOf(attributes, MESSAGE_DIGEST);
  if (digest.tag !== tags.octetString || !createHash(hash).update(content).digest().equals(digest.content)) throw new Error('signed for other content');
  const octets = Buffer.concat([Buffer.from([tags.set]), signedAttributes.raw.subarray(1)]);
  return { signer, attributes, proof: { ...method, octets, signature } };
}

/** Version 1 names by issuer and serial number, version 3 by key identifier (RFC 5652 §5.3). */
function takeSignerName(fields: Fields, version: number): SignerName {
  if (version === 3) return { subjectKeyIdentifier: fields.next(keyIdentifierTag).content.toString('hex') };
  if (version !== 1) throw new Error('unknown version of the signer');
  const name = fieldsOf(fields.next());
  const { raw } = name.next(tags.sequence);
  const serialNumber = integerOf(name.next());
  name.end();
  return { issuerDer: raw, serialNumber };
}

/** In the order of DER and without repetition: other verifiers sort before they hash, and must hash what we do. */
function readAttributes(set: Der): ReadonlyMap<string, Der> {
  const attributes = new Map<string, Der>();
  const elements = elementsOf(set);
  if (elements.some(({ raw }, index) => raw.compare(elements[index + 1]?.raw ?? END) > 0)) throw new Error('attributes out of order');
  for (const element of elements) {
    const fields = fieldsOf(element);
    const type = oidOf(fields.next());
    const [value, second] = elementsOf(fields.next(tags.set));
    fields.end();
    if (value === undefined || second !== undefined || attributes.has(type)) throw new Error(`not exactly one ${type}`);
    attributes.set(type, value);
  }
  return attributes;
}

/** After every element. */
const END = Buffer.from([0xff]);

function valueOf(attributes: ReadonlyMap<string, Der>, type: string): Der {
  const value = attributes.get(type);
  if (value === undefined) throw new Error(`attribute ${type} is missing`);
  return value;
}

/** One hash for the content, the attributes and inside the padding: nobody needs several, and none can then be the weak one. */
function methodOf(element: Der, hash: string): Pick<Proof, 'keyType' | 'hash' | 'saltLength'> {
  const { oid, parameters } = algorithmOf(element, PSS);
  if (oid === RSA) return { keyType: 'rsa', hash, saltLength: undefined };
  if (oid === PSS) return { keyType: 'rsa', hash, saltLength: saltLengthOf(parameters, hash) };
  const method = methods.get(oid);
  if (method?.hash !== hash) throw new UnknownAlgorithm(oid);
  return { ...method, saltLength: undefined };
}

/** RSASSA-PSS-params (RFC 4055 §3.1). What is left out would mean SHA-1. */
function saltLengthOf(parameters: Der | undefined, hash: string): number {
  if (parameters === undefined) throw new UnknownAlgorithm('RSASSA-PSS with SHA-1');
  const fields = fieldsOf(parameters);
  const digest = fields.optional(context(0));
  const mask = fields.optional(context(1));
  const salt = fields.optional(context(2));
  const trailer = fields.optional(context(3));
  fields.end();
  if (digest === undefined || mask === undefined || salt === undefined || trailer !== undefined) throw new UnknownAlgorithm('RSASSA-PSS with SHA-1');
  const maskFields = fieldsOf(readDer(mask.content));
  if (oidOf(maskFields.next()) !== MGF1 || hashOf(maskFields.next()) !== hash || hashOf(readDer(digest.content)) !== hash) throw new UnknownAlgorithm('RSASSA-PSS with two hashes');
  maskFields.end();
  const length = Number.parseInt(integerOf(readDer(salt.content)), 16);
  if (length < createHash(hash).digest().length || length > LONGEST_SALT) throw new UnknownAlgorithm(`RSASSA-PSS with a salt of ${length}`);
  return length;
}

/** All that an RSA key of 8192 bits has room for. */
const LONGEST_SALT = 1024;

function algorithmOf(element: Der, withParameters?: string): { readonly oid: string; readonly parameters: Der | undefined } {
  const fields = fieldsOf(element);
  const oid = oidOf(fields.next());
  const [parameters, surplus] = fields.rest();
  const isAllowed = parameters === undefined || oid === withParameters || parameters.tag === tags.null;
  if (surplus !== undefined || !isAllowed) throw new Error('algorithm with unknown parameters');
  return { oid, parameters };
}
