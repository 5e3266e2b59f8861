// The operator's word on a form: accepted, or refused with a reason. One transaction for the decision, its signed notice, and what it does: form 04
// begins a use and registers certificates, 05 changes which, 06 ends both. Throws `Problem`.
import type { X509Certificate } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import { registrationNoticeXml } from '../receipts/registration-notice.ts';
import type { NoticeFacts } from '../receipts/registration-notice.ts';
import { normalSerial } from '../standard/registration-form.ts';
import { formatInstant, parseDay, startOfDay } from '../standard/time.ts';
import type { Query } from '../store/database.ts';
import { findById, findDecision, insertDecision, insertStep } from '../store/ivan-registrations.ts';
import type { DeclaredUse, DecisionRow, Effects, RecordedTie, RegistrationRow, UseFacts } from '../store/ivan-registrations.ts';
import { noteLateness } from '../store/registration-lateness.ts';
import { endUnitCertificate, certificatesOfUse, insertUnitCertificate } from '../store/unit-certificates.ts';
import { findUseFacts, insertUse, insertUseEnd, lockUnit } from '../store/uses.ts';
import { nameOf, relayDueAt } from './form-facts.ts';
import type { RegistrationDesk } from './receive-form.ts';

export interface Decision {
  readonly decision: 'accepted' | 'refused';
  readonly reason: string | undefined;
  /** Those that the form lists besides the one it is signed with. */
  readonly certificates: readonly X509Certificate[];
  /** On what grounds the unit code is the tax code's, where nothing the gateway knows says so. */
  readonly unitGrounds: string | undefined;
}

/** A form that is to be decided, with what it says. */
type OpenForm = RegistrationRow & { readonly declared: DeclaredUse };

export async function decideForm(desk: RegistrationDesk, id: string, word: Decision, actor: string, at: Date): Promise<void> {
  const { decision, reason } = word;
  if (decision === 'refused' && reason === undefined) throw new Problem('FIELD_INVALID', { reason: 'reason' });
  const { standard, trust: { digest: trustDigest } } = desk.rulebook();
  await desk.database.transaction(async (query) => {
    const form = await openForm(query, id);
    const { effectiveAt, effects, unitTie } = decision === 'accepted' ? await takeEffect(query, form, word, at) : nothing;
    const row = { registrationId: form.id, decision, reason: reason ?? null, actor, decidedAt: at, effectiveAt, relayDueAt: relayDueAt(at, standard), effects, unitTie, trustDigest };
    await insertDecision(query, { ...row, notice: await desk.issue(registrationNoticeXml(noticeFacts(form, row), desk.issuer)) });
    await noteLateness(query, at, form.id);
  });
}

/** The operator has it before them. */
export async function forwardForm({ database }: Pick<RegistrationDesk, 'database'>, id: string, actor: string, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const form = await openForm(query, id);
    await insertStep(query, form.id, 'forwarded', actor, at);
    await noteLateness(query, at, form.id);
  });
}

async function openForm(query: Query, id: string): Promise<OpenForm> {
  const row = await findById(query, id);
  if (row === undefined) throw new Problem('REGISTRATION_UNKNOWN');
  const { declared } = row;
  if (declared === null || row.outcome === 'refused') throw new Problem('REGISTRATION_DECIDED');
  await lockUnit(query, declared);
  if ((await findDecision(query, row.id)) !== undefined) throw new Problem('REGISTRATION_DECIDED');
  return { ...row, declared };
}

export function noticeFacts(form: OpenForm, row: Omit<DecisionRow, 'notice'>): NoticeFacts {
  const { digest, transactionCode, receivedAt, ivanCode, declared } = form;
  const { unitName, unitCode, taxCode, agency } = declared;
  const { decision, reason, decidedAt, effects } = row;
  return {
    decision, reason: reason ?? '', digest, transactionCode, receivedAt, decidedAt, effectiveAt: row.effectiveAt ?? undefined, relayDueAt: row.relayDueAt, form: declared.form, formName: nameOf(declared.form),
    ivanCode, unitName, unitCode, taxCode, agency, certificates: effects.registered, missing: effects.missing,
  };
}

interface Effect {
  readonly effectiveAt: Date | null;
  readonly effects: Effects;
  readonly unitTie: RecordedTie | null;
}

const nothing: Effect = { effectiveAt: null, effects: { registered: [], ended: [], missing: [] }, unitTie: null };

