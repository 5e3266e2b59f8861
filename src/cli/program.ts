// The `ivan` command over the client library: every command with its flags, and every way out as one of the documented exit codes.
import { Command, CommanderError } from 'commander';

import { addAdmin } from './admin.ts';
import { addAudit } from './audit.ts';
import { performer } from './command.ts';
import type { Perform } from './command.ts';
import { addEvents } from './events.ts';
import { addEvidence } from './evidence.ts';
import { addKeygen } from './keygen.ts';
import { addLog } from './log.ts';
import { exitCodeHelp, exitCodes } from './outcome.ts';
import type { ExitCode } from './outcome.ts';
import { addRegister } from './register.ts';
import { addRender } from './render.ts';
import { addSign } from './sign.ts';
import { addStatus } from './status.ts';
import { addSubmit } from './submit.ts';
import type { Terminal } from './terminal.ts';
import { addValidate } from './validate.ts';
import { addVerify } from './verify.ts';
import { addWebhook } from './webhook.ts';
import { addWitness } from './witness.ts';

/** In the order of a sender's work. */
const commands: readonly ((program: Command, perform: Perform) => void)[] = [addKeygen, addSign, addValidate, addSubmit, addStatus, addEvents, addEvidence, addWebhook, addRegister, addVerify, addRender, addLog, addWitness, addAdmin, addAudit];

/** `words` without the program's own name. Writes to the terminal only; never throws for what the user gave. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const perform = performer(terminal, (code) => {
    exitCode = code;
  });
  const program = new Command('ivan')
    .description('Hồ sơ BHXH điện tử: ký, nộp, theo dõi, kiểm tra / Social-insurance dossiers: sign, submit, follow, verify')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(--help shows the arguments)')
    .exitOverride();
  for (const add of commands) add(program, perform);
  for (const command of [program, ...program.commands]) command.addHelpText('after', exitCodeHelp);
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}
