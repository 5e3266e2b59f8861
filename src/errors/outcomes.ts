// How the gateway says no. `Refusal` is the submission's fault: final, signed, stored. `Unavailable` is ours: it promises nothing
// ("not now", 503). `Problem` is an admission failure: no body was accepted, nothing is stored. Anything else that is thrown is a bug.
import { severityOf } from './findings.ts';
import type { FindingCode } from './findings.ts';
import type { ProblemCode } from './problems.ts';
import type { ReasonCode } from './reasons.ts';

/** Where a finding is: in the envelope, or in one of the files inside it. Line and column count from 1; columns are in characters. */
export interface Place {
  /** Name of the inner file (`TenFile`); absent for the envelope. */
  readonly file?: string;
  readonly xpath?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong (`refuse`) or odd (`warn`); sentences, and the severity unless it says another, are the code's, in `findings.ts`. */
export interface Finding {
  readonly code: FindingCode;
  readonly place: Place;
  /** The offending value, masked. */
  readonly value?: string;
  /** What the code's sentences name in braces. */
  readonly params: Readonly<Record<string, string>>;
  /** Where the rule set in force at reception makes it another than the code's own. */
  readonly severity?: 'refuse' | 'warn';
}

export function severityOfFinding({ code, severity }: Pick<Finding, 'code' | 'severity'>): 'refuse' | 'warn' {
  return severity ?? severityOf(code);
}

export interface FindingDetails {
  readonly place?: Place;
  readonly value?: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export function finding(code: FindingCode, details: FindingDetails = {}): Finding {
  const params = Object.fromEntries(Object.entries(details.params ?? {}).map(([name, value]) => [name, shorten(String(value))]));
  return {
    code,
    place: details.place?.file === undefined ? (details.place ?? {}) : { ...details.place, file: shorten(details.place.file) },
    params,
    ...(details.value === undefined ? {} : { value: maskValue(details.value) }),
  };
}

const LONGEST_TEXT = 500;

/** The sender's words where we repeat them: cut, so that no receipt grows with what was sent. */
export function shorten(text: string): string {
  return (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`).toWellFormed();
}

/** Shows enough of a value to find it and too little to leak it: at most 3 characters at either end of what is longer than 8. */
function maskValue(value: string): string {
  const characters = Array.from((value.length > 64 ? value.slice(0, 16) + value.slice(-16) : value).toWellFormed());
  if (characters.length <= 8) return characters.join('');
  return `${characters.slice(0, 3).join('')}…${characters.slice(-3).join('')}`;
}

/** The submission cannot be accepted. Carries every finding known so far. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map((entry) => entry.code).join(', '));
    this.findings = findings;
  }
}

export function refuse(code: FindingCode, details: FindingDetails = {}): never {
  throw new Refusal([finding(code, details)]);
}

export interface UnavailableDetails {
  readonly retryAfterSeconds?: number;
  readonly detail?: string;
  readonly cause?: unknown;
}

/** The gateway cannot say yes or no at present. Nothing was signed; the sender may try again after `retryAfterSeconds`. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  /** For the sender; `message` has the detail besides, for the operator's log. */
  readonly reason: ReasonCode;
  readonly retryAfterSeconds: number;

  constructor(reason: ReasonCode, { retryAfterSeconds = 5, detail, cause }: UnavailableDetails = {}) {
    super(detail === undefined ? reason : `${reason}: ${detail}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The request was not admitted: nothing of it was read as a dossier. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly params: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, params: Readonly<Record<string, string | number>> = {}) {
    super(code);
    this.code = code;
    this.params = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  }
}
