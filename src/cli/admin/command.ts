// What the `ivan admin` commands share: the connection with the operator's certificate, a call, and what is shown of its answer.
import { readFile } from 'node:fs/promises';

import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import { ClientError } from '../../client/errors.ts';
import { connectOperator } from '../../client/operator.ts';
import type { JsonObject, OperatorClient } from '../../client/operator.ts';
import { withCommonFlags } from '../command.ts';
import type { CommonFlags, Perform } from '../command.ts';
import { readText } from '../files.ts';
import { exitCodes } from '../outcome.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLines } from './lines.ts';

export interface AdminFlags extends CommonFlags {
  readonly url: string;
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/** A command of the operator's; its action is given with `does`. */
export function adminCommand(parent: Command, words: string, description: string): Command {
  return withCommonFlags(parent.command(words))
    .description(description)
    .requiredOption('--url <url>', 'địa chỉ của cổng (https) / address of the gateway (https)')
    .requiredOption('--cert <pem>', 'chứng thư máy khách của người vận hành kèm chuỗi / the operator’s client certificate, with its chain')
    .requiredOption('--key <pem>', 'khóa riêng của nó / its private key')
    .option('--ca <pem>', 'tổ chức chứng thực tin cậy cho TLS / authorities to trust for TLS, instead of those built in');
}

/** Shows what the call answers. */
export function does(perform: Perform, flags: AdminFlags, place: string, call: (client: OperatorClient) => Promise<JsonObject>): Promise<void> {
  return perform(flags, place, async (terminal) => {
    const facts = await withOperator(flags, terminal, call);
    return { exitCode: exitCodes.done, facts, lines: jsonLines(facts) };
  });
}

export async function withOperator<Value>({ url, cert, key, ca }: AdminFlags, terminal: Terminal, call: (client: OperatorClient) => Promise<Value>): Promise<Value> {
  const client = connectOperator({
    url,
    clientCertificate: { certificatePem: await readText(cert), keyPem: await readText(key) },
    ...(ca === undefined ? {} : { certificateAuthorities: [await readText(ca)] }),
    ...(terminal.sleep === undefined ? {} : { sleep: terminal.sleep }),
  });
  return call(client).finally(client.close);
}

/** Only what was given. */
export function given(members: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function queryOf(members: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(members).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))).toString();
  return query === '' ? '' : `?${query}`;
}

export function pathPart(text: string): string {
  return encodeURIComponent(text);
}

export async function certificateText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => { throw new ClientError('FILE', path, error instanceof Error ? error.message : String(error)); });
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  if (pem === undefined) throw new ClientError('FILE', path, 'PEM');
  return pem;
}

export function dayText(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) throw new InvalidArgumentError('yyyy-MM-dd');
  return value;
}

export function countOf(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError('số nguyên / a whole number');
  return Number(value);
}
