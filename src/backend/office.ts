// What the agency works with, and how long it takes: the workflow of a procedure in force at an instant, and the plan of a case by it.
import type { SigningIdentity } from '../signature/sign.ts';
import type { Standard } from '../standard/standard.ts';
import type { Voice } from './outbox.ts';
import { planOf } from './plan.ts';
import type { Pace, Plan } from './plan.ts';
import type { Register } from './register.ts';
import { SLOWNESS, strikes } from './scenario.ts';
import type { Store } from './store.ts';
import type { Workflow, Workflows } from './workflow.ts';

export interface Office extends Voice {
  readonly store: Store;
  readonly signing: SigningIdentity;
  readonly standard: Standard;
  readonly register: Register;
  readonly workflows: Workflows;
  readonly pace: Pace;
}

export function workflowOf({ workflows, standard }: Office, procedure: string, at: Date): { readonly workflow: Workflow; readonly days: number } {
  return workflows.of(procedure, standard.procedureAt(procedure, at));
}

export function planFor({ pace, standard, scenario }: Office, workflow: Workflow, days: number, digest: string, at: Date): Plan {
  const slowness = strikes(scenario(), 'slow', digest) ? SLOWNESS : 1;
  return planOf(workflow, days, at, { pace, calendar: standard.calendar, slowness });
}
