// The flags of every command that talks to a gateway, and what a message of the gateway's is checked with when trust material is given.
import type { Command } from 'commander';

import { connect } from '../client/connect.ts';
import type { ConnectionOptions, GatewayClient } from '../client/connect.ts';
import { ClientError } from '../client/errors.ts';
import { digestOf, verifyMessage } from '../client/verify-message.ts';
import type { VerifiedMessage } from '../client/verify-message.ts';
import type { CommonFlags } from './command.ts';
import { readText, readTrust } from './files.ts';
import type { Line } from './lines.ts';
import { signerLines } from './message-lines.ts';
import type { Terminal } from './terminal.ts';

export interface ConnectionFlags extends CommonFlags {
  readonly url: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly trust?: string;
  readonly fingerprint?: string;
}

export function withConnectionFlags(command: Command): Command {
  return command
    .requiredOption('--url <url>', 'địa chỉ của cổng (https) / address of the gateway (https)')
    .option('--ca <pem>', 'tổ chức chứng thực tin cậy cho TLS / authorities to trust for TLS, instead of those built in')
    .option('--cert <pem>', 'chứng thư máy khách TLS của I-VAN kèm chuỗi; đơn vị nộp trực tiếp không cần / TLS client certificate of an I-VAN, with its chain; a direct employer needs none')
    .option('--key <pem>', 'khóa riêng của nó / its private key')
    .option('--trust <folder or pem>', 'kiểm tra chữ ký của cổng theo các chứng thư và CRL này / verify what the gateway signed against these certificates and CRLs')
    .option('--fingerprint <sha256>', 'chứng thư duy nhất được phép đã ký / the only certificate that may have signed it');
}

/** Runs the task with a connection, which is closed whatever happens. */
export function withClient<Value>(flags: ConnectionFlags, terminal: Terminal, task: (client: GatewayClient) => Promise<Value>): Promise<Value> {
  return withConnection(flags, terminal, connect, task);
}

/** The same with another line to the gateway. */
export async function withConnection<Client extends { readonly close: () => void }, Value>(flags: ConnectionFlags, terminal: Terminal, open: (options: ConnectionOptions) => Client, task: (client: Client) => Promise<Value>): Promise<Value> {
  const { url, ca, cert, key } = flags;
  if ((cert === undefined) !== (key === undefined)) throw new ClientError('USAGE', url, '--cert + --key');
  if (flags.fingerprint !== undefined && flags.trust === undefined) throw new ClientError('USAGE', url, '--fingerprint: --trust');
  const client = open({
    url,
    ...(ca === undefined ? {} : { certificateAuthorities: [await readText(ca)] }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { certificatePem: await readText(cert), keyPem: await readText(key) } }),
    ...(terminal.sleep === undefined ? {} : { sleep: terminal.sleep }),
  });
  return task(client).finally(client.close);
}

export type Checked = { readonly verified: true; readonly message: VerifiedMessage; readonly lines: readonly Line[] } | { readonly verified: false; readonly lines: readonly Line[] };

const unchecked: Line = { vi: '  Chưa kiểm tra người ký; dùng --trust hoặc ivan verify.', en: '  The signer was not judged; use --trust or ivan verify.' };

/** The gateway's message, verified if there is something to verify it with. Throws when it does not verify. */
export async function checkAnswer(answer: Buffer, digest: string, { trust, fingerprint }: ConnectionFlags): Promise<Checked> {
  if (trust === undefined) return { verified: false, lines: [unchecked] };
  // It came over TLS from the gateway itself; without a fingerprint its signer is shown, for whoever keeps it to compare.
  const message = await verifyMessage(answer, await readTrust(trust), fingerprint === undefined ? { anySigner: true } : { fingerprint });
  if (message.digest !== digest) throw new ClientError('OTHER_DOSSIER', digestOf(answer), message.digest);
  return { verified: true, message, lines: signerLines(message.signer) };
}
