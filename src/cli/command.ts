// What all commands share: --json and --lang, and the one place where an outcome is printed and an error caught.
import { Option } from 'commander';
import type { Command } from 'commander';

import { failureOf } from './outcome.ts';
import type { ExitCode, Outcome } from './outcome.ts';
import { printed } from './lines.ts';
import type { Language } from './lines.ts';
import type { Terminal } from './terminal.ts';

export interface CommonFlags {
  readonly json?: boolean;
  readonly lang: Language;
}

/** Runs a command's task and prints what it ends with. `place` is what it works on. */
export type Perform = (flags: CommonFlags, place: string, task: (terminal: Terminal) => Promise<Outcome>) => Promise<void>;

export function withCommonFlags(command: Command): Command {
  return command
    .option('--json', 'một đối tượng JSON cho chương trình / one JSON object on stdout, for programs')
    .addOption(new Option('--lang <language>', 'vi: tiếng Việt kèm tiếng Anh / Vietnamese with English; en: chỉ tiếng Anh / English alone').choices(['vi', 'en']).default('vi'));
}

export function performer(terminal: Terminal, finish: (exitCode: ExitCode) => void): Perform {
  return async ({ json, lang }, place, task) => {
    const outcome = await task(terminal).catch((error: unknown) => failureOf(error, place));
    if (json === true) terminal.out(`${JSON.stringify({ ...outcome.facts, exitCode: outcome.exitCode })}\n`);
    else if (outcome.text !== undefined) terminal.out(outcome.text);
    else (isFailure(outcome) ? terminal.err : terminal.out)(printed(outcome.lines, lang));
    finish(outcome.exitCode);
  };
}

/** An error, as against a refusal, which is an answer. */
function isFailure({ facts }: Outcome): boolean {
  return Object.hasOwn(facts, 'error');
}
