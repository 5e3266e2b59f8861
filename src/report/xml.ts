// A report as XML after ETSI TS 119 102-2 (namespace of version 1.2.1), as far as it goes: one SignatureValidationReport for each signature, and the
// certificates in SignatureValidationObjects, by reference to digests. What the standard does not know, such as proofs of the log, stands in elements of our own
// namespace where it lets anybody add data (ReportData).
import { escapeAttribute, escapeText, printable } from '../xml/escape.ts';
import type { BestTime, CertificateEntry, ObjectReport, ProofEntry, Report, SignatureEntry, Status } from './model.ts';

export const REPORT_NAMESPACE = 'http://uri.etsi.org/19102/v1.2.1#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const OWN = 'urn:ivan:report:1';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** Derived here, or given to us as an input. */
const proofUris: Readonly<Record<BestTime['proof'], string>> = {
  timestamp: 'urn:etsi:019102:poetype:validation',
  witness: 'urn:etsi:019102:poetype:validation',
  given: 'urn:etsi:019102:poetype:provided',
  claimed: 'urn:etsi:019102:poetype:validation',
  now: 'urn:etsi:019102:poetype:validation',
};

/** Only what is proven moves the standard's best signature time; anything else is the time of validation. */
const proven: ReadonlySet<BestTime['proof']> = new Set(['timestamp', 'witness', 'given']);

export function reportXml(report: Report): string {
  const all = report.objects.flatMap(withInner);
  const signatures = all.flatMap((object) => object.signatures.map((signature) => ({ object, signature })));
  const certificates = new Map(signatures.flatMap(({ signature: { signer, managers } }) => [...(signer === undefined ? [] : [signer]), ...managers]).map((one) => [one.fingerprint, one]));
  const body = [
    ...signatures.map(({ object, signature }, index) => signatureXml(report, object, signature, index)),
    element('SignatureValidationObjects', [...[...certificates.values()].map(certificateXml), ...all.map(objectXml)].join('')),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ValidationReport xmlns="${REPORT_NAMESPACE}" xmlns:ds="${DSIG}" xmlns:ivan="${OWN}">${body.join('')}</ValidationReport>\n`;
}

function withInner(object: ObjectReport): readonly ObjectReport[] {
  return [object, ...object.objects.flatMap(withInner)];
}

function signatureXml({ at }: Report, object: ObjectReport, signature: SignatureEntry, index: number): string {
  const { signer, bestTime, claimedTime, timestamps } = signature;
  return element('SignatureValidationReport', [
    element('SignatureIdentifier', [digestXml(object.digest), element('HashOnly', 'false'), element('DocHashOnly', 'false'), text('DAIdentifier', `${object.name}#${signature.xpath}`)].join(''), { id: `S-${index + 1}` }),
    element('ValidationConstraintsEvaluationReport', [
      constraintXml('integrity', signature.integrity === 'whole' ? { indication: 'TOTAL-PASSED' } : signature),
      constraintXml('certificate-validity-then', signature.then),
      constraintXml('certificate-validity-now', signature.now),
    ].join('')),
    element('ValidationTimeInfo', [
      text('ValidationTime', at),
      element('BestSignatureTime', [text('POETime', proven.has(bestTime.proof) ? bestTime.at : at), text('TypeOfProof', proofUris[bestTime.proof])].join('')),
    ].join('')),
    element('SignersDocument', [digestXml(object.digest)].join('')),
    element('SignatureAttributes', [
      ...(claimedTime === undefined || Number.isNaN(Date.parse(claimedTime)) ? [] : [element('SigningTime', text('Time', new Date(claimedTime).toISOString()), { Signed: 'true' })]),
      ...timestamps.map(({ time }) => element('SignatureTimeStamp', text('TimeStampValue', time))),
    ].join('')),
    ...(signer === undefined ? [] : [element('SignerInformation', [element('SignerCertificate', '', { VOReference: idOf(signer) }), text('Signer', signer.subject)].join(''))]),
    element('SignatureValidationProcess', text('SignatureValidationProcessID', timestamps.length > 0 ? 'urn:etsi:019102:validationprocess:LTVM' : 'urn:etsi:019102:validationprocess:Basic')),
    element('SignatureValidationStatus', statusXml(signature, 'total') + associatedXml(signature)),
  ].join(''));
}

