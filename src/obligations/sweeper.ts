// Looks at what is due to be looked at: warns, records what lapsed, sends the apology and moves the date, each with its event in one transaction. Any number
// of processes share the work: what one has locked another passes over. A round is bounded; time is an argument.
import type { ObligationTerms } from '../standard/obligations.ts';
import { dueOf, ruleOf } from '../standard/obligations.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { arise, claimToLookAt, insertBreaches, insertMoves, nextLookAt, saveLooked, unitOfPaper } from '../store/obligations.ts';
import type { NewObligation, Obligation } from '../store/obligations.ts';
import { findApologised, findLasting } from '../store/sweeping.ts';
import type { LastingOutage } from '../store/sweeping.ts';
import { issueApology } from './apology-notice.ts';
import type { ApologySettings } from './apology-notice.ts';
import { look } from './look.ts';
import type { Outlook } from './look.ts';

export interface SweeperSettings extends ApologySettings {
  readonly database: Database;
  readonly terms: ObligationTerms & ApologySettings['terms'];
  readonly now: () => Date;
}

/** As a virtual clock asks it, and the gateway's own loop. */
export interface Sweeper {
  readonly nextDue: () => Promise<Date | undefined>;
  /** One round; gives how many were looked at. */
  readonly work: () => Promise<number>;
}

const MOST = 200;

export function createSweeper(settings: SweeperSettings): Sweeper {
  const { database, now } = settings;
  return {
    nextDue: async () => (await nextLookAt(database.query)) ?? undefined,
    work: () => database.transaction((query) => sweep(settings, query, now())),
  };
}

interface Seen {
  readonly obligation: Obligation;
  readonly outlook: Outlook;
}

async function sweep(settings: SweeperSettings, query: Query, now: Date): Promise<number> {
  const { terms } = settings;
  const claimed = await claimToLookAt(query, now, MOST);
  if (claimed.length === 0) return 0;
  const lasting = await findLasting(query);
  const seen = claimed.map((obligation): Seen => ({ obligation, outlook: look(obligation, terms, now, ruleOf(terms, obligation.kind).outage !== 'none' && lasting.some((outage) => lastsOver(outage, obligation))) }));
  await saveLooked(query, seen.map(({ outlook }) => outlook.looked));
  await insertBreaches(query, seen.flatMap(({ obligation: { id, term }, outlook: { lapsed } }) => lapsed.map((dueAt) => ({ obligationId: id, dueAt, term }))), now);
  // The unit has let its time pass: it is for the agency now to conclude.
  await arise(query, seen.flatMap(({ obligation: { submissionId, kind, metAt, dueAt, breachedAt }, outlook: { lapsed } }): NewObligation[] => {
    const due = dueOf(terms, 'conclude', dueAt);
    return lapsed.length > 0 && breachedAt === null && kind === 'supplement' && metAt === null && submissionId !== null && due !== undefined ? [{ submissionId, kind: 'conclude', ...due, lookAt: now }] : [];
  }));
  const apologies = await apologise(settings, query, seen, now);
  await insertEvents(query, [...seen.flatMap((one) => eventsOf(one, terms, now)), ...apologies]);
  return claimed.length;
}

/** The deadline falls into it, and nobody has said yet where it goes. */
function lastsOver({ startedAt, endedAt, agencyPrefix, ivanCode }: LastingOutage, { dueAt, agency, sender }: Pick<Obligation, 'dueAt' | 'agency' | 'sender'>): boolean {
  return startedAt <= dueAt && (endedAt === null || dueAt <= endedAt) && agency.startsWith(agencyPrefix) && (ivanCode === null || ivanCode === sender);
}

async function apologise(settings: SweeperSettings, query: Query, seen: readonly Seen[], now: Date): Promise<NewEvent[]> {
  const late = seen.flatMap(({ obligation, outlook: { apology } }) => (apology === undefined || obligation.submissionId === null ? [] : [{ obligation, apology, submissionId: obligation.submissionId }]));
  const dossiers = await findApologised(query, late.map(({ submissionId }) => submissionId));
  const moves = await Promise.all(late.map(async ({ obligation, apology: { oldDueAt, newDueAt, basis }, submissionId }) => {
    const dossier = dossiers.get(submissionId);
    if (dossier === undefined) throw new Error(`submission ${submissionId} owes a result and is no dossier`);
    const notice = await issueApology(settings, dossier, { oldDueAt, newDueAt, issuedAt: now });
    return { obligationId: obligation.id, fromDueAt: oldDueAt, dueAt: newDueAt, reason: 'apology' as const, basis, outageId: null, movedAt: now, notice };
  }));
  const ids = await insertMoves(query, moves);
  return late.map(({ obligation, apology, submissionId }, index): NewEvent => ({
    at: now, kind: 'apology_sent', submissionId,
    detail: { obligation: obligation.id, move: ids[index] ?? '', from: apology.oldDueAt.toISOString(), dueAt: apology.newDueAt.toISOString(), basis: apology.basis, document: `/v1/dossiers/${dossiers.get(submissionId)?.digest ?? ''}/notices/xl${obligation.term}` },
  }));
}

function eventsOf({ obligation, outlook: { isWarned, lapsed } }: Seen, terms: ObligationTerms, now: Date): NewEvent[] {
  const { id, kind, agency, dueAt, promisedAt, metAt, submissionId, term } = obligation;
  const whom = unitOfPaper(obligation);
  const detail = { obligation: id, clock: kind, owedBy: ruleOf(terms, kind).owedBy, agency, dueAt: dueAt.toISOString(), metAt: metAt && metAt.toISOString() };
  return [
    ...(isWarned ? [{ at: now, kind: 'deadline_near' as const, submissionId, detail, ...whom }] : []),
    ...lapsed.map((date) => ({
      at: now, kind: 'deadline_missed' as const, submissionId, ...whom,
      detail: { ...detail, dueAt: date.toISOString(), ...(promisedAt !== null && date > promisedAt ? { apologised: true } : {}), ...(term > 1 ? { term } : {}) },
    })),
  ];
}
