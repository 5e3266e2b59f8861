// A step that may refuse → its value or the refusal, which an examination reports. What fails otherwise is thrown on.
import { Refusal } from '../errors/outcomes.ts';

export function attempted<Value>(step: () => Value): Value | Refusal {
  try {
    return step();
  } catch (error) {
    return refusalOf(error);
  }
}

export async function attemptedLater<Value>(step: () => Promise<Value>): Promise<Value | Refusal> {
  return step().catch(refusalOf);
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}
