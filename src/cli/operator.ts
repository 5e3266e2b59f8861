// What the operator's commands share (`npm run contract`, `certificate`, `agency`): the gateway's database, and how their words are read.
// Exit codes: 0 done, 3 usage, 4 database unreachable.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { Command, InvalidArgumentError } from 'commander';

import type { Environment } from '../config.ts';
import { openSiteDatabase } from '../development/site.ts';
import { Problem } from '../errors/outcomes.ts';
import { problemSentences } from '../errors/problems.ts';
import { isKnownAgency } from '../standard/agencies.ts';
import { loadStandard } from '../standard/tables.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';

/** A command whose wrong usage ends with 3; subcommands take that over. */
export function operatorCommand(name: string, description: string, exit: (code: number) => never): Command {
  return new Command(name).description(description).exitOverride((error) => exit(error.exitCode === 0 ? 0 : 3));
}

/** Works on the database that GATEWAY_DATABASE_URL names, or the development site's, which is started for it when need be. */
export async function withGatewayDatabase<Value>(environment: Environment, work: (database: Database) => Promise<Value>): Promise<Value> {
  const site = await openSiteDatabase(environment);
  try {
    const database = await openDatabase({ url: site.url, connections: 4, ...(site.password === undefined ? {} : { password: site.password }) });
    return await work(database).finally(() => database.close());
  } finally {
    await site.stop();
  }
}

/** Midnight in Vietnam. */
export function dayOf(value: string): Date {
  const day = new Date(`${value}T00:00:00+07:00`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(day.getTime())) throw new InvalidArgumentError('yyyy-MM-dd');
  return day;
}

export function agencyOf(value: string): string {
  if (!isKnownAgency(loadStandard().agencies, value)) throw new InvalidArgumentError('không có cơ quan này / no such agency');
  return value;
}

export function certificateOf(path: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(path));
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** SHA-256, lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** For the end of an entry file: says what went wrong and gives the exit code. */
export function reportFailure(error: unknown): number {
  if (error instanceof Problem) {
    const { vi, en } = problemSentences(error.code, error.params);
    console.error(`${vi}\n${en}`);
    return 3;
  }
  console.error(error instanceof Error ? error.message : String(error));
  return 4;
}
