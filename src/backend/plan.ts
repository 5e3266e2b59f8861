// When what is done with a dossier, worked out once when its case is opened and stored with it. Two things apart: what is due, always counted
// in working days by the calendar, and when the officers do it: in office hours at the latest moment that keeps the dates, or, at another
// pace, all of it within so many milliseconds. Pure.
import { dueAfterWorkingDays, isWorkingDay } from '../standard/calendar.ts';
import type { WorkCalendar } from '../standard/calendar.ts';
import { formatIsoDay } from '../standard/time.ts';
import type { Workflow } from './workflow.ts';

export interface Plan {
  readonly moves: readonly Move[];
  /** Of each step, ISO. */
  readonly dues: readonly string[];
}

export interface Move {
  /** ISO. */
  readonly at: string;
  /** Which step, from 0. */
  readonly step: number;
  readonly kind: 'work' | 'give' | 'take' | 'finish' | 'apologise' | 'lapse';
  readonly work?: string;
}

export type Pace = { readonly kind: 'calendar' } | { readonly kind: 'compressed'; readonly ms: number };

export interface Pacing {
  readonly pace: Pace;
  readonly calendar: WorkCalendar;
  /** 1; more for an agency that is slower than it may be. */
  readonly slowness: number;
}

const MINUTE_MS = 60_000;
const HAND_OVER_MS = 5 * MINUTE_MS;
/** Before the clock time of the due instant, so that what follows on the same day is still in time. */
const MARGIN_MS = 15 * MINUTE_MS;
const OPENS = '08:00';
const LAST_WORK = '16:45';

/** `days` is the term of the whole procedure. */
export function planOf(workflow: Workflow, days: number, from: Date, pacing: Pacing): Plan {
  const due = (count: number): Date => dueAfterWorkingDays(pacing.calendar, from, count, 'keep_time_of_day').at;
  const ends = workflow.steps.map((_step, index) => workflow.steps.slice(0, index + 1).reduce((sum, step) => sum + step.days, 0));
  const moves = pacing.pace.kind === 'calendar' ? calendarMoves(workflow, ends, from, pacing) : compressedMoves(workflow, ends, from, pacing.pace.ms * pacing.slowness);
  const lastAt = moves.at(-1)?.at ?? from.toISOString();
  const late = lastAt > due(days).toISOString();
  const apology: Move = { at: officeMoment(pacing.calendar, due(days - 1), from).toISOString(), step: 0, kind: 'apologise' };
  return { moves: late ? withApology(moves, apology) : moves, dues: ends.map((count) => due(count).toISOString()) };
}

/** When the whole of it is done. */
export function readyAt({ moves }: Plan): Date {
  const last = moves.at(-1);
  if (last === undefined) throw new Error('a plan without moves');
  return new Date(last.at);
}

function calendarMoves({ steps }: Workflow, ends: readonly number[], from: Date, { calendar, slowness }: Pacing): Move[] {
  const moves: Move[] = [];
  let last = from;
  const add = (kind: Move['kind'], step: number, at: Date, work?: string): void => {
    last = at > last ? at : last;
    moves.push({ at: last.toISOString(), step, kind, ...(work === undefined ? {} : { work }) });
  };
  const moment = (days: number): Date => officeMoment(calendar, dueAfterWorkingDays(calendar, from, Math.ceil(days * slowness), 'keep_time_of_day').at, from);
  for (const [index, step] of steps.entries()) {
    const start = (ends[index] ?? 0) - step.days;
    const done = step.days === 0 ? new Date(last.getTime() + HAND_OVER_MS) : moment(start + step.days);
    for (const { work, day } of step.works) add('work', index, day === 'end' ? done : day === 0 ? last : moment(start + day), work);
    if (index === steps.length - 1) {
      add('finish', index, done);
    } else {
      add('give', index, done);
      add('take', index, new Date(last.getTime() + HAND_OVER_MS));
    }
  }
  return moves;
}

function compressedMoves({ steps }: Workflow, ends: readonly number[], from: Date, ms: number): Move[] {
  const total = Math.max(1, ends.at(-1) ?? 1);
  const at = (days: number): string => new Date(from.getTime() + Math.round((ms * days) / total)).toISOString();
  const hasDays = (ends.at(-1) ?? 0) > 0;
  return steps.flatMap((step, index): Move[] => {
    const end = hasDays ? (ends[index] ?? 0) : total;
    const done = at(end);
    const works = step.works.map(({ work, day }): Move => ({ at: day === 'end' ? done : at(end - step.days + day), step: index, kind: 'work', work }));
    if (index === steps.length - 1) return [...works, { at: done, step: index, kind: 'finish' }];
    return [...works, { at: done, step: index, kind: 'give' }, { at: done, step: index, kind: 'take' }];
  });
}

/** Before whatever is done later than it. */
function withApology(moves: readonly Move[], apology: Move): Move[] {
  const index = moves.findIndex(({ at }) => at > apology.at);
  const step = moves[index]?.step ?? 0;
  return moves.toSpliced(index, 0, { ...apology, step });
}

/** The latest moment in office hours that is not later than the margin before `due`, and not before `from`. */
export function officeMoment(calendar: WorkCalendar, due: Date, from: Date): Date {
  const latest = new Date(due.getTime() - MARGIN_MS);
  if (latest <= from) return from;
  let day = latest;
  const clock = clockOf(latest);
  if (!isWorkingDay(calendar, latest) || clock < OPENS) {
    do day = new Date(day.getTime() - 24 * 60 * MINUTE_MS); while (!isWorkingDay(calendar, day));
  } else if (clock <= LAST_WORK) {
    return latest;
  }
  const moment = new Date(`${formatIsoDay(day)}T${LAST_WORK}:00.000+07:00`);
  return moment > from ? moment : from;
}

function clockOf(instant: Date): string {
  return new Date(instant.getTime() + 7 * 60 * MINUTE_MS).toISOString().slice(11, 16);
}
