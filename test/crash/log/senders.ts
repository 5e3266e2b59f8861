// An I-VAN that sends thousands of dossiers to whichever gateway is up, several at once, and repeats what got no answer in the same octets until a receipt,
// a signed refusal or a signed conflict comes. Every receipt that ever came is kept; two for one submission must be the same octets.
import { createHash } from 'node:crypto';

import type { Random } from '../../differential/random.ts';
import { signedDossier } from '../../support/dossiers.ts';
import { identityOf } from '../../support/pki.ts';
import { callerTo } from '../../support/site.ts';
import { until } from '../../support/until.ts';
import type { ProgramPart } from '../chaos/parts.ts';
import { agencies, answering } from './site.ts';
import type { LogSite } from './site.ts';

export interface Sending {
  /** By the digest of what was sent. */
  readonly receipts: ReadonlyMap<string, Buffer>;
  /** Submissions that have a receipt, by how they were answered: 201, 409, 422. */
  readonly outcomes: ReadonlyMap<number, number>;
  readonly repeats: () => number;
  readonly finished: Promise<void>;
}

const IN_FLIGHT = 24;
const UNITS = 400;
const GATEWAY_LIMIT_MS = 60_000;
const MOST_TRIES = 300;
const ANSWERED_ONCE_IN = 10;
const BOTH_ONCE_IN = 12;
const REFUSED_ONCE_IN = 25;
const CONFLICT_ONCE_IN = 25;

export function sendAll({ pki, gateways, employer }: LogSite, count: number, random: Random): Sending {
  const callers = new Map(gateways.map((gateway) => [gateway, callerTo(gateway.url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem })]));
  const identity = identityOf(employer);
  const receipts = new Map<string, Buffer>();
  const outcomes = new Map<number, number>();
  let repeats = 0;
  let next = 0;
  const keep = (digest: string, status: number, receipt: Buffer): void => {
    const first = receipts.get(digest);
    if (first !== undefined && !first.equals(receipt)) throw new Error(`two receipts for ${digest}`);
    if (first === undefined && status !== 200) outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
    receipts.set(digest, receipt);
  };
  /** False: no answer, or not now. */
  const post = async (gateway: ProgramPart, bytes: Buffer, expected: readonly number[]): Promise<boolean> => {
    const answer = await callers.get(gateway)?.post('/v1/dossiers', bytes).catch(() => undefined);
    if (answer === undefined || answer.status === 503) return false;
    if (!expected.includes(answer.status)) throw new Error(`${gateway.name} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 2_000)}`);
    keep(createHash('sha256').update(bytes).digest('hex'), answer.status, answer.body);
    return true;
  };
  const send = async (bytes: Buffer, expected: readonly number[], toBoth = false): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const up = await until('a gateway is up', () => Promise.resolve(upOf(gateways)), GATEWAY_LIMIT_MS);
      const chosen = toBoth ? up : up.slice(random(up.length)).slice(0, 1);
      if ((await Promise.all(chosen.map((gateway) => post(gateway, bytes, expected)))).some((isAnswered) => isAnswered)) return;
      repeats += 1;
    }
    throw new Error(`no receipt after ${MOST_TRIES} tries`);
  };
  const work = async (): Promise<void> => {
    while (next < count) {
      const nth = next;
      next += 1;
      const agency = nth % ANSWERED_ONCE_IN === 0 ? answering : agencies[1 + (nth % (agencies.length - 1))] ?? answering;
      const isRefused = random(REFUSED_ONCE_IN) === 0;
      const bytes = await signedDossier(identity, { mark: `nhật ký ${nth}`, agency, unitCode: `TS${70_000 + (nth % UNITS)}`, ...(isRefused ? { editSigned: (xml: string) => xml.replace('Lê Thị Mẫu', 'Lê Thị Khác') } : {}) });
      await send(bytes, isRefused ? [422] : [200, 201], random(BOTH_ONCE_IN) === 0);
      if (!isRefused && random(CONFLICT_ONCE_IN) === 0) await send(Buffer.concat([bytes, Buffer.from('\n')]), [409]);
    }
  };
  const finished = Promise.all(Array.from({ length: IN_FLIGHT }, work)).then(() => undefined).finally(() => { for (const caller of callers.values()) caller.close(); });
  return { receipts, outcomes, repeats: () => repeats, finished };
}

function upOf(gateways: readonly ProgramPart[]): readonly ProgramPart[] | undefined {
  const up = gateways.filter(({ isUp }) => isUp());
  return up.length === 0 ? undefined : up;
}
