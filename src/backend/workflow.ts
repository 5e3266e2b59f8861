// Workflows as data: the rooms a dossier of a procedure passes, their working days and the works done there, from workflows/*.json. Read and
// checked once at start: a file that is wrong stops it with its place. A procedure without a file of its own takes the default.
import { readdirSync, readFileSync } from 'node:fs';

import { packageFile } from '../paths.ts';
import { listOf, memberOf, oneOf, optionalMemberOf, parseJson, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import type { Procedure, ProcedureGroup } from '../standard/procedures.ts';
import { rooms } from './officers.ts';
import type { Room } from './officers.ts';

export interface Workflow {
  /** How the agency numbers such dossiers; undefined: as the gateway did. */
  readonly numberFormat: string | undefined;
  readonly steps: readonly WorkflowStep[];
}

export interface WorkflowStep {
  readonly name: string;
  readonly room: Room;
  readonly days: number;
  /** Whether the sender hears of its beginning too, or of its end only. */
  readonly report: 'both' | 'end';
  readonly works: readonly { readonly work: string; readonly day: number | 'end' }[];
}

interface Draft extends Omit<Workflow, 'steps'> {
  readonly procedures: readonly string[];
  readonly steps: readonly (Omit<WorkflowStep, 'room' | 'days'> & { readonly room: Room | 'group'; readonly days: number | 'rest' })[];
}

export interface Workflows {
  /** The procedure's row in force, or undefined for a code that is not in the table. */
  of(code: string, row: Procedure | undefined): { readonly workflow: Workflow; readonly days: number };
}

const DEFAULT_DAYS = 5;
const roomOfGroup: Readonly<Record<ProcedureGroup, Room>> = { thu: 'THU', 'so-the': 'SO_THE', 'che-do': 'CHE_DO' };

/** `knownWorks` are the names that a workflow may ask for. */
export function loadWorkflows(knownWorks: ReadonlySet<string>): Workflows {
  const folder = packageFile('src', 'backend', 'workflows');
  const drafts = readdirSync(folder).sort().map((file) => readDraft(parseJson(readFileSync(`${folder}/${file}`), file), knownWorks));
  const byProcedure = new Map(drafts.flatMap((draft) => draft.procedures.map((code) => [code, draft] as const)));
  const otherwise = drafts.find(({ procedures }) => procedures.length === 0);
  if (otherwise === undefined) throw new Error('workflows: there is no default');
  return {
    of: (code, row) => {
      const days = row?.workingDays ?? DEFAULT_DAYS;
      return { workflow: settle(byProcedure.get(code) ?? otherwise, days, roomOfGroup[row?.group ?? 'thu']), days };
    },
  };
}

function settle({ numberFormat, steps }: Draft, days: number, groupRoom: Room): Workflow {
  const given = steps.reduce((sum, step) => sum + (step.days === 'rest' ? 0 : step.days), 0);
  return {
    numberFormat,
    steps: steps.map((step) => ({ ...step, room: step.room === 'group' ? groupRoom : step.room, days: step.days === 'rest' ? Math.max(0, days - given) : step.days })),
  };
}

function readDraft(file: JsonValue, knownWorks: ReadonlySet<string>): Draft {
  const format = optionalMemberOf(file, 'numberFormat');
  return {
    procedures: listOf(memberOf(file, 'procedures'), (code) => textOf(code)),
    numberFormat: format === undefined ? undefined : textOf(format, /\{number\}/),
    steps: listOf(memberOf(file, 'steps'), (step) => readStep(step, knownWorks)),
  };
}

function readStep(step: JsonValue, knownWorks: ReadonlySet<string>): Draft['steps'][number] {
  const days = memberOf(step, 'days');
  return {
    name: textOf(memberOf(step, 'name')),
    room: oneOf(memberOf(step, 'room'), [...rooms, 'group'] as const),
    days: days.value === 'rest' ? 'rest' : daysOf(days),
    report: oneOf(memberOf(step, 'report'), ['both', 'end'] as const),
    works: listOf(memberOf(step, 'works'), (item) => {
      const work = memberOf(item, 'work');
      const day = memberOf(item, 'day');
      if (!knownWorks.has(textOf(work))) throw new Error(`${work.at}: there is no such work`);
      return { work: textOf(work), day: day.value === 'end' ? 'end' as const : daysOf(day) };
    }),
  };
}

function daysOf({ value, at }: JsonValue): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`${at}: not a number of days`);
  return value;
}
