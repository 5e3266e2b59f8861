// What a careful user of libxml2-wasm would write: parse, take the Signature out of the tree, canonical octets of the rest straight into
// the hash, and node:crypto for SignedInfo. Its canonicalization of a subtree asks JavaScript about every node of the document, so
// SignedInfo is canonicalized as a document of its own that declares the namespaces it inherits.
import { createHash, verify, X509Certificate } from 'node:crypto';
import type { Hash, KeyObject } from 'node:crypto';

import { ParseOption, XmlDocument, XmlElement } from 'libxml2-wasm';
import type { XmlNode } from 'libxml2-wasm';

import type { Contestant } from '../contestant.ts';
import { packageVersion } from './package-version.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const OPTIONS: ParseOption = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_HUGE;

export function open(certificatePem: string): Contestant {
  const key = new X509Certificate(certificatePem).publicKey;
  return { version: packageVersion('libxml2-wasm'), verifier: ({ bytes }) => () => verifyOnce(bytes, key) };
}

function verifyOnce(bytes: Buffer, key: KeyObject): boolean {
  const document = XmlDocument.fromBuffer(bytes, { option: OPTIONS });
  try {
    const signature = elementAt(document, '//ds:Signature');
    const signedInfo = elementAt(signature, 'ds:SignedInfo');
    const value = elementAt(signature, 'ds:SignatureValue').content;
    const digest = elementAt(signedInfo, 'ds:Reference/ds:DigestValue').content;
    if (!verify('sha256', Buffer.from(canonicalAlone(signedInfo)), key, Buffer.from(value, 'base64'))) return false;
    signature.remove();
    return canonicalHash(document).digest('base64') === digest;
  } finally {
    document.dispose();
  }
}

function elementAt(from: XmlDocument | XmlNode, path: string): XmlElement {
  const node = from.get(path, { ds: DSIG });
  if (!(node instanceof XmlElement)) throw new Error(`no ${path}`);
  return node;
}

function canonicalAlone(element: XmlElement): string {
  const document = XmlDocument.fromString(withNamespaces(element), { option: OPTIONS });
  try {
    return document.canonicalizeToString();
  } finally {
    document.dispose();
  }
}

function withNamespaces(element: XmlElement): string {
  const declared = element.nsDeclarations;
  const inherited = Object.entries(element.namespaces).filter(([prefix]) => prefix !== 'xml' && declared[prefix] === undefined);
  const markup = inherited.map(([prefix, uri]) => (prefix === '' ? ` xmlns="${uri}"` : ` xmlns:${prefix}="${uri}"`)).join('');
  return element.toString({ format: false }).replace('<SignedInfo', `<SignedInfo${markup}`);
}

function canonicalHash(document: XmlDocument): Hash {
  const hash = createHash('sha256');
  const write = (chunk: Uint8Array): number => {
    hash.update(chunk);
    return chunk.length;
  };
  document.canonicalize({ write, close: () => true });
  return hash;
}
