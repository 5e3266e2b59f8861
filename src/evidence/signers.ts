// The certificates that came with the signatures of documents, for whoever looks for those above them and for what says whether they were revoked.
import { Refusal } from '../errors/outcomes.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { elementsNamed } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
/** More come with no signature that is judged. */
const MOST = 40;

/** Each once, in the order of their fingerprints. What was refused may be anything: what cannot be read has none. */
export function signersOf(documents: readonly Buffer[]): Certificate[] {
  const found = new Map(documents.flatMap(certificatesIn).map((certificate) => [certificate.fingerprint, certificate]));
  return [...found.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function certificatesIn(bytes: Buffer): Certificate[] {
  return unlessRefused(() => {
    const document = parse(bytes);
    const elements = elementsNamed(document.root, 'X509Certificate', DSIG).slice(0, MOST);
    return elements.flatMap((element) => unlessRefused(() => [parseCertificate(decodeBase64(textOf(document, element)) ?? Buffer.alloc(0))]));
  });
}

function unlessRefused<Value>(step: () => Value[]): Value[] {
  try {
    return step();
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}
