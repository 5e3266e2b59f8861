// `ivan sign`: a form in its own place, or a whole dossier in Hoso/CKy_Dvi. The unsigned file stays as it is.
import { dirname, join } from 'node:path';

import type { Command } from 'commander';

import { ClientError } from '../client/errors.ts';
import { readPem, readPkcs12 } from '../client/identity.ts';
import { signDocument } from '../client/sign.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { digestOf } from '../client/verify-message.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readText, stemOf, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface IdentityFlags {
  readonly key?: string;
  readonly cert?: string;
  readonly p12?: string;
  readonly passwordFile?: string;
}

interface SignFlags extends CommonFlags, IdentityFlags {
  readonly out?: string;
  readonly xades?: boolean;
}

/** Whoever signs. */
export function withIdentityFlags(command: Command): Command {
  return command
    .option('--key <pem>', 'khóa riêng / private key')
    .option('--cert <pem>', 'chứng thư của khóa đó / certificate of that key, with any others after it')
    .option('--p12 <file>', 'tệp PKCS #12 thay cho --key và --cert / PKCS #12 file (.p12, .pfx) instead of --key and --cert')
    .option('--password-file <file>', 'dòng đầu là mật khẩu của khóa hoặc .p12 / the first line is the password of the key or the .p12');
}

export function addSign(program: Command, perform: Perform): void {
  withIdentityFlags(withCommonFlags(program.command('sign')))
    .description('ký số hồ sơ (Hoso) hoặc tờ khai bằng khóa của đơn vị / sign a dossier (Hoso) or a form with the unit’s key')
    .argument('<file>', 'the unsigned dossier or form')
    .option('--xades', 'ký theo XAdES-B với RSASSA-PSS hoặc ECDSA (TT 15/2025) / sign as XAdES-B with RSASSA-PSS or ECDSA (the policy “strict”)')
    .option('--out <file>', 'nơi ghi tài liệu đã ký / where the signed document goes (FILE.signed.xml)')
    .action((file: string, flags: SignFlags) => perform(flags, file, ({ now }) => sign(file, flags, now())));
}

async function sign(file: string, flags: SignFlags, now: Date): Promise<Outcome> {
  const identity = await identityFrom(flags);
  const signed = await signDocument(await readInput(file), identity, now, { xades: flags.xades === true });
  const path = flags.out ?? join(dirname(file), `${stemOf(file)}.signed.xml`);
  await writeNew(path, signed.bytes);
  const digest = digestOf(signed.bytes);
  const lines = [{ vi: `Đã ký: ${path}`, en: `Signed: ${path}` }, ...factLine('SHA-256', 'SHA-256', digest)];
  return { exitCode: exitCodes.done, facts: { kind: signed.kind, file: path, digest }, lines };
}

export async function identityFrom({ key, cert, p12, passwordFile }: IdentityFlags): Promise<SigningIdentity> {
  const password = passwordFile === undefined ? undefined : (await readText(passwordFile)).split(/\r?\n/)[0];
  if (p12 !== undefined && key === undefined && cert === undefined) return readPkcs12(await readInput(p12), password ?? '');
  if (p12 !== undefined || key === undefined || cert === undefined) throw new ClientError('USAGE', 'ivan sign', '--key + --cert | --p12');
  return readPem({ certificatePem: await readText(cert), keyPem: await readText(key), ...(password === undefined ? {} : { passphrase: password }) });
}
