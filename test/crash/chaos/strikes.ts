// Carries the plan out: kills each part when the run has come so far, and starts it again when the run has gone on for a while without it, or
// cannot. Tells what happened when.
import { until, untilNothing } from '../../support/until.ts';
import type { Part } from './parts.ts';
import type { Strike } from './plan.ts';

export interface Run {
  /** How far it has come, in thousandths. */
  readonly progress: () => number;
  readonly tell: (line: string) => void;
  /** True when the run has failed: nothing more is waited for. */
  readonly isOver: () => boolean;
}

/** A run that has come no further for so long has failed. */
const STANDSTILL_MS = 180_000;
/** Where nothing goes on without the part. */
const DOWN_LIMIT_MS = 4_000;

/** Resolves when all is done and every part is back. */
export async function strikeAll(plan: readonly Strike[], parts: ReadonlyMap<string, Part>, run: Run): Promise<void> {
  await Promise.all([...parts.values()].map(async (part) => {
    for (const strike of plan) if (strike.part === part.name) await strikeOne(part, strike, run);
  }));
}

async function strikeOne(part: Part, { at, backAt }: Strike, { progress, tell, isOver }: Run): Promise<void> {
  const reached = (thousandths: number): Promise<boolean> => Promise.resolve(progress() >= thousandths || isOver());
  await untilNothing(`${at} ‰ of the run, for ${part.name}`, () => Promise.resolve(isOver() ? 0 : Math.max(0, at - progress())), STANDSTILL_MS);
  if (isOver()) return;
  const killed = Date.now();
  const struck = progress();
  await part.kill();
  await until('the run goes on', () => reached(Math.max(backAt, struck)), DOWN_LIMIT_MS).catch(() => undefined);
  const down = Date.now() - killed;
  await part.start();
  tell(`${part.name} killed at ${struck} ‰, started again after ${down} ms, back at ${progress()} ‰ after ${Date.now() - killed} ms`);
}
