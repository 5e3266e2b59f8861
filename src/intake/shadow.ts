// A rule set that is not in force judges beside the one that is, over the same submissions: after their receipts are out, one at a time, and
// only as long as there is room. What it would have said is counted per rule and sender. Nothing it does reaches a sender or a record.
import { severityOfFinding, Unavailable } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { senderName } from '../standard/dossier.ts';
import { formatIsoDay } from '../standard/time.ts';
import { ruleSetOf } from '../standard/validate.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { ShadowCount, ShadowKind } from '../store/shadow.ts';
import { withComparison } from './filed-before.ts';
import { judge } from './judge.ts';
import type { JudgeInput, Verdict } from './judge.ts';

export interface ShadowSettings {
  /** With the rule set that is not in force, and the standard it belongs to. */
  readonly rulebook: () => Rulebook;
  readonly save: (counts: readonly ShadowCount[]) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export interface Shadow {
  /** Takes what was judged in earnest, and what holding it against earlier dossiers found; never throws, never waits. */
  consider(input: JudgeInput, digest: string, verdict: Verdict, comparison?: readonly Finding[]): void;
  /** Resolves when all that was taken is judged and counted. */
  idle(): Promise<void>;
}

interface Taken {
  readonly input: JudgeInput;
  readonly digest: string;
  readonly accepted: boolean;
  readonly codes: ReadonlySet<string>;
  readonly comparison: readonly Finding[];
}

const MOST_WAITING = 1_000;
const MOST_BYTES_WAITING = 64 * 1024 * 1024;
const SAVE_EVERY = 100;

export function createShadow(settings: ShadowSettings): Shadow {
  const waiting: Taken[] = [];
  const counts = new Map<string, ShadowCount>();
  let bytesWaiting = 0;
  let running: Promise<void> | undefined;

  const count = ({ input, digest }: Pick<Taken, 'input' | 'digest'>, kind: ShadowKind, code = ''): void => {
    const { standard, ruleSet } = settings.rulebook();
    const row = { ruleSet: ruleSet?.id ?? '', digest: standard.digest, day: formatIsoDay(input.receivedAt), sender: senderName(input.sender), kind, code, example: digest };
    const key = JSON.stringify([row.ruleSet, row.digest, row.day, row.sender, kind, code]);
    counts.set(key, { ...row, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  const save = async (): Promise<void> => {
    if (counts.size === 0) return;
    const saved = [...counts.values()];
    counts.clear();
    await settings.save(saved).catch(settings.failed);
  };
  const judgeNext = (taken: Taken): void => {
    try {
      const rulebook = settings.rulebook();
      const verdict = withComparison(judge(taken.input, rulebook), taken.comparison, ruleSetOf(rulebook, taken.input.receivedAt));
      for (const [kind, code] of differences(taken, verdict)) count(taken, kind, code);
    } catch (error) {
      count(taken, 'passed_over');
      if (!(error instanceof Unavailable)) settings.failed(error);
    }
  };
  const run = async (): Promise<void> => {
    for (let done = 1; waiting.length > 0; done += 1) {
      await new Promise((resolve) => setImmediate(resolve)); // whoever waits for a receipt comes first
      const taken = waiting.shift();
      if (taken === undefined) break;
      bytesWaiting -= taken.input.bytes.length;
      judgeNext(taken);
      if (done % SAVE_EVERY === 0) await save();
    }
    await save();
  };
  const start = (): void => {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0) start();
    });
  };

  return {
    consider: (input, digest, { outcome, findings }, comparison = []) => {
      const taken = { input, digest, accepted: outcome === 'accepted', codes: new Set(findings.map(({ code }) => code)), comparison };
      if (waiting.length >= MOST_WAITING || bytesWaiting + input.bytes.length > MOST_BYTES_WAITING) {
        count(taken, 'passed_over');
        return;
      }
      waiting.push(taken);
      bytesWaiting += input.bytes.length;
      start();
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** What the two sets say differently; a rule is counted when it refuses in shadow what was not refused for it. */
function* differences({ accepted, codes }: Taken, shadow: Verdict): Iterable<[ShadowKind, string]> {
  yield ['judged', ''];
  if (accepted && shadow.outcome === 'refused') yield ['would_refuse', ''];
  if (!accepted && shadow.outcome === 'accepted') yield ['would_accept', ''];
  const refusing = new Set(shadow.findings.filter((entry) => severityOfFinding(entry) === 'refuse').map(({ code }) => code));
  for (const code of refusing) if (accepted || !codes.has(code)) yield ['rule', code];
}