function associatedXml({ signer, managers, reasons }: SignatureEntry): string {
  const anchor = managers.at(-1);
  const chain = signer === undefined ? [] : [element('SigningCertificate', '', { VOReference: idOf(signer) }), ...managers.slice(0, -1).map((one) => element('IntermediateCertificate', '', { VOReference: idOf(one) })), ...(anchor === undefined ? [] : [element('TrustAnchor', '', { VOReference: idOf(anchor) })])];
  return element('AssociatedValidationReportData', [
    ...(anchor === undefined ? [] : [element('TrustAnchor', '', { VOReference: idOf(anchor) })]),
    ...(chain.length === 0 ? [] : [element('CertificateChain', chain.join(''))]),
    ...(reasons.length === 0 ? [] : [additionalXml(reasons.map(({ code, vi, en }) => [`reason:${code}`, `${escapeText(printable(vi))} / ${escapeText(printable(en))}`]))]),
  ].join(''));
}

/** By the type of each, which is ours, what is said: markup. */
function additionalXml(said: readonly (readonly [type: string, value: string])[]): string {
  return element('AdditionalValidationReportData', said.map(([type, value]) => element('ReportData', text('Type', `${OWN}:${type}`) + element('Value', value))).join(''));
}

function constraintXml(name: string, status: Status): string {
  return element('ValidationConstraint', [
    text('ValidationConstraintIdentifier', `${OWN}:${name}`),
    element('ConstraintStatus', text('Status', 'urn:etsi:019102:constraintStatus:applied')),
    element('ValidationStatus', statusXml(status, 'part')),
  ].join(''));
}

/** Of a whole signature, or of a constraint: the standard has different names for the two. */
function statusXml({ indication, subIndication }: Status, of: 'total' | 'part'): string {
  const name = indication.toLowerCase();
  return text('MainIndication', `urn:etsi:019102:mainindication:${of === 'total' ? name : name.replace('total-', '')}`) + (subIndication === undefined ? '' : text('SubIndication', `urn:etsi:019102:subindication:${subIndication}`));
}

function certificateXml(certificate: CertificateEntry): string {
  return element('ValidationObject', [text('ObjectType', 'urn:etsi:019102:validationObject:certificate'), element('ValidationObjectRepresentation', digestXml(certificate.fingerprint))].join(''), { id: idOf(certificate) });
}

function objectXml({ name, what, digest, proofs, ...status }: ObjectReport, index: number): string {
  const own = element('AssociatedValidationReportData', additionalXml([['object', element('ivan:Object', proofs.map(proofXml).join(''), { name, what })]]));
  return element('ValidationObject', [
    text('ObjectType', 'urn:etsi:019102:validationObject:signedData'),
    element('ValidationObjectRepresentation', digestXml(digest)),
    element('ValidationReport', element('SignatureValidationStatus', statusXml(status, 'part') + own)),
  ].join(''), { id: `O-${index + 1}` });
}

function proofXml({ kind, state, title, facts, reasons }: ProofEntry): string {
  return element('ivan:Proof', [text('ivan:Title', title.en), ...facts.map(({ en, value }) => element('ivan:Fact', escapeText(printable(value)), { name: en })), ...reasons.map(({ code, en }) => element('ivan:Reason', escapeText(printable(en)), { code }))].join(''), { kind, state });
}

/** Nothing of what could not be read. */
function digestXml(hex: string): string {
  return hex === '' ? '' : element('DigestAlgAndValue', `<ds:DigestMethod Algorithm="${SHA256}"/>${text('ds:DigestValue', Buffer.from(hex, 'hex').toString('base64'))}`);
}

function idOf({ fingerprint }: CertificateEntry): string {
  return `C-${fingerprint.slice(0, 32)}`;
}

function text(name: string, value: string): string {
  return element(name, escapeText(printable(value)));
}

/** `content` is markup. */
function element(name: string, content: string, attributes: Readonly<Record<string, string>> = {}): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(printable(value))}"`).join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}
