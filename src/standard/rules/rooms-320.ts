// Rules of the slips that go between the unit and the rooms of process 320 (PGNHS, Mẫu 02, C02-TS): days in order, due days in working days as
// the table of procedures has them, and not to the room that asks (3142/TB-BHXH of 28/12/2016).
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import { dueAfterWorkingDays } from '../calendar.ts';
import type { FormContent } from '../form-content.ts';
import { formatDay } from '../time.ts';
import { formRule } from './rule.ts';
import type { Rule, RuleContext } from './rule.ts';
import { dayNumberOf } from './written.ts';

const DAY_MS = 86_400_000;
const PROCEDURE = '320';

interface SlipDays {
  readonly from: string;
  readonly until: string;
  /** Working days that the due day is after the other. */
  readonly days?: (context: RuleContext) => number | undefined;
}

const slips: ReadonlyMap<string, readonly SlipDays[]> = new Map<string, readonly SlipDays[]>([
  ['PGNHS-320', [
    { from: 'NgayNhan', until: 'NgayHenTra', days: (context) => procedureOf(context)?.workingDays },
    { from: 'NgayNhan', until: 'NgayTraKetQua' },
  ]],
  ['M02-320', [{ from: 'NgayLap', until: 'HanBoSung' }]],
  ['C02-TS', [{ from: 'NgayGui', until: 'HanTraLoi', days: (context) => procedureOf(context)?.steps?.find(({ subTask }) => subTask?.form === 'C02-TS')?.subTask?.workingDays }]],
]);

export const roomRules: readonly Rule[] = [
  formRule('SLIP_DAYS_REVERSED', [...slips.keys()], function* (form) {
    for (const { from, until } of slips.get(form.form) ?? []) {
      const [field, first, last] = readDays(form, from, until);
      if (field === undefined || first === undefined || last === undefined || first <= last) continue;
      yield finding('SLIP_DAYS_REVERSED', { place: form.place(field), value: field.text, params: { from, until, day: field.text } });
    }
    const answers = form.lists.get('NoiDung/DSYeuCau/YeuCau');
    const asked = dayNumberOf(form.field('NoiDung/NgayGui')?.text ?? '');
    for (const [row, text] of (answers?.column('NgayTraLoi') ?? []).entries()) {
      const day = dayNumberOf(text);
      if (answers !== undefined && day !== undefined && asked !== undefined && day < asked) yield finding('SLIP_DAYS_REVERSED', { place: answers.place(row, 'NgayTraLoi'), value: text, params: { from: 'NgayGui', until: 'NgayTraLoi', day: text } });
    }
  }),
  formRule('SLIP_DUE_DAY', [...slips.keys()], function* (form, context) {
    for (const { from, until, days } of slips.get(form.form) ?? []) yield* dueDay(form, context, from, until, days?.(context));
  }),
  formRule('SLIP_TO_ITSELF', ['C02-TS'], (form) => {
    const [asks, answers] = [form.field('NoiDung/NoiGui'), form.field('NoiDung/NoiNhan')];
    if (asks === undefined || answers === undefined || asks.text === '' || asks.text !== answers.text) return [];
    return [finding('SLIP_TO_ITSELF', { place: form.place(answers), value: answers.text, params: { room: answers.text } })];
  }),
];

function procedureOf({ standard, receivedAt }: RuleContext): ReturnType<RuleContext['standard']['procedureAt']> {
  return standard.procedureAt(PROCEDURE, receivedAt);
}

function readDays(form: FormContent, from: string, until: string): readonly [ReturnType<FormContent['field']>, number | undefined, number | undefined] {
  const field = form.field(`NoiDung/${until}`);
  return [field, dayNumberOf(form.field(`NoiDung/${from}`)?.text ?? ''), dayNumberOf(field?.text ?? '')];
}

/** Days that reach into a year whose holidays are not announced are not judged; nor are days in the wrong order, which are found as such. */
function* dueDay(form: FormContent, { standard }: RuleContext, from: string, until: string, days: number | undefined): Iterable<Finding> {
  const [field, first, last] = readDays(form, from, until);
  if (days === undefined || field === undefined || first === undefined || last === undefined || first > last) return;
  const due = dueAfterWorkingDays(standard.calendar, new Date(first * DAY_MS), days, 'keep_time_of_day');
  if (!due.provisional && due.at.getTime() !== last * DAY_MS) yield finding('SLIP_DUE_DAY', { place: form.place(field), value: field.text, params: { until, day: field.text, expected: formatDay(due.at), days, from } });
}
