// SignedProperties → SignedFacts (ETSI EN 319 132-1 §5.2, §6.3): the claimed instant, that the certificate in KeyInfo is the one the signer
// meant, and the format of what is signed. A mandatory property that is missing or wrong refuses; one that we do not process is said.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { attributeNamed, childElements } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf } from '../xml/text.ts';
import type { ReferenceShape } from './shape.ts';
import { checkSigningCertificate } from './xades-certificate.ts';
import { isXades, readChildren } from './xades-elements.ts';
import type { XadesReading } from './xades.ts';

/** Properties of other namespaces; real signatures have none or one. */
const MOST_UNKNOWN = 16;

export interface SignedFacts {
  /** As the signer claims; only a time stamp vouches for an instant. */
  readonly signingTime: Date;
  readonly warnings: readonly Finding[];
}

/** `references` are those of SignedInfo without the one to the properties themselves. */
export function readSignedProperties(properties: XmlElement, references: readonly ReferenceShape[], reading: XadesReading): SignedFacts {
  const { refuseAt } = reading;
  const parts = readChildren(properties, { once: ['SignedSignatureProperties', 'SignedDataObjectProperties'] }, refuseAt);
  const ofSignature = parts.one('SignedSignatureProperties') ?? refuseAt('XADES_PROPERTIES_MISSING', properties, { property: 'SignedSignatureProperties' });
  const children = readChildren(ofSignature, {
    once: ['SigningTime', 'SigningCertificate', 'SigningCertificateV2', 'SignaturePolicyIdentifier', 'SignatureProductionPlace', 'SignatureProductionPlaceV2', 'SignerRole', 'SignerRoleV2'],
    open: true,
  }, refuseAt);
  const time = children.one('SigningTime') ?? refuseAt('XADES_PROPERTIES_MISSING', ofSignature, { property: 'SigningTime' });
  const signingTime = instantOf(textOf(reading.document, time)) ?? refuseAt('XADES_FORMAT', time, { reason: 'XADES_TIME' });
  checkSigningCertificate(ofSignature, children, reading);
  // Each is said, and every report and receipt repeats it.
  if (children.foreign.length > MOST_UNKNOWN) refuseAt('XADES_FORMAT', ofSignature, { reason: 'XADES_TOO_MUCH' });
  const policy = children.one('SignaturePolicyIdentifier');
  return {
    signingTime,
    warnings: [
      ...(policy === undefined ? [] : checkPolicy(policy, reading)),
      ...children.foreign.map((element) => finding('XADES_PROPERTY_UNKNOWN', { place: placeIn(reading, element), params: { property: element.local } })),
      ...checkFormats(parts.one('SignedDataObjectProperties'), references, reading),
    ],
  };
}

/** Implied policies ask for nothing. An explicit one binds the signer to rules that nobody here has (EN 319 102-1 §5.2.4.4). */
function checkPolicy(identifier: XmlElement, reading: XadesReading): readonly Finding[] {
  const { document, refuseAt, rules } = reading;
  const { one } = readChildren(identifier, { once: ['SignaturePolicyImplied', 'SignaturePolicyId'] }, refuseAt);
  const explicit = one('SignaturePolicyId');
  if ((explicit === undefined) === (one('SignaturePolicyImplied') === undefined)) refuseAt('XADES_FORMAT', identifier, { reason: 'XADES_CHILDREN' });
  if (explicit === undefined) return [];
  const name = childElements(explicit).find((child) => isXades(child, 'SigPolicyId'));
  const params = { policy: (name && childElements(name).map((child) => textOf(document, child)).join(' ').trim()) ?? '?' };
  if (rules.explicitPolicy === 'refuse') refuseAt('XADES_POLICY', explicit, params);
  return [finding('XADES_POLICY_NOT_APPLIED', { place: placeIn(reading, explicit), params })];
}

/**
 * DataObjectFormat names a reference of this signature, each at most once, and its media type. The baseline asks for one for each reference; a
 * signature without is whole all the same, so that is only said.
 */
function checkFormats(properties: XmlElement | undefined, references: readonly ReferenceShape[], reading: XadesReading): readonly Finding[] {
  const { refuseAt } = reading;
  const described = new Map<XmlElement, boolean>();
  const names = { repeated: ['DataObjectFormat', 'CommitmentTypeIndication', 'AllDataObjectsTimeStamp', 'IndividualDataObjectsTimeStamp'], open: true };
  const formats = properties === undefined ? [] : readChildren(properties, names, refuseAt).all('DataObjectFormat');
  for (const format of formats) {
    const target = attributeNamed(format, 'ObjectReference') ?? '';
    const [reference, second] = references.filter(({ element }) => `#${attributeNamed(element, 'Id') ?? ''}` === target && target !== '#');
    if (reference === undefined || second !== undefined || described.has(reference.element)) return refuseAt('XADES_FORMAT', format, { reason: 'XADES_OBJECT_REFERENCE' });
    const mimeType = readChildren(format, { once: ['Description', 'ObjectIdentifier', 'MimeType', 'Encoding'] }, refuseAt).one('MimeType');
    described.set(reference.element, mimeType !== undefined && textOf(reading.document, mimeType).trim() !== '');
  }
  return references
    .filter(({ element }) => described.get(element) !== true)
    .map(({ element, uri = '' }) => finding('XADES_OBJECT_FORMAT_MISSING', { place: placeIn(reading, element), params: { uri } }));
}

function placeIn({ document }: XadesReading, element: XmlElement): Finding['place'] {
  return placeOf(document.bytes, document.root, element);
}

/** xs:dateTime with a zone: without one nobody knows the instant. */
function instantOf(text: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hours = '', minutes = '', seconds = '', fraction = '', zone = ''] = match;
  const local = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}`;
  const exists = new Date(`${local}Z`);
  if (Number.isNaN(exists.getTime()) || exists.toISOString() !== `${local}Z`) return undefined;
  return new Date(`${local}${zone}`);
}
