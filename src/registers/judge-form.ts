// Bytes → what is to be said of a form 04, 05 or 06: parse, both signatures, schema, fields, then what the registers know of the unit. Pure: the same
// bytes, instant, sender, rulebook and facts always give the same verdict, so that an audit decides identically.
import { finding, severityOfFinding, shorten } from '../errors/outcomes.ts';
import type { Finding, Place, Unavailable } from '../errors/outcomes.ts';
import { cut, parseEnvelope } from '../intake/judge.ts';
import { readUnsigned } from '../signature/verify.ts';
import type { Content } from '../signature/verify.ts';
import { isKnownAgency } from '../standard/agencies.ts';
import { attempt } from '../standard/attempt.ts';
import type { DossierSigner, IvanSender } from '../standard/dossier.ts';
import { envelopePlace } from '../standard/envelope.ts';
import type { Field } from '../standard/envelope.ts';
import { judgeCounterSignature, judgeSignature } from '../standard/judge-signature.ts';
import { formOf, matterOf, normalSerial, readRegistration, registrationForms } from '../standard/registration-form.ts';
import type { RegistrationFields, RegistrationFormCode } from '../standard/registration-form.ts';
import { typeFindings } from '../standard/rules/type-checks.ts';
import { judgeForm } from '../standard/schema-findings.ts';
import type { JudgedForm } from '../standard/schema-findings.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import { taxCodeFindings } from '../standard/signer.ts';
import { formatDay, isoDayOf, parseDay } from '../standard/time.ts';
import { underRuleSet } from '../standard/rule-sets.ts';
import { ruleSetOf } from '../standard/validate.ts';
import type { Rulebook } from '../standard/validate.ts';
import { isInForce } from '../standard/validity.ts';
import type { DeclaredCertificate, DeclaredUse } from '../store/ivan-registrations.ts';
import type { Signer } from '../trust/path.ts';
import { fullBudget } from '../xml/faults.ts';
import { placeOf } from '../xml/place.ts';

const IVAN_SIGNATURE = `/${envelopePlace.path[0] ?? ''}/${envelopePlace.appendix ?? ''}/Signature`;

/** What can be said without asking the registers. */
export interface FormJudgement {
  readonly form: RegistrationFormCode | undefined;
  readonly declared: DeclaredUse | undefined;
  readonly findings: readonly Finding[];
  readonly signatures: readonly SignatureReport[];
  /** All four only when both signatures hold by trusted certificates. */
  readonly signed: SignedForm | undefined;
}

export interface SignedForm {
  /** SHA-256 of the canonical octets that the employer signed. */
  readonly contentDigest: string;
  readonly employer: Signer;
  readonly ivan: Signer;
  /** Where the signatures stand. */
  readonly place: Place;
  readonly ivanPlace: Place;
}

export interface FormInput {
  readonly bytes: Buffer;
  readonly sender: IvanSender;
  readonly receivedAt: Date;
}

/** Throws `Unavailable` when only the revocation state of a signer is not known, nothing else. */
export function judgeRegistration({ bytes, sender, receivedAt }: FormInput, rulebook: Rulebook): FormJudgement {
  const ofMarkup: Finding[] = [];
  const document = attempt(ofMarkup, () => parseEnvelope(bytes, fullBudget()));
  if (document === undefined) return { form: undefined, declared: undefined, findings: ofMarkup.map((entry) => outdatedShape(entry, receivedAt, rulebook)), signatures: [], signed: undefined };

  const undecided: Unavailable[] = [];
  const context = { ...rulebook, receivedAt, undecided };
  const unit = judgeSignature(document, envelopePlace, 'dossier', context);
  const ivan = judgeCounterSignature(document, envelopePlace, context);
  const content = unit.signed ?? readUnsigned(document, envelopePlace);
  const fields = readRegistration(content);
  const form = formOf(fields.formCode?.text ?? '');
  const findings = underRuleSet(ruleSetOf(rulebook, receivedAt), distinct([
    ...unit.findings,
    ...ivan.findings,
    ...(ivan.report === undefined ? [finding('IVAN_SIGNATURE_MISSING', { params: { expected: IVAN_SIGNATURE } })] : []),
    ...taxCodeFindings(unit.signer, fields.taxCode, () => unit.signed?.place ?? {}),
    ...formFindings(content, fields, form, receivedAt, rulebook),
    ...senderFindings(content, fields, sender, receivedAt),
  ]));
  const [firstDoubt] = undecided;
  if (firstDoubt !== undefined && !isRefused(findings)) throw firstDoubt;
  const declared = form === undefined ? undefined : declaredOf(fields, form, unit.signer);
  const signatures = [unit.report, ivan.report].filter((report) => report !== undefined);
  const signed = unit.signed !== undefined && unit.signer !== undefined && ivan.signer !== undefined
    ? { contentDigest: unit.signed.canonicalDigest, employer: unit.signer, ivan: ivan.signer, place: unit.signed.place, ivanPlace: { xpath: IVAN_SIGNATURE } }
    : undefined;
  return { form, declared, findings: cut(findings), signatures, signed };
}

