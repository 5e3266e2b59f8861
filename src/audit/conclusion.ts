// What an audit comes to, in words and as an exit code: 0 everything holds, 2 something could not be decided. Pure.
import { formatInstant } from '../standard/time.ts';
import type { JudgedUnder } from '../store/audit.ts';
import type { AuditReport } from './run.ts';

export interface Conclusion {
  readonly exitCode: 0 | 2;
  /** One line of JSON. */
  readonly report: string;
  /** For whoever must decide the rest. */
  readonly remarks: readonly string[];
}

/** `own`: digests of the rule sets at hand. `judged`: all under which anything on record was judged. */
export function conclude(report: AuditReport, own: readonly string[], judged: readonly JudgedUnder[]): Conclusion {
  const others = judged.filter(({ digest }) => !own.includes(digest));
  return {
    exitCode: report.otherRuleSets === 0 ? 0 : 2,
    report: JSON.stringify({ holds: report.otherRuleSets === 0, ...report }),
    remarks: others.map(({ digest, count, first, last }) =>
      `not judged again: ${count} under the rule set ${digest}, received ${formatInstant(first)} to ${formatInstant(last)}. Bytes, signatures and receipts hold; ` +
      `for the verdicts run the audit of the version whose tables, schemas and code these are (this one has ${own.join(', ')}).`),
  };
}
