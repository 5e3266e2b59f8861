// What is to be said of an obligation at an instant: that it is about to lapse, that it lapsed, that its result is late and gets a new date (law-and-process
// C2–C11); and when to look at it next. Each is said once. A new date is told, and forgives nothing: late is what comes after the date first promised. Pure.
import { apologyAt, newDateOf, ruleOf, warnAt } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Looked, Obligation } from '../store/obligations.ts';

export interface Outlook {
  readonly looked: Looked;
  readonly isWarned: boolean;
  readonly isMissed: boolean;
  readonly apology: { readonly oldDueAt: Date; readonly newDueAt: Date; readonly basis: string } | undefined;
}

/** A step is dated a moment before others can see it, and gateways' clocks differ: what ran out only now may have been done in time. */
const IN_BETWEEN_MS = 60_000;

/** `isHeld`: an outage lasts over it, and its end says how long it has. */
export function look(obligation: Obligation, terms: ObligationTerms, now: Date, isHeld: boolean): Outlook {
  const { id, kind, arisenAt, dueAt, promisedAt, metAt, warnedAt, breachedAt, awaitsUnit } = obligation;
  const silent = { isWarned: false, isMissed: false, apology: undefined };
  const owedAt = promisedAt ?? dueAt;
  const stays = { id, dueAt, promisedAt, warnedAt, breachedAt };
  if (awaitsUnit) return { ...silent, looked: { ...stays, lookAt: metAt === null ? 'infinity' : null } };
  if (metAt !== null) {
    if (isHeld && promisedAt === null && metAt > dueAt) return { ...silent, looked: { ...stays, lookAt: 'infinity' } };
    const isMissed = metAt > owedAt && breachedAt === null;
    return { ...silent, isMissed, looked: { ...stays, breachedAt: isMissed ? now : breachedAt, lookAt: null } };
  }
  const isOver = now.getTime() > owedAt.getTime() + IN_BETWEEN_MS;
  if (isOver && isHeld && promisedAt === null) return { ...silent, looked: { ...stays, lookAt: 'infinity' } };
  if (isOver && ruleOf(terms, kind).lapses) return { ...silent, looked: { ...stays, lookAt: null } };
  const isMissed = isOver && breachedAt === null;
  const apology = apologyOf(obligation, terms, now);
  const isWarned = apology === undefined && now.getTime() <= dueAt.getTime() + IN_BETWEEN_MS && warnedAt === null && now >= warnAt(terms, kind, arisenAt, dueAt);
  const after: Obligation = {
    ...obligation,
    dueAt: apology?.newDueAt ?? dueAt,
    promisedAt: promisedAt ?? apology?.oldDueAt ?? null,
    warnedAt: apology === undefined ? (isWarned ? now : warnedAt) : null,
    breachedAt: isMissed ? now : breachedAt,
    apologies: obligation.apologies + (apology === undefined ? 0 : 1),
  };
  return { isWarned, isMissed, apology, looked: { id, dueAt: after.dueAt, promisedAt: after.promisedAt, warnedAt: after.warnedAt, breachedAt: after.breachedAt, lookAt: nextLookOf(after, terms, now) } };
}

function apologyOf({ kind, apologies, arisenAt, dueAt }: Obligation, terms: ObligationTerms, now: Date): Outlook['apology'] {
  if (kind !== 'result' || apologies > 0 || now < apologyAt(terms, arisenAt, dueAt)) return undefined;
  const { dueAt: newDueAt, workingDays } = newDateOf(terms, { arisenAt, dueAt, now });
  return { oldDueAt: dueAt, newDueAt, basis: `${terms.ruleSetAt(dueAt).id}: apology ${workingDays} wd` };
}

function nextLookOf({ kind, arisenAt, dueAt, promisedAt, warnedAt, breachedAt, apologies }: Obligation, terms: ObligationTerms, now: Date): Date | null {
  const over = new Date((promisedAt ?? dueAt).getTime() + IN_BETWEEN_MS + 1);
  const candidates = [
    ...(warnedAt === null && now.getTime() <= dueAt.getTime() + IN_BETWEEN_MS ? [warnAt(terms, kind, arisenAt, dueAt)] : []),
    ...(kind === 'result' && apologies === 0 ? [apologyAt(terms, arisenAt, dueAt)] : []),
    ...(breachedAt === null ? [over] : []),
  ].map((at) => at.getTime());
  return candidates.length === 0 ? null : new Date(Math.max(Math.min(...candidates), now.getTime() + 1));
}
