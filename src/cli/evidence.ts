// `ivan evidence`: everything that the gateway has of a dossier, as one container that `ivan verify` and common tools check without it. Saved only when every
// file in it is signed and it is about the dossier that was asked about.
import { dirname } from 'node:path';

import type { Command } from 'commander';

import type { EvidenceAnswer } from '../client/evidence.ts';
import { checkFingerprint, digestOf, factsOf } from '../client/verify-message.ts';
import { parseCertificate } from '../trust/certificate.ts';
import { trustSigner } from '../trust/path.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { checkAnswer, withClient, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readInput, readTrust, saveAnswer, stemOf, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';
import { messageFacts, messageLines, signerLines } from './message-lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { stateLine } from './states.ts';

interface EvidenceFlags extends ConnectionFlags {
  readonly out?: string;
}

export function addEvidence(program: Command, perform: Perform): void {
  withCommonFlags(withConnectionFlags(program.command('evidence')))
    .description('tải chứng cứ của hồ sơ (ASiC-E): bản gốc, biên nhận, kết quả, chứng thư số, CRL, nhật ký / fetch a dossier’s evidence as one container that anybody can check alone')
    .argument('<file or sha256>', 'the dossier as it was sent, or its SHA-256')
    .option('--out <file>', 'ghi container vào tệp này / write the container here (NAME.asice in this folder)')
    .action((about: string, flags: EvidenceFlags) => perform(flags, about, (terminal) => withClient(flags, terminal, async (client) => {
      const digest = /^[0-9a-f]{64}$/i.test(about) ? about.toLowerCase() : digestOf(await readInput(about));
      const answer = await client.evidence(digest, terminal.signal);
      return answer.kind === 'evidence' ? saved(answer, digest, flags.out ?? `${stemOf(about)}.asice`, flags) : denied(answer, digest, flags);
    })));
}

type Evidence = Extract<EvidenceAnswer, { kind: 'evidence' }>;

async function saved(evidence: Evidence, digest: string, path: string, flags: EvidenceFlags): Promise<Outcome> {
  const signer = await signerOf(evidence, flags);
  await writeNew(path, evidence.container);
  return {
    exitCode: exitCodes.done,
    facts: { digest, saved: path, files: [...evidence.files.keys()], signedAt: evidence.signature.xades.signingTime.toISOString(), verified: signer !== undefined, signer },
    lines: [
      { vi: `${path}: ${evidence.files.size} tệp, mọi tệp đúng với chữ ký`, en: `${path}: ${evidence.files.size} files, each as it was signed` },
      ...(signer === undefined ? [unchecked] : signerLines(signer)),
    ],
  };
}

const unchecked: Line = { vi: '  Chưa kiểm tra người ký; dùng --trust hoặc ivan verify.', en: '  The signer was not judged; use --trust or ivan verify.' };

/** Undefined when there is nothing to judge by. Throws when the signer is not to be trusted. */
async function signerOf({ signature }: Evidence, { trust, fingerprint }: EvidenceFlags): Promise<ReturnType<typeof factsOf> | undefined> {
  if (trust === undefined) return undefined;
  const { certificate, xades } = signature;
  const signer = factsOf(trustSigner(parseCertificate(certificate), await readTrust(trust), xades.signingTime, 'signature'));
  checkFingerprint(signer, fingerprint);
  return signer;
}

async function denied({ nonReceipt, message }: Extract<EvidenceAnswer, { kind: 'unknown' }>, digest: string, flags: EvidenceFlags): Promise<Outcome> {
  const checked = await checkAnswer(nonReceipt, digest, flags);
  const path = flags.out === undefined ? undefined : await saveAnswer(dirname(flags.out), stemOf(flags.out).replace(/\.asice$/, ''), 'non-receipt', nonReceipt);
  return {
    exitCode: exitCodes.indeterminate,
    facts: { state: 'unknown', digest, saved: path, verified: checked.verified, message: messageFacts(message) },
    lines: [stateLine('unknown'), ...messageLines(message), ...factLine('Đã lưu', 'Saved', path), ...checked.lines],
  };
}
