// Is a signed message of ours what its schema says? By libxml2, on the content that verification returns.
import { readFileSync } from 'node:fs';

import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';

import { packageFile } from '../../src/paths.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace } from '../../src/standard/kind.ts';
import { canonicalDocument, inclusiveForm } from '../../src/xml/canonical.ts';
import { parse } from '../../src/xml/parse.ts';

/** What the engine says of it; empty when it is valid. Throws where the signature does not verify. */
export function schemaFaults(code: string, message: Buffer): readonly string[] {
  const { document, root } = verifySignature(parse(message), messagePlace);
  const xsd = XmlDocument.fromBuffer(readFileSync(packageFile('schemas', code, '1', `${code}.xsd`)));
  const validator = XsdValidator.fromDoc(xsd);
  const content = XmlDocument.fromBuffer(canonicalDocument(document, root, inclusiveForm));
  try {
    validator.validate(content);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message: fault }) => fault);
    throw error;
  } finally {
    for (const held of [content, validator, xsd]) held.dispose();
  }
}
