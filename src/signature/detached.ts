// A signature file over other files (ETSI EN 319 162-1 §4.4, XAdES baseline) and these files → who signed, and that every one of them is signed and is
// as it was. One signature, with XAdES properties, each file named once and nothing named that is not there. Whether to trust the certificate
// is `trust/`'s to say. Pure.
import { createHash } from 'node:crypto';

import { refuse } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { childElements, isNamed } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { fieldPolicy } from './policy.ts';
import type { JudgingPolicy } from './policy.ts';
import { checkInner } from './references.ts';
import { isDsig, readShape, refuserIn } from './shape.ts';
import type { ReferenceShape } from './shape.ts';
import { verifyValue } from './value.ts';
import type { SignatureFacts } from './value.ts';
import type { XadesFacts } from './xades.ts';

export const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';

export interface DetachedSignature extends SignatureFacts {
  readonly xades: XadesFacts;
  readonly warnings: readonly Finding[];
}

/** `files`: all that must be signed, by name. Throws `Refusal`. */
export function verifyDetached(document: XmlDocument, files: ReadonlyMap<string, Buffer>, policy: JudgingPolicy = fieldPolicy): DetachedSignature {
  const element = onlySignature(document);
  const refuseAt = refuserIn(document);
  const shape = readShape(document, element, policy, 'files');
  const facts = verifyValue(document, shape, policy);
  const { xades = refuseAt('XADES_PROPERTIES_MISSING', element, { property: 'QualifyingProperties' }) } = facts;
  const isInner = ({ uri }: ReferenceShape): boolean => uri?.startsWith('#') === true;
  const warnings = [...checkInner(document, shape, shape.references.filter(isInner)), ...xades.warnings];
  const signed = new Set<string>();
  for (const reference of shape.references.filter((each) => !isInner(each))) {
    const name = nameIn(reference);
    if (name === undefined || signed.has(name)) return refuseAt('SIGNATURE_FORMAT', reference.element, { reason: 'REFERENCE_COUNT' });
    signed.add(name);
    const octets = files.get(name) ?? refuseAt('CONTAINER_FILE_MISSING', reference.element, { name });
    if (!createHash(reference.hash).update(octets).digest().equals(reference.digest)) refuseAt('CONTAINER_FILE_CHANGED', reference.element, { name });
  }
  for (const name of files.keys()) if (!signed.has(name)) refuse('CONTAINER_FILE_UNSIGNED', { params: { name } });
  return { ...facts, xades, warnings };
}

function onlySignature(document: XmlDocument): XmlElement {
  const { root } = document;
  const refuseAt = refuserIn(document);
  if (!isNamed(root, 'XAdESSignatures', ASIC)) refuseAt('SIGNATURE_MISSING', root, { expected: '/XAdESSignatures/Signature' });
  const [signature, second] = childElements(root);
  if (!isDsig(signature, 'Signature')) return refuseAt('SIGNATURE_MISSING', root, { expected: '/XAdESSignatures/Signature' });
  return second === undefined ? signature : refuseAt('SIGNATURE_MULTIPLE', second, { expected: '/XAdESSignatures/Signature' });
}

/** Undefined for what names no file. */
function nameIn({ uri = '' }: ReferenceShape): string | undefined {
  try {
    return uri === '' ? undefined : decodeURI(uri);
  } catch {
    return undefined;
  }
}
