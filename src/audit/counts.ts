// What an audit has been through; parts that were checked apart add up.

export interface Counts {
  readonly submissions: number;
  readonly accepted: number;
  readonly refused: number;
  readonly conflicts: number;
  readonly results: number;
  /** Of the agencies, whatever was made of them. */
  readonly messages: number;
  /** Forms 04, 05 and 06. */
  readonly registrations: number;
  /** Submissions whose data was erased: nothing is left to judge, and an erasure on record says so. */
  readonly erased: number;
  /** Judged by a rule set that this program does not have: bytes, receipts and signatures are checked, verdicts are not repeated. */
  readonly otherRuleSets: number;
  /** Entries of the log. */
  readonly logged: number;
  /** Time stamps of checkpoints and receipts. */
  readonly stamps: number;
}

export const noCounts: Counts = { submissions: 0, accepted: 0, refused: 0, conflicts: 0, results: 0, messages: 0, registrations: 0, erased: 0, otherRuleSets: 0, logged: 0, stamps: 0 };

export function added(a: Counts, b: Counts): Counts {
  return {
    submissions: a.submissions + b.submissions,
    accepted: a.accepted + b.accepted,
    refused: a.refused + b.refused,
    conflicts: a.conflicts + b.conflicts,
    results: a.results + b.results,
    messages: a.messages + b.messages,
    registrations: a.registrations + b.registrations,
    erased: a.erased + b.erased,
    otherRuleSets: a.otherRuleSets + b.otherRuleSets,
    logged: a.logged + b.logged,
    stamps: a.stamps + b.stamps,
  };
}
