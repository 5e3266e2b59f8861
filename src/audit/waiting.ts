// What waits for the log waits a moment: a row that has waited longer than that, by the rows' own instants, is kept out of the log, and nothing that was signed
// says anything of it. Looked at twice, for what came late into the store with an instant from before is on its way. Tells lies.
import { setTimeout as sleepFor } from 'node:timers/promises';

import type { Query } from '../store/database.ts';
import { findOverdue } from '../store/log-audit.ts';
import { Lie } from './lie.ts';
import type { Found } from './lie.ts';

const LONGEST_MS = 15 * 60_000;
/** A gateway that runs enters what waits every second. */
const LOOKED_AGAIN_AFTER_MS = 2_500;

export async function checkWaiting(query: Query, found: Found, lookedAgainAfterMs = LOOKED_AGAIN_AFTER_MS): Promise<void> {
  const first = await findOverdue(query, LONGEST_MS);
  if (first.length === 0) return;
  await sleepFor(lookedAgainAfterMs);
  const before = new Set(first.map(({ where }) => where));
  for (const { where, what } of await findOverdue(query, LONGEST_MS)) if (before.has(where)) found(new Lie(where, what));
}