/** Another root than today's may be that of a version whose days are over: then that is what is wrong. */
function outdatedShape(entry: Finding, receivedAt: Date, { standard: { forms } }: Rulebook): Finding {
  const found = entry.params['found'] ?? '';
  if (entry.code !== 'ENVELOPE_ROOT') return entry;
  const versions = registrationForms.flatMap((code) => forms.get(code)?.versions.filter(({ root }) => root === found) ?? []);
  const [over] = versions;
  if (over?.until === undefined || versions.some((version) => isInForce(version, receivedAt))) return entry;
  const day = (iso: string): string => iso.split('-').reverse().join('/');
  return finding('REGISTRATION_SHAPE', { place: entry.place, params: { found, from: day(over.from), until: day(over.until), expected: entry.params['expected'] ?? '' } });
}

export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some((entry) => severityOfFinding(entry) === 'refuse');
}

/** One thing at one place is said once, whoever finds it. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((entry) => [`${entry.code} ${JSON.stringify([entry.place, entry.params])}`, entry])).values()];
}

function formFindings(content: Content, fields: RegistrationFields, form: RegistrationFormCode | undefined, receivedAt: Date, { standard, schemas }: Rulebook): Finding[] {
  const at = (field: Field | undefined): Place => (field === undefined ? {} : placeOf(content.document.bytes, content.root, field.element));
  const { formCode, matter, agency } = fields;
  if (form === undefined) return [finding('REGISTRATION_FORM_UNKNOWN', { place: at(formCode), params: { found: formCode?.text ?? '∅' } })];
  return [
    ...schemaFindings(judgeForm(schemas, form, content, receivedAt)),
    ...(matter === undefined || matter.text === matterOf[form] ? [] : [finding('REGISTRATION_MATTER', { place: at(matter), value: matter.text, params: { found: matter.text, form, expected: matterOf[form] } })]),
    ...(agency === undefined || isKnownAgency(standard.agencies, agency.text) ? [] : [finding('AGENCY_UNKNOWN', { place: at(agency), value: agency.text, params: { agency: agency.text } })]),
    ...repeatedSerials(fields).map((serial) => finding('REGISTRATION_CERTIFICATE_REPEATED', { place: at(serial), params: { serial: serial.text } })),
  ];
}

/** Structure, then days and codes. There is one document, so no place names a file. */
function schemaFindings(judged: JudgedForm | undefined): Finding[] {
  if (judged === undefined) return [];
  return [...judged.findings, ...typeFindings([judged.content])].map((entry) => ({ ...entry, place: Object.fromEntries(Object.entries(entry.place).filter(([name]) => name !== 'file')) }));
}

function repeatedSerials({ certificates }: RegistrationFields): readonly Field[] {
  const serials = certificates.flatMap(({ serial }) => (serial === undefined ? [] : [serial]));
  return serials.filter((serial, index) => serials.findIndex(({ text }) => normalSerial(text) === normalSerial(serial.text)) < index);
}

function senderFindings(content: Content, { ivanCode, filedOn }: RegistrationFields, { code, contract }: IvanSender, receivedAt: Date): Finding[] {
  const at = (field: Field | undefined): Place => (field === undefined ? {} : placeOf(content.document.bytes, content.root, field.element));
  const { state, from, until } = contract;
  const inForce = state === 'active' && from <= receivedAt && receivedAt < until;
  const day = parseDay(filedOn?.text ?? '');
  const isFuture = day !== undefined && isoDayOf(day) > isoDayOf(receivedAt);
  return [
    ...(ivanCode === undefined || ivanCode.text === code ? [] : [finding('IVAN_MISMATCH', { place: at(ivanCode), value: ivanCode.text, params: { declared: ivanCode.text || '∅', connected: code } })]),
    ...(inForce ? [] : [finding('IVAN_CONTRACT_INACTIVE', { params: { ivan: code, from: formatDay(from), until: formatDay(until) } })]),
    ...(isFuture ? [finding('REGISTRATION_DAY', { place: at(filedOn), value: filedOn?.text ?? '', params: { day: filedOn?.text ?? '', earliest: '…', latest: formatDay(receivedAt) } })] : []),
  ];
}

function declaredOf(fields: RegistrationFields, form: RegistrationFormCode, employer: Signer | undefined): DeclaredUse {
  const text = (field: Field | undefined): string => shorten(field?.text ?? '');
  return {
    form,
    unitName: text(fields.unitName),
    unitCode: text(fields.unitCode),
    taxCode: text(fields.taxCode),
    agency: text(fields.agency),
    email: text(fields.email),
    filedOn: text(fields.filedOn),
    effectiveOn: text(form === '06-IVAN' ? fields.stopOn : fields.from),
    reason: text(fields.reason),
    certificates: fields.certificates.map(({ serial, from, until, isWithdrawn }): DeclaredCertificate => ({ serial: normalSerial(text(serial)), from: text(from), until: text(until), isWithdrawn })),
    signer: employer === undefined ? null : signerFacts(employer),
  };
}

function signerFacts({ certificate: { fingerprint, serialNumber, subject, notBefore, notAfter } }: Signer): NonNullable<DeclaredUse['signer']> {
  return { fingerprint, serialNumber: normalSerial(serialNumber), subject, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
}

/** The signer as a receipt names it. */
export function signerOf({ commonName, certificate, taxCodes }: Signer): DossierSigner {
  return { name: commonName, serialNumber: certificate.serialNumber, taxCodes, issuer: certificate.issuer };
}
