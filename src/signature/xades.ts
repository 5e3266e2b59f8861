// Signature → XadesFacts: the XAdES baseline properties of one signature (ETSI EN 319 132-1 §6.3), read strictly. Every signed property stands in
// the one SignedProperties that a reference of this signature covers; nothing is found by an Id that some other element could also have.
// The digest of that reference is `verify.ts`'s to check, tokens and embedded values are for `trust/`: what is returned are claims, and raw.
import { attributeNamed, childElements, childrenNamed, descendants, holdsLocal } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { DSIG } from './algorithms.ts';
import { refuserIn } from './shape.ts';
import type { ReferenceShape, RefuseAt } from './shape.ts';
import { isXades } from './xades-elements.ts';
import type { XadesRules } from './xades-rules.ts';
import { readSignedProperties } from './xades-signed.ts';
import type { SignedFacts } from './xades-signed.ts';
import { readUnsignedProperties } from './xades-unsigned.ts';
import type { UnsignedFacts } from './xades-unsigned.ts';

const PROPERTIES = 'QualifyingProperties';
const PROPERTIES_REFERENCE = 'QualifyingPropertiesReference';
export const SIGNED_PROPERTIES_TYPE = 'http://uri.etsi.org/01903#SignedProperties';

/** What the signature carries: T with time stamps, LT with revocation values besides. Whether they hold is not said here. */
export type XadesLevel = 'B' | 'T' | 'LT';

export interface XadesFacts extends SignedFacts, UnsignedFacts {
  readonly level: XadesLevel;
}

/** A signature as far as it is known before its properties are. */
export interface XadesSubject {
  readonly document: XmlDocument;
  /** ds:Signature. */
  readonly element: XmlElement;
  /** All references of its SignedInfo. */
  readonly references: readonly ReferenceShape[];
  /** DER of the certificate whose key verified the signature. */
  readonly certificate: Buffer;
}

export interface XadesReading extends XadesSubject {
  readonly rules: XadesRules;
  readonly refuseAt: RefuseAt;
}

/** Undefined when the signature has no qualifying properties at all. Throws `Refusal` with one finding. */
export function readXades(subject: XadesSubject, rules: XadesRules): XadesFacts | undefined {
  const { document, element, references } = subject;
  // Most signatures have neither, and no reference that says so, and are done with here.
  if (!holdsLocal(element, PROPERTIES) && !holdsLocal(element, PROPERTIES_REFERENCE) && !references.some(isOfSignedProperties)) return undefined;
  const reading: XadesReading = { ...subject, rules, refuseAt: refuserIn(document) };
  const properties = findProperties(reading);
  if (properties === undefined) return undefined;
  const [signedProperties, unsignedProperties] = partsOf(properties, reading);
  const reference = findReference(signedProperties, reading);
  const signed = readSignedProperties(signedProperties, subject.references.filter((other) => other !== reference), reading);
  const unsigned = readUnsignedProperties(unsignedProperties, reading);
  return { ...signed, ...unsigned, level: levelOf(unsigned) };
}

/** The one QualifyingProperties, in an Object of this signature, about this signature (§4.3.1, §4.4.2). */
function findProperties({ element, references, refuseAt }: XadesReading): XmlElement | undefined {
  const found = [...descendants(element)].filter(({ local }) => local === PROPERTIES || local === PROPERTIES_REFERENCE);
  const [properties, second] = found;
  if (properties === undefined) {
    const claimed = references.find((reference) => isOfSignedProperties(reference));
    return claimed === undefined ? undefined : refuseAt('XADES_FORMAT', claimed.element, { reason: 'XADES_PLACE' });
  }
  const isInObject = childrenNamed(element, 'Object', DSIG).some((object) => childElements(object).includes(properties));
  const id = attributeNamed(element, 'Id') ?? '';
  const isOurs = id !== '' && attributeNamed(properties, 'Target') === `#${id}`;
  if (second !== undefined || !isXades(properties, 'QualifyingProperties') || !isInObject || !isOurs) refuseAt('XADES_FORMAT', second ?? properties, { reason: 'XADES_PLACE' });
  return properties;
}

function partsOf(properties: XmlElement, { refuseAt }: XadesReading): readonly [XmlElement, XmlElement | undefined] {
  const [signed, unsigned, surplus] = childElements(properties);
  if (!isXades(signed, 'SignedProperties')) return refuseAt('XADES_PROPERTIES_MISSING', properties, { property: 'SignedProperties' });
  if (surplus !== undefined || (unsigned !== undefined && !isXades(unsigned, 'UnsignedProperties'))) refuseAt('XADES_FORMAT', properties, { reason: 'XADES_CHILDREN' });
  return [signed, unsigned];
}

/** Exactly one reference says that it is of the properties, and it leads to these: by an Id that no other element of the signature has. */
function findReference(signedProperties: XmlElement, { element, references, refuseAt }: XadesReading): ReferenceShape {
  const wrong = (): never => refuseAt('XADES_FORMAT', signedProperties, { reason: 'XADES_REFERENCE' });
  const [reference, second] = references.filter((candidate) => isOfSignedProperties(candidate));
  const id = attributeNamed(signedProperties, 'Id') ?? '';
  if (reference === undefined || second !== undefined || id === '' || reference.uri !== `#${id}`) return wrong();
  const bearers = [...descendants(element)].filter((candidate) => attributeNamed(candidate, 'Id') === id);
  return bearers.length === 1 ? reference : wrong();
}

function isOfSignedProperties({ element }: ReferenceShape): boolean {
  return attributeNamed(element, 'Type') === SIGNED_PROPERTIES_TYPE;
}

function levelOf({ timestamps, lists, responses }: UnsignedFacts): XadesLevel {
  if (timestamps.length === 0) return 'B';
  return lists.length + responses.length === 0 ? 'T' : 'LT';
}
