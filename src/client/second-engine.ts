// A second opinion on a signature: xmldsigjs over xmldom and WebCrypto, which share no code with our own engine. It is an engine and no judge –
// it accepts any key in KeyInfo, SHA-1, any number of signatures – so it runs after our engine has judged the shape, and only with the key
// that our engine found. Throws `ClientError` (ENGINES_DISAGREE) unless it confirms.
import { webcrypto, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import type { Document } from '@xmldom/xmldom';
import { setNodeDependencies } from 'xml-core';
import { Application, SignedXml } from 'xmldsigjs';

import { DSIG } from '../signature/algorithms.ts';
import { ClientError, reasonOf } from './errors.ts';

setNodeDependencies({ DOMParser, XMLSerializer });
Application.setEngine('node', engineOf(webcrypto));

/** The signature must be a child of the root, which is all that this engine can remove from what it hashes. */
export async function confirmSignature(bytes: Buffer, certificate: Buffer, place: string): Promise<void> {
  const confirmed = await confirms(bytes, certificate).catch((error: unknown) => disagree(place, reasonOf(error), error));
  if (!confirmed) disagree(place, 'false');
}

async function confirms(bytes: Buffer, certificate: Buffer): Promise<boolean> {
  const document = readDocument(bytes);
  const [element, second] = document.getElementsByTagNameNS(DSIG, 'Signature');
  if (element === undefined || second !== undefined) throw new Error('not exactly one Signature');
  if (element.parentNode !== document.documentElement) throw new Error('the Signature is not a child of the root');
  const signed = new SignedXml(document);
  signed.LoadXml(element);
  // Otherwise the engine imports the key again, with parameters that lack an elliptic curve's name.
  delete signed.Algorithm;
  return signed.Verify(await importKey(new X509Certificate(certificate).publicKey, hashOf(signed)));
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

function hashOf(signed: SignedXml): string {
  const method = signed.XmlSignature.SignedInfo.SignatureMethod.Algorithm;
  return `SHA-${/(256|384|512)/.exec(method)?.[1] ?? '?'}`;
}

function importKey(key: KeyObject, hash: string): Promise<webcrypto.CryptoKey> {
  const algorithm = key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: curveOf(key) } : { name: 'RSASSA-PKCS1-v1_5', hash };
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
