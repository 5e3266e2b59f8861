// This engine as intake uses it: received bytes → parse → verifySignature → SignedContent. The certificate is the one in KeyInfo; whether
// to trust it is not part of what is measured, as it is not with any other contestant.
import { verifySignature } from '../../../src/signature/verify.ts';
import type { SignaturePlace } from '../../../src/signature/verify.ts';
import { envelopeForm, envelopePlace } from '../../../src/standard/envelope.ts';
import { parse } from '../../../src/xml/parse.ts';
import type { Contestant } from './contestant.ts';

const declarationPlace: SignaturePlace = { path: ['D02-TS', 'Cky'] };

export function open(): Contestant {
  return {
    version: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
    verifier: ({ bytes }) => () => {
      const document = parse(bytes);
      return verifySignature(document, document.root.local === envelopeForm ? envelopePlace : declarationPlace).canonicalDigest !== '';
    },
  };
}
