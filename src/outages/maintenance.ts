// The maintenance of I-VANs (law-and-process C12, I6): announced so many days ahead as the rule set says or refused with the earliest instant that would do;
// and each I-VAN's downtime of a year against its budget. A window over the budget is entered and flagged: hiding it would not shorten it.
import { Problem } from '../errors/outcomes.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import { formatInstant, yearOf } from '../standard/time.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { insertMaintenance, listIvanOutages, listMaintenance } from '../store/maintenance.ts';
import type { Maintenance, NewMaintenance } from '../store/maintenance.ts';
import { downtimeOf } from './downtime.ts';
import type { Downtime, Interval } from './downtime.ts';

const DAY_MS = 86_400_000;

export type Announcement = Omit<NewMaintenance, 'announcedAt' | 'actor'>;

export async function announceMaintenance(database: Database, terms: ObligationTerms, announced: Announcement, actor: string, at: Date): Promise<{ readonly id: string; readonly downtime: Downtime }> {
  const { maintenanceNoticeDays } = terms.ruleSetAt(at).clocks;
  const earliest = new Date(at.getTime() + maintenanceNoticeDays * DAY_MS);
  if (announced.startsAt < earliest) throw new Problem('MAINTENANCE_NOTICE', { days: String(maintenanceNoticeDays), earliest: formatInstant(earliest) });
  if (announced.endsAt <= announced.startsAt) throw new Problem('FIELD_INVALID', { reason: 'until' });
  return database.transaction(async (query) => {
    const id = await insertMaintenance(query, { ...announced, announcedAt: at, actor });
    const year = yearOf(announced.startsAt);
    const downtime = (await downtimes(query, terms, year, announced.ivanCode, at)).get(announced.ivanCode) ?? downtimeOf(year, [], terms.obligations.ivanDowntime.perMilleOfYear, at);
    const { ivanCode, startsAt, endsAt } = announced;
    await insertEvents(query, [{ at, kind: 'maintenance_announced', submissionId: null, detail: { maintenance: id, ivan: ivanCode, from: startsAt.toISOString(), until: endsAt.toISOString(), actor, overBudget: downtime.isExceeded } }]);
    return { id, downtime };
  });
}

export interface YearOfMaintenance {
  readonly windows: readonly Maintenance[];
  /** By I-VAN: the one that is asked for, or those that were or will be away at all. */
  readonly downtime: ReadonlyMap<string, Downtime>;
}

export async function maintenanceOf(query: Query, terms: ObligationTerms, year: number, ivanCode: string | undefined, now: Date): Promise<YearOfMaintenance> {
  return { windows: await listMaintenance(query, ivanCode, ...yearBounds(year)), downtime: await downtimes(query, terms, year, ivanCode, now) };
}

async function downtimes(query: Query, terms: ObligationTerms, year: number, ivanCode: string | undefined, now: Date): Promise<ReadonlyMap<string, Downtime>> {
  const away = new Map<string, Interval[]>();
  const add = (ivan: string, interval: Interval): void => { away.set(ivan, [...(away.get(ivan) ?? []), interval]); };
  for (const { ivanCode: ivan, startsAt, endsAt } of await listMaintenance(query, ivanCode, ...yearBounds(year))) add(ivan, { from: startsAt, until: endsAt });
  for (const { ivanCode: ivan, from, until } of await listIvanOutages(query, ivanCode, ...yearBounds(year))) add(ivan, { from, until: until ?? undefined });
  if (ivanCode !== undefined) away.set(ivanCode, away.get(ivanCode) ?? []); // who asks for its own is told that it has all of it left
  return new Map([...away].map(([ivan, intervals]) => [ivan, downtimeOf(year, intervals, terms.obligations.ivanDowntime.perMilleOfYear, now)]));
}

function yearBounds(year: number): [Date, Date] {
  return [new Date(`${year}-01-01T00:00:00+07:00`), new Date(`${year + 1}-01-01T00:00:00+07:00`)];
}
