// xml-crypto over its own xmldom, with the signer's key given. Its documentation parses the document once more to find the Signature; the
// Signature's markup is enough for it and is cheaper, so that is what it gets here.
import { X509Certificate } from 'node:crypto';

import { SignedXml } from 'xml-crypto';

import type { Contestant } from '../contestant.ts';
import { packageVersion } from './package-version.ts';

const END = '</Signature>';

export function open(certificatePem: string): Contestant {
  const publicCert = new X509Certificate(certificatePem).publicKey;
  return {
    version: packageVersion('xml-crypto'),
    verifier: ({ bytes }) => () => {
      const text = bytes.toString('utf8');
      const signed = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
      signed.loadSignature(text.slice(text.lastIndexOf('<Signature '), text.lastIndexOf(END) + END.length));
      return signed.checkSignature(text);
    },
  };
}