async function takeEffect(query: Query, form: OpenForm, { certificates, unitGrounds }: Decision, at: Date): Promise<Effect> {
  const { declared, ivanCode } = form;
  const effectiveAt = effectiveFrom(declared.effectiveOn, at);
  const facts = await factsNow(query, form, at);
  const { use } = facts;
  if (use !== null && declared.form === '06-IVAN') {
    await insertUseEnd(query, use, form.id, effectiveAt, at);
    return { ...nothing, effectiveAt, effects: { registered: [], ended: await endAll(query, await certificatesOfUse(query, use, effectiveAt), effectiveAt, at), missing: [] } };
  }
  const unitTie = declared.form === '04-IVAN' ? tieOf(form, facts, unitGrounds) : null;
  const { agency, unitCode, taxCode } = declared;
  const useId = use ?? (await insertUse(query, { agency, unitCode, ivanCode, taxCode, registrationId: form.id, beganAt: effectiveAt }, at));
  const entries = await certificatesOfUse(query, useId, effectiveAt);
  const withdrawn = new Set(declared.certificates.filter(({ isWithdrawn }) => isWithdrawn).map(({ serial }) => serial));
  const ended = await endAll(query, entries.filter(({ serialNumber }) => withdrawn.has(normalSerial(serialNumber))), effectiveAt, at);
  const kept = new Set(entries.map(({ serialNumber }) => normalSerial(serialNumber)));
  return { effectiveAt, effects: { ...(await registerListed(query, declared, { useId, kept, certificates, effectiveAt }, at)), ended }, unitTie };
}

/** What the form was received by may have changed: by the operator's hand, or an end that has come or been recorded since. */
async function factsNow(query: Query, { id, declared, ivanCode }: OpenForm, at: Date): Promise<UseFacts> {
  const { agency, unitCode, taxCode, form, signer } = declared;
  const facts = await findUseFacts(query, { agency, unitCode, taxCode, ivanCode, contractId: null, fingerprint: signer?.fingerprint ?? '', ivanFingerprint: '', contentDigest: '' }, at, null, id);
  if (facts.ending !== null) throw new Problem('REGISTRATION_OVERTAKEN', { reason: 'USE_ENDING' });
  if (form === '04-IVAN' ? facts.use !== null : facts.use === null) throw new Problem('REGISTRATION_OVERTAKEN', { reason: form === '04-IVAN' ? 'USE_ALREADY_REGISTERED' : 'USE_NOT_REGISTERED' });
  return facts;
}

/** Two good signatures say whose tax code it is, not whose unit: that must be known, or the operator vouches for it. */
function tieOf({ declared: { unitCode, taxCode } }: OpenForm, { tie }: UseFacts, grounds: string | undefined): RecordedTie {
  if (tie !== null) return tie;
  if (grounds === undefined) throw new Problem('UNIT_NOT_TIED', { unit: unitCode, taxCode });
  return { source: 'operator', grounds };
}

/** Not before the decision, whatever day the form names. */
export function effectiveFrom(day: string, decidedAt: Date): Date {
  const named = parseDay(day);
  return named === undefined ? decidedAt : new Date(Math.max(startOfDay(named).getTime(), decidedAt.getTime()));
}

async function endAll(query: Query, entries: readonly { readonly id: string }[], effectiveAt: Date, at: Date): Promise<string[]> {
  for (const { id } of entries) await endUnitCertificate(query, id, effectiveAt, at);
  return entries.map(({ id }) => id);
}

interface Listing {
  readonly useId: string;
  /** Serial numbers that are registered with the use already. */
  readonly kept: ReadonlySet<string>;
  readonly certificates: readonly X509Certificate[];
  readonly effectiveAt: Date;
}

/** The certificate that signs is in the form's signature; of the others the form names serial numbers alone. */
async function registerListed(query: Query, { agency, unitCode, certificates: listed, signer }: DeclaredUse, { useId, kept, certificates, effectiveAt }: Listing, at: Date): Promise<Pick<Effects, 'registered' | 'missing'>> {
  const atHand = new Map([...certificates.map(factsOf), ...(signer === null ? [] : [signer])].map((entry) => [entry.serialNumber, entry]));
  const wanted = listed.filter(({ serial, isWithdrawn }) => !isWithdrawn && !kept.has(serial));
  for (const { serialNumber } of certificates.map(factsOf)) if (!wanted.some(({ serial }) => serial === serialNumber)) throw new Problem('FIELD_INVALID', { reason: `certificates: ${serialNumber}` });
  const registered: Effects['registered'][number][] = [];
  for (const { serial, from, until } of wanted) {
    const certificate = atHand.get(serial);
    if (certificate === undefined) continue;
    const [first, last] = [parseDay(from), parseDay(until)];
    const validFrom = new Date(Math.max(effectiveAt.getTime(), Date.parse(certificate.notBefore), first === undefined ? 0 : startOfDay(first).getTime()));
    const validUntil = new Date(Math.min(Date.parse(certificate.notAfter), last === undefined ? Infinity : startOfDay(last, 1).getTime()));
    if (validUntil <= validFrom) throw new Problem('REGISTRATION_OVERTAKEN', { reason: `${serial}: ${formatInstant(validUntil)}` });
    const { fingerprint, subject } = certificate;
    const entry = await insertUnitCertificate(query, { agency, unitCode, fingerprint, serialNumber: serial, subject, validFrom, validUntil }, at, useId);
    registered.push({ entry, fingerprint, serial, from: validFrom.toISOString(), until: validUntil.toISOString() });
  }
  return { registered, missing: wanted.map(({ serial }) => serial).filter((serial) => !atHand.has(serial)) };
}

function factsOf(certificate: X509Certificate): NonNullable<DeclaredUse['signer']> {
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: normalSerial(certificate.serialNumber),
    subject: certificate.subject.replaceAll('\n', ', '),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
  };
}
