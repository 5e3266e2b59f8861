// xmldsigjs over xmldom and WebCrypto, with the signer's key given, set up as the client kit's second engine is. It can remove a Signature
// only from the root, so it gets its own variant of every document, with the Signature as the root's last child.
import { webcrypto, X509Certificate } from 'node:crypto';

import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { setNodeDependencies } from 'xml-core';
import { Application, SignedXml } from 'xmldsigjs';

import type { Contestant } from '../contestant.ts';
import { packageVersion } from './package-version.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

export async function open(certificatePem: string): Promise<Contestant> {
  setNodeDependencies({ DOMParser, XMLSerializer });
  Application.setEngine('node', { subtle: webcrypto.subtle });
  const spki = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  const key = await webcrypto.subtle.importKey('spki', spki, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['verify']);
  return { version: `${packageVersion('xmldsigjs')}, ${packageVersion('@xmldom/xmldom')}`, verifier: ({ bytes }) => () => verifyOnce(bytes, key) };
}

function verifyOnce(bytes: Buffer, key: webcrypto.CryptoKey): Promise<boolean> {
  const document = new DOMParser().parseFromString(bytes.toString('utf8').replace(/^\ufeff/, ''), 'application/xml');
  const [element] = document.getElementsByTagNameNS(DSIG, 'Signature');
  if (element === undefined) throw new Error('no Signature');
  const signed = new SignedXml(document);
  signed.LoadXml(element);
  // Otherwise the engine imports the key again.
  delete signed.Algorithm;
  return signed.Verify(key);
}
