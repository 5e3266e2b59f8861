// An I-VAN that never gives up: signs dossiers of many units, sends several at once to whichever gateway is up, some to both, and repeats what got no
// answer in the same octets until a receipt comes. Every receipt that ever came must be the same.
import { createHash } from 'node:crypto';

import type { Random } from '../../differential/random.ts';
import { signedDossier } from '../../support/dossiers.ts';
import { identityOf } from '../../support/pki.ts';
import { callerTo } from '../../support/site.ts';
import type { Caller } from '../../support/site.ts';
import { until } from '../../support/until.ts';
import type { ProgramPart } from './parts.ts';
import type { ChaosSite, Unit } from './site.ts';

export interface Sent {
  readonly unit: Unit;
  readonly receipt: Buffer;
}

export interface Sending {
  /** By the digest. */
  readonly sent: ReadonlyMap<string, Sent>;
  /** Answers that were lost, and sendings repeated for that. */
  readonly repeats: () => number;
  readonly finished: Promise<void>;
}

export interface IvanCallers {
  readonly callers: ReadonlyMap<ProgramPart, Caller>;
  close(): void;
}

const IN_FLIGHT = 10;
const GATEWAY_LIMIT_MS = 90_000;
const MOST_TRIES = 500;
const BOTH_ONCE_IN = 10;

export function ivanCallers({ pki, gateways }: ChaosSite): IvanCallers {
  const callers = new Map(gateways.map((gateway) => [gateway, callerTo(gateway.url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem })]));
  return { callers, close: () => { for (const caller of callers.values()) caller.close(); } };
}

export function sendAll(site: ChaosSite, { callers }: IvanCallers, count: number, random: Random): Sending {
  const sent = new Map<string, Sent>();
  let repeats = 0;
  let next = 0;
  const identity = identityOf(site.employer);
  const keep = (digest: string, unit: Unit, receipt: Buffer): void => {
    const first = sent.get(digest);
    if (first === undefined) sent.set(digest, { unit, receipt });
    else if (!first.receipt.equals(receipt)) throw new Error(`two receipts for ${digest}`);
  };
  /** Undefined: no answer, or not now. */
  const post = async (gateway: ProgramPart, bytes: Buffer): Promise<Buffer | undefined> => {
    const answer = await callers.get(gateway)?.post('/v1/dossiers', bytes).catch(() => undefined);
    if (answer === undefined || answer.status === 503) return undefined;
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`${gateway.name} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 2_000)}`);
    return answer.body;
  };
  const sendOne = async (nth: number): Promise<void> => {
    const unit = site.units[nth % site.units.length] ?? nothing();
    const bytes = await signedDossier(identity, { mark: `hỗn loạn ${nth}`, unitCode: unit.code, agency: unit.agency });
    const digest = createHash('sha256').update(bytes).digest('hex');
    const toBoth = random(BOTH_ONCE_IN) === 0;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const up = await until('a gateway is up', () => Promise.resolve(upOf(site)), GATEWAY_LIMIT_MS);
      const chosen = toBoth ? up : [up[random(up.length)] ?? nothing()];
      const receipts = (await Promise.all(chosen.map((gateway) => post(gateway, bytes)))).filter((receipt) => receipt !== undefined);
      for (const receipt of receipts) keep(digest, unit, receipt);
      if (receipts.length > 0) return;
      repeats += 1;
    }
    throw new Error(`no receipt for ${digest} after ${MOST_TRIES} tries`);
  };
  const work = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await sendOne(next - 1);
    }
  };
  return { sent, repeats: () => repeats, finished: Promise.all(Array.from({ length: IN_FLIGHT }, work)).then(() => undefined) };
}

function upOf({ gateways }: ChaosSite): readonly ProgramPart[] | undefined {
  const up = gateways.filter(({ isUp }) => isUp());
  return up.length === 0 ? undefined : up;
}

function nothing(): never {
  throw new Error('there is none');
}
