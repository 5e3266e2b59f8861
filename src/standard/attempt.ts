// Collects what is wrong instead of stopping at the first thing: a step either gives its value or adds its findings to the list.
import { Refusal } from '../errors/outcomes.ts';
import type { Finding, Place } from '../errors/outcomes.ts';

/** The step's value, or undefined after adding its findings. `Unavailable` and bugs pass through. */
export function attempt<Value>(findings: Finding[], step: () => Value): Value | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    findings.push(...error.findings);
    return undefined;
  }
}

/** Runs a step whose findings do not know where they are, and puts them at `place`, which is asked for only then: counting lines is dear. */
export function at<Value>(place: () => Place, step: () => Value): Value {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.findings.map((entry) => ({ ...entry, place: { ...place(), ...entry.place } })));
  }
}
