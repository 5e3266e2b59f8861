// Monthly notices by the clock: on the first working day of a month C12-TS to every unit about the month before (QĐ 366/QĐ-BHXH
// Điều 5(2.3.4d)), and D08a-TS to every collecting agent about who is due within 30 days (QĐ 595/QĐ-BHXH Điều 33). One notice in one
// transaction, so that a run that is cut short goes on where it was.
import { createHash } from 'node:crypto';

import { isWorkingDay } from '../standard/calendar.ts';
import type { WorkCalendar } from '../standard/calendar.ts';
import { formatIsoDay } from '../standard/time.ts';
import { addMessages } from './message-store.ts';
import { noticeXml } from './messages.ts';
import { formatMonth, monthOf } from './months.ts';
import { contributionNotice, dueList } from './notice-forms.ts';
import { insertNotice, moveSchedule, nextAgent, nextScheduleAt, nextUnit, scheduleOnce, takeSchedule } from './notice-store.ts';
import type { Schedule } from './notice-store.ts';
import type { Office } from './office.ts';
import type { Query } from './store.ts';

const DAY_MS = 86_400_000;
const OPENS = '08:00:00.000+07:00';

/** Schedules the first run after `now`, unless there is one. */
export async function scheduleNotices({ store, standard }: Office, now: Date): Promise<void> {
  for (const kind of ['C12-TS', 'D08a-TS'] as const) await scheduleOnce(store.query, kind, firstWorkingDay(standard.calendar, nextMonth(now)));
}

/** Makes one notice of a run that is due, or ends the run; false when none is due. */
export async function makeNotice(office: Office, now: Date): Promise<boolean> {
  return office.store.transaction(async (query) => {
    const schedule = await takeSchedule(query, now);
    if (schedule === undefined) return false;
    const made = schedule.name === 'C12-TS' ? await noticeToUnit(office, query, schedule) : await listToAgent(office, query, schedule);
    if (!made) await moveSchedule(query, schedule.name, firstWorkingDay(office.standard.calendar, nextMonth(schedule.dueAt)));
    return true;
  });
}

export const nextNoticeAt = nextScheduleAt;

async function noticeToUnit(office: Office, query: Query, { dueAt }: Schedule): Promise<boolean> {
  const month = formatMonth(monthOf(dueAt) - 1);
  const unit = await nextUnit(query, month, startOfMonth(dueAt));
  if (unit === undefined) return false;
  await send(office, query, { agency: unit.agency, recipient: unit.code, taxCode: unit.taxCode, kind: 'C12-TS', month, at: dueAt, form: contributionNotice(unit, month, dueAt, office.signing) });
  return true;
}

async function listToAgent(office: Office, query: Query, { dueAt }: Schedule): Promise<boolean> {
  const month = formatMonth(monthOf(dueAt));
  const agency = await nextAgent(query, month, dueAt);
  if (agency === undefined) return false;
  const recipient = `DL${agency}`;
  await send(office, query, { agency, recipient, taxCode: '', kind: 'D08a-TS', month, at: dueAt, form: dueList(agency, recipient, month, dueAt, office.signing) });
  return true;
}

interface Notice {
  readonly agency: string;
  readonly recipient: string;
  readonly taxCode: string;
  readonly kind: 'C12-TS' | 'D08a-TS';
  readonly month: string;
  readonly at: Date;
  /** Unsigned. */
  readonly form: Buffer;
}

async function send({ issue }: Office, query: Query, { form, ...notice }: Notice): Promise<void> {
  const body = await issue(noticeXml({ ...notice, text: await issue(form) }));
  await insertNotice(query, { ...notice, message: createHash('sha256').update(body).digest('hex') });
  await addMessages(query, [{ caseDigest: null, kind: 'THONGBAO_XULY', body, at: notice.at }]);
}

function startOfMonth(instant: Date): Date {
  return new Date(`${formatIsoDay(instant).slice(0, 8)}01T00:00:00.000+07:00`);
}

function nextMonth(instant: Date): Date {
  return startOfMonth(new Date(startOfMonth(instant).getTime() + 32 * DAY_MS));
}

function firstWorkingDay(calendar: WorkCalendar, start: Date): Date {
  let day = start;
  while (!isWorkingDay(calendar, day)) day = new Date(day.getTime() + DAY_MS);
  return new Date(`${formatIsoDay(day)}T${OPENS}`);
}
