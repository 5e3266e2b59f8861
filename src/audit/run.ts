// The audit run in one process: re-decides every stored submission, verifies every receipt and result, walks the log, compares the counts, and stops at the
// first lie unless it is told otherwise.
import type { Schemas } from '../standard/schema.ts';
import type { Standard } from '../standard/tables.ts';
import type { Database } from '../store/database.ts';
import { extentOf, openAuditor } from './auditor.ts';
import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Outside } from './kept.ts';
import { firstEnds } from './lie.ts';
import type { Found } from './lie.ts';
import { piecesOf } from './pieces.ts';

export type AuditReport = Counts;

export interface AuditSettings {
  readonly database: Pick<Database, 'query'>;
  /** The rule sets at hand, one for each signature policy: which one judged a submission its receipt says. */
  readonly standards: readonly Standard[];
  readonly schemas: Schemas;
  readonly found?: Found;
  /** What the store has to agree with. */
  readonly outside?: Outside;
}

/** @throws Lie at the first contradiction, unless lies are noted. */
export async function runAudit({ database: { query }, standards, schemas, found = firstEnds, outside }: AuditSettings): Promise<AuditReport> {
  const auditor = await openAuditor({ query, standards, schemas, found, ...(outside === undefined ? {} : { outside }) });
  let report = noCounts;
  for (const piece of rowsFirst(piecesOf(await extentOf(query)))) report = added(report, await auditor.check(piece));
  return report;
}

/** Rows first, for a lie is named best by its own row; then what is between them. */
function rowsFirst(pieces: ReturnType<typeof piecesOf>): ReturnType<typeof piecesOf> {
  const order = ['submissions', 'forms', 'messages', 'whole', 'log', 'log end', 'stamps'];
  return pieces.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
