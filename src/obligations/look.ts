// What is to be said of an obligation at an instant: that it is about to lapse, that a date of it lapsed, that its result is late and gets a new date
// (law-and-process C2–C11); and when to look at it next. Each is said once. A new date is told, and forgives nothing: late is what comes after the date first
// promised in a term; the apologised one lapses too, and so does a date of the term that a complete dossier began. Pure.
import { apologyAt, newDateOf, ruleOf, warnAt } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Looked, Obligation } from '../store/obligations.ts';

export interface Outlook {
  readonly looked: Looked;
  readonly isWarned: boolean;
  /** The dates that lapsed and of which that was not said before, the earliest first. */
  readonly lapsed: readonly Date[];
  readonly apology: { readonly oldDueAt: Date; readonly newDueAt: Date; readonly basis: string } | undefined;
}

/** A step is dated a moment before others can see it, and gateways' clocks differ: what ran out only now may have been done in time. */
const IN_BETWEEN_MS = 60_000;

/** `isHeld`: an outage lasts over it, and its end says how long it has. */
export function look(obligation: Obligation, terms: ObligationTerms, now: Date, isHeld: boolean): Outlook {
  const { id, kind, arisenAt, dueAt, promisedAt, metAt, warnedAt, breachedAt, awaitsUnit } = obligation;
  const silent = { isWarned: false, lapsed: [], apology: undefined };
  const owedAt = promisedAt ?? dueAt;
  const stays = { id, dueAt, promisedAt, warnedAt, breachedAt };
  if (awaitsUnit) return { ...silent, looked: { ...stays, lookAt: metAt === null ? 'infinity' : null } };
  if (metAt !== null) {
    if (isHeld && promisedAt === null && metAt > dueAt) return { ...silent, looked: { ...stays, lookAt: 'infinity' } };
    const lapsed = datesOf(obligation).filter((date) => metAt > date && !isMovable(obligation, date, isHeld));
    const waits = isHeld && metAt > dueAt;
    return { ...silent, lapsed, looked: { ...stays, breachedAt: breachedAt ?? (lapsed.length > 0 ? now : null), lookAt: waits ? 'infinity' : null } };
  }
  const isOver = (date: Date): boolean => now >= overAt(date);
  if (isOver(owedAt) && isHeld && promisedAt === null) return { ...silent, looked: { ...stays, lookAt: 'infinity' } };
  if (isOver(owedAt) && ruleOf(terms, kind).lapses) return { ...silent, looked: { ...stays, lookAt: null } };
  const lapsed = datesOf(obligation).filter((date) => isOver(date) && !isMovable(obligation, date, isHeld));
  const apology = apologyOf(obligation, terms, now);
  const isWarned = apology === undefined && now.getTime() <= dueAt.getTime() + IN_BETWEEN_MS && warnedAt === null && now >= warnAt(terms, kind, arisenAt, dueAt);
  const after: Obligation = {
    ...obligation,
    dueAt: apology?.newDueAt ?? dueAt,
    promisedAt: promisedAt ?? apology?.oldDueAt ?? null,
    warnedAt: apology === undefined ? (isWarned ? now : warnedAt) : null,
    breachedAt: breachedAt ?? (lapsed.length > 0 ? now : null),
    lapsedDueAt: lapsed.at(-1) ?? obligation.lapsedDueAt,
    apologies: obligation.apologies + (apology === undefined ? 0 : 1),
  };
  return { isWarned, lapsed, apology, looked: { id, dueAt: after.dueAt, promisedAt: after.promisedAt, warnedAt: after.warnedAt, breachedAt: after.breachedAt, lookAt: nextLookOf(after, terms, now, isHeld) } };
}

/** What it is or was owed by and has not been said to have lapsed: a date is never earlier than the one before. */
function datesOf({ dueAt, promisedAt, lapsedDueAt }: Obligation): readonly Date[] {
  return [...(promisedAt === null ? [] : [promisedAt]), dueAt].filter((date) => lapsedDueAt === null || date > lapsedDueAt);
}

/** An outage moves the date that it lasts over, and not the one that was promised before. */
function isMovable({ dueAt }: Obligation, date: Date, isHeld: boolean): boolean {
  return isHeld && date.getTime() === dueAt.getTime();
}

function overAt(date: Date): Date {
  return new Date(date.getTime() + IN_BETWEEN_MS + 1);
}

function apologyOf({ kind, apologies, arisenAt, dueAt }: Obligation, terms: ObligationTerms, now: Date): Outlook['apology'] {
  if (kind !== 'result' || apologies > 0 || now < apologyAt(terms, arisenAt, dueAt)) return undefined;
  const { dueAt: newDueAt, workingDays } = newDateOf(terms, { arisenAt, dueAt, now });
  return { oldDueAt: dueAt, newDueAt, basis: `${terms.ruleSetAt(dueAt).id}: apology ${workingDays} wd` };
}

function nextLookOf(after: Obligation, terms: ObligationTerms, now: Date, isHeld: boolean): Date | 'infinity' | null {
  const { kind, arisenAt, dueAt, warnedAt, apologies } = after;
  const candidates = [
    ...(warnedAt === null && now.getTime() <= dueAt.getTime() + IN_BETWEEN_MS ? [warnAt(terms, kind, arisenAt, dueAt)] : []),
    ...(kind === 'result' && apologies === 0 ? [apologyAt(terms, arisenAt, dueAt)] : []),
    ...datesOf(after).map(overAt).filter((over) => over > now),
  ].map((at) => at.getTime());
  if (candidates.length === 0) return isHeld && datesOf(after).length > 0 ? 'infinity' : null;
  return new Date(Math.max(Math.min(...candidates), now.getTime() + 1));
}
