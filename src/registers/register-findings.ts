// What the registers make of a form 04, 05 or 06 that is well signed: whose the I-VAN's certificate is, whether the employer's is one that counts, and
// whether the unit uses this I-VAN already. The store answers, the answer is kept with the form; the same judgement and answer always give the same.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { maySignFor, plainTaxCode } from '../standard/tax-code.ts';
import { formatDateTime, formatDay, isoDayOf, parseDay } from '../standard/time.ts';
import type { DeclaredUse, UseFacts } from '../store/ivan-registrations.ts';
import type { UnitQuestion } from '../store/uses.ts';
import { isRefused } from './judge-form.ts';
import type { FormJudgement, SignedForm } from './judge-form.ts';

/** What to ask the registers; nothing of a form that is not signed by both, or does not say whose it is. */
export function useQuestion({ declared, signed }: FormJudgement, ivanCode: string, contractId: string): UnitQuestion | undefined {
  if (declared === undefined || signed === undefined || declared.agency === '' || declared.unitCode === '') return undefined;
  const { agency, unitCode, taxCode } = declared;
  return { agency, unitCode, taxCode, ivanCode, contractId, fingerprint: signed.employer.certificate.fingerprint, ivanFingerprint: signed.ivan.certificate.fingerprint, contentDigest: signed.contentDigest };
}

/** All findings, with those of the registers in front. */
export function withUseFacts(judgement: FormJudgement, facts: UseFacts | null, ivanCode: string): readonly Finding[] {
  const { declared, signed, findings } = judgement;
  if (declared === undefined || signed === undefined || facts === null) return findings;
  const about: About = { declared, signed, facts, ivanCode };
  const found = [...ivanSignerFindings(about), ...useFindings(about), ...dayFindings(about), ...certificateFindings(about), ...findings];
  return isRefused(found) ? found : [...tieFindings(about), ...found];
}

interface About {
  readonly declared: DeclaredUse;
  readonly signed: SignedForm;
  readonly facts: UseFacts;
  readonly ivanCode: string;
}

function ivanSignerFindings({ signed: { ivan, ivanPlace }, facts, ivanCode }: About): Finding[] {
  const { ivanTaxCode, ivanCertificate } = facts;
  if (ivanCertificate !== null || (ivanTaxCode !== null && ivan.taxCodes.some((code) => maySignFor(code, ivanTaxCode)))) return [];
  return [finding('IVAN_SIGNER_UNKNOWN', { place: ivanPlace, params: { subject: ivan.subject, ivan: ivanCode } })];
}

function useFindings({ declared: { form, unitCode, agency, taxCode }, facts: { use, useTaxCode, ending, pending, repeated }, ivanCode }: About): Finding[] {
  const params = { unit: unitCode, ivan: ivanCode, agency };
  if (repeated !== null) return [finding('REGISTRATION_REPEATED')];
  return [
    ...(pending === null ? [] : [finding('USE_PENDING', { params })]),
    ...(ending === null ? [] : [finding('USE_ENDING', { params: { ...params, since: formatDateTime(new Date(ending)) } })]),
    ...(form === '04-IVAN' && use !== null && ending === null ? [finding('USE_ALREADY_REGISTERED', { params })] : []),
    ...(form !== '04-IVAN' && use === null ? [finding('USE_NOT_REGISTERED', { params })] : []),
    ...(form !== '04-IVAN' && useTaxCode !== null && plainTaxCode(useTaxCode) !== plainTaxCode(taxCode) ? [finding('USE_TAX_CODE', { params: { ...params, declared: taxCode } })] : []),
  ];
}

/** Told to the sender, and for the operator to settle. */
function tieFindings({ declared: { form, unitCode, taxCode, agency }, facts: { tie } }: About): Finding[] {
  return form === '04-IVAN' && tie === null ? [finding('UNIT_NOT_TIED', { params: { unit: unitCode, agency, declared: taxCode } })] : [];
}

/** An older form must not undo a newer one: whoever kept it could send it at any time. */
function dayFindings({ declared: { filedOn }, facts: { lastDay } }: About): Finding[] {
  const [day, last] = [parseDay(filedOn), parseDay(lastDay ?? '')];
  if (day === undefined || last === undefined || isoDayOf(day) >= isoDayOf(last)) return [];
  return [finding('REGISTRATION_DAY', { value: filedOn, params: { day: filedOn, earliest: lastDay ?? '', latest: '…' } })];
}

function certificateFindings({ declared: { form, certificates, signer }, signed: { place }, facts }: About): Finding[] {
  if (signer === null) return [];
  const listed = form === '06-IVAN' ? undefined : certificates.find(({ serial, isWithdrawn }) => serial === signer.serialNumber && !isWithdrawn);
  const isRegistered = form !== '04-IVAN' && facts.certificate !== null;
  if (listed === undefined) return isRegistered ? [] : [finding('REGISTRATION_CERTIFICATE_UNLISTED', { place, params: { serial: signer.serialNumber } })];
  const [notBefore, notAfter] = [new Date(signer.notBefore), new Date(signer.notAfter)];
  const [from, until] = [parseDay(listed.from), parseDay(listed.until)];
  const within = (from === undefined || isoDayOf(from) >= isoDayOf(notBefore)) && (until === undefined || isoDayOf(until) <= isoDayOf(notAfter));
  if (within) return [];
  return [finding('REGISTRATION_CERTIFICATE_DATES', { place, params: { serial: listed.serial, from: listed.from, until: listed.until, notBefore: formatDay(notBefore), notAfter: formatDay(notAfter) } })];
}
