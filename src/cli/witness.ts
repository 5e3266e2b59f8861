// `ivan witness`: cosigns the checkpoints of a gateway's log, each after it is proven to go on from the one cosigned before, and hands the cosignature in. It
// signs what it has kept, and keeps it before it tells anybody (C2SP tlog-witness). `ivan witness keygen` makes its key.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';

import type { Command } from 'commander';

import { ClientError, reasonOf } from '../client/errors.ts';
import { lineText, signerOf, verifierText } from '../log/note.ts';
import type { NoteSigner } from '../log/note.ts';
import { cosign, lineOf } from '../witness/observe.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readText, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import { kept, watch, withWatchFlags } from './log-watch.ts';
import type { Take, WatchFlags } from './log-watch.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

interface KeyFlags extends CommonFlags {
  readonly name: string;
  readonly out: string;
}

interface WitnessFlags extends WatchFlags {
  readonly key: string;
  readonly name: string;
}

export function addWitness(program: Command, perform: Perform): void {
  const witness = program.command('witness').description('làm chứng cho nhật ký của cổng: đồng ký các điểm kiểm tra / witness the log of a gateway: cosign its checkpoints');
  withCommonFlags(witness.command('keygen'))
    .description('tạo khóa Ed25519 của bên làm chứng; khóa kiểm tra in ra được gửi cho người vận hành cổng / make a witness’s Ed25519 key; the verifier key printed is for the gateway’s operator')
    .requiredOption('--name <name>', 'tên của bên làm chứng, như một URL không có https:// / the witness’s name, as a URL without its scheme, e.g. witness.example/w1')
    .requiredOption('--out <file>', 'where the private key goes (PEM); an existing one is never overwritten')
    .action((flags: KeyFlags) => perform(flags, flags.out, () => makeKey(flags)));
  withWatchFlags(witness.command('run', { isDefault: true }))
    .description('kiểm tra rằng nhật ký chỉ nối thêm, rồi đồng ký / check that the log only grew, then cosign; a fork or a shrinking log ends it with 1')
    .requiredOption('--key <pem>', 'khóa riêng Ed25519 / the private key')
    .requiredOption('--name <name>', 'tên của bên làm chứng / the witness’s name')
    .action((flags: WitnessFlags) => perform(flags, flags.url, (terminal) => witnessing(flags, terminal)));
}

async function makeKey({ name, out }: KeyFlags): Promise<Outcome> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = verifierText(signerNamed(name, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()));
  await writeNew(out, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
  return {
    exitCode: exitCodes.done,
    facts: { key: out, verifier: key },
    lines: [{ vi: `Khóa riêng (giữ kín): ${out}`, en: `Private key (keep it secret): ${out}` }, ...factLine('Khóa kiểm tra, cho GATEWAY_LOG_WITNESSES_FILE', 'Verifier key, for GATEWAY_LOG_WITNESSES_FILE', key)],
  };
}

function signerNamed(name: string, pem: string): NoteSigner {
  try {
    return signerOf(name, createPrivateKey(pem), 'witness');
  } catch (error) {
    throw new ClientError('KEY_FILE', name, reasonOf(error), { cause: error });
  }
}

async function witnessing(flags: WitnessFlags, terminal: Terminal): Promise<Outcome> {
  const witness = signerNamed(flags.name, await readText(flags.key));
  return watch(flags, terminal, cosigning(witness, terminal));
}

/** What was cosigned and perhaps not handed in, for the connection broke, is handed in as it was cosigned. */
function cosigning(witness: NoteSigner, { now, signal }: Terminal): Take {
  return async ({ moved, last, newest, client, state }) => {
    const { size } = newest.checkpoint;
    if (size === 0) return { facts: { cosigned: false }, lines: [] };
    const own = moved === 'same' && last !== undefined && lineOf(last, witness) !== undefined ? last : cosign(newest, witness, now());
    if (own !== last) await state.write(kept(own));
    const line = lineOf(own, witness);
    if (line !== undefined && lineOf(newest, witness) === undefined) await client.addCosignature(size, lineText(line), signal);
    return { facts: { cosigned: true, witness: witness.name }, lines: [{ vi: `  Đã đồng ký bởi ${witness.name}`, en: `  Cosigned by ${witness.name}` }] };
  };
}
