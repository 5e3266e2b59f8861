// What came along with a signature or a time stamp – certificates, revocation lists, OCSP answers – as `trustSigner` takes it. Nobody signed
// the collection: what cannot be read is left out, for it could also have been left away; what can be read must prove itself.
import { parseCertificate } from './certificate.ts';
import { parseRevocationList } from './crl.ts';
import { parseOcspResponse } from './ocsp.ts';
import type { Extra } from './path.ts';

/** DER, as embedded. */
export interface EncodedValues {
  readonly certificates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  readonly responses: readonly Buffer[];
}

export const noValues: Extra = { candidates: [], lists: [], responses: [] };

export function readValues({ certificates, lists, responses }: EncodedValues): Extra {
  return { candidates: readable(certificates, parseCertificate), lists: readable(lists, parseRevocationList), responses: readable(responses, parseOcspResponse) };
}

function readable<Value>(encoded: readonly Buffer[], read: (der: Buffer) => Value): readonly Value[] {
  return encoded.flatMap((der) => {
    try {
      return [read(der)];
    } catch {
      return [];
    }
  });
}
