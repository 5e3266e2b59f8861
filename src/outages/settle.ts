// What the end of an outage does (law-and-process §1.3): the open deadlines that fell into it move by the decree in force at the deadline, every dossier whose
// result is concerned gets a signed certificate that names the moved deadline, and the electronic dossiers of what was filed on paper are demanded.
// In bounded rounds, by any process; each deadline is moved once by each outage.
import { outageCertificateXml } from '../receipts/outage.ts';
import { dueOf, extensionOf } from '../standard/obligations.ts';
import type { Extension, ObligationTerms } from '../standard/obligations.ts';
import type { Procedure } from '../standard/procedures.ts';
import type { Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { insertMoves, obligationKinds, saveLooked, unitOfPaper } from '../store/obligations.ts';
import type { ObligationKind } from '../store/obligations.ts';
import { areAnyTouched, claimTouched, insertCertificates } from '../store/outage-moves.ts';
import type { NewCertificate, Touched } from '../store/outage-moves.ts';
import { claimUnsettled, insertSettled, isAnyUnsettled } from '../store/outages.ts';
import type { Outage } from '../store/outages.ts';
import { ariseResend, findUndemanded, lockPaper } from '../store/paper-filings.ts';
import type { PaperFiling } from '../store/paper-filings.ts';
import type { OutageDesk } from './ledger.ts';

export interface SettlingSettings extends OutageDesk {
  readonly terms: ObligationTerms & { procedureAt(code: string, at: Date): Pick<Procedure, 'group'> | undefined };
  readonly now: () => Date;
}

export interface Settling {
  readonly nextDue: () => Promise<Date | undefined>;
  /** One round; gives how much was done. */
  readonly work: () => Promise<number>;
}

const MOST = 100;

export function createSettling(settings: SettlingSettings): Settling {
  const { database, now } = settings;
  return {
    nextDue: async () => ((await isAnyUnsettled(database.query)) ? now() : undefined),
    work: () => database.transaction((query) => settle(settings, query, now())),
  };
}

interface Moved {
  readonly touched: Touched;
  readonly extension: Extension;
  readonly isCollection: boolean;
}

async function settle(settings: SettlingSettings, query: Query, now: Date): Promise<number> {
  const outage = await claimUnsettled(query);
  if (outage === undefined) return 0;
  const kinds = obligationKinds.filter((kind) => settings.terms.obligations.kinds.get(kind)?.outage !== 'none');
  const touched = await claimTouched(query, outage, kinds, MOST);
  if (touched.length > 0) {
    await moveAll(settings, query, outage, touched, now);
    return touched.length;
  }
  // Those that somebody else holds are moved in the next round.
  if (await areAnyTouched(query, outage, kinds)) return 0;
  await finish(settings, query, outage, kinds, now);
  return 1;
}

async function moveAll(settings: SettlingSettings, query: Query, outage: Outage, all: readonly Touched[], now: Date): Promise<void> {
  const moved = all.map((touched) => moveOf(settings.terms, outage, touched));
  const ids = await insertMoves(query, moved.map(({ touched, extension }) => ({
    obligationId: touched.id, fromDueAt: touched.dueAt, dueAt: extension.dueAt, reason: 'outage', basis: extension.basis, outageId: outage.id, movedAt: now, notice: null,
  })));
  await saveLooked(query, moved.map(({ touched, extension }) => ({ id: touched.id, dueAt: extension.dueAt, promisedAt: touched.promisedAt, warnedAt: null, breachedAt: touched.breachedAt, lookAt: now })));
  const certificates = await Promise.all(moved.flatMap((one, index) => (isCertified(one.touched) ? [certificateOf(settings, outage, one, ids[index] ?? '', now)] : [])));
  await insertCertificates(query, certificates);
  const certified = new Set(certificates.map(({ moveId }) => moveId));
  await insertEvents(query, moved.map(({ touched, extension }, index): NewEvent => ({
    at: now, kind: 'deadline_moved', submissionId: touched.submissionId, ...unitOfPaper(touched),
    detail: {
      obligation: touched.id, move: ids[index] ?? '', clock: touched.kind, outage: outage.reference, from: touched.dueAt.toISOString(), dueAt: extension.dueAt.toISOString(), basis: extension.basis, statement: `/v1/outages/${outage.reference}/statements/${outage.statementId}`,
      ...(certified.has(ids[index] ?? '') ? { document: `/v1/dossiers/${touched.digest ?? ''}/outage-certificates` } : {}),
    },
  })));
}

/** What whoever filed has to show, or to be shown: its result's new date, and its own time to supplement. */
function isCertified({ kind }: Pick<Touched, 'kind'>): boolean {
  return kind === 'result' || kind === 'supplement';
}

function moveOf(terms: SettlingSettings['terms'], outage: Outage, touched: Touched): Moved {
  const group = terms.procedureAt(touched.procedure, touched.receivedAt)?.group;
  const extension = extensionOf(terms, touched.kind, group, touched, outage.endedAt ?? touched.dueAt);
  if (extension === undefined) throw new Error(`no outage moves ${touched.kind}`);
  return { touched, extension, isCollection: group === 'thu' };
}

async function certificateOf({ issue, issuer }: SettlingSettings, outage: Outage, { touched, extension, isCollection }: Moved, moveId: string, issuedAt: Date): Promise<NewCertificate> {
  const { agency, unitCode, procedure, period, dueAt: deadline, submissionId } = touched;
  const { dueAt: extendedUntil, basis, workingDays } = extension;
  const dossier = { digest: touched.digest ?? '', number: touched.dossierNumber ?? '' };
  const body = await issue(outageCertificateXml({ ...outage, ...touched, dossier, isCollection, deadline, extendedUntil, workingDays, basis, issuedAt }, issuer));
  return { outageId: outage.id, moveId, submissionId, agency, unitCode, procedure, period, deadline, extendedUntil, basis, issuedAt, body };
}

async function finish(settings: SettlingSettings, query: Query, outage: Outage, kinds: readonly ObligationKind[], now: Date): Promise<void> {
  if (kinds.length === 0) throw new Error('outages move nothing');
  await lockPaper(query);
  const events = await demandResending(settings.terms, query, await findUndemanded(query, outage.id), outage.reference, now);
  await insertSettled(query, outage, now);
  await insertEvents(query, events);
}

/** The electronic dossiers of what was filed on paper, once the outage is over. */
export async function demandResending(terms: ObligationTerms, query: Query, filings: readonly PaperFiling[], reference: string, now: Date): Promise<NewEvent[]> {
  const due = dueOf(terms, 'resend', now);
  if (due === undefined || filings.length === 0) return [];
  await ariseResend(query, filings, due);
  return filings.map(({ id, agency, unitCode, procedure, period, paperNumber }) => ({
    at: now, kind: 'resend_demanded', submissionId: null, unit: { agency, unitCode, taxCode: '' },
    detail: { paperFiling: id, outage: reference, procedure, period, paperNumber, dueAt: due.dueAt.toISOString() },
  }));
}
